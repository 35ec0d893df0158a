"""Instagram's posts as its website gets them, which is how Zeeschuimer keeps them.

Two forms, told apart by their keys: ``code``, ``caption``, ``taken_at``; and, of "Graph" types, ``shortcode``,
``edge_media_to_caption``, ``taken_at_timestamp``. A post is known by its shortcode, as in its address and in the
tables of 4CAT. Keys: digitalmethodsinitiative/4cat, datasources/instagram; Zeeschuimer, modules/instagram.js.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graph.records import Account, Post, Record, Rejection, Relation
from loaders.json_values import count_of, exact_id, list_of, map_of, no_exact_id, text_of
from loaders.times import moment_at

if TYPE_CHECKING:
    from graph.records import Moment

PLATFORM = "instagram"
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#: A shortcode is the post's number to the base of 64; what private accounts' have beyond this is a key to the post.
_CODE_LENGTH = 11
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_KINDS = {1: "photo", 2: "video"}
_GRAPH_KINDS = {"Image": "photo", "Video": "video"}
COLUMNS = {
    "code, shortcode, pk, id": "the post: its shortcode, or its number from which that is made",
    "caption, edge_media_to_caption": "the text",
    "taken_at, taken_at_timestamp": "when it was posted, Unix time",
    "user, owner": "whose it is: number, name, shown name, description, links, followers, whether it is private",
    "coauthor_producers": "accounts that are its authors as well; each is told as related to the first, `coauthor`",
    "media_type, carousel_media": "what is shown; the numbers of it tell no more than the post's and are not read",
    "clips_metadata, music_metadata, clips_music_attribution_info": "the sound; `location` is no country and not read",
}


def add_post(found: list[Record | Rejection], item: dict[str, Any], seen: Moment | None) -> None:
    """Add the records of a post; raise ``ValueError`` with the reason where it is none."""
    code = _code(item)
    if not code:
        raise ValueError(no_exact_id("a post", item.get("pk") or item.get("id")))
    told = _authors(item, seen)
    found += told
    author = told[0] if len(told) == 1 else None
    taken = "taken_at" if item.get("taken_at") is not None else "taken_at_timestamp"
    post = Post(
        platform=PLATFORM,
        native_id=code[:_CODE_LENGTH],
        account_id=author.id if author else None,
        text=_caption(item),
        at=moment_at(item, taken),
        url=f"https://www.instagram.com/p/{code}/",
        media=_media(item),
        sound_id=_sound(item),
        seen_at=seen,
    )
    found.append(post)
    if len(told) > 1:
        raise ValueError("its user and its owner are two accounts: whose post it is is not told")
    if author:
        _add_coauthors(found, item, author, post, seen)


def shortcode(number: str) -> str | None:
    """Return the shortcode of a post's number; ``None`` where that is no number.

    >>> shortcode("3392335677657248184")
    'C8T_1NRpPG4'
    """
    if not (number.isascii() and number.isdigit()) or len(number) > 20:  # noqa: PLR2004 - 64 bits
        return None
    rest, code = int(number), ""
    while rest:
        rest, digit = divmod(rest, len(_DIGITS))
        code = _DIGITS[digit] + code
    return code or None


def _code(item: dict[str, Any]) -> str | None:
    """Return a post's shortcode, made of its number where it is not told.

    The number is before the account's in ``id``; that is a text where ``pk`` may have lost its last digits.
    """
    for key in ("code", "shortcode"):
        if _CODE.fullmatch(told := text_of(item.get(key)) or ""):
            return told
    numbers = (exact_id(item.get(key)) for key in ("id", "pk"))
    return next((made for number in numbers if number and (made := shortcode(number.partition("_")[0]))), None)


def _authors(item: dict[str, Any], seen: Moment | None) -> list[Account]:
    """Return whose a post is: mostly one, told twice; two where its user and its owner are not the same account."""
    user, owner = map_of(item.get("user")), map_of(item.get("owner"))
    first, second = _account(user, seen), _account(owner, seen)
    if not (first and second):
        return [each for each in (first, second) if each]
    if first.native_id and second.native_id:
        same = first.native_id == second.native_id
    else:
        same = (first.handle or "").lower() == (second.handle or "").lower() != ""
    if not same:
        return [first, second]
    both = _account(owner | {key: value for key, value in user.items() if value is not None}, seen)
    return [both or first]


def _add_coauthors(
    found: list[Record | Rejection], item: dict[str, Any], author: Account, post: Post, seen: Moment | None
) -> None:
    for each in map(map_of, list_of(item.get("coauthor_producers"))):
        account = _account(each, seen)
        if account and account.native_id and account.id != author.id:
            found.append(account)
            found.append(Relation(subject_id=author.id, object_id=account.id, kind="coauthor", at=post.at))


def _account(user: dict[str, Any], seen: Moment | None) -> Account | None:
    number = next((number for key in ("pk", "pk_id", "id") if (number := exact_id(user.get(key)))), None)
    handle = (text_of(user.get("username")) or "").strip().removeprefix("@") or None
    if not (number or handle):
        return None
    links = [text_of(user.get("external_url"))]
    links += [text_of(map_of(each).get("url")) for each in list_of(user.get("bio_links"))]
    followers = count_of(user.get("follower_count"))
    if followers is None:
        followers = count_of(map_of(user.get("edge_followed_by")).get("count"))
    return Account(
        platform=PLATFORM,
        native_id=number,
        handle=handle,
        display_name=text_of(user.get("full_name")),
        bio=text_of(user.get("biography")),
        status="private" if user.get("is_private") is True else None,
        followers=followers,
        links=tuple(dict.fromkeys(link for link in links if link)),
        seen_at=seen,
    )


def _caption(item: dict[str, Any]) -> str | None:
    caption = item.get("caption")
    text = text_of(map_of(caption).get("text")) or text_of(caption)
    edges = list_of(map_of(item.get("edge_media_to_caption")).get("edges"))
    return text or next(
        (text for edge in edges if (text := text_of(map_of(map_of(edge).get("node")).get("text")))), None
    )


def _media(item: dict[str, Any]) -> str | None:
    """Return the kinds of what a post shows, of a carousel those of its parts."""
    edges = list_of(map_of(item.get("edge_sidecar_to_children")).get("edges"))
    parts = list_of(item.get("carousel_media")) or [map_of(edge).get("node") for edge in edges]
    kinds = {_media_kind(map_of(part)) for part in parts} if parts else {_media_kind(item)}
    return ", ".join(sorted(kind for kind in kinds if kind)) or None


def _media_kind(part: dict[str, Any]) -> str | None:
    kind = part.get("media_type")
    if isinstance(kind, int) and kind in _KINDS:
        return _KINDS[kind]
    sort = text_of(part.get("__typename")) or ""
    return next((kind for name, kind in _GRAPH_KINDS.items() if sort.endswith((name, f"{name}Media"))), None)


def _sound(item: dict[str, Any]) -> str | None:
    """Return the sound by the number that its page has, where Instagram tells that; else by that of the recording."""
    clips, music = map_of(item.get("clips_metadata")), map_of(item.get("music_metadata"))
    places = (
        map_of(map_of(clips.get("music_info")).get("music_asset_info")),
        map_of(clips.get("original_sound_info")),
        map_of(map_of(music.get("music_info")).get("music_asset_info")),
        map_of(music.get("original_sound_info")),
        map_of(item.get("clips_music_attribution_info")),
    )
    keys = ("audio_cluster_id", "audio_asset_id", "audio_id")
    return next(
        (sound for place in places for key in keys if (sound := exact_id(place.get(key))) and sound != "0"), None
    )

"""TikTok's videos and comments as its website gets them, which is how Zeeschuimer keeps them.

A video has its author as an object, or, where it was embedded in a page, the author's name and number beside
each other. Keys: digitalmethodsinitiative/4cat, datasources/tiktok and tiktok_comments; Zeeschuimer, modules/tiktok.js.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graph.records import Account, Post, Record, Rejection, Repost, scoped_id
from loaders.json_values import count_of, country_of, exact_id, list_of, map_of, no_exact_id, text_of
from loaders.times import moment_at

if TYPE_CHECKING:
    from graph.records import Moment

PLATFORM = "tiktok"
#: How TikTok writes "none" where there could be an id, and "not told" where there could be a language.
_NONE, _NO_LANGUAGE = "0", frozenset({"un", "und"})
COLUMNS = {
    "desc, stickersOnItem, imagePost.title": "the text: under the video, and on lines of their own the texts on it",
    "createTime, textLanguage": "when it was posted, Unix time, and its language",
    "locationCreated": "the country in which it was made, two letters",
    "author, authorId, nickname": "who posted it: number, name and shown name, as an object or beside each other",
    "author.signature, author.bioLink, authorStats": "the author's description, link and followers",
    "author.privateAccount, author.secret, author.isBannedUser": "what TikTok says of the author",
    "duetInfo.duetFromId": "the video with which this one is a duet",
    "music.id": "the sound; `video.id` is the item's own and is not read",
    "cid, aweme_id, reply_id, text, create_time, user": "a comment: what it answers, when, and whose it is",
}


def add_video(found: list[Record | Rejection], item: dict[str, Any], seen: Moment | None) -> None:
    """Add the records of a video; raise ``ValueError`` with the reason where it is none."""
    number = exact_id(item.get("id"))
    if not number:
        raise ValueError(no_exact_id("a video", item.get("id")))
    account = _author(item, seen)
    if account:
        found.append(account)
    language = text_of(item.get("textLanguage"))
    original = _told(map_of(item.get("duetInfo")).get("duetFromId"))
    is_duet = original not in {None, number}
    post = Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account.id if account else None,
        kind="quote" if is_duet else "post",
        text=_text(item),
        at=moment_at(item, "createTime"),
        country=country_of(item.get("locationCreated")),
        language=None if language in _NO_LANGUAGE else language,
        url=f"https://www.tiktok.com/@{account.handle}/video/{number}" if account and account.handle else None,
        sound_id=_told(map_of(item.get("music")).get("id")),
        seen_at=seen,
    )
    found.append(post)
    if not is_duet:
        return
    if account is None:
        raise ValueError("a duet whose author is not told: who passed the original on is not known")
    duet = Repost(
        account_id=account.id,
        content_id=post.id,
        object_id=scoped_id(PLATFORM, original or ""),
        kind="duet",
        at=post.at,
    )
    found.append(duet)


def add_comment(found: list[Record | Rejection], item: dict[str, Any], seen: Moment | None) -> None:
    """Add the records of a comment; raise ``ValueError`` with the reason where it is none."""
    number = exact_id(item.get("cid"))
    if not number:
        raise ValueError(no_exact_id("a comment", item.get("cid")))
    user = map_of(item.get("user"))
    account = _account(user.get("uid"), user.get("unique_id"), user, seen)
    if account:
        found.append(account)
    answered = _told(item.get("reply_id")) or _told(item.get("aweme_id"))
    language = text_of(item.get("comment_language"))
    post = Post(
        platform=PLATFORM,
        native_id=number,
        account_id=account.id if account else None,
        kind="reply",
        text=text_of(item.get("text")),
        at=moment_at(item, "create_time"),
        language=None if language in _NO_LANGUAGE else language,
        reply_to=scoped_id(PLATFORM, answered) if answered else None,
        seen_at=seen,
    )
    found.append(post)


def _author(item: dict[str, Any], seen: Moment | None) -> Account | None:
    """Return who posted a video, whichever way that is told; ``None`` where it is not."""
    author = item.get("author")
    if not isinstance(author, dict):
        beside = {"nickname": item.get("nickname"), "signature": item.get("signature")}
        return _account(item.get("authorId"), author, beside, seen, _followers(item))
    return _account(author.get("id"), author.get("uniqueId"), author, seen, _followers(item))


def _account(
    number: Any, name: Any, user: dict[str, Any], seen: Moment | None, followers: int | None = None
) -> Account | None:
    native_id = _told(number)
    handle = (text_of(name) or "").strip().removeprefix("@") or None
    if not (native_id or handle):
        return None
    link = text_of(map_of(user.get("bioLink")).get("link"))
    return Account(
        platform=PLATFORM,
        native_id=native_id,
        handle=handle,
        display_name=text_of(user.get("nickname")),
        bio=text_of(user.get("signature")),
        status=_status(user),
        followers=followers,
        links=(link,) if link else (),
        seen_at=seen,
    )


def _status(user: dict[str, Any]) -> str | None:
    if user.get("isBannedUser") is True:
        return "banned"
    return "private" if user.get("privateAccount") is True or user.get("secret") is True else None


def _followers(item: dict[str, Any]) -> int | None:
    """Return how many follow the author; newer items have the exact count as a text beside a rounded one."""
    exact = map_of(item.get("authorStatsV2")).get("followerCount")
    if isinstance(exact, str) and exact.isascii() and exact.isdigit() and len(exact) <= 18:  # noqa: PLR2004 - 63 bits
        return int(exact)
    return count_of(map_of(item.get("authorStats")).get("followerCount"))


def _text(item: dict[str, Any]) -> str | None:
    """Return what the author wrote under and on a video, each text that stands on it on a line of its own."""
    under = text_of(item.get("desc"))
    title = text_of(map_of(item.get("imagePost")).get("title"))
    lines = [title] if title and title not in (under or "") else []
    lines += [under] if under else []
    for sticker in map(map_of, list_of(item.get("stickersOnItem"))):
        words = sticker.get("stickerText")
        lines += [each for each in map(text_of, words if isinstance(words, list) else [words]) if each]
    return "\n".join(lines) or None


def _told(value: Any) -> str | None:
    """Return an id, ``None`` also where TikTok writes that there is none."""
    number = exact_id(value)
    return None if number == _NONE else number

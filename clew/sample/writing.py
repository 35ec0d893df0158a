"""The sample world as files, each in a format that clew reads."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from clew.sample.plot import region
from graph.records import scoped_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clew.sample.cast import Persona
    from clew.sample.plot import Object, Plot, Utterance

TABLE_PLATFORMS = ("tiktok", "instagram", "facebook")
#: Where an Instagram table's naive times belong.
INSTAGRAM_ZONE = "Europe/Paris"
TELEGRAM_ZONE = "Europe/London"
PAGE = 100
_FIRST_TWEET, _FIRST_OBJECT, _FIRST_CHAT = 1_760_000_000_000_000_000, 1_750_000_000_000_000_000, 1_500_000_000
_PHONE_ENTITY = re.compile(r"\+\d[\d \-]{7,}\d")


class SampleSource(NamedTuple):
    """A file of the sample and with which options it is loaded; ``None``: without that option."""

    path: Path
    format: str
    platform: str | None = None
    region: str | None = None
    timezone: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        """How it is loaded, as ``Case.load`` takes it: ``case.load(source.path, **source.options)``."""
        return {"format": self.format, "platform": self.platform, "region": self.region, "timezone": self.timezone}


def post_id(said: Utterance, play: Plot) -> str:
    """Return the id by which a case knows the post."""
    platform = said.author.platform
    if said.group is not None:
        # Telegram numbers messages within each chat; supergroups and channels are one kind of peer.
        return scoped_id(platform, f"channel{chat_id(said.group, play)}/{said.id}")
    return scoped_id(platform, _tweet(said) if platform == "x" else _row_id(said))


def chat_id(chat: int, play: Plot) -> int:
    """Return a Telegram chat's number; a channel's is that of its account."""
    if chat >= play.groups:
        return int(play.channels[chat - play.groups].native_id.removeprefix("channel"))
    return _FIRST_CHAT + chat


def write_sources(directory: Path, people: Sequence[Persona], play: Plot) -> list[SampleSource]:
    """Write every file that clew is meant to load and return them in that order."""
    found: list[SampleSource] = []
    for platform in TABLE_PLATFORMS:
        here = [persona for persona in people if persona.platform == platform]
        said = [each for each in play.utterances if each.author.platform == platform]
        found += _tables(directory, platform, here, said, play)
    found.append(_tweets(directory, play))
    chats: list[list[Utterance]] = [[] for _ in range(play.groups + len(play.channels))]
    for each in play.utterances:
        if each.group is not None:
            chats[each.group].append(each)
    return found + [_telegram(directory, chat, said, play) for chat, said in enumerate(chats)]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one table; the same on every system."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _tables(
    directory: Path, platform: str, people: Sequence[Persona], said: Sequence[Utterance], play: Plot
) -> list[SampleSource]:
    """Profiles and posts as a scraper's CSV, reposts in CooRTweet's four columns."""
    profiles, posts, shares = (directory / f"{platform}_{what}.csv" for what in ("profiles", "posts", "shares"))
    write_csv(
        profiles,
        ("account_id", "handle", "display_name", "bio", "country", "followers"),
        (
            (p.native_id, p.handle, p.name, play.bios.get(p, ""), p.country or "", 40 + p.index * 37 % 4_000)
            for p in people
        ),
    )
    written = [each for each in said if each.object is None]
    zone = INSTAGRAM_ZONE if platform == "instagram" else None
    write_csv(
        posts,
        ("post_id", "account_id", "text", "timestamp", "reply_to"),
        (
            (_row_id(each), each.author.native_id, each.text, _time(each.at, platform), _answered(each))
            for each in written
        ),
    )
    found = [SampleSource(profiles, "csv", platform), SampleSource(posts, "csv", platform, timezone=zone)]
    passed = [(each, each.object) for each in said if each.object is not None]
    if passed:
        write_csv(
            shares,
            ("object_id", "account_id", "content_id", "timestamp_share"),
            ((what.id, each.author.native_id, _row_id(each), each.at) for each, what in passed),
        )
        found.append(SampleSource(shares, "coortweet", platform))
    return found


def _row_id(said: Utterance) -> str:
    return f"{said.author.platform[0]}p{said.id}"


def _answered(said: Utterance) -> str:
    return _row_id(said.answers) if said.answers and said.answers.id else ""


def _time(at: int, platform: str) -> str:
    """Unix seconds on TikTok, a naive local time on Instagram, ISO with a zone on Facebook."""
    if platform == "tiktok":
        return str(at)
    if platform == "instagram":
        return datetime.fromtimestamp(at, ZoneInfo(INSTAGRAM_ZONE)).strftime("%Y-%m-%d %H:%M:%S")
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _tweets(directory: Path, play: Plot) -> SampleSource:
    """Pages of X API v2, a page a line: tweets, replies, retweets with what they repeat."""
    path = directory / "x_tweets.jsonl"
    said = [each for each in play.utterances if each.author.platform == "x"]
    numbers: dict[Object, str] = {}
    for each in said:
        if each.object is not None:
            numbers.setdefault(each.object, str(_FIRST_OBJECT + len(numbers)))
    with path.open("wb") as file:
        for start in range(0, len(said), PAGE):
            page = _page(said[start : start + PAGE], numbers, play)
            file.write(orjson.dumps(page, option=orjson.OPT_APPEND_NEWLINE))
    return SampleSource(path, "x-jsonl")


def _page(said: Sequence[Utterance], numbers: dict[Object, str], play: Plot) -> dict[str, Any]:
    tweets: list[dict[str, Any]] = []
    people: dict[str, Persona] = {}
    repeated: dict[str, dict[str, Any]] = {}
    for each in said:
        people[each.author.native_id] = each.author
        tweet: dict[str, Any] = {
            "id": _tweet(each),
            "author_id": each.author.native_id,
            "text": each.text,
            "created_at": _iso(each.at),
            "edit_history_tweet_ids": [_tweet(each)],
        }
        if each.object is not None:
            what = each.object
            people[what.author.native_id] = what.author
            tweet["text"] = f"RT @{what.author.handle}: {what.text}"
            tweet["referenced_tweets"] = [{"type": "retweeted", "id": numbers[what]}]
            repeated[numbers[what]] = {
                "id": numbers[what],
                "author_id": what.author.native_id,
                "text": what.text,
                "created_at": _iso(what.at),
            }
        elif each.answers is not None and each.answers.id:
            tweet["referenced_tweets"] = [{"type": "replied_to", "id": _tweet(each.answers)}]
            tweet["in_reply_to_user_id"] = each.answers.author.native_id
        tweets.append(tweet)
    users = [_user(persona, play) for _, persona in sorted(people.items())]
    includes = {"users": users, "tweets": [tweet for _, tweet in sorted(repeated.items())]}
    return {"data": tweets, "includes": includes, "meta": {"result_count": len(tweets)}}


def _user(persona: Persona, play: Plot) -> dict[str, Any]:
    return {
        "id": persona.native_id,
        "username": persona.handle,
        "name": persona.name,
        "description": play.bios.get(persona, ""),
        "created_at": _iso(1_500_000_000 + persona.index * 3_600),
        "protected": False,
        "public_metrics": {"followers_count": 40 + persona.index * 37 % 4_000},
    }


def _tweet(said: Utterance) -> str:
    return str(_FIRST_TWEET + int(said.id))


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _telegram(directory: Path, chat: int, said: Sequence[Utterance], play: Plot) -> SampleSource:
    """One chat as Telegram Desktop exports it."""
    channel = chat >= play.groups
    name = f"{'channel' if channel else 'group'}-{chat + 1:03}"
    path = directory / "telegram" / name / "result.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    document = {
        "name": play.channels[chat - play.groups].name if channel else f"North road {chat + 1}",
        "type": "public_channel" if channel else "public_supergroup",
        "id": chat_id(chat, play),
        "messages": [_message(each) for each in said],
    }
    path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return SampleSource(path, "telegram-desktop", region=region(chat, play), timezone=TELEGRAM_ZONE)


def _message(said: Utterance) -> dict[str, Any]:
    text = said.object.text if said.object is not None else said.text
    message: dict[str, Any] = {
        "id": int(said.id),
        "type": "message",
        "date": datetime.fromtimestamp(said.at, ZoneInfo(TELEGRAM_ZONE)).strftime("%Y-%m-%dT%H:%M:%S"),
        "date_unixtime": str(said.at),
        "from": said.author.name,
        "from_id": said.author.native_id,
    }
    if said.object is not None:
        message["forwarded_from"] = said.object.author.name
    if said.answers is not None and said.answers.id and said.answers.group == said.group:
        message["reply_to_message_id"] = int(said.answers.id)
    if said.card is not None:
        first, last = said.author.name.split()
        message["contact_information"] = {"first_name": first, "last_name": last, "phone_number": said.card}
    message["text"], message["text_entities"] = _entities(text)
    return message


def _entities(text: str) -> tuple[str | list[Any], list[dict[str, str]]]:
    """Cut a text as Telegram does: a plain string, or a list where a phone number was recognised."""
    found = _PHONE_ENTITY.search(text)
    if not text or found is None:
        return text, [{"type": "plain", "text": text}] if text else []
    parts = (("plain", text[: found.start()]), ("phone", found.group()), ("plain", text[found.end() :]))
    entities = [{"type": kind, "text": part} for kind, part in parts if part]
    return [entity["text"] if entity["type"] == "plain" else entity for entity in entities], entities

"""Worlds to measure with: any number of posts, written to files one after the other, the same bytes for the same seed.

Of ``size`` posts four tenths stand in a table, three in pages of X and three in a Telegram export. Half of X's and of
Telegram's pass others' on; with a table of shares that makes seven tenths as many reposts as posts. Three tenths of the
posts write a number. A tenth as many accounts: every fifth belongs to a network of 5 to 20 that shares numbers and
passes objects on within half a minute, every tenth writes a number of its own. Nothing in it is real.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import orjson

from clew.sample.fictional_numbers import FictionalNumber, numbers
from clew.sample.sentences import ADVERTS, SMALL_TALK

PAGE = 100
_YEAR = 365 * 24 * 3600
_START = 1_700_000_000
_ADVERTS = [text for texts in ADVERTS.values() for text in texts]
_SYLLABLES = ("ba", "dor", "ki", "lu", "men", "no", "ra", "sil", "ta", "ve")
_SENTENCES = [*SMALL_TALK, *(text.replace("{phone}", "") for text in _ADVERTS)]


class Files(NamedTuple):
    """The files of a world, each with the platform to load it for where its format does not tell."""

    profiles: Path
    posts: Path
    shares: Path
    x: Path
    telegram: Path

    def loads(self) -> list[tuple[Path, str | None]]:
        """Return path and ``platform`` of each."""
        return [
            (self.profiles, "tiktok"), (self.posts, "tiktok"), (self.shares, "tiktok"), (self.x, None),
            (self.telegram, None),
        ]  # fmt: skip


def world(size: int, seed: int = 1, folder: Path = Path("bench-results/worlds")) -> Files:
    """Return a world's files, written first if they are not there yet."""
    root = folder / f"{size}-{seed}"
    files = Files(
        root / "profiles.csv", root / "posts.csv", root / "shares.csv", root / "x.jsonl", root / "telegram.json"
    )
    whole = root / "whole"
    if not whole.exists():
        root.mkdir(parents=True, exist_ok=True)
        print(f"Writing a world of {size:,} posts into {root}", file=sys.stderr)
        crowd = Crowd(size // 10, seed)
        _write_profiles(files.profiles, crowd)
        _write_posts(files.posts, crowd, size * 4 // 10, seed)
        _write_shares(files.shares, crowd, size * 4 // 10, seed)
        write_x(files.x, crowd, size * 3 // 10, seed)
        write_telegram(files.telegram, crowd, size * 3 // 10, seed)
        whole.touch()
    return files


class Crowd:
    """Who is there: accounts by number, their networks, and the numbers that they hold."""

    def __init__(self, accounts: int, seed: int) -> None:
        rng = Random(f"crowd {seed}")
        self.accounts = max(accounts, 50)
        pool = numbers()
        rng.shuffle(pool)
        self.networks: list[range] = []
        self.numbers: dict[int, list[FictionalNumber]] = {}
        at = 0
        while at < self.accounts // 5:
            members = range(at, at + rng.randint(5, 20))
            shared = [pool[(2 * len(self.networks) + each) % len(pool)] for each in (0, 1)]
            self.networks.append(members)
            self.numbers |= {member: rng.sample(shared, rng.randint(1, 2)) for member in members}
            at = members.stop
        first = 2 * len(self.networks)
        for account in range(at, at + self.accounts // 10):
            self.numbers[account] = [pool[(first + account - at) % len(pool)]]
        self._holders = list(self.numbers)

    def post(self, rng: Random) -> tuple[int, str]:
        """Return who posts, and what: three texts in seven write a number."""
        # Invented words, so that a text is as seldom written twice as in real files.
        words = f"{rng.choice(_SENTENCES)} {rng.choice(_SENTENCES)} {_word(rng)} {_word(rng)}"
        if rng.random() < 3 / 7:
            author = rng.choice(self._holders)
            number = rng.choice(self.numbers[author]).written(rng, None)
            return author, f"{rng.choice(_ADVERTS).format(phone=number)} {words}"
        return rng.randrange(self.accounts), words

    def reposts(self, rng: Random, count: int) -> Iterator[tuple[int, int, int]]:
        """Yield (account, object, Unix seconds): half by networks together, half by anybody, few objects viral."""
        made, objects = 0, count // 4 + 1
        while made < count:
            when = _START + rng.randrange(_YEAR)
            if rng.random() < 0.1:
                network = rng.choice(self.networks)
                together = rng.sample(network, rng.randint(3, len(network)))
                what = rng.randrange(objects)
                shares = [(each, what, when + rng.randrange(30)) for each in together]
            else:
                # An object's share of the attention falls with the cube of its place.
                shares = [(rng.randrange(self.accounts), int(objects * rng.random() ** 3), when)]
            yield from shares[: count - made]
            made += len(shares)


def _word(rng: Random) -> str:
    return "".join(rng.choices(_SYLLABLES, k=3))


def _write_profiles(path: Path, crowd: Crowd) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("account_id", "handle", "display_name", "bio", "followers"))
        writer.writerows(
            (f"a{each}", f"name{each}", f"Name {each}", _SENTENCES[each % len(_SENTENCES)], each * 37 % 4000)
            for each in range(crowd.accounts)
        )


def _write_posts(path: Path, crowd: Crowd, count: int, seed: int) -> None:
    rng = Random(f"posts {seed}")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("post_id", "account_id", "text", "timestamp"))
        for number in range(count):
            author, text = crowd.post(rng)
            writer.writerow((f"p{number}", f"a{author}", text, _START + rng.randrange(_YEAR)))


def _write_shares(path: Path, crowd: Crowd, count: int, seed: int) -> None:
    rng = Random(f"shares {seed}")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("object_id", "account_id", "content_id", "timestamp_share"))
        for number, (account, what, when) in enumerate(crowd.reposts(rng, count)):
            writer.writerow((f"o{what}", f"a{account}", f"s{number}", when))


def write_x(path: Path, crowd: Crowd, count: int, seed: int) -> None:
    """Write pages of 100 tweets with their authors; every second tweet is a retweet of one that it includes."""
    rng = Random(f"x {seed}")
    reposts = crowd.reposts(rng, count // 2)
    with path.open("wb") as file:
        for start in range(0, count, PAGE):
            tweets: list[dict[str, Any]] = []
            originals: dict[str, dict[str, Any]] = {}
            for number in range(start, min(start + PAGE, count)):
                repost = next(reposts, None) if number % 2 else None
                author, text, when = repost[0] if repost else 0, "", repost[2] if repost else 0
                tweet: dict[str, Any] = {}
                if repost:
                    what = repost[1]
                    text = _SENTENCES[what % len(_SENTENCES)]
                    original = originals[f"7{what:012}"] = _tweet(f"7{what:012}", what % crowd.accounts, text, _START)
                    tweet["referenced_tweets"] = [{"type": "retweeted", "id": original["id"]}]
                    text = f"RT @name{what % crowd.accounts}: {text}"
                else:
                    author, text = crowd.post(rng)
                    when = _START + rng.randrange(_YEAR)
                tweets.append(_tweet(f"8{number:012}", author, text, when) | tweet)
            named = {tweet["author_id"] for tweet in (*tweets, *originals.values())}
            includes = {"users": [_user(int(each)) for each in sorted(named)], "tweets": list(originals.values())}
            page = {"data": tweets, "includes": includes, "meta": {"result_count": len(tweets)}}
            file.write(orjson.dumps(page, option=orjson.OPT_APPEND_NEWLINE))


def _tweet(number: str, author: int, text: str, when: int) -> dict[str, Any]:
    return {
        "id": number,
        "author_id": str(author),
        "text": text,
        "created_at": datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "edit_history_tweet_ids": [number],
        "conversation_id": number,
        "lang": "en",
        "public_metrics": {"retweet_count": 0, "reply_count": 1, "like_count": 2, "quote_count": 0},
    }


def _user(account: int) -> dict[str, Any]:
    return {
        "id": str(account),
        "username": f"name{account}",
        "name": f"Name {account}",
        "description": _SENTENCES[account % len(_SENTENCES)],
        "created_at": "2017-07-14T02:40:00.000Z",
        "protected": False,
        "public_metrics": {"followers_count": account * 37 % 4000},
    }


def write_telegram(path: Path, crowd: Crowd, count: int, seed: int) -> None:
    """Write an export of groups, 5,000 messages each, indented as Telegram Desktop does; every second one a forward."""
    rng = Random(f"telegram {seed}")
    reposts = crowd.reposts(rng, count // 2)
    with path.open("wb") as file:
        file.write(b'{\n "about": "a world to measure with",\n "personal_information": {"user_id": 1},\n')
        file.write(b' "chats": {\n  "about": "",\n  "list": [\n')
        for chat, start in enumerate(range(0, count, 5000)):
            file.write(b",\n" if chat else b"")
            file.write(f'   {{\n    "name": "Road {chat}",\n    "type": "public_supergroup",\n'.encode())
            file.write(f'    "id": {1_500_000_000 + chat},\n    "messages": [\n'.encode())
            for number in range(start, min(start + 5000, count)):
                message = _message(number, next(reposts, None) if number % 2 else None, crowd, rng)
                text = orjson.dumps(message, option=orjson.OPT_INDENT_2).replace(b"\n", b"\n     ")
                file.write((b",\n     " if number > start else b"     ") + text)
            file.write(b"\n    ]\n   }")
        file.write(b"\n  ]\n }\n}\n")


def _message(number: int, repost: tuple[int, int, int] | None, crowd: Crowd, rng: Random) -> dict[str, Any]:
    if repost:
        author, what, when = repost
        text = f"{what} {_SENTENCES[what % len(_SENTENCES)]}"
        further = {"forwarded_from": f"Name {what % crowd.accounts}"}
    else:
        author, text = crowd.post(rng)
        when, further = _START + rng.randrange(_YEAR), {}
    return {
        "id": number + 1,
        "type": "message",
        "date": datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "date_unixtime": str(when),
        "from": f"Name {author}",
        "from_id": f"user{author + 1}",
        **further,
        "text": text,
        "text_entities": [{"type": "plain", "text": text}],
    }

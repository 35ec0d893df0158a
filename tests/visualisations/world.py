"""A synthetic case to draw: planted networks in a crowd, hostile names among them. Nothing in it is real."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from graph.case import Case
from graph.records import Account, Mention, Moment, Post, ReadRow, Record, Repost, Source

#: Names and bios that run, load or hide something where a page takes them for more than text.
HOSTILE = (
    '<img src=x onerror="window.fired=1">',
    "</script><script>window.fired=2</script>",
    '"><svg onload=window.fired=3>',
    'href <a href="javascript:window.fired=4">press</a>',
    "\u202egnp.egap\u202c rahla",
    "__proto__",
    "constructor",
    "{{ 7*7 }}{% raw %}${window.fired=5}",
)
PLATFORMS = ("facebook", "tiktok", "telegram", "instagram", "whatsapp", "x")
SIZES = (56, 44, 37, 32, 27, 24, 20, 16, 14, 12, 10, 9, 7, 6)
#: Held by so many that it links nobody.
EVERYBODYS_NUMBER = "+33199009999"

_DAY_0 = datetime(2023, 1, 2, tzinfo=UTC)
_WORDS = (
    "safe", "sea", "north", "euro", "dream", "blue", "channel", "road", "harbour", "star", "amal", "kurdi", "rahla",
    "travel", "express", "moon", "gate", "bridge", "haji", "doctor", "coast", "ferry", "visa", "lorry", "guarantee",
)  # fmt: skip
_DISPLAY = (
    "رحلة أوروبا",
    "ڕێگای ئەوروپا",
    "سفرِ آسان",
    "می‌خواهم بروم",
    "Đường đến Anh",
    "Udhëtim i sigurt",
    "Road to Italy",
)
_OFFERS = (
    "Places left this week, families half price. WhatsApp {number} any time",
    "رحلات آمنة كل أسبوع، للاتصال {number} واتساب",
    "Guaranteed ✅ ask for the captain {number}",
    "Nisemi të shtunën, thirrni {number} para mesnate",
    "Next crossing Thursday. Call {number}. Children free 👨‍👩‍👧",
)
_NUMBER = re.compile(r"\+\d[\d ]{7,15}\d")


def find_numbers(text: str, region: str | None, place: str) -> Iterator[Mention]:
    """Find international numbers; the loaders' own finder does more, and is not what is tried here."""
    del region, place
    for match in _NUMBER.finditer(text):
        value = "+" + re.sub(r"\D", "", match[0])
        yield Mention(
            kind="phone", value=value, as_written=match[0], start=match.start(), end=match.end(), rule="international"
        )


class World:
    """Makes the records; ``rng`` decides everything, so the same seed makes the same world."""

    def __init__(self, seed: int, sizes: Sequence[int], *, crowd: int, bridges: int, hostile: bool) -> None:
        self.rng = Random(seed)
        self.records: list[Record] = []
        self._numbers = 0
        self._posts = 0
        self.networks = [self._network(i, size, hostile=hostile and i == 1) for i, size in enumerate(sizes)]
        for _ in range(bridges):
            first, second = self.rng.sample(self.networks, 2)
            self._held(self._number(), [self.rng.choice(first), *self.rng.sample(second, 2)])
        for i in range(crowd):
            account = self._account(f"crowd{i}", self.rng.choice(PLATFORMS), f"passer_by_{i}")
            self._say(account.id, f"Nice weather today, day {i}")
            if i < 60 < crowd:
                self._say(account.id, f"The office's number is {EVERYBODYS_NUMBER}")

    def _account(self, native_id: str, platform: str, handle: str, **more: object) -> Account:
        made = Account(platform=platform, native_id=native_id, handle=handle, **more)  # type: ignore[arg-type]
        self.records.append(made)
        return made

    def _network(self, number: int, size: int, *, hostile: bool) -> list[str]:
        home = self.rng.choice(PLATFORMS)
        members = []
        for i in range(size):
            platform = self.rng.choices([home, *PLATFORMS], [4, 2, 3, 2, 2, 1, 1])[0]
            handle = f"{self.rng.choice(_WORDS)}_{self.rng.choice(_WORDS)}{self.rng.randrange(10, 999)}"
            bio: str | None = self.rng.choice(
                (None, "Trips every week, DM only", "guarantee ✅ family discount", "رحلات آمنة يومياً")
            )
            display = self.rng.choice((None, *_DISPLAY))
            if hostile and i < len(HOSTILE):
                handle, bio = HOSTILE[i], f"bio {HOSTILE[i]}"
            members.append(
                self._account(
                    f"{number}x{i}",
                    platform,
                    handle,
                    bio=bio,
                    display_name=display,
                    followers=self.rng.randrange(9_000),
                ).id
            )
        # Numbers go through a few hubs, so that the network hangs together whatever chance brings.
        hubs = members[: max(1, size // 16)]
        for start in range(len(hubs), size, 4):
            self._held(self._number(), [self.rng.choice(hubs), *members[start : start + 4]])
        for _ in range(size // 5):
            self._held(self._number(), self.rng.sample(members, min(size, 3)))
        for ring in range(size // 5):
            self._repost_together(self.rng.sample(members, min(size, 4)), f"{number}r{ring}")
        return members

    def _number(self) -> str:
        self._numbers += 1
        if self._numbers < 1000:
            return f"+44 7700 900{self._numbers:03d}"
        pair = f"{self._numbers % 10_000:04d}"
        return f"+33 1 99 00 {pair[:2]} {pair[2:]}"

    def _held(self, number: str, accounts: Sequence[str]) -> None:
        for account in accounts:
            for _ in range(self.rng.randrange(1, 3)):
                self._say(account, self.rng.choice(_OFFERS).format(number=number))

    def _when(self) -> datetime:
        return _DAY_0 + timedelta(minutes=self.rng.randrange(700 * 24 * 60))

    def _say(self, account: str, text: str, at: datetime | None = None) -> str:
        self._posts += 1
        post = Post(
            platform=account.split(":", maxsplit=1)[0],
            native_id=f"post{self._posts}",
            account_id=account,
            text=text,
            at=Moment.of(at or self._when()),
        )
        self.records.append(post)
        return post.id

    def _repost_together(self, accounts: Sequence[str], ring: str) -> None:
        for time in range(3):
            at = self._when()
            for account in accounts:
                self._posts += 1
                self.records.append(
                    Repost(
                        account_id=account,
                        content_id=f"{account.split(':')[0]}:share{self._posts}",
                        object_id=f"x:{ring}-{time}",
                        at=Moment.of(at + timedelta(seconds=self.rng.randrange(30))),
                    )
                )


def build_case(
    path: Path,
    *,
    sizes: Sequence[int] = SIZES,
    seed: int = 11,
    crowd: int = 120,
    bridges: int = 6,
    hostile: bool = True,
    resolution: float | None = None,
    derived: bool = True,
) -> Case:
    """Make a case with a synthetic world, links and clusters included unless ``derived`` is false."""
    case = Case(path, wait=0.3)
    world = World(seed, sizes, crowd=crowd, bridges=bridges, hostile=hostile)
    for name, kinds in (("accounts.csv", Account), ("posts.csv", Post), ("reposts.csv", Repost)):
        rows = [ReadRow(line, (r,)) for line, r in enumerate((r for r in world.records if isinstance(r, kinds)), 2)]
        case.add(Source(name=name, sha256=name.ljust(64, "0"), size=1, format="csv"), rows)
    if derived:
        case.extract(find_numbers, {"finder": "international numbers"})
        case.links()
        case.clusters(resolution=resolution)
    return case

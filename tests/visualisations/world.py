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
#: Held by so many that they link nobody.
EVERYBODYS_NUMBER, EVERYBODYS_INVITE = "+33199009999", "t.me/daily_news"
#: Handles and payment names that would run, load or hide something; the second is longer than any label.
HOSTILE_VALUES = (
    "instagram:<img/src=x/onerror=window.fired=6>",
    "tiktok:" + "long" * 90,
    "instagram:__proto__",
    "instagram:\u202egnp.egap",
    "instagram:</script><script>window.fired=7</script>",
)

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
_OTHER_OFFERS = (
    "All about the trip: {value}",
    "Only here: {value} and nowhere else",
    "\u0644\u0644\u062a\u0648\u0627\u0635\u0644 {value} \u0641\u0642\u0637",
)
_FOUND = re.compile(
    r"(?P<phone>\+\d[\d ]{7,15}\d)|(?P<invite>t\.me/\+?\w+|chat\.whatsapp\.com/\w+)"
    r"|(?P<handle>(?:instagram|tiktok):\S+)|(?P<email>[a-z.]+@[a-z]+\.example)"
    r"|(?P<payment>paypal\.me/\w+|iban:\w+)|(?P<crypto>btc:\w+)"
)


def find_values(text: str, region: str | None, place: str) -> tuple[list[Mention], None]:
    """Find international numbers, and values as a case has them; the loaders' own finders are not tried here."""
    del region, place
    return list(_values(text)), None


def _values(text: str) -> Iterator[Mention]:
    for match in _FOUND.finditer(text):
        kind = match.lastgroup or ""
        value = "+" + re.sub(r"\D", "", match[0]) if kind == "phone" else match[0]
        yield Mention(
            kind=kind, value=value, as_written=match[0], start=match.start(), end=match.end(), rule="as it is"
        )


#: Digits and dashes have no place in the e-mail addresses here.
_TO_LETTERS = str.maketrans("_0123456789", ".abcdefghij")


def _is_named(account: Account) -> bool:
    """Tell whether an account has a name on a platform whose names texts here give, and no hostile one."""
    return account.platform in ("instagram", "tiktok") and re.fullmatch(r"\w+", account.handle or "") is not None


class World:
    """Makes the records; ``rng`` decides everything, so the same seed makes the same world."""

    def __init__(self, seed: int, sizes: Sequence[int], *, crowd: int, bridges: int, hostile: bool) -> None:
        self.rng = Random(seed)
        self.records: list[Record] = []
        self._numbers = 0
        self._posts = 0
        self._others = 0
        self.networks = [self._network(i, size, hostile=hostile and i == 1) for i, size in enumerate(sizes)]
        for _ in range(bridges):
            first, second = self.rng.sample(self.networks, 2)
            self._held(self._number(), [self.rng.choice(first), *self.rng.sample(second, 2)])
        for kind in ("invite", "email")[: bridges // 2]:
            first, second = self.rng.sample(self.networks, 2)
            self._held(self._other(kind), [self.rng.choice(first), *self.rng.sample(second, 2)])
        for i in range(crowd):
            account = self._account(f"crowd{i}", self.rng.choice(PLATFORMS), f"passer_by_{i}")
            self._say(account.id, f"Nice weather today, day {i}")
            if i < 60 < crowd:
                self._say(account.id, f"The office's number is {EVERYBODYS_NUMBER}, news on {EVERYBODYS_INVITE}")

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
        self._other_values(members)
        if hostile:
            for value in HOSTILE_VALUES:
                self._held(value, self.rng.sample(members, min(size, 3)))
        for ring in range(size // 5):
            self._repost_together(self.rng.sample(members, min(size, 4)), f"{number}r{ring}")
        return members

    def _other_values(self, members: Sequence[str]) -> None:
        """Have members share a value of each kind beside numbers; the larger a network, the more."""
        for kind in ("invite", "handle", "email", "payment", "crypto")[: 1 + len(members) // 8]:
            for _ in range(1 + len(members) // 30):
                self._held(self._other(kind), self.rng.sample(members, min(len(members), 3)))
        own = next((r for r in self.records if isinstance(r, Account) and r.id in members and _is_named(r)), None)
        if own is not None:  # others write its name, so it is joined to them by what it is called
            others = [member for member in members if member != own.id]
            self._held(f"{own.platform}:{own.handle}", self.rng.sample(others, 2))

    def _other(self, kind: str) -> str:
        """Return a new value of a kind, as texts here have it."""
        self._others += 1
        name = f"{self.rng.choice(_WORDS)}_{self.rng.choice(_WORDS)}{self._others}"
        return {
            "invite": self.rng.choice(
                (f"t.me/{name}", f"t.me/+Ab{self._others}CdEfGh{name}", f"chat.whatsapp.com/Kx{self._others}{name}")
            ),
            "handle": f"{self.rng.choice(('instagram', 'tiktok'))}:{name}",
            "email": f"{name.translate(_TO_LETTERS)}@mail.example",
            "payment": self.rng.choice((f"paypal.me/{name}", f"iban:GB00TEST{self._others:014d}")),
            "crypto": f"btc:bc1qtest{self._others:034d}",
        }[kind]

    def _number(self) -> str:
        self._numbers += 1
        if self._numbers < 1000:
            return f"+44 7700 900{self._numbers:03d}"
        pair = f"{self._numbers % 10_000:04d}"
        return f"+33 1 99 00 {pair[:2]} {pair[2:]}"

    def _held(self, value: str, accounts: Sequence[str]) -> None:
        for account in accounts:
            if value.startswith("t.me/") and self.rng.random() < 0.4:
                self._say(account, "Write to us", links=(value,))  # behind words
                continue
            for _ in range(self.rng.randrange(1, 3)):
                if value.startswith("+"):
                    self._say(account, self.rng.choice(_OFFERS).format(number=value))
                else:
                    self._say(account, self.rng.choice(_OTHER_OFFERS).format(value=value))

    def _when(self) -> datetime:
        return _DAY_0 + timedelta(minutes=self.rng.randrange(700 * 24 * 60))

    def _say(self, account: str, text: str, *, links: tuple[str, ...] = ()) -> str:
        self._posts += 1
        post = Post(
            platform=account.split(":", maxsplit=1)[0],
            native_id=f"post{self._posts}",
            account_id=account,
            text=text,
            at=Moment.of(self._when()),
            links=links,
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
        case.extract(find_values, {"finder": "international numbers and values"})
        case.links()
        case.clusters(resolution=resolution)
    return case

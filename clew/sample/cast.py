"""Who lives in the sample world: accounts, the networks they belong to, and what else they are.

All shares and sizes stand here as constants. They were set once, from what the world is meant to show, and not
adjusted to what any method finds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from clew.sample.fictional_numbers import FictionalNumber, numbers
from clew.sample.sentences import ADVERTS, NAME_WORDS
from graph.errors import ParameterRefused
from graph.records import scoped_id

if TYPE_CHECKING:
    from random import Random

Role: TypeAlias = Literal[
    "member", "broker", "help_line", "journalist", "asker", "quoter", "agent", "fan", "trader", "innocent"
]

_WORDS = NAME_WORDS.split()

SMALLEST_WORLD, LARGEST_WORLD = 200, 900_000
#: Where each account lives, and how many of ten accounts.
PLATFORMS = {"tiktok": 0.25, "instagram": 0.15, "facebook": 0.2, "x": 0.2, "telegram": 0.2}
#: Countries that profiles give, by the language a network writes.
COUNTRIES = {"en": "GB", "fr": "FR", "ar": "IQ", "ckb": "IQ", "sq": "AL", "vi": "VN"}
ELSEWHERE = ("GB", "FR", "IQ", "AL", "VN", "SE", "US")

IN_NETWORKS = 0.3
SMALLEST_NETWORK, LARGEST_NETWORK = 3, 60
#: Exponent of the power law that network sizes follow.
SIZE_EXPONENT = 2.0
#: Of the networks, how many are tied by reposts alone.
REPOSTS_ONLY = 0.2
#: Of the networks with numbers, how many also repost together.
ALSO_REPOST = 0.6
#: A network rotates two numbers and one more for every six accounts.
ACCOUNTS_A_NUMBER = 6
#: Of the networks on Telegram, how many have a channel.
CHANNELS = 0.3
#: Networks for each broker.
NETWORKS_A_BROKER = 5

JOURNALISTS, ASKERS, QUOTERS, FANS, TRADERS = 0.0025, 0.05, 0.015, 0.08, 0.03
HELP_LINE_ACCOUNTS, HELP_LINES = 3, 3
#: One licensed agency of 2 to 5 accounts for so many accounts of the world.
ACCOUNTS_AN_AGENCY = 300
FAN_CLUB_SIZE = 40


@dataclass(slots=True, eq=False)
class Persona:
    """An account of the world.

    ``networks`` are the ids of the networks it belongs to (a broker: two), ``group`` the agency, fan club or help line.
    ``numbers`` are its own: a trader's, an agency's. ``language`` is what it writes; ``country`` what its profile says.
    """

    index: int
    platform: str
    native_id: str
    handle: str
    name: str
    role: Role
    language: str
    country: str | None
    networks: list[str] = field(default_factory=list)
    group: str | None = None
    numbers: list[FictionalNumber] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id by which a case knows it."""
        return scoped_id(self.platform, self.native_id)


@dataclass(slots=True, eq=False)
class Network:
    """A planted network: its members, the numbers it rotates, and whether it reposts together."""

    id: str
    language: str
    members: list[Persona]
    numbers: list[FictionalNumber]
    reposts: bool


@dataclass(slots=True)
class Cast:
    """Everybody: all accounts, the networks, and the numbers of the help lines."""

    people: list[Persona]
    networks: list[Network]
    help_lines: list[FictionalNumber]

    def of(self, role: Role) -> list[Persona]:
        """Return the accounts of a role, in order."""
        return [persona for persona in self.people if persona.role == role]


class _Numbers:
    """The fictional numbers in a seeded order, each given out once."""

    def __init__(self, rng: Random) -> None:
        pool = numbers()
        rng.shuffle(pool)
        self._pool = pool

    def take(self, country: str | None = None) -> FictionalNumber:
        """Return a number nobody has yet, of the country if there is one left."""
        if not self._pool:
            raise ParameterRefused(
                "there are not enough fictional numbers for a world so large; ask for fewer accounts"
            )
        for place in range(len(self._pool) - 1, max(len(self._pool) - 200, -1), -1):
            if self._pool[place].country == country:
                return self._pool.pop(place)
        return self._pool.pop()


def cast_of(accounts: int, rng: Random) -> Cast:
    """Return a world of about ``accounts`` accounts (a few more or fewer in small worlds).

    Raises ``ParameterRefused`` below ``SMALLEST_WORLD`` or where the fictional numbers do not suffice.
    """
    if not SMALLEST_WORLD <= accounts <= LARGEST_WORLD:
        raise ParameterRefused(f"a sample world has {SMALLEST_WORLD} to {LARGEST_WORLD} accounts, not {accounts}")
    people: list[Persona] = []
    unused = _Numbers(rng)
    networks = _networks(round(accounts * IN_NETWORKS), people, unused, rng)
    _brokers(networks, rng)
    _agencies(max(2, accounts // ACCOUNTS_AN_AGENCY), people, unused, rng)
    _traders(round(accounts * TRADERS), people, unused, rng)
    _fan_clubs(round(accounts * FANS), people, rng)
    help_lines = [unused.take(country) for country in ("GB", "FR", "SE")[:HELP_LINES]]
    for index in range(HELP_LINE_ACCOUNTS * HELP_LINES):
        ngo = _persona("help_line", people, rng, language="en")
        ngo.group, ngo.numbers = f"help-line-{index % HELP_LINES + 1}", [help_lines[index % HELP_LINES]]
    simple: tuple[tuple[Role, int], ...] = (
        ("journalist", max(5, round(accounts * JOURNALISTS))),
        ("asker", round(accounts * ASKERS)),
        ("quoter", round(accounts * QUOTERS)),
    )
    for role, count in simple:
        for _ in range(count):
            _persona(role, people, rng)
    while len(people) < accounts:
        _persona("innocent", people, rng)
    return Cast(people, networks, help_lines)


def _persona(
    role: Role, people: list[Persona], rng: Random, *, language: str | None = None, platform: str | None = None
) -> Persona:
    """Add one account; its ids are made so that they can belong to nobody."""
    index = len(people)
    first, second = rng.choice(_WORDS), rng.choice(_WORDS)
    platform = platform or rng.choices(list(PLATFORMS), list(PLATFORMS.values()))[0]
    language = language or rng.choice(list(ADVERTS))
    country = COUNTRIES[language] if rng.random() < 0.6 else rng.choice(ELSEWHERE)  # noqa: PLR2004
    # Scattered over the primes' remainders, so that an id does not tell in which order the world was made.
    tag = (index + 1) * 48_271 % 999_983
    handle = f"{first}.{second}.{tag}".lower()
    native = {"x": str(9_000_000_000 + tag), "telegram": f"user{8_000_000_000 + tag}"}
    persona = Persona(
        index=index,
        platform=platform,
        native_id=native.get(platform, handle),
        handle=handle.replace(".", "_"),
        name=f"{first} {second}",
        role=role,
        language=language,
        country=None if platform in {"x", "telegram"} else country,
    )
    if platform not in native:
        persona.handle = handle
    people.append(persona)
    return persona


def _sizes(total: int, rng: Random) -> list[int]:
    """Heavy-tailed sizes that add up to ``total``, nearly."""
    choices = range(SMALLEST_NETWORK, LARGEST_NETWORK + 1)
    likely = [size**-SIZE_EXPONENT for size in choices]
    sizes: list[int] = []
    while total - sum(sizes) >= SMALLEST_NETWORK:
        sizes.append(min(rng.choices(choices, likely)[0], total - sum(sizes)))
    return sizes


def _networks(total: int, people: list[Persona], unused: _Numbers, rng: Random) -> list[Network]:
    found: list[Network] = []
    for place, size in enumerate(_sizes(total, rng), start=1):
        language = rng.choice(list(ADVERTS))
        only_reposts = rng.random() < REPOSTS_ONLY
        # A repost stays on its platform; a network tied by numbers stands on two to five.
        here = rng.choice(("x", "facebook", "tiktok", "telegram")) if only_reposts else None
        places = [here] if here else rng.sample(list(PLATFORMS), rng.randint(2, len(PLATFORMS)))
        network = Network(f"network-{place:03}", language, [], [], only_reposts or rng.random() < ALSO_REPOST)
        for _ in range(size):
            member = _persona("member", people, rng, language=language, platform=rng.choice(places))
            member.networks.append(network.id)
            network.members.append(member)
        _channel(network, rng)
        if not only_reposts:
            count = 2 + size // ACCOUNTS_A_NUMBER
            network.numbers = [unused.take(rng.choice((COUNTRIES[language], "FR", "GB"))) for _ in range(count)]
        found.append(network)
    return found


def _channel(network: Network, rng: Random) -> None:
    """Let some networks run a Telegram channel of their own: an account that is a chat too."""
    here = [member for member in network.members if member.platform == "telegram"]
    if here and rng.random() < CHANNELS:
        here[0].native_id = here[0].native_id.replace("user", "channel")


def _brokers(networks: list[Network], rng: Random) -> None:
    """Let one account of some networks work for a second one too, where both have numbers."""
    with_numbers = [network for network in networks if network.numbers]
    for _ in range(len(networks) // NETWORKS_A_BROKER):
        first, second = rng.sample(with_numbers, 2)
        broker = rng.choice(first.members)
        if broker.role == "member":
            broker.role = "broker"
            broker.networks.append(second.id)
            second.members.append(broker)


def _agencies(count: int, people: list[Persona], unused: _Numbers, rng: Random) -> None:
    for place in range(1, count + 1):
        number = unused.take(rng.choice(ELSEWHERE))
        for _ in range(rng.randint(2, 5)):
            agent = _persona("agent", people, rng)
            agent.group, agent.numbers = f"agency-{place:03}", [number]


def _traders(count: int, people: list[Persona], unused: _Numbers, rng: Random) -> None:
    """Add hairdressers, landlords and repairers with a number of their own, some of them on two platforms."""
    for _ in range(count):
        trader = _persona("trader", people, rng)
        again = rng.random() < 0.3  # noqa: PLR2004  nearly a third has a second account
        before = people[-2] if len(people) > 1 else trader
        second = again and before.role == "trader" and before.platform != trader.platform
        trader.numbers = before.numbers if second else [unused.take(trader.country)]


def _fan_clubs(total: int, people: list[Persona], rng: Random) -> None:
    for place in range(total):
        fan = _persona("fan", people, rng, platform=rng.choice(("tiktok", "x", "facebook")))
        fan.group = f"fans-{place // FAN_CLUB_SIZE + 1:03}"

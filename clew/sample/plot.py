"""What happens in the sample world: who writes and who passes on what, when, and what of it is missing.

As in ``cast``, the constants describe the world and were not adjusted to what any method finds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from clew.sample import sentences
from clew.sample.disguises import disguised

if TYPE_CHECKING:
    from random import Random

    from clew.sample.cast import Cast, Network, Persona
    from clew.sample.fictional_numbers import FictionalNumber

Review: TypeAlias = Literal["ask", "information", "quotation"]

#: 1 March 2024, and how long the world lasts: 120 days.
START, SEASON = 1_709_251_200, 120 * 86_400
#: Every piece of evidence (a bio, a post, a repost) is missing with this chance.
MISSING = 0.2
NUMBER_IN_BIO, NO_NUMBER_IN_ADVERT, CONTACT_CARD = 0.55, 0.1, 0.3
#: How likely an advert has the number of the day, and not another of the network's.
NUMBER_OF_THE_DAY = 0.75
HELP_LINE_IN_POST, HELP_LINE_IN_BIO = 0.12, 0.06
#: How often each help line is the one that is written.
HELP_LINE_SHARES = (6, 3, 1)
ASKERS_WITH_NUMBER = 0.6
ACCOUNTS_A_GROUP = 250
GROUP_REGIONS = ("GB", "FR", "IQ", "AL")

REPOSTING = ("x", "facebook", "tiktok", "telegram")
VIRAL_A_PLATFORM, VIRAL_SHARE, VIRAL_LARGEST, VIRAL_MEAN_DELAY = 3, 0.5, 2_000, 300.0
#: One everyday object for so many accounts, passed on by a few over hours.
ACCOUNTS_AN_OBJECT = 8
#: Members who pass on what the network pushes do it within so many seconds.
TOGETHER_SECONDS = 45


@dataclass(slots=True, eq=False)
class Object:
    """What is passed on: a text by somebody, who need not have it in the files."""

    id: str
    platform: str
    text: str
    at: int
    author: Persona


@dataclass(slots=True, eq=False)
class Utterance:
    """A post, message or repost.

    ``object`` makes it a repost. ``group`` is the Telegram group it stands in, ``card`` the number of a contact card as
    written. ``review`` is what an analyst would say of it, and stands in no loaded file but the reviewed one.
    """

    author: Persona
    at: int
    text: str
    id: str = ""
    object: Object | None = None
    group: int | None = None
    card: str | None = None
    answers: Utterance | None = None
    review: Review | None = None


@dataclass(slots=True)
class Plot:
    """All that was written and survived, in the order of time; bios by account; the Telegram groups.

    The first ``groups`` Telegram chats are groups, the others the channels of ``channels``, in order.
    """

    utterances: list[Utterance] = field(default_factory=list)
    bios: dict[Persona, str] = field(default_factory=dict)
    groups: int = 0
    channels: list[Persona] = field(default_factory=list)


def plot_of(cast: Cast, rng: Random) -> Plot:
    """Return what the cast does in a season, a fifth of it already missing."""
    play = Plot(groups=max(4, len(cast.people) // ACCOUNTS_A_GROUP))
    homes = _homes(cast, play, rng)
    stage = _Stage(play, homes, rng)
    for network in cast.networks:
        _adverts(stage, network)
        if network.reposts:
            _together(stage, network, cast)
    _bystanders(stage, cast)
    _help_lines(stage, cast)
    _rushes(stage, cast)
    _everyday(stage, cast)
    _fans(stage, cast)
    _lose(play, rng)
    play.utterances.sort(key=lambda said: (said.at, said.author.index, said.text))
    _number(play.utterances)
    return play


def region(chat: int, play: Plot) -> str | None:
    """Return where the people of a Telegram group dial from; a channel speaks to the whole world."""
    return GROUP_REGIONS[chat % len(GROUP_REGIONS)] if chat < play.groups else None


@dataclass(slots=True)
class _Stage:
    """Where the play is written: the plot so far, each account's Telegram groups, and the dice."""

    play: Plot
    homes: dict[Persona, list[int]]
    rng: Random
    made: int = 0

    def any_time(self) -> int:
        return START + self.rng.randrange(SEASON)

    def say(self, author: Persona, text: str, at: int, *, review: Review | None = None) -> Utterance:
        group = self.rng.choice(self.homes[author]) if author.platform == "telegram" else None
        said = Utterance(author, at, text, group=group, review=review)
        self.play.utterances.append(said)
        return said

    def make(self, platform: str, text: str, author: Persona) -> Object:
        self.made += 1
        return Object(f"v{self.made:06}", platform, text, self.any_time(), author)

    def pass_on(self, author: Persona, what: Object, at: int) -> None:
        self.say(author, what.text, at).object = what

    def written(self, number: FictionalNumber, author: Persona) -> str:
        where = {region(home, self.play) for home in self.homes.get(author, ())} or {author.country}
        return number.written(self.rng, where.pop() if len(where) == 1 else None)


def _homes(cast: Cast, play: Plot, rng: Random) -> dict[Persona, list[int]]:
    """Return each account's Telegram chats.

    A network meets in two groups, others read one to three, a channel is its own.
    """
    meets = {network.id: [rng.randrange(play.groups), rng.randrange(play.groups)] for network in cast.networks}
    homes: dict[Persona, list[int]] = {}
    for persona in cast.people:
        if persona.native_id.startswith("channel"):
            homes[persona] = [play.groups + len(play.channels)]
            play.channels.append(persona)
        elif persona.platform == "telegram":
            own = [group for name in persona.networks for group in meets[name]]
            homes[persona] = own or [rng.randrange(play.groups) for _ in range(rng.randint(1, 3))]
    return homes


def _adverts(stage: _Stage, network: Network) -> None:
    """Members advertise with the numbers of the day; a repost-only network writes none."""
    rng = stage.rng
    for member in network.members:
        first = network.id == member.networks[0]
        if network.numbers and first and member.platform != "telegram" and rng.random() < NUMBER_IN_BIO:
            bio = rng.choice(sentences.MEMBER_BIOS[network.language])
            number = stage.written(rng.choice(network.numbers), member)
            stage.play.bios[member] = bio.format(phone=disguised(number, member.native_id))
        for _ in range(rng.randint(2, 6)):
            at = stage.any_time()
            if not network.numbers or rng.random() < NO_NUMBER_IN_ADVERT:
                stage.say(member, rng.choice(sentences.ADVERTS_WITHOUT_NUMBER[network.language]), at)
                continue
            number = stage.written(_number_of_the_day(network, at, rng), member)
            advert = rng.choice(sentences.ADVERTS[network.language])
            if member.platform == "telegram" and rng.random() < CONTACT_CARD:
                stage.say(member, "", at).card = number
            else:
                stage.say(member, advert.format(phone=disguised(number, f"{member.native_id} {at}")), at)


def _number_of_the_day(network: Network, at: int, rng: Random) -> FictionalNumber:
    if rng.random() < NUMBER_OF_THE_DAY:
        return network.numbers[(at - START) * len(network.numbers) // SEASON]
    return rng.choice(network.numbers)


def _together(stage: _Stage, network: Network, cast: Cast) -> None:
    """Members of one platform pass the same objects on within seconds, and a few strangers much later."""
    rng = stage.rng
    by_platform: dict[str, list[Persona]] = defaultdict(list)
    for member in network.members:
        by_platform[member.platform].append(member)
    for platform in REPOSTING:
        members = by_platform[platform]
        if len(members) < 2:  # noqa: PLR2004  one alone repeats nobody
            continue
        likely = rng.uniform(0.5, 0.9)
        for place in range(rng.randint(8, 20)):
            author = rng.choice(members)
            text = rng.choice(sentences.ADVERTS_WITHOUT_NUMBER[network.language])
            what = stage.make(platform, f"{text} ({place + 1})", author)
            begin = what.at + rng.randint(30, 3_600)
            for member in members:
                if rng.random() < likely:
                    stage.pass_on(member, what, begin + rng.randrange(TOGETHER_SECONDS))
            _strangers(stage, what, cast, rng.randint(0, 4))


def _strangers(stage: _Stage, what: Object, cast: Cast, count: int) -> None:
    for stranger in stage.rng.sample(cast.people, count):
        if stranger.platform == what.platform and not stranger.networks:
            stage.pass_on(stranger, what, what.at + int(stage.rng.lognormvariate(9, 1)))


def _bystanders(stage: _Stage, cast: Cast) -> None:
    """Askers, journalists, people who quote a number, agencies, traders; small talk of the rest."""
    rng = stage.rng
    hunted = [network for network in cast.networks if network.numbers]
    adverts = [said for said in stage.play.utterances if said.author.networks]
    for asker in cast.of("asker"):
        knows = rng.random() < ASKERS_WITH_NUMBER
        network = rng.choice(hunted)
        for _ in range(rng.randint(2, 3)):
            text = rng.choice(sentences.ASKS if knows else sentences.ASKS_WITHOUT_NUMBER)
            number = stage.written(rng.choice(network.numbers), asker)
            said = stage.say(asker, text.format(phone=number), stage.any_time(), review="ask")
            before = rng.choice(adverts)
            if before.author.platform == asker.platform and before.group == said.group:
                said.answers, said.at = before, before.at + rng.randint(60, 7_200)
    for journalist in cast.of("journalist"):
        for _ in range(2):
            found = [rng.choice(network.numbers) for network in rng.sample(hunted, min(5, len(hunted)))]
            listed = ", ".join(stage.written(number, journalist) for number in found)
            text = rng.choice(sentences.REPORTS).format(phones=listed)
            stage.say(journalist, text, stage.any_time(), review="information")
        stage.play.bios[journalist] = sentences.JOURNALIST_BIO
    for quoter in cast.of("quoter"):
        number = stage.written(rng.choice(rng.choice(hunted).numbers), quoter)
        stage.say(quoter, rng.choice(sentences.QUOTES).format(phone=number), stage.any_time(), review="quotation")
    _own_numbers(stage, cast)
    for persona in cast.people:
        if not persona.networks and persona.role not in {"asker", "journalist", "help_line"}:
            for _ in range(rng.randint(0, 3)):
                stage.say(persona, rng.choice(sentences.SMALL_TALK), stage.any_time())


def _own_numbers(stage: _Stage, cast: Cast) -> None:
    rng = stage.rng
    for role, texts in (("agent", sentences.AGENT_POSTS), ("trader", sentences.OWN_NUMBER_POSTS)):
        for persona in cast.of("agent" if role == "agent" else "trader"):
            number = persona.numbers[0]
            for _ in range(rng.randint(1, 3)):
                text = rng.choice(texts).format(phone=stage.written(number, persona))
                stage.say(persona, text, stage.any_time())


def _help_lines(stage: _Stage, cast: Cast) -> None:
    """Help lines answer, and people of all kinds pass their numbers on; some keep one in the bio."""
    rng = stage.rng
    for persona in cast.people:
        if persona.role == "help_line":
            stage.play.bios[persona] = sentences.NGO_BIO.format(phone=stage.written(persona.numbers[0], persona))
        line = rng.choices(cast.help_lines, HELP_LINE_SHARES)[0]
        if persona.role == "help_line" or rng.random() < HELP_LINE_IN_POST:
            number = persona.numbers[0] if persona.role == "help_line" else line
            text = rng.choice(sentences.HELP_LINE_POSTS).format(phone=stage.written(number, persona))
            stage.say(persona, text, stage.any_time())
        if persona not in stage.play.bios:
            bio = rng.choice(sentences.PLAIN_BIOS)
            if not persona.networks and rng.random() < HELP_LINE_IN_BIO:
                bio = rng.choice(sentences.HELP_LINE_BIOS).format(phone=stage.written(line, persona))
            if persona.role == "fan":
                bio = rng.choice(sentences.FAN_BIOS).format(link=_invite(persona))
            stage.play.bios[persona] = bio


def _invite(fan: Persona) -> str:
    return f"https://invite.example/{fan.group}"


def _rushes(stage: _Stage, cast: Cast) -> None:
    """Viral objects: half of a platform passes them on within minutes, up to ``VIRAL_LARGEST`` accounts."""
    rng = stage.rng
    for platform in REPOSTING[:3]:
        crowd = [persona for persona in cast.people if persona.platform == platform]
        for place in range(VIRAL_A_PLATFORM + len(cast.people) // 20_000):
            what = stage.make(platform, f"Everybody is watching this ({place + 1})", rng.choice(crowd))
            count = min(VIRAL_LARGEST, round(len(crowd) * VIRAL_SHARE))
            for persona in rng.sample(crowd, count):
                stage.pass_on(persona, what, what.at + 60 + int(rng.expovariate(1 / VIRAL_MEAN_DELAY)))


def _everyday(stage: _Stage, cast: Cast) -> None:
    """News and jokes that a few pass on over hours."""
    rng = stage.rng
    crowds = {p: [persona for persona in cast.people if persona.platform == p] for p in REPOSTING}
    for place in range(len(cast.people) // ACCOUNTS_AN_OBJECT):
        platform = rng.choice(REPOSTING)
        crowd = crowds[platform]
        text = f"{rng.choice(sentences.SMALL_TALK)} #{place}"
        what = stage.make(platform, text, rng.choice(crowd))
        for persona in rng.sample(crowd, min(len(crowd), int(rng.paretovariate(1.2)) + 1, 40)):
            stage.pass_on(persona, what, what.at + int(rng.lognormvariate(9.2, 1.5)))


def _fans(stage: _Stage, cast: Cast) -> None:
    """Fans pass on what their band posts, each when they happen to see it."""
    rng = stage.rng
    clubs: dict[tuple[str, str], list[Persona]] = defaultdict(list)
    for fan in cast.of("fan"):
        clubs[fan.group or "", fan.platform].append(fan)
        for _ in range(rng.randint(1, 3)):
            stage.say(fan, rng.choice(sentences.FAN_POSTS).format(link=_invite(fan)), stage.any_time())
    for (_, platform), fans in clubs.items():
        for place in range(25):
            text = f"New video {place + 1}"
            what = stage.make(platform, text, rng.choice(fans))
            for fan in fans:
                if rng.random() < 0.5:  # noqa: PLR2004  every second one sees it
                    stage.pass_on(fan, what, what.at + int(rng.lognormvariate(6.6, 1.2)))


def _lose(play: Plot, rng: Random) -> None:
    """Take a fifth of the evidence away, at random."""
    play.utterances = [said for said in play.utterances if rng.random() >= MISSING]
    play.bios = {persona: bio for persona, bio in play.bios.items() if rng.random() >= MISSING}


def _number(utterances: list[Utterance]) -> None:
    """Give each utterance the id its platform would: counted in a Telegram group, else over the platform."""
    last: dict[tuple[str, int | None], int] = defaultdict(int)
    for said in utterances:
        last[said.author.platform, said.group] += 1
        said.id = str(last[said.author.platform, said.group])

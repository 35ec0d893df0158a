"""The words by which a text's stance and signals are told: lexicons, one a language, and what of them a text has.

A lexicon is ``loaders/lexicons/<language>.csv`` with the columns ``sign``, ``pattern`` and ``meaning``, an entry a row;
what may stand in it says ``docs/lexicons.md``. All of them are searched for at once, in one pass.
"""

from __future__ import annotations

import csv
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

import ahocorasick_rs

from loaders.kept_tables import kept
from loaders.phrase_patterns import Part, phrases_of
from loaders.word_forms import BREAK

#: What an entry may say of a text, and what that means.
SIGNS = {
    "function_word": "a little word that tells which language a text is in",
    "travel": "going somewhere, in any way",
    "crossing": "crossing a border or a sea by irregular ways",
    "smuggler": "who takes people across, by any name",
    "place": "a country, city, island, camp or border on the routes; the meaning begins with its country",
    "from": "stands by an origin",
    "to": "stands by a destination",
    "offer_service": "says that the crossing, visa or paper is supplied",
    "offer_hint": "sells: ready, daily, seats, serious people only",
    "offer_family": "speaks as a business does: our team, our clients",
    "recommend": "recommends a seller",
    "ask_want": "wants to go, or somebody who takes one",
    "ask_question": "asks how, who, which way",
    "how_much": "asks for a price",
    "ask_help": "asks for help or advice",
    "ask_missing": "looks for a missing passenger",
    "relative": "a relative or friend",
    "warn": "warns of sellers or of the way",
    "news": "reports: police, courts, rescues",
    "official": "an organisation's or authority's line: rights, helplines, advice",
    "diary": "tells of a journey made",
    "quote": "quotes, or speaks of adverts",
    "licensed": "a licensed trade: tickets, pilgrimages, removals, parcels",
    "legal_way": "a legal way: studies, work permits, families, embassies",
    "everyday": "anything else that people write about",
    "child": "children",
    "group": "several people who go together",
    "discount": "a price made lower",
    "free": "no price",
    "child_discount": "less for children",
    "child_free": "children go free",
    "group_discount": "less for groups",
    "false_documents": "false, bought or look-alike papers",
    "travel_agent_pose": "the wording of agencies, consultants and tourism",
    "currency": "money",
    "price_claim": "says that a price is good or what it is",
    "transport_mode": "what one travels by",
    "guarantee": "safety, success, a free retry, trust",
    "urgency": "a near departure, few places",
    "testimonial": "others arrived; a reputation",
    "payment_on_arrival": "to be paid later, or held by somebody else",
    "contact_me": "a call to write or call",
    "negation": "not",
}
#: Signs that are kept where they stand inside a longer phrase of another sign; what is in no such list is part of it.
_KEPT_INSIDE = frozenset({
    "function_word", "travel", "crossing", "smuggler", "place", "from", "to", "relative", "child", "group", "currency",
    "transport_mode", "negation",
})  # fmt: skip
#: Signs that only tell the language.
_TELLING = frozenset({"function_word", "from", "to"})
#: How many letters ``*`` may stand for, behind and before a word.
_ENDING, _BEGINNING = 6, 4
#: No four words are longer together.
_FAR = 200
#: Languages have codes of two or three letters (ISO 639); other tables stand beside the lexicons.
_LONGEST_CODE = 3
#: Counted up when the tables that lexicons are kept as change, or what makes them.
_FORM = 2


class Entry(NamedTuple):
    """A line of a lexicon; ``language`` is the file's name, ``words`` how many words the pattern has at most."""

    language: str
    sign: str
    pattern: str
    meaning: str
    words: int


class Sign(NamedTuple):
    """An entry found in a text's words: from where to where, blanks around it not counted."""

    entry: Entry
    start: int
    end: int


class Tables(NamedTuple):
    """What entries are searched for by, in values that JSON has.

    ``parts`` are the literals, with whether their word goes on before and behind; ``single``, by part, the numbers of
    the entries that are this part alone; ``phrases`` the entries of several pieces: the entry's number, and of each
    piece the parts that it may be and how many words may stand before it; ``begins`` which of them are looked for
    where a part is found.
    """

    entries: Sequence[Sequence[Any]]
    parts: Sequence[Sequence[Any]]
    single: Sequence[Sequence[int]]
    phrases: Sequence[tuple[int, Sequence[tuple[Sequence[int], int]]]]
    begins: Sequence[tuple[int, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Entries, and what finds them; the fields are as in ``Tables``."""

    entries: tuple[Entry, ...]
    parts: tuple[Part, ...]
    single: Sequence[Sequence[int]]
    phrases: Sequence[tuple[int, Sequence[tuple[frozenset[int], int]]]]
    begins: dict[int, Sequence[int]]
    #: The parts that are not whole words, and those of phrases.
    inexact: frozenset[int]
    joined: frozenset[int]
    languages: tuple[str, ...]
    #: Of each entry the number of its language, how much it tells of that, whether it tells more, and in any language.
    telling: tuple[tuple[int, int, bool, bool], ...]
    matcher: ahocorasick_rs.AhoCorasick

    def signs(self, words: str) -> list[Sign]:
        """Return the signs in what ``words_of`` made of a text, in their order, of the languages it is written in.

        Signs that only tell the language are left out.
        """
        found = self._found(words)
        if not found:
            return []
        told = [0] * len(self.languages)
        telling = self.telling
        for _, _, number in found:
            language, weight, _, _ = telling[number]
            told[language] += weight
        # A language counts where half as much is found of it as of the likeliest.
        least = (max(told) + 1) // 2
        own = []
        for each in found:
            language, _, says, always = telling[each[2]]
            if says and (always or told[language] >= least):
                own.append(each)
        return [Sign(self.entries[number], start, -end) for start, end, number in self._outermost(own)]

    def _found(self, words: str) -> list[tuple[int, int, int]]:
        """Return what is found as (where it begins, minus where it ends, entry): they sort as they are looked at."""
        found: list[tuple[int, int, int]] = []
        single, inexact, joined = self.single, self.inexact, self.joined
        places: dict[int, list[tuple[int, int]]] = {}
        for number, start, end in self.matcher.find_matches_as_indexes(words, overlapping=True):
            if number in inexact:
                first, last = _whole(words, self.parts[number], start, end)
                if last < 0:
                    continue
            else:
                first, last = start + 1, end - 1
            for entry in single[number]:
                found.append((first, -last, entry))  # noqa: PERF401 - of most parts there is one
            if number in joined:
                places.setdefault(number, []).append((first, last))
        for number in places:
            for which in self.begins.get(number, ()):
                entry, pieces = self.phrases[which]
                for parts, _ in pieces:
                    if parts.isdisjoint(places):  # as of nearly all: one piece alone is there
                        break
                else:
                    chain = [
                        ([at for part in parts & places.keys() for at in places[part]], gap) for parts, gap in pieces
                    ]
                    found += [(start, -end, entry) for start, end in _chains(words, chain)]
        return found

    def _outermost(self, found: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """Return what was found in its order without what is only a part of a longer phrase."""
        kept: list[tuple[int, int, int]] = []
        seen: set[tuple[str, int, int]] = set()
        entries = self.entries
        widest_start = widest_end = 0
        found.sort()
        for each in found:
            start, end, number = each
            end = -end
            sign = entries[number].sign
            if (key := (sign, start, end)) in seen:
                continue
            seen.add(key)
            if sign not in _KEPT_INSIDE:
                if end <= widest_end and end - start < widest_end - widest_start:
                    continue
                if end > widest_end:
                    widest_start, widest_end = start, end
            kept.append(each)
        return kept


def _whole(words: str, part: Part, start: int, end: int) -> tuple[int, int]:
    """Return where a piece stands with all of its first and last word; (0, -1) where these are longer than allowed."""
    if part.any_before:
        begin = words.rfind(" ", 0, start + 1) + 1
        if start - begin > _BEGINNING:
            return 0, -1
        start = begin
    else:
        start += 1
    if part.any_after:
        stop = words.find(" ", end - 1)
        return (0, -1) if stop - end > _ENDING else (start, stop)
    return start, end - 1


def _chains(words: str, pieces: list[tuple[list[tuple[int, int]], int]]) -> Iterator[tuple[int, int]]:
    """Yield where a phrase of several pieces stands: for each beginning the nearest pieces that follow it."""
    for places, _ in pieces:
        places.sort()
    for start, end in pieces[0][0]:
        last = end
        for places, gap in pieces[1:]:
            nearest = bisect_left(places, (last + 1, 0))
            if nearest == len(places) or not _near(words, last, places[nearest][0], gap):
                break
            last = places[nearest][1]
        else:
            yield start, last


def _near(words: str, last: int, first: int, gap: int) -> bool:
    """Return whether at most so many words of the same sentence stand between two places."""
    if first - last > _FAR:
        return False
    between = words[last:first]
    return BREAK not in between and between.count(" ") - 1 <= gap


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return all lexicons as one; read once a process."""
    found = sorted((file.name, file) for file in (files("loaders") / "lexicons").iterdir())
    texts = {
        language: file.read_text("utf-8")
        for name, file in found
        if len(language := name.removesuffix(".csv")) <= _LONGEST_CODE
    }
    key = sha256(json.dumps([_FORM, texts]).encode()).hexdigest()

    def make() -> list[Any]:
        return list(tables(tuple(entry for language, text in texts.items() for entry in entries_of(text, language))))

    return searched(Tables(*kept("lexicons", key, make)))


def entries_of(table: str, language: str) -> Iterator[Entry]:
    """Yield the entries of a lexicon; one that can't be one raises ``ValueError`` with its line and what is wrong."""
    rows = csv.DictReader(table.splitlines())
    for row in rows:
        sign, pattern, meaning = (row.get(column) or "" for column in ("sign", "pattern", "meaning"))
        where = f"{language}.csv, line {rows.line_num}"
        if sign not in SIGNS:
            raise ValueError(f"{where}: {sign!r} is no sign; there are {', '.join(SIGNS)}")
        if not pattern.strip() or not meaning.strip():
            raise ValueError(f"{where}: a pattern and its meaning are needed")
        try:
            _, words = phrases_of(pattern)
        except ValueError as problem:
            raise ValueError(f"{where}: {problem}") from problem
        yield Entry(language, sign, pattern, meaning, words)


def tables(entries: tuple[Entry, ...]) -> Tables:
    """Return entries as tables to search by."""
    numbers: dict[Part, int] = {}
    single: defaultdict[int, list[int]] = defaultdict(list)
    phrases: list[tuple[int, list[tuple[list[int], int]]]] = []
    for which, entry in enumerate(entries):
        for phrase in phrases_of(entry.pattern)[0]:
            pieces = [([numbers.setdefault(part, len(numbers)) for part in p.parts], p.gap) for p in phrase]
            if len(pieces) > 1:
                phrases.append((which, pieces))
                continue
            for number in pieces[0][0]:
                single[number].append(which)
    # A phrase is looked for where its piece that fewest others have is found: what many have, most texts have.
    common = Counter(number for _, pieces in phrases for those, _ in pieces for number in those)
    begins: defaultdict[int, list[int]] = defaultdict(list)
    for at, (_, pieces) in enumerate(phrases):
        for number in min((those for those, _ in pieces), key=lambda those: sum(common[each] for each in those)):
            begins[number].append(at)
    alone = [list(dict.fromkeys(single[number])) for number in range(len(numbers))]
    return Tables([tuple(e) for e in entries], [tuple(p) for p in numbers], alone, phrases, list(begins.items()))


def searched(made: Tables) -> Lexicon:
    """Return what searches by tables."""
    entries = tuple(Entry(*entry) for entry in made.entries)
    parts = tuple(Part(*part) for part in made.parts)
    numbered = {language: number for number, language in enumerate(dict.fromkeys(e.language for e in entries))}
    return Lexicon(
        entries=entries,
        parts=parts,
        single=made.single,
        phrases=[(which, [(frozenset(those), gap) for those, gap in pieces]) for which, pieces in made.phrases],
        begins=dict(made.begins),
        inexact=frozenset(number for number, part in enumerate(parts) if part.any_before or part.any_after),
        joined=frozenset(number for _, pieces in made.phrases for those, _ in pieces for number in those),
        languages=tuple(numbered),
        telling=tuple(
            (
                numbered[entry.language],
                2 if entry.sign == "function_word" or entry.words > 1 else 1,
                entry.sign not in _TELLING,
                entry.words > 1,
            )
            for entry in entries
        ),
        matcher=ahocorasick_rs.AhoCorasick([part.literal for part in parts]),
    )

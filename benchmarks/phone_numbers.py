"""How quickly and how well telephone numbers are found: ``python -m benchmarks.phone_numbers``.

100,000 texts made of the sample world's sentences, 38 % of them with one of 6,000 numbers in one spelling each, because
accounts repeat their adverts: 60 % plain, the others in one disguise each. ``PhoneNumberMatcher`` of libphonenumber
(Leniency.VALID, the same regions), ``find_phones`` on one core, and ``find_phones`` in two side processes, their start
included. ``--differences N`` prints a seeded sample of what only one of the two found, to be judged by a reader;
``--corpus`` prints precision, recall and F1 by language and by disguise on ``benchmarks/texts/phones_dev.jsonl``, whose
texts were written one by one.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

from benchmarks.measuring import machine
from clew.sample import sentences
from graph.side_processes import Work, done_aside
from loaders.phones import find_phones

SEED, COUNT, WITH_NUMBER, TASK, FORMS = 11, 100_000, 0.38, 5_000, 6_000
CORPUS = Path(__file__).parent / "texts" / "phones_dev.jsonl"
Text = tuple[str, str | None]
#: Where each language's accounts are, and the national part of a number there, without its last three digits.
HOMES = {
    "en": ("GB", "+44", "7700900"), "fr": ("FR", "+33", "639981"), "ar": ("SY", "+963", "930000"),
    "ckb": ("IQ", "+964", "7700000"), "sq": ("AL", "+355", "690000"), "vi": ("VN", "+84", "9000000"),
}  # fmt: skip
LENGTHS = {"sq": 9, "vi": 9, "ar": 9, "fr": 9}
WORDS = {
    "en": "zero one two three four five six seven eight nine",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "ar": "صفر واحد اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة", "ckb": "سفر یەک دوو سێ چوار پێنج شەش حەوت هەشت نۆ",
    "sq": "zero një dy tre katër pesë gjashtë shtatë tetë nëntë", "vi": "không một hai ba bốn năm sáu bảy tám chín",
}  # fmt: skip
FURTHER = (" Price 2500 €", " 12.06.2024 22:30", " 🇫🇷➡️🇬🇧", " #travel 24/7", " ❤️🙏", " 15/03/2024", " 1200 people", "")


def _grouped(digits: str, chance: random.Random, _: str = "") -> str:
    gap = chance.choice((" ", "-", ".", "", "/", " "))
    return gap.join(digits[at : at + 3] for at in range(0, len(digits), 3))


def _shifted(digits: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(each)) for each in digits)


DISGUISES: tuple[Callable[[str, str, random.Random], str], ...] = (
    lambda digits, _, __: _shifted(digits, "٠"),
    lambda digits, _, __: _shifted(digits, "۰"),
    lambda digits, _, __: _shifted(digits, "\U0001d7ce"),
    lambda digits, _, __: "".join(f"{each}\ufe0f\u20e3" for each in digits),
    lambda digits, _, __: "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(each)] for each in digits),
    lambda digits, _, __: digits.replace("0", "O").replace("1", "l"),
    lambda digits, language, _: " ".join(WORDS[language].split()[int(each)] for each in digits),
    lambda digits, language, _: f"{digits[:-4]} {' '.join(WORDS[language].split()[int(each)] for each in digits[-4:])}",
    lambda digits, _, __: "\u200b".join(digits),
    lambda digits, _, __: "🔥".join(digits[at : at + 3] for at in range(0, len(digits), 3)),
    lambda digits, _, __: f"{digits[:5]}\n{digits[5:]}",
)


def texts(count: int = COUNT) -> list[Text]:
    """Return the texts with the region of each; the same for the same seed."""
    chance = random.Random(SEED)
    numbers = {language: [_number(language, chance) for _ in range(FORMS // len(HOMES))] for language in HOMES}
    made: list[Text] = []
    for _ in range(count):
        language = chance.choice(list(HOMES))
        region = chance.choice((HOMES[language][0], None))
        if chance.random() < WITH_NUMBER:
            number, needs_region = chance.choice(numbers[language])
            sentence = chance.choice(sentences.ADVERTS[language]).replace("{phone}", number).replace("{link}", "")
            region = HOMES[language][0] if needs_region else region
        else:
            sentence = chance.choice((*sentences.ADVERTS_WITHOUT_NUMBER[language], *sentences.SMALL_TALK))
        made.append((sentence + chance.choice(FURTHER), region))
    return made


def _number(language: str, chance: random.Random) -> tuple[str, bool]:
    """Return a number as an account writes it, and whether it is a national one."""
    _, code, stem = HOMES[language]
    digits = (stem + f"{chance.randrange(1000):03d}")[: LENGTHS.get(language)]
    way = chance.random()
    if way < 0.4:
        return f"{code} {_grouped(digits, chance)}", False
    return (_grouped if way < 0.6 else _disguised)("0" + digits, chance, language), True


def _disguised(digits: str, chance: random.Random, language: str) -> str:
    return chance.choice(DISGUISES)(digits, language, chance)


def theirs(text: str, region: str | None) -> list[str]:
    """Return the numbers that libphonenumber's matcher finds."""
    found = PhoneNumberMatcher(text, region, leniency=Leniency.VALID)
    return [format_number(match.number, PhoneNumberFormat.E164) for match in found]


def ours(text: str, region: str | None) -> list[str]:
    """Return the numbers that clew finds, but undecided ones."""
    return [mention.value for mention in find_phones(text, region) if mention.value]


def worker(_: bytes) -> Work:
    """Return what a side process does with a task: texts as JSON, to their numbers as JSON."""
    return lambda task: orjson.dumps([ours(text, region) for text, region in orjson.loads(task)])


def aside(made: list[Text], count: int) -> list[list[str]]:
    """Return what side processes find."""
    tasks = (orjson.dumps(made[at : at + TASK]) for at in range(0, len(made), TASK))
    answers = done_aside("benchmarks.phone_numbers:worker", b"", tasks, count)
    return list(itertools.chain.from_iterable(orjson.loads(answer) for answer in answers))


def timed(work: Callable[[], list[list[str]]]) -> tuple[float, float, list[list[str]]]:
    """Return the wall and the CPU seconds that a work takes here, and its result."""
    began, cpu = time.perf_counter(), time.process_time()
    result = work()
    return time.perf_counter() - began, time.process_time() - cpu, result


def speed(count: int, differences: int) -> None:
    """Print the table of speeds, and a sample of what only one of the two found."""
    made = texts(count)
    ways: dict[str, tuple[float, float, list[list[str]]]] = {
        "PhoneNumberMatcher, one core": timed(lambda: [theirs(*text) for text in made]),
        "find_phones, one core": timed(lambda: [ours(*text) for text in made]),
        "find_phones, two processes": timed(lambda: aside(made, 2)),
    }
    peer = ways["PhoneNumberMatcher, one core"]
    print(f"{machine()}, {datetime.now(UTC).date()}, seed {SEED}, {count:,} texts\n")
    print("| way | texts/s | ratio | ratio of CPU here | numbers |\n|---|--:|--:|--:|--:|")
    for name, (wall, cpu, found) in ways.items():
        told = "" if "processes" in name else f"{peer[1] / cpu:.1f}"
        print(f"| {name} | {count / wall:,.0f} | {peer[0] / wall:.1f} | {told} | {sum(map(len, found)):,} |")
    chance = random.Random(SEED)
    both = list(zip(made, *(found for _, _, found in list(ways.values())[:2]), strict=True))
    for name, some in (
        ("only the matcher", [(text, set(a) - set(b)) for text, a, b in both if set(a) - set(b)]),
        ("only find_phones", [(text, set(b) - set(a)) for text, a, b in both if set(b) - set(a)]),
    ):
        print(f"\n{name} found numbers in {len(some):,} texts")
        for text, numbers in chance.sample(some, min(differences, len(some))):
            print(f"  {sorted(numbers)} {text!r}")


def corpus(path: Path = CORPUS) -> list[dict[str, Any]]:
    """Return the texts written for development."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def scores(
    records: Iterable[dict[str, Any]], by: str, find: Callable[[str, str | None], list[str]]
) -> dict[str, tuple[int, int, int]]:
    """Return how many numbers were found, found wrongly and missed, by a key of the records and in ``all``."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        got, wanted = set(find(record["text"], record["region_hint"])), set(record["phones"])
        for key in (record[by], "all"):
            counted[key].update(right=len(got & wanted), wrong=len(got - wanted), missed=len(wanted - got))
    return {key: (each["right"], each["wrong"], each["missed"]) for key, each in counted.items()}


def _told(right: int, wrong: int, missed: int) -> str:
    if not right + wrong + missed:
        return "– | – | –"
    precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
    return f"{precision:.2f} | {recall:.2f} | {2 * right / (2 * right + wrong + missed):.2f}"


def corpus_tables(path: Path) -> Iterator[str]:
    """Yield the lines of two tables: by language and by disguise, clew's beside the matcher's."""
    records = corpus(path)
    for by in ("lang", "disguise"):
        mine, peers = scores(records, by, ours), scores(records, by, theirs)
        yield f"\n| {by} | precision | recall | F1 | matcher: precision | recall | F1 |\n|---|--:|--:|--:|--:|--:|--:|"
        yield from (f"| {key} | {_told(*mine[key])} | {_told(*peers[key])} |" for key in sorted(mine))


def main() -> None:
    """Print what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT, help="texts")
    parser.add_argument("--differences", type=int, default=0, help="how many differences of each kind to print")
    parser.add_argument("--corpus", nargs="?", const=CORPUS, type=Path, help="how well, instead of how quickly")
    given = parser.parse_args()
    if given.corpus:
        print("\n".join(corpus_tables(given.corpus)))
    else:
        speed(given.count, given.differences)


if __name__ == "__main__":
    main()

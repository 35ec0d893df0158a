"""A synthetic world to try clew on: planted networks in a crowd that makes them hard to find.

Nothing in it is real: names are made of plain words, sentences were invented for it, numbers are reserved for fiction.
The same seed and size give the same bytes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import orjson

from clew.sample.cast import Cast, cast_of
from clew.sample.plot import Plot, plot_of
from clew.sample.writing import SampleSource, post_id, write_csv, write_sources
from graph.errors import OutputUnwritable

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["SampleSource", "WorldWritten", "sources", "write_world"]

_README = """\
A synthetic world for trying clew. Nothing in it is real: every number is reserved for fiction.
It has {accounts} accounts, {networks} planted networks and the seed {seed}.
A fifth of the evidence is missing on purpose.

To load:
{loads}

truth.csv, truth.json   who belongs to which network, and what everybody else is; never load these
reviewed.csv            what an analyst says of posts that write a number without holding it:
                        clew judge CASE --file reviewed.csv
help_lines.txt          numbers of help lines, one a line
load.json               the same load options, for programs
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldWritten:
    """What a sample holds: its files with the options to load them, and how many of everything.

    ``posts`` counts posts and messages, ``reposts`` what passes others' on.
    """

    directory: Path
    sources: tuple[SampleSource, ...]
    seed: int
    accounts: int
    networks: int
    posts: int
    reposts: int

    def reviews(self) -> list[tuple[str, str, str, str]]:
        """Return what its analyst read (``reviewed.csv``), as ``Case.judge_all`` takes it."""
        with (self.directory / "reviewed.csv").open(encoding="utf-8", newline="") as file:
            return [(row["subject"], row["kind"], row["value"], row["note"]) for row in csv.DictReader(file)]

    def help_lines(self) -> list[str]:
        """Return the numbers of its help lines (``help_lines.txt``)."""
        return (self.directory / "help_lines.txt").read_text(encoding="utf-8").split()


def write_world(directory: str | PathLike[str], accounts: int = 2_000, seed: int = 1) -> WorldWritten:
    """Write a world of about ``accounts`` accounts into ``directory`` and return what is in it.

    Writes tables of TikTok, Instagram and Facebook, reposts in CooRTweet's columns, pages of X, Telegram exports,
    ``truth.csv``, ``truth.json``, ``reviewed.csv``, ``help_lines.txt``, ``load.json`` and ``README.txt``. Raises
    ``ParameterRefused`` for a size it can't make, ``OutputUnwritable`` where it can't write.
    """
    root = Path(directory)
    rng = Random(seed)  # noqa: S311  a sample wants the same dice every time, not secret ones
    world = cast_of(accounts, rng)
    play = plot_of(world, rng)
    try:
        root.mkdir(parents=True, exist_ok=True)
        found = write_sources(root, world.people, play)
        _write_truth(root, world, play, seed)
        _write_guide(root, world, found, seed)
    except OSError as error:
        raise OutputUnwritable(
            f"{root}: the sample can't be written ({error.strerror}); name another folder"
        ) from error
    reposts = sum(said.object is not None for said in play.utterances)
    return WorldWritten(
        directory=root,
        sources=tuple(found),
        seed=seed,
        accounts=len(world.people),
        networks=len(world.networks),
        posts=len(play.utterances) - reposts,
        reposts=reposts,
    )


def sources(directory: str | PathLike[str]) -> list[SampleSource]:
    """Return the files of a written sample with the options to load them, in order."""
    root = Path(directory)
    entries = orjson.loads((root / "load.json").read_bytes())
    return [SampleSource(root / entry.pop("path"), **entry) for entry in entries]


def _write_truth(root: Path, world: Cast, play: Plot, seed: int) -> None:
    write_csv(
        root / "truth.csv",
        ("account_id", "role", "networks", "group"),
        ((p.id, p.role, ";".join(p.networks), p.group or "") for p in world.people),
    )
    reviewed = [said for said in play.utterances if said.review is not None]
    write_csv(
        root / "reviewed.csv",
        ("subject", "kind", "value", "note"),
        ((post_id(said, play), "stance", said.review, "read by the sample's analyst") for said in reviewed),
    )
    lines = [number.e164 for number in world.help_lines]
    (root / "help_lines.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    truth = {
        "seed": seed,
        "accounts": {p.id: {"role": p.role, "networks": p.networks, "group": p.group} for p in world.people},
        "networks": {
            network.id: {
                "members": [member.id for member in network.members],
                "numbers": [number.e164 for number in network.numbers],
                "reposts": network.reposts,
            }
            for network in world.networks
        },
        "help_lines": lines,
    }
    _write_json(root / "truth.json", truth)


def _write_guide(root: Path, world: Cast, found: list[SampleSource], seed: int) -> None:
    entries = [{**source._asdict(), "path": source.path.relative_to(root).as_posix()} for source in found]
    _write_json(root / "load.json", entries)
    text = _README.format(
        accounts=len(world.people),
        networks=len(world.networks),
        seed=seed,
        loads="\n".join(_command(entry) for entry in entries),
    )
    (root / "README.txt").write_text(text, encoding="utf-8", newline="\n")


def _write_json(path: Path, value: object) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _command(entry: dict[str, object]) -> str:
    options = "".join(f" --{name} {entry[name]}" for name in ("platform", "region", "timezone") if entry[name])
    return f"  clew load CASE {entry['path']} --as {entry['format']}{options}"

"""``clew.Case``: what an investigator does with a case, each verb a call into the rooms.

Imports stand inside the verbs, so that ``import clew`` and ``clew --help`` cost only what is used.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from graph.case import Case as _Case
from graph.steps import RunDone

if TYPE_CHECKING:
    import duckdb
    import networkx as nx
    import pandas as pd

    from clew.loading import Gathered, Loaded, Progress, Reading, Told
    from graph.publish import Published
    from visualisations.maps import MapsWritten

Report = Callable[[str], None]


def _silent(_: str) -> None:
    """Say nothing."""


class Case:
    """A case: one DuckDB file with what was observed, what was derived from it, and what analysts judged.

    The verbs, in the order of the work: ``load``, ``run`` (or ``extract``, ``links``, ``clusters``), ``status``,
    ``table``, ``map``, ``publish``, ``query``, ``export``, ``judge``. Each can be done again at any time and gives the
    same result for the same case. Outputs show the latest run, or the one named by ``run=``; accounts that are set
    aside, and the person who collected the data, are absent unless asked for.
    """

    def __init__(self, path: Path | str, *, wait: float = 10.0) -> None:
        self._case = _Case(path, wait=wait)

    def __repr__(self) -> str:
        return f"clew.open({str(self.path)!r})"

    @property
    def path(self) -> Path:
        """Where the case lies, absolute."""
        return self._case.path

    @property
    def id(self) -> str:
        """What names this case in Neo4j (``(:Case {id})``)."""
        return self._case.id

    def load(
        self,
        path: str | Path,
        *,
        format: str | None = None,  # noqa: A002  the word a user would write
        platform: str | None = None,
        region: str | None = None,
        timezone: str | None = None,
        columns: Mapping[str, str] | None = None,
        collector: str | None = None,
        dates: str | None = None,
        sheet: str | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> Loaded:
        """Take a file into the case, all or nothing; bad rows are kept apart with the reason.

        ``format`` is recognised from the content unless given (``clew formats`` lists them). ``region`` (ISO 3166-1
        alpha-2) says where its national numbers are dialled from, ``timezone`` (IANA) where its times without a zone
        belong, ``platform`` which platform its ids are of, ``columns`` how a table's columns are called
        (``{"account_id": "author"}``), ``collector`` who exported it where the file does not tell, ``dates`` in
        which order its dates have day, month and year (``dmy``, ``mdy``, ``ymd``, ``ydm``) where they leave that open,
        ``sheet`` which of a workbook's is read, if not the first that is a table. ``progress`` hears (bytes read, bytes
        in all). Loading a file again adds nothing. With ``dry_run`` nothing is written: ``added`` says what would be,
        and what there is in the file (``added.foreseen``).

        Raises ``SourceUnreadable``, ``FormatUnknown``, ``ParameterRefused``, ``CaseLocked``.
        """
        from clew.loading import adding, load_one

        with adding(self._case, dry_run=dry_run) as add:
            return load_one(
                add, path, format=format, platform=platform, region=region, timezone=timezone, columns=columns,
                collector=collector, dates=dates, sheet=sheet, progress=progress,
            )  # fmt: skip

    def load_all(
        self,
        paths: str | Path | Iterable[str | Path],
        *,
        dry_run: bool = False,
        reading: Reading | None = None,
        report: Told | None = None,
        **said: Any,
    ) -> list[Loaded | Gathered]:
        """Take files, folders with all below them, and ZIP archives into the case, and return what came of each.

        Each file is a source of its own; ``said`` are the options of ``load``, the same for all. A file of a folder or
        an archive that can't be read is noted with its reason in the ``Gathered`` that follows the others of it, and
        the load goes on; pictures and the like are only counted. A file that is named itself has to be readable.
        ``reading`` is entered with each file's name while it is read, and gives what hears (bytes read, bytes in all);
        ``report`` hears what came of each.

        Raises what ``load`` does; what was taken before is kept.
        """
        from clew.loading import adding, load_each

        with adding(self._case, dry_run=dry_run) as add:
            return load_each(add, paths, said, leave=self.path, reading=reading, report=report)

    def load_graph(
        self,
        uri: str | None = None,
        *,
        accounts_query: str | None = None,
        posts_query: str | None = None,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
        dry_run: bool = False,
        reading: Reading | None = None,
        report: Told | None = None,
        **said: Any,
    ) -> list[Loaded | Gathered]:
        """Take what a Neo4j database returns for Cypher of your own into the case: accounts, and posts or reposts.

        The server is found as ``publish`` finds it; the queries may only read. ``said`` are those options of ``load``
        that a table has. Raises what ``load`` and ``cypher`` do; nothing is taken then.
        """
        from clew.loading import adding, load_answers
        from graph.neo4j_connection import connect

        queries: dict[Literal["accounts", "posts"], str | None] = {"accounts": accounts_query, "posts": posts_query}
        with connect(uri, user, password, database) as connection, adding(self._case, dry_run=dry_run) as add:
            return load_answers(add, connection, queries, said, reading=reading, report=report)

    def extract(self, *, report: Callable[[int], None] = lambda _: None) -> RunDone:
        """Find numbers, invites, names, addresses and links in all texts; ``report`` hears how many more were found."""
        from loaders.mentions import read_text, rules

        return self._case.extract(read_text, rules(), report)

    def links(
        self,
        *,
        window: int = 60,
        min_participation: int = 2,
        max_holders: int = 50,
        help_lines: Iterable[str] = (),
        include_collector: bool = False,
        report: Report = _silent,
    ) -> RunDone:
        """Link accounts that hold one value, or pass the same objects on within ``window`` seconds.

        A value is a number, an invite, a name elsewhere, an e-mail address or a place to pay to. ``min_participation``
        is how often an account must share (CooRTweet's); what more than ``max_holders`` accounts hold, or
        ``help_lines`` lists (E.164), links nobody and is headlined instead.
        """
        return self._case.links(
            window=window,
            min_participation=min_participation,
            max_holders=max_holders,
            help_lines=_numbers(help_lines),
            include_collector=include_collector,
            report=report,
        )

    def clusters(
        self,
        *,
        method: Literal["leiden", "louvain"] = "leiden",
        resolution: float | None = None,
        seed: int = 1,
        min_size: int = 3,
        kind_weights: Mapping[str, float] | None = None,
    ) -> RunDone:
        """Find likely networks among the linked accounts.

        ``resolution`` is chosen from the graph unless given (higher cuts finer); ``kind_weights`` says how much a kind
        of link counts (1 each); clusters of fewer than ``min_size`` accounts are not kept.
        """
        weights = {} if kind_weights is None else {"kind_weights": dict(kind_weights)}
        return self._case.clusters(method=method, resolution=resolution, seed=seed, min_size=min_size, **weights)

    def run(
        self,
        *,
        window: int = 60,
        min_participation: int = 2,
        max_holders: int = 50,
        help_lines: Iterable[str] = (),
        include_collector: bool = False,
        method: Literal["leiden", "louvain"] = "leiden",
        resolution: float | None = None,
        seed: int = 1,
        min_size: int = 3,
        report: Report = _silent,
    ) -> tuple[RunDone, RunDone, RunDone]:
        """Do ``extract``, ``links`` and ``clusters`` in one go, and return the three. Writes nothing but the case."""
        from loaders.mentions import read_text, rules

        return self._case.run(
            read_text,
            rules(),
            links={
                "window": window,
                "min_participation": min_participation,
                "max_holders": max_holders,
                "help_lines": _numbers(help_lines),
                "include_collector": include_collector,
            },
            clusters={"method": method, "resolution": resolution, "seed": seed, "min_size": min_size},
            report=report,
        )

    def judge(
        self, subject: str, *, kind: str, value: str | None, by: str | None = None, note: str | None = None
    ) -> None:
        """Enter a judgement: a post's ``stance``, or whether an account is ``set_aside``.

        A stance is offer, ask, information or quotation; set_aside is yes or no; ``None`` takes it back. A number
        in a post marked ask, information or quotation is not held by its author; an account all of whose texts are so
        marked is set aside. Links and clusters follow with the next ``run``.
        """
        self._case.judge(subject, kind=kind, value=value, by=by, note=note)

    def unknown_subjects(self, subjects: Iterable[str]) -> list[str]:
        """Return those of the ids that are no account or post of the case: a judgement on them does nothing yet."""
        return self._case.unknown_subjects(subjects)

    def judge_all(self, judgements: Iterable[Sequence[str | None]], *, by: str | None = None) -> int:
        """Enter many judgements (subject, kind, value, note) at once, all or none, and return how many were new."""
        return self._case.judge_all(judgements, by=by)

    def map(
        self,
        out: str | Path,
        *,
        run: int | None = None,
        title: str | None = None,
        marking: str | None = None,
        include_set_aside: bool = False,
        include_collector: bool = False,
        report: Report = _silent,
    ) -> MapsWritten:
        """Write ``index.html`` and the clusters' maps into the folder ``out``; they open without a network."""
        from visualisations.maps import write_maps

        return write_maps(
            self._case,
            Path(out),
            run=run,
            title=title,
            marking=marking,
            include_set_aside=include_set_aside,
            include_collector=include_collector,
            report=report,
        )

    def publish(
        self,
        uri: str | None = None,
        *,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
        run: int | None = None,
        include_set_aside: bool = False,
        include_collector: bool = False,
        report: Report = _silent,
    ) -> Published:
        """Make a Neo4j database hold exactly what the case holds; all else on the server is untouched.

        What is not given comes from ``NEO4J_URI``, ``NEO4J_USER``, ``NEO4J_PASSWORD`` and ``NEO4J_DATABASE``, or is the
        server of ``clew neo4j start``. Safe to interrupt and to do again.

        Raises ``Neo4jUnreachable``, ``Neo4jRefused``.
        """
        from graph.neo4j_connection import connect
        from graph.publish import publish

        with connect(uri, user, password, database) as connection:
            return publish(
                self._case,
                connection,
                run=run,
                include_set_aside=include_set_aside,
                include_collector=include_collector,
                report=report,
            )

    def query(
        self,
        name: str,
        /,
        *,
        uri: str | None = None,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
        **parameters: Any,
    ) -> pd.DataFrame:
        """Ask the published graph one of clew's questions (``clew query --list``), such as ``who_holds_number``.

        The server is found as ``publish`` finds it. Questions about clusters and links are asked of this case.

        Raises ``QueryNotFound``, ``QueryMalformed``, ``Neo4jUnreachable``, ``Neo4jRefused``.
        """
        from graph.neo4j_connection import connect
        from graph.questions import ask, question

        if "case" in question(name).defaults:
            parameters = {"case": self.id} | parameters
        with connect(uri, user, password, database) as connection:
            return ask(connection, name, **parameters)

    def cypher(
        self,
        text: str,
        /,
        *,
        uri: str | None = None,
        user: str | None = None,
        password: str | None = None,
        database: str | None = None,
        **parameters: Any,
    ) -> pd.DataFrame:
        """Ask the graph in Cypher of your own; it may only read. Values go in as parameters: ``$name``, ``name=…``.

        Raises ``QueryNotReadOnly``, ``QueryMalformed``, ``Neo4jUnreachable``, ``Neo4jRefused``.
        """
        from graph.neo4j_connection import connect
        from graph.questions import ask_cypher

        with connect(uri, user, password, database) as connection:
            return ask_cypher(connection, text, **parameters)

    def export(self, out: str | Path, *, to: str = "csv", run: int | None = None, **include: bool) -> dict[str, int]:
        """Write the tables as files into the folder ``out`` and return the rows of each."""
        from graph.export import export

        return export(self._case, Path(out), to=to, run=run, **include)

    def table(self, name: str, *, run: int | None = None, **include: bool) -> pd.DataFrame:
        """Return one of the tables that ``export`` writes, as a data frame: accounts, links, clusters, stances, …."""
        from graph.export import table

        return table(self._case, name, run=run, **include)

    def to_networkx(self, *, run: int | None = None, **include: bool) -> nx.Graph[str]:
        """Return the linked accounts as a networkx graph with all attributes."""
        from graph.networks import to_networkx

        return to_networkx(self._case, run=run, **include)

    def status(self, *, run: int | None = None) -> dict[str, Any]:
        """Return the case's figures, as ``clew status --json`` prints them."""
        from graph.status import status_of

        return status_of(self._case, run=run)

    def rejections(self) -> pd.DataFrame:
        """Return the rows that were rejected: source, line, reason, and the start of what was read."""
        import pandas as pd

        from graph.status import rejections_of

        return pd.DataFrame(rejections_of(self._case), columns=["source", "line", "reason", "row"])

    def set_aside(self) -> pd.DataFrame:
        """Return the accounts that are set aside: account_id, reason."""
        import pandas as pd

        from graph.status import set_aside_of

        return pd.DataFrame(set_aside_of(self._case), columns=["account_id", "reason"])

    @contextlib.contextmanager
    def reading(self, *, run: int | None = None, **include: bool) -> Iterator[duckdb.DuckDBPyConnection]:
        """Give a DuckDB connection with the views every output reads, for SQL of one's own (docs/case.md)."""
        with self._case.reading(run=run, **include) as connection:
            yield connection


def _numbers(help_lines: Iterable[str]) -> tuple[str, ...]:
    from loaders.mentions import to_e164

    return tuple(sorted({to_e164(number) for number in help_lines}))

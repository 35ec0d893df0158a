"""Who may open a case when: other processes, other versions, a killed writer."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pytest

from graph.case import Case
from graph.case_file import make_or_migrate
from graph.errors import CaseFromNewerVersion, CaseLocked
from graph.records import Account
from graph.schema import OBSERVATIONS, VERSION
from graph.status import status_of


def start(code: str, path: Path) -> subprocess.Popen[str]:
    program = textwrap.dedent(code)
    return subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)


HOLD = """
    import sys, time
    from pathlib import Path
    from graph.case_file import CaseFile
    with CaseFile(Path(sys.argv[1])).opened(write=True):
        print("held", flush=True)
        time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 30)
"""


def test_who_waits_too_long_is_told_which_process_holds_the_case(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    holder = start(HOLD, case.path)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CaseLocked, match=rf"process {holder.pid} "):
            status_of(case)
    finally:
        holder.kill()
        holder.communicate()
    assert status_of(case)["accounts"] == 1


def test_who_waits_long_enough_goes_on(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    holder = start(HOLD.replace("else 30", "else 1"), case.path)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert status_of(Case(case.path, wait=20))["accounts"] == 1
    finally:
        holder.kill()
        holder.communicate()


def test_a_writer_killed_in_the_middle_of_a_load_leaves_the_case_as_it_was(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    before = status_of(case)
    writer = start(
        """
        import sys, time
        from graph.case import Case
        from graph.records import Account, ReadRow, Source
        def rows():
            for n in range(10**9):
                if n == 120_000:
                    print("deep in it", flush=True)
                yield ReadRow(n, (Account(platform="x", native_id=f"b{n}"),))
        Case(sys.argv[1]).add(Source(name="b", sha256="b", size=1, format="csv"), rows())
        """,
        case.path,
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "deep in it\n"
    finally:
        writer.kill()
        writer.communicate()
    assert status_of(case) == before


def test_reading_twice_at_once_in_one_process_is_fine_and_writing_meanwhile_is_refused(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    with case.reading() as one, Case(case.path).reading() as other:
        assert one.execute("SELECT count(*) FROM accounts").fetchall() == [(1,)]
        assert other.execute("SELECT count(*) FROM accounts").fetchall() == [(1,)]
        with pytest.raises(CaseLocked, match="this very process"):
            add([Account(platform="x", native_id="2")])


def test_an_idle_case_object_locks_nobody_out(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    status_of(case)
    with duckdb.connect(case.path) as db:
        assert db.execute("SELECT count(*) FROM account").fetchall() == [(1,)]


def test_a_case_from_a_newer_clew_is_refused(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    with duckdb.connect(case.path) as db:
        db.execute("UPDATE clew_case SET schema_version = ?", [VERSION + 1])
    with pytest.raises(CaseFromNewerVersion, match="newer clew"):
        status_of(case)


def test_a_case_of_the_first_schema_opens_with_its_runs_and_goes_on(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    case.extract(lambda *_: ((), None), {})
    before = status_of(case)
    with duckdb.connect(case.path) as db:
        db.execute("ALTER TABLE run DROP COLUMN last_load")
        db.execute("ALTER TABLE run DROP COLUMN last_judgement")
        for table in OBSERVATIONS:
            for column in table.columns:
                if column.since > 1:
                    db.execute(f"ALTER TABLE {table.name} DROP COLUMN {column.name}")
        db.execute("DROP TABLE text_stance")
        db.execute("UPDATE clew_case SET schema_version = 1")
    assert status_of(case) == before
    case.links()
    after = status_of(case)
    assert after["shown_runs"] == {"extract": 1, "links": 2, "clusters": None}
    assert not after["stale"]
    assert add([Account(platform="x", native_id="1")]).new == 0
    assert add([Account(platform="x", native_id="1", links=("t.me/a",))]).new == 1


def test_an_older_case_is_migrated_step_by_step_or_not_at_all(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    steps = {VERSION: ("ALTER TABLE chat ADD COLUMN topic VARCHAR",), VERSION + 1: ("UPDATE chat SET topik = ''",)}
    with duckdb.connect(case.path) as db:
        make_or_migrate(db, case.path, migrations=steps, version=VERSION + 1)
        assert db.execute("SELECT schema_version FROM clew_case").fetchall() == [(VERSION + 1,)]
        assert db.execute("SELECT topic FROM chat").fetchall() == []
        with pytest.raises(duckdb.Error, match="topik"):
            make_or_migrate(db, case.path, migrations=steps, version=VERSION + 2)
        assert db.execute("SELECT schema_version FROM clew_case").fetchall() == [(VERSION + 1,)]


def test_opening_a_case_costs_little(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    began = time.monotonic()
    for _ in range(5):
        with case.file.opened(write=False):
            pass
    assert time.monotonic() - began < 2

"""What a case keeps of what it is given: versions, counts, judgements; and that nothing is lost or counted twice."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph import observing
from graph.case import Case
from graph.errors import CaseUnreadable, ParameterRefused
from graph.records import Account, Chat, Moment, Post, ReadRow, Rejection, Relation, Repost, Source
from graph.status import rejections_of, status_of

TEXT = st.one_of(st.none(), st.text(min_size=1, max_size=12))
NAME = st.text(alphabet="abc", min_size=1, max_size=2)
MOMENT = st.one_of(
    st.none(),
    st.builds(Moment, st.integers(-(10**17), 10**17), st.sampled_from(["second", "minute", "day"]), st.booleans()),
)
ACCOUNTS = st.builds(Account, platform=st.just("x"), native_id=NAME, bio=TEXT, handle=TEXT, seen_at=MOMENT)
POSTS = st.builds(Post, platform=st.just("x"), native_id=NAME, account_id=st.just("x:a"), text=TEXT, at=MOMENT)
REPOSTS = st.builds(Repost, account_id=st.just("x:a"), content_id=NAME, object_id=NAME, at=MOMENT)
RELATIONS = st.builds(Relation, subject_id=NAME, object_id=NAME, kind=st.just("contact"), phone=TEXT)
RECORDS = st.one_of(ACCOUNTS, POSTS, REPOSTS, RELATIONS, st.builds(Chat, platform=st.just("x"), native_id=NAME))
ROWS = st.lists(st.one_of(st.lists(RECORDS, min_size=1, max_size=3).map(tuple), st.just(None)), max_size=12)


def source(name: str = "a.csv", **said: str) -> Source:
    return Source(name=name, sha256=name.ljust(64, "0"), size=1, format="csv", **said)  # type: ignore[arg-type]


def read(rows: list[tuple[object, ...] | None]) -> list[ReadRow]:
    return [
        ReadRow(line, row or (), None if row else Rejection(line=line, reason="no id", row="…"))  # type: ignore[arg-type]
        for line, row in enumerate(rows, start=1)
    ]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, order=st.randoms(use_true_random=False))
def test_every_row_counts_once_and_the_same_rows_in_any_order_are_the_same_content(
    rows: list[tuple[object, ...] | None], order: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("case")
    one, other = Case(folder / "one.duckdb"), Case(folder / "other.duckdb")
    first = one.add(source(), read(rows))
    assert first.read == len(rows) == first.new + first.known + first.rejected
    assert first.rejected == rows.count(None)
    assert first.known == 0 or first.new + first.known == len([r for r in rows if r])
    before = status_of(one)
    again = one.add(source(), read(rows))
    assert (again.new, again.known, again.rejected) == (0, len(rows) - first.rejected, first.rejected)
    after = status_of(one)
    assert after["content_hash"] == before["content_hash"]
    assert [after[name] for name in ("accounts", "posts", "reposts")] == [
        before[name] for name in ("accounts", "posts", "reposts")
    ]
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    other.add(source("b.csv"), read(shuffled))
    assert status_of(other)["content_hash"] == before["content_hash"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(loads=st.lists(ROWS, min_size=1, max_size=2))
def test_rows_that_are_merged_in_parts_come_to_the_same(
    loads: list[list[tuple[object, ...] | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("case")
    found = []
    for name, at_once in (("whole", observing._MERGED_AT_ONCE), ("parts", 2)):
        case = Case(folder / f"{name}.duckdb")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(observing, "_MERGED_AT_ONCE", at_once)
            again = [(0, loads[0]), (0, loads[-1])]  # a source that is known, with the same rows and with others
            added = [case.add(source(f"{number}.csv"), read(rows)) for number, rows in [*enumerate(loads), *again]]
        with duckdb.connect(case.path, read_only=True) as db:
            tables = [
                db.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
                for table in ("account", "post", "repost", "chat", "relation", "sighting", "rejection")
            ]
        found.append((added, tables))
    assert found[0] == found[1]


def test_another_bio_is_a_further_version_and_the_latest_seen_wins_per_field(case: Case, add) -> None:
    def seen(day: int, **fields: str | None) -> Account:
        return Account(platform="x", native_id="1", seen_at=Moment.of(datetime(2024, 1, day, tzinfo=UTC)), **fields)

    add([seen(3, bio="new", handle="three")], name="late.csv")
    added = add([seen(1, bio="old", country="IQ"), seen(2, handle="two")], name="early.csv")
    assert added.new == 2
    with case.reading() as db:
        assert db.execute("SELECT bio, handle, country FROM accounts").fetchall() == [("new", "three", "IQ")]
    with case.file.opened(write=False) as db:
        assert db.execute("SELECT count(*) FROM account").fetchall() == [(3,)]


def test_an_account_that_goes_back_to_an_old_bio_shows_it(case: Case, add) -> None:
    for day, bio in ((1, "a"), (2, "b"), (3, "a")):
        seen = Moment.of(datetime(2024, 1, day, tzinfo=UTC))
        add([Account(platform="x", native_id="1", bio=bio, seen_at=seen)], name=f"{day}.csv")
    with case.reading() as db:
        assert db.execute("SELECT bio FROM accounts").fetchall() == [("a",)]


def test_one_id_under_two_handles_is_one_account_and_one_handle_under_two_ids_is_two(case: Case, add) -> None:
    add([Account(platform="x", native_id=i, handle=h) for i, h in (("1", "old"), ("1", "new"), ("2", "new"))])
    with case.reading() as db:
        assert db.execute("SELECT account_id FROM accounts ORDER BY 1").fetchall() == [("x:1",), ("x:2",)]
        known = db.execute("SELECT account_id, handle FROM aliases ORDER BY 1, 2").fetchall()
    assert known == [("x:1", "new"), ("x:1", "old"), ("x:2", "new")]


def test_a_file_that_contradicts_itself_is_reported_and_both_versions_are_kept(case: Case, add) -> None:
    posts = [Post(platform="x", native_id="1", text=text) for text in ("one", "two")]
    assert add(posts).contradictions == 1
    assert add(posts[:1], name="b.csv").contradictions == 0


def test_each_rejection_is_listed_with_file_line_and_reason(case: Case, add) -> None:
    add([Account(platform="x", native_id="1"), Rejection(line=7, reason="no id", row="=cmd")], name="bad.csv")
    assert rejections_of(case) == [{"source": "bad.csv", "line": 7, "reason": "no id", "row": "=cmd"}]


def test_a_lone_surrogate_costs_the_character_and_not_the_row(case: Case, add) -> None:
    assert add([Post(platform="x", native_id="1", text="a\ud800b\x00c")]).new == 1
    with case.reading() as db:
        assert db.execute("SELECT text FROM posts").fetchall() == [("a\ufffdb\x00c",)]


def test_a_load_that_fails_in_the_middle_leaves_nothing(case: Case, add) -> None:
    add([Account(platform="x", native_id="1")])
    before = status_of(case)

    def broken() -> object:
        yield ReadRow(1, (Account(platform="x", native_id="2"),))
        raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        case.add(source("b.csv"), broken())  # type: ignore[arg-type]
    assert status_of(case) == before


def test_the_fields_of_every_record_are_kept_as_they_are(case: Case, add) -> None:
    post = Post(
        platform="telegram", native_id="c/1", account_id="telegram:user1", chat_id="telegram:c", kind="reply", text="t",
        quoted_spans=(0, 1), at=Moment(5, "minute", False), country="GB", language="en", reply_to="telegram:c/0",
        url="u", media="photo", contact_name="n", contact_phone="p", stance="ask", status="removed",
    )  # fmt: skip
    add([post])
    with case.file.opened(write=False) as db:
        (row,) = db.execute("SELECT * EXCLUDE (digest, source_id, line, id) FROM post").fetchall()
    stated = [getattr(post, f.name) for f in dataclasses.fields(post) if f.name not in {"at", "seen_at"}]
    flat = [list(v) or None if isinstance(v, tuple) else v for v in stated]
    assert [v for v in row if v not in (5, "minute", False)] == flat


def test_a_judgement_counts_until_it_is_taken_back(case: Case, add) -> None:
    add([Post(platform="x", native_id="1", account_id="x:1", text="how much?")])
    assert case.judge_all([("x:1", "set_aside", "yes", "an asker")], by="me") == 1
    assert case.judge_all([("x:1", "set_aside", "yes", "an asker")], by="me") == 0
    with case.reading() as db:
        assert db.execute("SELECT count(*) FROM accounts").fetchall() == [(0,)]
    case.judge("x:1", kind="set_aside", value=None)
    with case.reading() as db:
        assert db.execute("SELECT count(*) FROM accounts").fetchall() == [(1,)]


@pytest.mark.parametrize("judgement", [("x:1", "stance", "bad"), ("x:1", "mood", "ask"), ("", "stance", "ask")])
def test_a_judgement_that_makes_no_sense_is_refused_and_none_is_entered(case: Case, add, judgement) -> None:
    add([Account(platform="x", native_id="1")])
    with pytest.raises(ParameterRefused):
        case.judge_all([("x:1", "set_aside", "yes"), judgement])
    assert status_of(case)["set_aside"] == 0


def test_a_file_that_is_no_case_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.duckdb"
    text.write_text("not a database" * 500)
    with pytest.raises(CaseUnreadable, match="not a case"):
        Case(text).add(source(), [])
    other = tmp_path / "other.duckdb"
    with duckdb.connect(other) as db:
        db.execute("CREATE TABLE mine (a INTEGER)")
    with pytest.raises(CaseUnreadable, match="not a case of clew"):
        Case(other).add(source(), [])
    with duckdb.connect(other) as db:
        assert db.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("mine",)]
    with pytest.raises(CaseUnreadable, match="no case at"), Case(tmp_path / "none.duckdb").reading():
        pass


def test_judged_ids_that_the_case_does_not_have_are_told(case: Case, add) -> None:
    add([Post(platform="x", native_id="1", account_id="x:a")])
    assert case.unknown_subjects(["x:1", "x:a", "x:11", "X:a"]) == ["X:a", "x:11"]


def test_a_file_loaded_again_for_another_platform_is_refused_and_what_was_said_of_it_stays(case: Case, add) -> None:
    add([Account(platform="unknown", native_id="1")])
    with pytest.raises(ParameterRefused, match=r"no --platform.*--platform tiktok.*new case"):
        add([Account(platform="tiktok", native_id="1")], platform="tiktok")
    add([Account(platform="unknown", native_id="1")], region="IQ")
    add([Account(platform="unknown", native_id="1")])
    with case.reading() as db:
        assert db.execute("SELECT account_id FROM accounts").fetchall() == [("unknown:1",)]
        assert db.execute("SELECT region FROM sources").fetchall() == [("IQ",)]


def test_the_order_of_two_judgements_is_part_of_what_the_case_holds(tmp_path: Path) -> None:
    hashes = set()
    for name, order in (("one", ("offer", "ask")), ("other", ("ask", "offer"))):
        case = Case(tmp_path / f"{name}.duckdb")
        case.add(source(), [ReadRow(1, (Post(platform="x", native_id="1", account_id="x:a", text="t"),))])
        for stance in order:
            case.judge("x:1", kind="stance", value=stance)
        hashes.add(status_of(case)["content_hash"])
    assert len(hashes) == 2


def test_the_order_of_loads_counts_only_where_no_source_says_when_it_saw_a_record(tmp_path: Path) -> None:
    for seen, distinct in ((None, 2), (1, 1)):
        hashes = set()
        for order in ("ab", "ba"):
            case = Case(tmp_path / f"{seen}{order}.duckdb")
            for name in (*order, order[0]):  # a file loaded again is no later than it was
                day = Moment.of(datetime(2024, 1, ord(name) - 96, tzinfo=UTC)) if seen else None
                case.add(source(name), [ReadRow(1, (Account(platform="x", native_id="1", bio=name, seen_at=day),))])
            hashes.add(status_of(case)["content_hash"])
        assert len(hashes) == distinct, seen


def test_the_region_that_counts_for_a_record_of_two_files_is_part_of_what_the_case_holds(tmp_path: Path) -> None:
    hashes = set()
    for order in (("GB", "IQ"), ("IQ", "GB")):
        case = Case(tmp_path / f"{''.join(order)}.duckdb")
        for region in order:
            case.add(source(region, region=region), [ReadRow(1, (Account(platform="x", native_id="1", bio="0770"),))])
        hashes.add(status_of(case)["content_hash"])
    assert len(hashes) == 2

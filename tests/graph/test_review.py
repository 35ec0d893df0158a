"""What a review of the case, its views and links found: each was wrong once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.case import Case
from graph.errors import CaseLocked, OutputUnwritable, ParameterRefused
from graph.export import table
from graph.records import Account, Chat, Moment, Post, ReadRow, Repost, Source
from graph.status import set_aside_of
from tests.graph.test_links import NUMBER, account, derive, find, post

START = 1_700_000_000


def share(who: str, content: str, obj: str, at: int | None, **fields: object) -> Repost:
    """Make a repost ``at`` seconds after some day; ``precision`` and ``zone_known`` go into its time."""
    time = {name: fields.pop(name) for name in ("precision", "zone_known") if name in fields}
    moment = None if at is None else Moment((START + at) * 1_000_000, **time)  # type: ignore[arg-type]
    return Repost(account_id=f"x:{who}", content_id=f"x:{content}", object_id=f"x:{obj}", at=moment, **fields)  # type: ignore[arg-type]


def seen(case: Case, sql: str, **include: bool) -> list[tuple[object, ...]]:
    with case.reading(**include) as db:
        return db.execute(sql).fetchall()


def test_reposts_are_paired_within_a_window_of_hours_and_days(case: Case, add) -> None:
    add([share("a", "1", "o", 0), share("b", "2", "o", 80_000), share("a", "3", "p", 0), share("b", "4", "p", 9)])
    (link,) = derive(case, window=86_400)
    assert link[:6] == ("x:a", "x:b", "co_repost", 2.0, 1.0, 2)


@pytest.mark.parametrize(
    "again",
    [
        {"precision": "minute"},
        {"at": None},
        {"at": 3600},
        {"kind": "retweet"},
    ],
)
def test_a_repost_that_two_sources_tell_counts_once(case: Case, add, again: dict[str, object]) -> None:
    add([share("a", "1", "o", 0), share("b", "2", "o", 30)])
    add([share("a", "1", "o", again.get("at", 0), **{k: v for k, v in again.items() if k != "at"})], name="b.csv")  # type: ignore[arg-type]
    assert derive(case) == []  # once is chance: min_participation is 2
    assert seen(case, "SELECT count(*) FROM reposts") == [(2,)]


def test_of_two_times_of_one_repost_the_finer_counts_then_the_later_load(case: Case, add) -> None:
    add([share("a", "1", "o", 0, precision="minute", object_account_id="x:z"), share("b", "2", "o", 0)])
    add([share("a", "1", "o", 41), share("b", "2", "o", 7)], name="b.csv")
    found = seen(case, f"SELECT account_id, at_us // 1000000 - {START}, object_account_id FROM reposts ORDER BY 1")
    assert found == [("x:a", 41, "x:z"), ("x:b", 7, None)]


def test_a_quote_that_another_source_calls_a_share_is_no_coordination(case: Case, add) -> None:
    rows = [("a", "1", "o", 0), ("b", "2", "o", 30), ("a", "3", "p", 0), ("b", "4", "p", 30)]
    add([share(*row, kind="quote") for row in rows])
    add([share(*row) for row in rows], name="b.csv")
    assert derive(case) == []


def test_the_name_in_the_collectors_address_book_is_not_shown_of_an_account_seen_elsewhere(case: Case, add) -> None:
    add([Account(platform="telegram", native_id="user5", display_name="Bobby")])
    add([Account(platform="telegram", native_id="user5", display_name="Uncle Bob", private=True)], name="b.json")
    assert seen(case, "SELECT display_name FROM accounts") == [("Bobby",)]
    assert seen(case, "SELECT display_name FROM accounts", include_collector=True) == [("Uncle Bob",)]


def test_a_set_aside_account_is_not_in_what_others_repost_or_answer(case: Case, add) -> None:
    add(
        [
            account("77", handle="asker"),
            post("900", "77", f"is {NUMBER} safe?", stance="ask"),
            account("v"),
            share("v", "1", "900", 0, object_account_id="x:77", object_name="asker"),
            post("1", "v", f"RT @asker: is {NUMBER} safe?", kind="repost"),
            post("2", "v", "no", kind="reply", reply_to="x:900"),
        ]
    )
    derive(case)
    views = ("accounts", "posts", "reposts", "mentions", "holds", "aliases")
    shown = str([seen(case, f"FROM {view}") for view in views])
    assert "asker" not in shown
    assert "x:77" not in shown
    assert "x:900" not in shown
    assert seen(case, "SELECT object_name FROM reposts", include_set_aside=True) == [("asker",)]
    assert "RT @asker" in str(seen(case, "FROM posts", include_set_aside=True))


def test_an_answer_to_a_private_message_does_not_name_the_private_chat(case: Case, add) -> None:
    add(
        [
            Account(platform="telegram", native_id="user7", private=True),
            Post(platform="telegram", native_id="channel3/1", text="hm", reply_to="telegram:user7/55"),
            Post(platform="telegram", native_id="channel3/2", text="hm", reply_to="telegram:channel3/1"),
        ]
    )
    assert seen(case, "SELECT reply_to FROM posts ORDER BY post_id") == [(None,), ("telegram:channel3/1",)]


def test_a_channel_that_is_set_aside_is_no_chat_either(case: Case, add) -> None:
    channel = Chat(platform="telegram", native_id="channel3", kind="channel", title="Help", handle="help")
    by = {"account_id": "telegram:channel3", "chat_id": channel.id, "stance": "information"}
    add(
        [
            (
                channel,
                Account(platform="telegram", native_id="channel3"),
                Post(platform="telegram", native_id="channel3/1", text="call us", **by),  # type: ignore[arg-type]
            )
        ]
    )
    assert seen(case, "FROM chats") == []
    assert len(seen(case, "FROM chats", include_set_aside=True)) == 1


def test_links_of_a_run_with_the_collector_that_stand_in_a_private_chat_are_not_shown_without(case: Case, add) -> None:
    chat = Chat(platform="telegram", native_id="user1/user5", kind="personal")
    talk = [
        Post(platform="telegram", native_id=f"user1/user5/{n}", account_id=f"x:{n}", chat_id=chat.id, text=NUMBER)
        for n in (5, 6)
    ]
    add([chat, account("5"), account("6"), *talk])
    assert derive(case, include_collector=True) == []
    assert len(seen(case, "FROM links", include_collector=True)) == 1


def test_a_headlined_number_goes_with_the_last_who_holds_it(case: Case, add) -> None:
    add([account("a", bio=NUMBER), account("b", bio=NUMBER)])
    derive(case, help_lines=[NUMBER])
    assert len(seen(case, "FROM left_out")) == 1
    case.judge_all([(f"x:{name}", "set_aside", "yes", None) for name in "ab"])
    assert seen(case, "FROM left_out") == []


def test_a_judgement_does_not_take_its_reason_from_an_earlier_one(case: Case, add) -> None:
    add([account("a")])
    case.judge("x:a", kind="set_aside", value="no", note="also sells")
    case.judge("x:a", kind="set_aside", value="yes")
    assert [row["reason"] for row in set_aside_of(case)] == ["an analyst's judgement"]


def test_news_of_a_deleted_repost_does_not_make_it_a_post(case: Case, add) -> None:
    add([post("1", "a", "RT @b hi", kind="repost"), post("2", "a", "is it safe?", stance="ask")])
    add([Post(platform="x", native_id="1", status="deleted")], name="compliance.jsonl")
    shown = seen(case, "SELECT kind, status FROM posts WHERE post_id = 'x:1'", include_set_aside=True)
    assert shown == [("repost", "deleted")]
    assert [row["account_id"] for row in set_aside_of(case)] == ["x:a"]


def test_a_cluster_whose_first_account_was_set_aside_since_is_still_exported(case: Case, add) -> None:
    add([account(name, bio=NUMBER) for name in "abcd"])
    derive(case)
    case.clusters()
    case.judge(table(case, "clusters")["rank_1_account"][0], kind="set_aside", value="yes")
    assert table(case, "clusters")["size"].tolist() == [3]
    assert table(case, "clusters")["rank_1_account"].isna().tolist() == [True]


def test_a_misspelt_parameter_of_links_is_refused(case: Case, add) -> None:
    add([account("a")])
    case.extract(find, {})
    with pytest.raises(ParameterRefused, match="no windw"):
        case.links(windw=3)


def test_an_account_known_as_an_originals_author_can_be_judged(case: Case, add) -> None:
    add([share("a", "1", "o", 0, object_account_id="x:w")])
    assert case.unknown_subjects(["x:w", "x:nobody"]) == ["x:nobody"]


def test_two_threads_that_load_at_once_do_not_share_a_number(case: Case, add) -> None:
    add([account("z")])
    writing, done = threading.Event(), threading.Event()

    def rows() -> Iterator[ReadRow]:
        writing.set()
        assert done.wait(10)
        yield ReadRow(1, (account("a"),))

    source = Source(name="slow", sha256="s" * 64, size=1, format="csv")
    thread = threading.Thread(target=lambda: case.add(source, rows()))
    thread.start()
    try:
        assert writing.wait(10)
        with pytest.raises(CaseLocked, match="this very process"):
            add([account("b")], name="b.csv")
    finally:
        done.set()
        thread.join()
    assert add([account("b")], name="b.csv").load_id == 3
    assert seen(case, "SELECT count(DISTINCT source_sha256) FROM accounts") == [(3,)]


def test_a_folder_that_is_not_there_is_told_at_once_even_if_its_name_has_lock_in_it(add, tmp_path: Path) -> None:
    with pytest.raises(OutputUnwritable, match="folder that exists"):
        add([account("a")], into=Case(tmp_path / "block" / "c.duckdb", wait=60))


def test_one_post_under_an_authors_handle_and_id_joins_nobody(case: Case, add) -> None:
    add([Account(platform="x", handle="ali"), post("1", "ali", NUMBER)])
    add([account("77", handle="ali"), post("1", "77", NUMBER)], name="b.jsonl")
    assert derive(case) == []
    assert seen(case, "SELECT account_id, value FROM holds") == [("x:77", NUMBER)]


def test_a_text_that_one_source_knows_to_be_anothers_is_not_held(case: Case, add) -> None:
    add([account("a", bio=NUMBER), post("1", "b", f"RT @z: {NUMBER}")])
    add([post("1", "b", f"RT @z: {NUMBER}", kind="repost")], name="b.jsonl")
    assert derive(case) == []
    assert seen(case, "SELECT DISTINCT place FROM mentions WHERE record_id = 'x:1'") == [("reposted",)]


def test_a_number_that_only_the_collector_has_of_an_account_is_not_held(case: Case, add) -> None:
    add([account("a"), account("b", bio=NUMBER)])
    add([account("a", bio=NUMBER, private=True)], name="b.json")
    assert derive(case) == []
    assert seen(case, "SELECT account_id FROM mentions") == [("x:b",)]


def test_who_was_set_aside_since_the_links_holds_no_cluster_together(case: Case, add) -> None:
    other = "+447700900002"
    bios = {"a": NUMBER, "b": NUMBER, "c": other, "d": other, "m": f"{NUMBER} {other}"}
    add([account(name, bio=bio) for name, bio in bios.items()])
    derive(case)
    case.clusters()
    assert seen(case, "SELECT max(size) FROM clusters") == [(5,)]
    case.judge("x:m", kind="set_aside", value="yes")
    case.clusters()
    assert seen(case, "FROM memberships") == []


def test_a_cluster_counts_only_what_is_shown_of_it(case: Case, add) -> None:
    add([account(name, bio=NUMBER) for name in "abcd"])
    derive(case)
    case.clusters(kind_weights={"shared_phone": 0.5})
    assert seen(case, "SELECT size, links, round(strength, 3) FROM clusters") == [(4, 6, 1.0)]
    case.judge("x:a", kind="set_aside", value="yes")
    assert seen(case, "SELECT size, links, round(strength, 3) FROM clusters") == [(3, 3, 0.5)]
    shown = seen(case, "SELECT size, links, round(strength, 3) FROM clusters", include_set_aside=True)
    assert shown == [(4, 6, 1.0)]
    case.judge("x:b", kind="set_aside", value="yes")
    case.judge("x:c", kind="set_aside", value="yes")
    assert seen(case, "FROM clusters") == []
    assert seen(case, "FROM memberships") == []


def test_who_is_in_a_cluster_through_a_private_chat_alone_is_shown_in_none_without_it(case: Case, add) -> None:
    chat = Chat(platform="telegram", native_id="user1/user5", kind="personal")
    private = Post(platform="telegram", native_id="user1/user5/1", account_id="x:d", chat_id=chat.id, text=NUMBER)
    add([chat, *(account(name, bio=NUMBER) for name in "abc"), account("d"), private])
    derive(case, include_collector=True)
    case.clusters()
    members = "SELECT account_id FROM memberships ORDER BY ALL"
    assert seen(case, members, include_collector=True) == [("x:a",), ("x:b",), ("x:c",), ("x:d",)]
    assert seen(case, members) == [("x:a",), ("x:b",), ("x:c",)]
    assert seen(case, "SELECT size, links FROM clusters") == [(3, 3)]

"""Tables of accounts, posts and reposts: what their columns mean, and what spreadsheets did to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graph.records import Account, Chat, Post, Repost
from loaders.formats import open_source
from loaders.table_columns import COLUMNS, plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_what_a_column_may_be_called_means_one_thing_in_one_place() -> None:
    aliases = [(ours, name) for ours, (_, others) in COLUMNS.items() for name in others.split()]
    seen: dict[str, set[str]] = {}
    for ours, name in aliases:
        seen.setdefault(name, set()).add(ours)
    assert {name: ours for name, ours in seen.items() if len(ours) > 1} == {"author": {"account_id", "handle"}}


@pytest.mark.parametrize("name", ["Author_ID", "author id", "USER-ID", "account.id", "uid", "Account ID"])
def test_columns_are_recognised_without_regard_to_case_and_separators(name: str) -> None:
    assert dict(plan((name, "text", "id")).marks)["account_id"] == name


def test_a_table_of_accounts_makes_accounts(read: Callable[..., Any]) -> None:
    found = read(
        "id,username,full name,bio,country,followers,phone,created_at,status,url\n"
        '7,@Ann,Ann A,"hi, call",uk,"1,234",+44 7700 900123,2020-01-01,closed,https://x.example/ann\n',
        platform="tiktok",
    )
    account = found.of(Account)[0]
    assert account.created_at.utc().year == 2020
    assert account.seen_at is None
    expected = Account(
        platform="tiktok", native_id="7", handle="@Ann", display_name="Ann A", bio="hi, call", country="GB",
        followers=1234, phone="+44 7700 900123", created_at=account.created_at, status="closed",
        url="https://x.example/ann",
    )  # fmt: skip
    assert account == expected
    assert len(found.records) == 1


def test_the_time_of_a_row_about_an_account_is_when_it_was_seen(read: Callable[..., Any]) -> None:
    account = read("username,bio,date\nann,hi,2024-01-05T00:00Z\n").of(Account)[0]
    assert account.created_at is None
    assert account.seen_at.utc().year == 2024


def test_a_handle_identifies_where_no_id_is_known(read: Callable[..., Any]) -> None:
    found = read("author,text\n@Ann,hi\n42,ho\n", platform="x")
    assert [account.id for account in found.of(Account)] == ["x:ann", "x:42"]
    assert [account.handle for account in found.of(Account)] == ["@Ann", None]


def test_a_repost_with_text_is_a_post_too_and_one_without_is_not(read: Callable[..., Any]) -> None:
    found = read(
        "author,content_id,object_id,text,timestamp\n1,c1,o1,RT,1704450600\n2,c2,o1,,1704450600\n", platform="x"
    )
    assert [(repost.account_id, repost.content_id, repost.object_id) for repost in found.of(Repost)] == [
        ("x:1", "x:c1", "x:o1"),
        ("x:2", "x:c2", "x:o1"),
    ]
    assert [(post.id, post.kind) for post in found.of(Post)] == [("x:c1", "repost")]


def test_words_for_nothing_make_no_object_that_everybody_shares(read: Callable[..., Any]) -> None:
    table = "id,author,text,repost_of\n" + "".join(
        f"{n},a{n},hi,{word}\n" for n, word in enumerate(["NA", "nan", "None", "NULL", "null", "", "<NA>"])
    )
    found = read(table)
    assert found.of(Repost) == []
    assert {post.kind for post in found.of(Post)} == {"post"}


def test_a_name_or_text_may_be_such_a_word(read: Callable[..., Any]) -> None:
    found = read("id,username,text\n1,None,NA\n")
    assert (found.of(Account)[0].handle, found.of(Post)[0].text) == ("None", "NA")


@pytest.mark.parametrize("mangled", ["1.23E+18", "1,23E+18", "1E+18", "1.23457e+18", "1234567890123456800.0"])
def test_an_id_that_a_spreadsheet_shortened_is_refused_and_says_why(mangled: str, read: Callable[..., Any]) -> None:
    found = read(f'id;author;text\n"{mangled}";ann;hi\n')
    assert len(found.reasons) == 1
    assert "digits are lost" in found.reasons[0][1]
    assert read(f'object_id;account_id;content_id;timestamp_share\n1;"{mangled}";2;1704450600\n').reasons


def test_an_id_of_a_column_with_gaps_loses_its_point_zero(read: Callable[..., Any]) -> None:
    assert read("id,author,text\n123.0,45.0,hi\n", platform="x").of(Post)[0].account_id == "x:45"


def test_the_guard_before_formulas_is_taken_off_again(read: Callable[..., Any]) -> None:
    found = read("id,author,text\n1,'+44,'=1+1\n2,ann,'quoted'\n3,bob,''=x\n")
    assert [post.text for post in found.of(Post)] == ["=1+1", "'quoted'", "'=x"]
    assert found.of(Account)[0].native_id == "+44"


def test_ids_that_carry_their_platform_already_do_not_get_it_twice(read: Callable[..., Any]) -> None:
    found = read("platform,account_id,post_id,text\ntelegram,telegram:user5,telegram:channel7/1,hi\n")
    assert found.of(Post)[0].id == "telegram:channel7/1"
    assert found.of(Post)[0].account_id == "telegram:user5"


def test_a_post_without_an_id_is_the_same_in_every_file(read: Callable[..., Any]) -> None:
    table = "author,text,time\nann,hi,2024-01-05 10:00\n"
    first, second = (read(content).of(Post)[0].id for content in (table, table + "bob,ho,2024-01-05 10:00\n"))
    assert first == second
    assert first != read(table.replace("hi", "ha")).of(Post)[0].id


def test_a_misspelt_stance_costs_the_row_because_it_may_be_an_askers(read: Callable[..., Any]) -> None:
    found = read("id,author,text,stance\n1,ann,hi,Ask\n2,bob,ho,aks\n3,cat,he,\n")
    assert [post.stance for post in found.of(Post)] == ["ask", None]
    assert found.reasons == [(3, "stance 'aks' is none of offer, ask, information, quotation")]


def test_a_row_that_does_not_say_who_reposted_is_rejected(read: Callable[..., Any]) -> None:
    found = read("author,content_id,object_id\n,c1,o1\n")
    assert "not told" in found.reasons[0][1]


def test_a_chat_and_an_answer_are_scoped_to_the_platform(read: Callable[..., Any]) -> None:
    found = read("id,author,text,group,reply_to\n2,ann,hi,routes,1\n", platform="facebook")
    post = found.of(Post)[0]
    assert (post.chat_id, post.reply_to, post.kind) == ("facebook:routes", "facebook:1", "reply")
    assert found.of(Chat)[0].id == "facebook:routes"


def test_coortweet_shares_are_exact_in_time_and_make_no_posts(read: Callable[..., Any]) -> None:
    found = read(
        "object_id,account_id,content_id,timestamp_share,extra\no,a,c,1623881091.25,x\no,b,d,2021-06-16 22:04:51,x\n"
        "o,a,c,1000,x\n",
        platform="x",
    )
    assert found.source.format == "coortweet"
    assert [repost.at.us for repost in found.of(Repost)] == [1623881091250000, 1623881091000000, 1000000000]
    assert all(repost.at.zone_known for repost in found.of(Repost))
    assert found.of(Post) == []
    assert found.warnings == []
    assert [(repost.account_id, repost.content_id, repost.object_id) for repost in found.of(Repost)][1] == (
        "x:b", "x:d", "x:o",
    )  # fmt: skip


def test_our_own_answer_file_round_trips(tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text("account_id,platform,handle,display_name,bio\ntelegram:user1,telegram,@a,'=A,'+44 7700 900123\n")
    account = next(open_source(path).rows).records[0]
    assert (account.id, account.display_name, account.bio) == ("telegram:user1", "=A", "+44 7700 900123")

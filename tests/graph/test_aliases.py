"""An account that one source knows by name and another by number is one; a name that two numbers had is nobody's."""

from __future__ import annotations

from graph.case import Case
from graph.records import Account, Moment, Post, Relation, Repost
from tests.graph.test_links import NUMBER, derive, find

DAY = 86_400_000_000


def named(handle: str, **fields: object) -> Account:
    return Account(platform="tiktok", handle=handle, **fields)  # type: ignore[arg-type]


def numbered(number: str, handle: str, **fields: object) -> Account:
    return Account(platform="tiktok", native_id=number, handle=handle, **fields)  # type: ignore[arg-type]


def by(author: str, number: str, text: str) -> Post:
    return Post(platform="tiktok", native_id=number, account_id=author, text=text, at=Moment(DAY))


def told(case: Case, sql: str) -> list[tuple[object, ...]]:
    with case.reading() as db:
        return db.execute(sql).fetchall()


def test_one_account_under_its_name_and_its_number_is_one_with_all_its_posts(case: Case, add) -> None:
    add(
        [
            named("Some.One", country="GB", seen_at=Moment(DAY)),
            by("tiktok:some.one", "1", "by name"),
            numbered("7", "some.one", bio="boats", seen_at=Moment(2 * DAY)),
            by("tiktok:7", "2", "by number"),
        ]
    )
    assert told(case, "SELECT account_id, handle, bio, country FROM accounts") == [
        ("tiktok:7", "some.one", "boats", "GB")
    ]
    assert told(case, "SELECT post_id, account_id FROM posts ORDER BY 1") == [
        ("tiktok:1", "tiktok:7"),
        ("tiktok:2", "tiktok:7"),
    ]


def test_it_is_not_linked_to_itself_and_counts_once_among_the_holders(case: Case, add) -> None:
    add(
        [
            named("one", bio=NUMBER),
            numbered("7", "One", bio=f"call {NUMBER}"),
            numbered("8", "other", bio=NUMBER),
        ]
    )
    assert [(a, b, strength) for a, b, _, _, strength, *_ in derive(case)] == [("tiktok:7", "tiktok:8", 1.0)]


def test_a_name_that_two_numbers_had_is_an_account_of_its_own(case: Case, add) -> None:
    add([named("one"), numbered("7", "one"), numbered("8", "one")])
    assert told(case, "SELECT account_id FROM accounts ORDER BY 1") == [("tiktok:7",), ("tiktok:8",), ("tiktok:one",)]


def test_a_number_that_had_two_names_is_known_by_both(case: Case, add) -> None:
    add([named("old"), named("new"), numbered("7", "old"), numbered("7", "new"), by("tiktok:old", "1", "x")])
    assert told(case, "SELECT account_id FROM accounts") == [("tiktok:7",)]
    assert told(case, "SELECT account_id FROM posts") == [("tiktok:7",)]


def test_the_same_name_on_another_platform_is_somebody_else(case: Case, add) -> None:
    add([named("one"), Account(platform="instagram", native_id="7", handle="one")])
    assert told(case, "SELECT account_id FROM accounts ORDER BY 1") == [("instagram:7",), ("tiktok:one",)]


def test_reposts_relations_and_judgements_follow(case: Case, add) -> None:
    add(
        [
            named("one"),
            numbered("7", "one"),
            numbered("8", "two"),
            Repost(account_id="tiktok:one", content_id="tiktok:c", object_id="tiktok:o", object_account_id="tiktok:8"),
            Repost(account_id="tiktok:7", content_id="tiktok:c", object_id="tiktok:o", object_account_id="tiktok:8"),
            Relation(subject_id="tiktok:one", object_id="tiktok:8", kind="invited"),
        ]
    )
    assert told(case, "SELECT account_id, object_id FROM reposts") == [("tiktok:7", "tiktok:o")]
    assert told(case, "SELECT subject_id, object_id FROM relations") == [("tiktok:7", "tiktok:8")]
    case.judge("tiktok:one", kind="set_aside", value="yes")
    assert told(case, "SELECT account_id FROM accounts") == [("tiktok:8",)]


def test_what_a_name_mentions_is_mentioned_by_the_number(case: Case, add) -> None:
    add([named("one", bio=NUMBER), by("tiktok:one", "1", NUMBER), numbered("7", "one")])
    case.extract(find, {})
    assert told(case, "SELECT DISTINCT account_id FROM mentions") == [("tiktok:7",)]
    assert told(case, "SELECT account_id, evidence FROM holds") == [("tiktok:7", ["tiktok:1", "tiktok:7"])]


def test_a_post_that_is_called_as_the_account_is_stays_that_post(case: Case, add) -> None:
    post = Post(platform="tiktok", native_id="one", account_id="tiktok:one", text=NUMBER)
    add([named("one"), numbered("7", "one"), post])
    case.extract(find, {})
    case.judge("tiktok:one", kind="stance", value="ask")
    with case.reading(include_set_aside=True) as db:  # all that the account wrote asks
        found = db.execute("SELECT record_id, account_id, stance FROM mentions").fetchall()
    assert found == [("tiktok:one", "tiktok:7", "ask")]

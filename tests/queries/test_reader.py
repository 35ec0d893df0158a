"""The reader refuses a query whose header and body disagree, and keeps code apart from strings and comments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries import reader
from queries.lexing import tokens
from queries.reader import MalformedQuery, NoSuchQuery, parse

GOOD = """// title: Accounts that hold a number
// why: one number on two accounts is
//   how a network shows
// parameters:
//   number: the phone number,
//     in E.164
//   limit = 50: how many rows
//   kinds = ["a: b"]: which
// returns:
//   account: id of the account
//   place: where it stands
MATCH (a)-[h:HOLDS]->(:Phone {e164: $number}) // $nor_here
WHERE a.kind IN $kinds AND a.name <> '$nor_this, RETURN x AS y'
RETURN a.id AS account, coalesce(h.place, 'a', "b") AS place
ORDER BY account LIMIT $limit;
"""


def test_a_query_comes_with_its_sentences_defaults_and_body():
    query = parse(GOOD, "who", "cypher")
    assert query.title == "Accounts that hold a number"
    assert query.why == "one number on two accounts is how a network shows"
    assert [p.name for p in query.parameters] == ["number", "limit", "kinds"]
    assert query.parameters[0].meaning == "the phone number, in E.164"
    assert [p.required for p in query.parameters] == [True, False, False]
    assert query.defaults == {"limit": 50, "kinds": ["a: b"]}
    assert [c.name for c in query.returns] == ["account", "place"]
    assert query.body.startswith("MATCH")
    assert query.body.endswith("LIMIT $limit")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("// title: Accounts that hold a number\n", "", "the header begins|lacks title"),
        ("// why: one number", "// whyever: one number", "needs|lacks"),
        ("//   limit = 50: how many rows\n", "", "uses limit"),
        ("LIMIT $limit", "LIMIT 5", "declares limit"),
        ("limit = 50:", "limit = fifty:", "no JSON value"),
        ("AS place", "AS spot", "returns account, place; the body returns account, spot"),
        ("a.id AS account", "a.id", "needs a name"),
        ("place: where it stands", "place:", "needs a sentence|no entry"),
        ("RETURN a.id", "RETURNED a.id", "no RETURN"),
    ],
)
def test_a_header_that_says_something_else_than_its_body_is_refused(old, new, complaint):
    text = GOOD
    assert old in text
    with pytest.raises(MalformedQuery, match=complaint) as caught:
        parse(text.replace(old, new, 1), "cypher/who.cypher", "cypher")
    assert str(caught.value).startswith("cypher/who.cypher")


def test_the_columns_of_sql_are_those_of_the_outermost_select():
    query = parse(
        "-- title: t\n-- why: w\n-- parameters:\n--   most: how many\n-- returns:\n"
        "--   account_a: a\n--   weight: w\n--   n: n\n"
        "WITH x AS (SELECT id AS z, count(*) AS c FROM t WHERE s <> '-- $no' GROUP BY id)\n"
        "SELECT x.account_a, 1.0 / (c - 1) AS weight, n FROM x WHERE c < $most",
        "shared",
        "sql",
    )
    assert [c.name for c in query.returns] == ["account_a", "weight", "n"]


def test_sql_that_selects_a_star_is_refused():
    with pytest.raises(MalformedQuery, match="needs a name"):
        parse("-- title: t\n-- why: w\n-- parameters:\n-- returns:\n--   a: a\nSELECT * FROM t", "q", "sql")


def test_an_unknown_query_lists_those_there_are():
    with pytest.raises(NoSuchQuery, match="no query 'nonsense'"):
        reader.cypher("nonsense")


@pytest.mark.parametrize("name", reader.link_kinds())
def test_every_kind_of_link_reads(name):
    assert reader.link_sql(name).name == name


@pytest.mark.parametrize("name", reader.cypher_names())
def test_every_question_reads(name):
    assert reader.cypher(name).name == name


@given(st.text(alphabet=st.sampled_from("ab'\"`\\/*-$ \n{}.(1é")))
def test_tokens_stand_in_the_text_where_they_say(text):
    for language in ("cypher", "sql"):
        end = 0
        for token in tokens(text, language):
            assert token.start >= end
            end = token.start + 1
            if token.kind in ("word", "number", "mark", "string"):
                assert text[token.start :].startswith(token.text)


@given(st.text())
def test_nothing_in_a_comment_or_a_string_is_code(text):
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    comment = text.replace("*", "")
    found = [t.text for t in tokens(f"RETURN '{quoted}' /*{comment} */ AS x", "cypher") if t.kind != "string"]
    assert found[0] == "RETURN"
    assert found[-2:] == ["AS", "x"]
    assert len(found) == 3

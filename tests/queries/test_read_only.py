"""An investigator's own Cypher is refused before it is sent, wherever it hides what it would do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import QueryNotReadOnly
from graph.read_only import PROCEDURES, check_plan, check_text

REFUSED = [
    "", "  // nothing", "CREATE (n)", "LOAD CSV FROM 'x' AS l RETURN l", "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) RETURN n", "SHOW USERS", "USE system MATCH (n) RETURN n", "CYPHER 5 MATCH (n) RETURN n",
    "TERMINATE TRANSACTIONS 'a'", "`MATCH` (n) RETURN n", "MATCH (n) WITH n LOAD CSV FROM 'x' AS l RETURN l",
    "MATCH (n) load\tcsv FROM 'x' AS l RETURN l", "MATCH (n) LOAD/**/CSV FROM 'x' AS l RETURN l",
    "MATCH (n) LOAD // '\nCSV FROM 'x' AS l RETURN l", "CALL apoc.load.json('http://x')", "CALL dbms.listConfig()",
    "CALL `dbms`.`listConfig`()", "CALL dbms . listConfig()", "MATCH (n) CALL db.createLabel('x') RETURN n",
    "CALL { CALL apoc.load.json('x') YIELD value RETURN value } RETURN value",
    "CALL { MATCH (n) RETURN n } IN TRANSACTIONS RETURN n",
    "MATCH (n) CALL (n) { RETURN 1 AS x } IN 2 CONCURRENT TRANSACTIONS RETURN x",
    "RETURN apoc.util.sleep(1000)", "RETURN `genai`.vector . encode('x')", "RETURN apoc . load . json ('x')",
    "RETURN '\\u0027'", "MATCH (n) WHERE n.x = '\\u0027 LOAD CSV FROM ' RETURN n",
    "RETURN 'a\\\\' LOAD CSV FROM '' AS x RETURN x",
]  # fmt: skip
ALLOWED = [
    "MATCH (n) RETURN n", "match (n) return n", "/* why */ MATCH (n) // how\nRETURN n", "RETURN 'LOAD CSV FROM x'",
    'RETURN "CALL apoc.load.json()"', "MATCH (n:`LOAD CSV`) RETURN n", "MATCH (n) WHERE n.load = n.csv RETURN n",
    "MATCH (n) RETURN n.call, n.transactions", "CALL db.labels()", "CALL DB.LABELS() YIELD label RETURN label",
    "CALL { MATCH (n) RETURN count(n) AS c } RETURN c", "MATCH (n) CALL (n) { RETURN 1 AS x } RETURN x",
    "CALL (*) { RETURN 1 AS x } RETURN x", "RETURN date.truncate('day', date()), point.distance($a, $b)",
    "MATCH (n) WHERE n.a AND (n.b OR n.c) RETURN n", "MATCH (n) WHERE n.x IN ['a'] AND EXISTS { (n)--() } RETURN n",
    "OPTIONAL MATCH (n) RETURN n", "UNWIND [1] AS x RETURN x", "WITH 1 AS x RETURN x", "RETURN 'it\\'s LOAD CSV'",
]  # fmt: skip
_BETWEEN = st.lists(
    st.sampled_from([" ", "\t", "\n", "\r\n", "/* x */", "// '\"`\n", "/**/", "\u00a0"]), min_size=1
).map("".join)


def cased(word: str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.sampled_from([c.lower(), c.upper()]) for c in word)).map("".join)


@pytest.mark.parametrize("text", REFUSED)
def test_what_might_do_more_than_read_is_refused(text):
    with pytest.raises(QueryNotReadOnly):
        check_text(text)


@pytest.mark.parametrize("text", ALLOWED)
def test_what_only_reads_is_let_through(text):
    check_text(text)


@given(cased("LOAD"), _BETWEEN, cased("CSV"), _BETWEEN)
def test_no_comment_space_or_case_hides_load_csv(load, between, csv, after):
    with pytest.raises(QueryNotReadOnly):
        check_text(f"MATCH (n) WITH n {load}{between}{csv}{after}FROM 'x' AS l RETURN l")


@given(cased("CALL"), _BETWEEN, st.sampled_from(["apoc.load.json", "`apoc`.`load`.json", "dbms.listConfig", "x"]))
def test_no_comment_space_or_case_hides_a_call(call, between, procedure):
    with pytest.raises(QueryNotReadOnly):
        check_text(f"MATCH (n) {call}{between}{procedure}('x') YIELD v RETURN v")


@given(st.text().filter(lambda text: "\\u" not in text.lower()))
def test_whatever_stands_in_a_string_is_no_reason_to_refuse(text):
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    if "\\u" not in quoted.lower():
        check_text(f"MATCH (n) WHERE n.name = '{quoted}' RETURN n")


def test_the_list_of_procedures_is_in_the_form_they_are_compared_in():
    assert all(name == name.lower() for name in PROCEDURES)


def test_a_plan_is_searched_to_its_leaves():
    call = {"operatorType": "ProcedureCall@neo4j", "args": {"Details": "apoc.load.json($x) :: (value)"}, "children": []}
    with pytest.raises(QueryNotReadOnly, match=r"apoc\.load\.json"):
        check_plan(
            {"operatorType": "ProduceResults@neo4j", "children": [{"operatorType": "Apply", "children": [call]}]}
        )
    with pytest.raises(QueryNotReadOnly, match="LOAD CSV"):
        check_plan({"operatorType": "ProduceResults", "children": [{"operatorType": "LoadCSV@neo4j"}]})

"""A version's digest is the same for ever, and tells apart what is not the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graph.records import Account, Moment, ReadRow, Repost
from graph.staging import Stager, digest_of

VALUES = st.lists(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(exclude_categories=("Cs",)))
    | st.lists(st.integers(0, 2**31)).map(tuple),
    max_size=6,
).map(tuple)


@given(VALUES)
def test_a_digest_is_sha_256_of_the_values_as_canonical_json(values: tuple[Any, ...]) -> None:
    written = "post" + json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    assert digest_of("post", values) == hashlib.sha256(written.encode()).digest()[:16]


def test_a_digest_is_what_it_was_when_the_first_cases_were_written() -> None:
    assert digest_of("account", ("x:1", "x", "1", None, "Zoë", "", 3, True)).hex() == "d7fa66cf7d18c55913cc94ec53701d99"


def test_values_that_differ_in_place_type_or_presence_have_other_digests() -> None:
    alike = [
        ("a", None),
        (None, "a"),
        ("a", ""),
        ("a",),
        ("a", "None"),
        ("a,null",),
        ("1", None),
        (1, None),
        (True, None),
    ]
    digests = {digest_of("post", values) for values in alike} | {digest_of("account", ("a", None))}
    assert len(digests) == len(alike) + 1


def test_what_is_staged_carries_the_digest_of_what_its_columns_state() -> None:
    account = Account(platform="x", native_id="1", bio="Zoë \ud800")
    repost = Repost(account_id="x:1", content_id="x:2", object_id="x:3", at=Moment(5))
    staged = Stager().one_batch([ReadRow(1, (account, repost))])
    for name in ("account", "repost"):
        (row,) = staged.tables[name].to_pylist()
        digest = row.pop("digest")
        stated = tuple(value for column, value in row.items() if column not in {"row_no", "line", "seen_us"})
        assert digest == digest_of(name, stated)

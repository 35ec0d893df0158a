"""Records are what their declaration says, however they are made."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, replace

import pytest

from graph.records import Account, Moment, Post, Record, Repost

RECORDS: list[Record] = [
    Account(platform="x", handle="ann", created_at=Moment(5)),
    Post(platform="x", native_id="1", text="t", quoted_spans=(0, 1)),
    Repost(account_id="x:1", content_id="x:2", object_id="x:3"),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.table)
def test_a_record_has_its_fields_and_their_defaults_and_never_changes(record: Record) -> None:
    given = {each.name: getattr(record, each.name) for each in fields(record)}
    assert type(record)(**given) == record
    assert hash(type(record)(**given)) == hash(record)
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - our own
    assert type(replace(record)) is type(record)
    with pytest.raises(FrozenInstanceError):
        setattr(record, fields(record)[0].name, "other")


def test_a_record_is_made_by_names_and_not_without_what_it_needs() -> None:
    assert Post(platform="x", native_id="1").text is None
    with pytest.raises(TypeError):
        Post(platform="x")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Repost("x:1", "x:2", "x:3")  # type: ignore[misc, call-arg]
    with pytest.raises(ValueError, match="id or a handle"):
        Account(platform="x")

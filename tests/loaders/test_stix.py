"""STIX bundles: accounts that relationships and e-mail addresses name by id, wherever in the bundle they stand."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from graph.case import Case
from graph.errors import FormatUnknown, SourceUnreadable
from graph.records import Account, Relation
from loaders.formats import open_source

Reader = Callable[..., Any]
T = "2024-05-01T10:00:00Z"


def id_of(number: int, sort: str = "user-account") -> str:
    return f"{sort}--{number:08d}-0000-4000-8000-000000000000"


def account(number: int, platform: str | None = "twitter", /, **more: Any) -> dict[str, Any]:
    told = {"account_type": platform} if platform else {}
    return {"type": "user-account", "spec_version": "2.1", "id": id_of(number), **told, **more}


def relationship(source: int, target: int, kind: str = "related-to", **more: Any) -> dict[str, Any]:
    number = id_of(source * 1000 + target, "relationship")
    ends = {"source_ref": id_of(source), "relationship_type": kind, "target_ref": id_of(target)}
    return {"type": "relationship", "spec_version": "2.1", "id": number, "created": T, "modified": T, **ends, **more}


def bundle(*objects: Any, **more: Any) -> str:
    return json.dumps({"type": "bundle", "id": id_of(1, "bundle"), "objects": list(objects), **more})


def ids(found: Any) -> list[str]:
    return [each.id for each in found.of(Account)]


def test_an_account_keeps_its_id_handle_name_and_state_and_no_credential(read: Reader) -> None:
    shown = {"user_id": "12345", "account_login": "Sea_Farer", "display_name": "Sea Farer", "is_disabled": True}
    found = read(bundle(account(1, account_created="2023-01-15T08:30:00.5Z", credential="not-kept", **shown)))
    assert found.source.format == "stix"
    (only,) = found.of(Account)
    assert (only.id, only.native_id, only.handle) == ("x:12345", "12345", "Sea_Farer")
    assert (only.display_name, only.status) == ("Sea Farer", "disabled")
    assert only.created_at.utc().isoformat() == "2023-01-15T08:30:00.500000+00:00"
    assert only.created_at.zone_known
    assert "not-kept" not in repr(found.rows)
    assert found.warnings == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_relationship_finds_its_accounts_wherever_they_stand(order: tuple[int, ...], read: Reader) -> None:
    told = [
        account(1, user_id="11"),
        account(2, "telegram", account_login="b"),
        relationship(1, 2, "same-as", start_time=T),
    ]
    found = read(bundle(*(told[place] for place in order)))
    (related,) = found.of(Relation)
    assert (related.subject_id, related.kind, related.object_id) == ("x:11", "same-as", "telegram:b")
    assert related.at.utc().isoformat() == "2024-05-01T10:00:00+00:00"
    assert not found.reasons


def test_who_says_so_is_named_where_the_bundle_does(read: Reader) -> None:
    unit = {"type": "identity", "id": id_of(7, "identity"), "name": "An Invented Unit"}
    pair = account(1, user_id="11"), account(2, user_id="22")
    for said, sayer in (
        (unit["id"], "An Invented Unit"),
        (id_of(8, "identity"), id_of(8, "identity")),
        (None, "stix"),
        (5, "5"),
    ):
        found = read(bundle(relationship(1, 2, created_by_ref=said), unit, *pair))
        assert [each.asserted_by for each in found.of(Relation)] == [sayer]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"user_id": "11", "account_login": "a"}, "x:11"),
        ({"user_id": 11}, "x:11"),
        ({"user_id": 0}, "x:0"),
        ({"account_login": "@Name"}, "x:name"),
        ({"user_id": "Name"}, "x:name"),
        ({"user_id": "Name", "account_login": "name"}, "x:name"),
        ({"user_id": "UCabc", "account_login": "name"}, "x:UCabc"),
        ({"user_id": "@", "account_login": "name"}, "x:name"),
        ({"user_id": "11", "account_login": "@"}, "x:11"),
        ({"display_name": "Only A Name"}, "x:stix-00000001-0000-4000-8000-000000000000"),
        ({"user_id": "", "account_login": " "}, "x:stix-00000001-0000-4000-8000-000000000000"),
    ],
)
def test_an_account_is_its_id_else_its_login_else_its_object(told: dict[str, Any], name: str, read: Reader) -> None:
    found = read(bundle(account(1, **told)))
    assert ids(found) == [name]
    assert not found.reasons


@pytest.mark.parametrize(
    ("platform", "told", "name"),
    [
        ("Telegram", {"user_id": "700100200"}, "telegram:user700100200"),
        ("telegram", {"user_id": "channel700", "account_login": "x"}, "telegram:channel700"),
        ("whatsapp", {"user_id": "+964 770 000 0123"}, "whatsapp:+9647700000123"),
        ("whatsapp", {"user_id": "9", "account_login": "+9647700000123"}, "whatsapp:+9647700000123"),
        ("facebook", {"user_id": "100"}, "facebook:100"),
        ("Some Forum", {"user_id": "100"}, "some-forum:100"),
        (None, {"user_id": "100"}, "unknown:100"),
    ],
)
def test_an_account_meets_what_other_sources_call_it(
    platform: str | None, told: dict[str, Any], name: str, read: Reader
) -> None:
    assert ids(read(bundle(account(1, platform, **told)))) == [name]


def test_an_account_of_no_type_is_of_the_platform_that_was_said(read: Reader) -> None:
    text = bundle(account(1, None, user_id="1"), account(2, user_id="2"))
    assert ids(read(text, platform="vk")) == ["vk:1", "x:2"]
    assert "--platform" in read(text).warnings[0]


@pytest.mark.parametrize("sort", ["unix", "Windows-Local", "windows-domain", "ldap", "nis", "radius", "tacacs"])
def test_accounts_of_computers_never_meet(sort: str, read: Reader) -> None:
    found = read(
        bundle(account(1, sort, user_id="0", account_login="root"), account(2, user_id="2"), relationship(1, 2))
    )
    why = f"an account of the type {sort}: of a computer or a network, not of a platform"
    assert found.reasons == [(1, why), (3, why)]


def test_a_unix_account_without_a_type_is_told_by_its_extension(read: Reader) -> None:
    found = read(bundle(account(1, None, user_id="0", extensions={"unix-account-ext": {"gid": 0}})))
    assert [line for line, _ in found.reasons] == [1]


def test_an_email_address_is_a_link_of_the_account_it_belongs_to(read: Reader) -> None:
    address = {"type": "email-addr", "id": id_of(3, "email-addr"), "value": "sea@example.org"}
    found = read(
        bundle(address | {"belongs_to_ref": id_of(1)}, account(1, user_id="11"), address, address | {"value": 5})
    )
    assert [(each.id, each.links) for each in found.of(Account)] == [
        ("x:11", ("mailto:sea@example.org",)),
        ("x:11", ()),
    ]
    assert found.reasons == [
        (3, "an email-addr that is not said to belong to an account"),
        (4, "an email-addr without a value"),
    ]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (relationship(1, 9), f"a relationship of {id_of(9)}, which is not in this file"),
        (relationship(1, 1), "a relationship of an account with itself"),
        (relationship(1, 3), "a relationship of an account with itself"),
        (relationship(1, 2) | {"target_ref": None}, "a relationship without one of its ends"),
        (relationship(1, 2) | {"target_ref": ["a"]}, "a relationship without one of its ends"),
        (relationship(1, 2) | {"target_ref": id_of(1, "threat-actor")},
         f"a relationship of {id_of(1, 'threat-actor')}, which is no account but of the type threat-actor"),
        (relationship(1, 2, revoked=True), "a relationship that was revoked: whoever said so takes it back"),
    ],
)  # fmt: skip
def test_what_does_not_relate_two_accounts_is_rejected(made: dict[str, Any], reason: str, read: Reader) -> None:
    three = account(1, account_login="a"), account(2, account_login="b"), account(3, account_login="@A")
    found = read(bundle(*three, made))
    assert found.reasons == [(4, reason)]
    assert not found.of(Relation)


def test_a_relationship_that_a_later_version_revokes_is_not_kept_and_other_versions_are(read: Reader) -> None:
    kept = relationship(1, 2), relationship(1, 2, start_time=T, modified="2024-06-01T00:00:00Z")
    gone = relationship(2, 1), relationship(2, 1, modified="2024-06-01T00:00:00Z", revoked=True)
    found = read(bundle(*kept, *gone, account(1, user_id="1"), account(2, user_id="2")))
    assert [(each.id, each.at is None) for each in found.of(Relation)] == [
        ("x:1 related-to x:2", True),
        ("x:1 related-to x:2", False),
    ]
    assert [line for line, _ in found.reasons] == [3, 4]


def test_relationships_in_a_circle_are_all_kept(read: Reader) -> None:
    three = [account(number, user_id=str(number)) for number in (1, 2, 3)]
    found = read(bundle(*three, relationship(1, 2), relationship(2, 3), relationship(3, 1)))
    assert [each.id for each in found.of(Relation)] == [
        "x:1 related-to x:2", "x:2 related-to x:3", "x:3 related-to x:1"
    ]  # fmt: skip


def test_versions_of_one_object_are_one_account_and_two_accounts_under_one_id_are_not_guessed(read: Reader) -> None:
    agree = account(1, account_login="a"), account(1, user_id="11", account_login="a", display_name="A")
    differ = account(2, account_login="b"), account(2, account_login="c")
    found = read(bundle(*agree, *differ, account(3, user_id="33"), relationship(1, 3), relationship(2, 3)))
    assert ids(found) == ["x:11", "x:11", "x:b", "x:c", "x:33"]
    assert [each.id for each in found.of(Relation)] == ["x:11 related-to x:33"]
    assert found.reasons == [(7, f"a relationship of {id_of(2)}, by which this file means two accounts")]


def test_accounts_within_an_observation_are_read_as_stix_2_0_had_them(read: Reader) -> None:
    within = {"0": account(1, user_id=5), "1": {"type": "url"}, "2": account(2, "unix", user_id="0"), "3": 7}
    seen = {"type": "observed-data", "id": id_of(4, "observed-data"), "last_observed": T, "objects": within}
    found = read(
        bundle(seen, seen | {"objects": {}}, seen | {"objects": [account(1, user_id="5")]}, spec_version="2.0")
    )
    assert [(each.id, each.seen_at.utc().hour) for each in found.of(Account)] == [("x:5", 10)]
    assert [line for line, _ in found.reasons] == [1, 2, 3]


@pytest.mark.parametrize(
    "sort", ["identity", "note", "report", "grouping", "marking-definition", "x-made-up", "x" * 9_000]
)
def test_other_objects_are_rejected_by_their_type(sort: str, read: Reader) -> None:
    found = read(bundle(account(1, user_id="1"), {"type": sort, "id": id_of(2, sort[:9]), "object_refs": [id_of(1)]}))
    ((line, reason),) = found.reasons
    assert (line, reason.split(":")[0]) == (2, f"of the type {sort[:60]}")
    assert len(reason) < 200


@pytest.mark.parametrize("odd", [None, True, 1.5, [], {}, ["a"], "a" * 201])
def test_a_name_of_the_wrong_sort_is_told_and_costs_nothing_else(odd: Any, read: Reader) -> None:
    found = read(
        bundle(account(1, user_id=odd, account_login="a"), account(2, odd, user_id="2"), account(3, account_login=odd))
    )
    assert ids(found)[0] == "x:a"
    assert len(ids(found)) == 3
    assert found.reasons == ([] if odd is None else [(1, "user_id: is no id"), (3, "account_login: is no id")])


def test_a_wrong_time_costs_the_time_alone(read: Reader) -> None:
    found = read(bundle(account(1, user_id="1", account_created="soon"), account(2, user_id="2", account_created=[])))
    assert [each.created_at for each in found.of(Account)] == [None, None]
    assert [reason.split(":")[0] for _, reason in found.reasons] == ["account_created", "account_created"]


@pytest.mark.parametrize("objects", ["first", "last"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_bundle_is_recognised_in_any_order_of_keys_on_one_line_or_many(
    objects: str, indent: Any, read: Reader
) -> None:
    told = {"objects": [account(1, user_id="1")]}
    around = {"id": id_of(1, "bundle"), "type": "bundle"}
    found = read(json.dumps(told | around if objects == "first" else around | told, indent=indent))
    assert (found.source.format, ids(found)) == ("stix", ["x:1"])


def test_what_a_taxii_server_answers_is_read_and_what_is_no_bundle_is_refused_with_what_to_do(read: Reader) -> None:
    answer = json.dumps({"more": False, "objects": [account(1, user_id="1")]})
    assert ids(read(answer)) == ["x:1"]
    with pytest.raises(FormatUnknown, match="put a list of objects into one"):
        read(json.dumps([account(1, user_id="1")]))
    with pytest.raises(FormatUnknown, match="put a single object into a bundle"):
        read(json.dumps(account(1, user_id="1"), indent=1))
    with pytest.raises(FormatUnknown, match="its objects have no ids as in STIX"):
        read(json.dumps({"objects": [{"id": "1", "type": "chair"}]}))


@pytest.mark.parametrize("objects", ["[]", "null", '"x"', "{}"])
def test_a_bundle_of_nothing_has_no_rows_and_says_so(objects: str, read: Reader) -> None:
    found = read(f'{{"type": "bundle", "id": "{id_of(1, "bundle")}", "objects": {objects}}}', format_name="stix")
    assert (found.rows, found.warnings) == ([], ["no rows were found in it"])


def test_a_bundle_that_breaks_off_gives_what_stands_before(read: Reader) -> None:
    whole = bundle(account(1, user_id="1"), account(2, user_id="2"), relationship(1, 2))
    found = read(whole[: whole.index('"relationship"')])
    assert ids(found) == ["x:1", "x:2"]
    assert "breaks off" in found.reasons[-1][1]
    with pytest.raises(SourceUnreadable):
        read(whole[: whole.index('"spec_version"')])


def test_ten_thousand_relationships_of_one_account_take_no_time(read: Reader) -> None:
    many = [account(number, user_id=str(number)) for number in range(1, 5_001)]
    started = time.perf_counter()
    found = read(bundle(*(relationship(1, number) for number in range(2, 5_001)), *many))
    assert time.perf_counter() - started < 5
    assert len(found.of(Relation)) == 4_999


def test_a_second_load_adds_nothing_and_every_object_is_found_again_by_its_place(fixtures: Any, tmp_path: Any) -> None:
    path = fixtures / "stix.json"
    case = Case(tmp_path / "case.duckdb")
    opened = open_source(path)
    added = case.add(opened.source, opened.rows)
    again = open_source(path)
    assert case.add(again.source, again.rows).new == 0
    assert (added.read, added.rejected) == (32, 22)
    objects = json.loads(path.read_text("utf-8"))["objects"]
    with case.file.opened(write=False) as db:
        related = db.execute("SELECT s.line FROM relation JOIN sighting s USING (digest)").fetchall()
        known = dict(
            db.execute("SELECT id, s.line FROM account JOIN sighting s USING (digest) ORDER BY s.line DESC").fetchall()
        )
    assert [objects[line - 1]["id"] for (line,) in related] == ["relationship--00000003-0000-4000-8000-000000000000"]
    assert objects[known["telegram:user700100200"] - 1]["account_login"] == "seafarer_uk"


def test_a_handle_that_changes_owner_is_two_accounts_and_an_owner_who_changes_handle_is_one(
    read: Reader, tmp_path: Any
) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(
        bundle(
            account(1, user_id="11", account_login="seats"),
            account(2, user_id="11", account_login="seats_2"),
            account(3, user_id="33", account_login="seats"),
        )
    )
    case = Case(tmp_path / "case.duckdb")
    opened = open_source(path)
    case.add(opened.source, opened.rows)
    with case.file.opened(write=False) as db:
        found = db.execute("SELECT id, handle FROM account ORDER BY id, handle").fetchall()
    assert found == [("x:11", "seats"), ("x:11", "seats_2"), ("x:33", "seats")]

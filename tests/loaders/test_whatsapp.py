"""WhatsApp's exported chats: who said what, what the app says of them, who exported it, and what stays private."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clew as facade
from graph.errors import FormatUnknown, SourceUnreadable
from graph.records import Account, Chat, Moment, Post, Relation
from loaders import rows as row_reader
from loaders.formats import open_source
from loaders.whatsapp_scene import title_of
from tests.fixtures.bad.case_of_bad import cut_gzip
from tests.loaders.conftest import FIXTURES, Read

Reader = Callable[..., Read]
L = "\u200e"


def chat(*bodies: str, day: int = 13) -> str:
    """Write an Android chat of one message a minute."""
    return "".join(f"{day}/05/2024, 10:{minute:02} - {body}\n" for minute, body in enumerate(bodies))


def ios(*bodies: str) -> str:
    return "".join(f"[13/05/2024, 10:{minute:02}:00] {body}\r\n" for minute, body in enumerate(bodies))


GROUP = ('Ann created group "Trip"', "Ann added +44 7700 900101")


def _names(found: Read) -> set[tuple[str, bool, bool]]:
    return {(one.native_id.rpartition("/")[2], one.collector, one.private) for one in found.of(Account)}


def test_a_sender_that_is_a_number_is_that_account_in_every_file(read: Reader) -> None:
    ways = (
        "+44 7700 900101",
        "\u202a+44\u00a07700\u00a0900101\u202c",
        "+44\u202f7700\u2011900101",
        "+44 (7700) 900101",
    )
    for way in ways:
        account = read(chat(*GROUP, f"{way}: words")).of(Account)[-1]
        assert account.id == "whatsapp:+447700900101"
        assert account.display_name is None
        assert account.phone is not None
        assert "\u202a" not in account.phone


@pytest.mark.parametrize(
    "name", ["07700 900101", "Bob +44 7700 900101", "+44", "+999 123 4567890123456", "15/04/2016", "+"]
)
def test_a_sender_that_only_looks_like_a_number_is_a_name_of_this_file(name: str, read: Reader) -> None:
    found = read(chat(*GROUP, f"{name}: words"))
    account = found.of(Account)[-1]
    assert account.native_id == f"{found.source.sha256[:12]}/{name}"
    assert account.display_name == name
    assert account.phone is None


def test_a_name_is_no_identity_across_files(read: Reader) -> None:
    one, two = (read(chat(*GROUP, "Bob: words", text)) for text in ("Ann: a", "Ann: b"))
    assert not {each.id for each in one.of(Account) if each.display_name} & {each.id for each in two.of(Account)}


def test_who_is_not_in_the_address_book_is_another_than_the_contact_of_that_name(read: Reader) -> None:
    found = read(chat(*GROUP, "~\u202fBob: words", "Bob: words"))
    accounts = found.of(Account)[-2:]
    assert [each.display_name for each in accounts] == ["Bob", "Bob"]
    assert accounts[0].id != accounts[1].id


def test_who_was_invited_by_whom_is_a_relation(read: Reader) -> None:
    found = read(
        chat(
            'Ann created group "Trip"',
            "Ann added +44 7700 900101, +44 7700 900102 and Bob",
            "Ann added Tom and Jerry",
            "Ann added you",
            "You added Cem",
            "Bob: words",
        )
    )
    scope = found.source.sha256[:12]
    assert [(each.subject_id, each.object_id) for each in found.of(Relation)] == [
        (f"whatsapp:{scope}/Ann", "whatsapp:+447700900101"),
        (f"whatsapp:{scope}/Ann", "whatsapp:+447700900102"),
        (f"whatsapp:{scope}/Ann", f"whatsapp:{scope}/Bob"),
        (f"whatsapp:{scope}/Ann", f"whatsapp:export-{scope}"),
        (f"whatsapp:export-{scope}", f"whatsapp:{scope}/Cem"),
    ]
    assert {each.kind for each in found.of(Relation)} == {"invited"}
    assert found.of(Relation)[0].at == Moment(1715594460000000, "minute", zone_known=False)
    assert {each.id for each in found.of(Account) if each.collector} == {f"whatsapp:export-{scope}"}


def test_a_number_that_was_changed_leads_to_the_new_one(read: Reader) -> None:
    found = read(chat(*GROUP, "+44 7700 900101 changed to +44 7700 900102"))
    relation = found.of(Relation)[-1]
    assert (relation.subject_id, relation.kind, relation.object_id) == (
        "whatsapp:+447700900101",
        "new number",
        "whatsapp:+447700900102",
    )


def test_a_system_line_that_states_nothing_is_a_rejection_that_says_of_what_kind(read: Reader) -> None:
    found = read(
        chat("Messages and calls are end-to-end encrypted.", *GROUP, "Gibberish of the app", "Missed video call")
    )
    assert found.reasons == [
        (1, "a system line: end-to-end encryption"),
        (4, "a system line of an unknown kind"),
        (5, "a system line: a call"),
    ]
    assert found.rows[3].rejection is not None
    assert found.rows[3].rejection.row == "Gibberish of the app"
    assert len(found.of(Chat)) == 1


@pytest.mark.parametrize(
    ("bodies", "kind"),
    [
        (("Ann: a", "Bob: b"), "personal"),
        (("Ann: a", "Ann: b"), "personal"),
        (("Messages and calls are end-to-end encrypted.", "Ann: a"), "personal"),
        (("Ann: a", "Bob: b", "Cem: c"), "group"),
        (("Ann: a", "Bob left"), "group"),
        (("Ann: a", "You joined using this group's invite link"), "group"),
        (("Ann: a", "Ann: Bob left"), "personal"),
        (("علي: سلام", "أضاف علي بهمن"), "group"),
    ],
)
def test_a_chat_is_a_group_where_more_than_two_write_or_the_app_says_so(
    bodies: tuple[str, ...], kind: str, read: Reader
) -> None:
    found = read(chat(*bodies))
    assert found.of(Chat)[0].kind == kind
    assert {each.private for each in found.of(Account) if not each.collector} == {kind == "personal"}
    assert any("taken for a private conversation" in told for told in found.warnings) == (kind == "personal")
    assert any("say it with --collector" in told for told in found.warnings) == (kind == "group")


def _load(folder: Path, name: str, text: str, **said: Any) -> Read:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Read(path, **said)


def test_in_a_private_chat_that_is_called_after_one_the_other_exported_it(tmp_path: Path) -> None:
    for name in ("WhatsApp Chat with Bob.txt", "WhatsApp Chat - Bob/_chat.txt", "WhatsApp-Chat mit Bob.txt"):
        found = _load(tmp_path, name, chat("Ann: a", "Bob: b"))
        assert _names(found) == {("Ann", True, False), ("Bob", False, True)}
        assert found.of(Chat)[0].title == "Bob"
        assert found.of(Post)[0].text == "a"


def test_two_who_write_in_a_chat_that_is_called_otherwise_are_a_group(tmp_path: Path) -> None:
    found = _load(tmp_path, "WhatsApp Chat with Boats to the north.txt", chat("Ann: a", "Bob: b"))
    assert found.of(Chat)[0].kind == "group"
    assert _names(found) == {("Ann", False, False), ("Bob", False, False)}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("WhatsApp Chat with Ann & Bob.txt", "Ann & Bob"),
        ("WhatsApp_Chat_with_Ann.txt", "Ann"),
        ("WhatsApp-Chat mit Ann.txt.gz", "Ann"),
        ("Chat de WhatsApp con Ann.txt", "Ann"),
        ("Discussion WhatsApp avec +33 6 39 98 00 01.txt", "+33 6 39 98 00 01"),
        ("Conversa do WhatsApp com Ann.txt", "Ann"),
        ("Ann ile WhatsApp Sohbeti.txt", "Ann"),
        ("محادثة واتساب مع علي.txt", "علي"),
        ("WhatsApp Chat - Ann.zip/_chat.txt", "Ann"),
        ("seized/WhatsApp Chat - Ann/_chat.txt", "Ann"),
        ("_chat.txt", None),
        ("anything.txt", None),
        ("", None),
    ],
)
def test_a_files_name_says_with_whom_a_chat_is(name: str, title: str | None) -> None:
    assert title_of(name) == title


def test_who_exported_is_told_by_a_deletion_of_their_own(read: Reader) -> None:
    found = read(chat(*GROUP, "Bob: a", "Cem: You deleted this message", "Bob: This message was deleted"))
    assert ("Cem", True, False) in _names(found)
    assert [name for name, mine, _ in _names(found) if mine] == ["Cem"]
    assert any(told.startswith("Cem is taken for who exported this chat") for told in found.warnings)


@pytest.mark.parametrize(
    "sender",
    ["+44 7700 900101", "~ Cem", "Ann"],  # Ann is named by a system line, which says "You" of whoever exported
)
def test_nobody_hides_by_writing_what_the_app_writes_of_the_one_who_exported(sender: str, read: Reader) -> None:
    found = read(chat(*GROUP, f"{sender}: You deleted this message", "Bob: a"))
    assert not [each for each in found.of(Account) if each.collector]
    assert any("is not told by it" in told for told in found.warnings)


def test_two_who_deleted_as_the_one_who_exported_leave_it_open(read: Reader) -> None:
    found = read(chat(*GROUP, "Bob: You deleted this message", "Cem: You deleted this message"))
    assert not [each for each in found.of(Account) if each.collector]


@pytest.mark.parametrize("said", ["Bob", "bob", " Bob "])
def test_what_the_user_says_of_who_exported_goes_before_all_signs(said: str, read: Reader) -> None:
    found = read(chat(*GROUP, "Bob: a", "Cem: You deleted this message"), collector=said)
    assert [name for name, mine, _ in _names(found) if mine] == ["Bob"]
    assert not any("collector" in told for told in found.warnings)


def test_who_exported_may_be_said_by_number(read: Reader) -> None:
    found = read(chat(*GROUP, "+44 7700 900101: a", "Bob: b", "You added Bob"), collector="+447700900101")
    assert {each.id for each in found.of(Account) if each.collector} == {"whatsapp:+447700900101"}
    assert found.of(Relation)[-1].subject_id == "whatsapp:+447700900101"


def test_a_collector_who_is_not_in_it_is_told(read: Reader) -> None:
    found = read(chat(*GROUP, "Bob: a"), collector="Nobody")
    assert any(told.startswith("nobody in it is called as --collector says") for told in found.warnings)
    assert any("is not told by it" in told for told in found.warnings)


def test_on_ios_the_app_speaks_under_the_group_or_who_did_it(read: Reader) -> None:
    found = read(
        ios(
            f"Trip: {L}Messages and calls are end-to-end encrypted.",
            f"Trip: {L}Ann created this group",
            f"Ann: {L}Ann added Bob",
            "Ann: words",
            "Bob: words",
        )
    )
    assert found.of(Chat)[0].title == "Trip"
    assert {name for name, _, _ in _names(found)} == {"Ann", "Bob"}
    assert len(found.of(Relation)) == 1


def test_nobody_makes_anothers_deed_of_a_message_by_the_apps_mark(read: Reader) -> None:
    found = read(ios("Mal: words", f"Mal: {L}Ann added +44 7700 900101", "Ann: words", "Bob: words"))
    assert found.of(Relation) == []
    assert found.of(Post)[1].text == "Ann added +44 7700 900101"


def test_nobody_hides_a_number_in_what_looks_like_a_notice(read: Reader) -> None:
    found = read(ios("Mal: words", f"Mal: {L}end-to-end encrypted boats, call +44 7700 900101", "Ann: words"))
    assert found.reasons == []
    assert "+44 7700 900101" in (found.of(Post)[1].text or "")


def test_the_groups_own_link_is_the_chats_and_others_stay_in_texts(read: Reader) -> None:
    mine, other = ("https://chat.whatsapp.com/" + letter * 22 for letter in "Ab")
    found = read(chat(*GROUP, f"Bob: {other}", f"Anyone can join by {mine}"))
    assert found.of(Chat)[0].invite == mine
    assert found.of(Post)[0].text == other


def test_equal_messages_of_one_minute_are_several_and_every_id_is_once(read: Reader) -> None:
    back = "13/05/2024, 10:00 - Ann: same\n13/05/2024, 10:01 - Ann: same\n" * 20
    found = read(back + "14/05/2024, 10:00 - Ann: same\n" * 3)
    ids = [post.id for post in found.of(Post)]
    assert len(set(ids)) == len(ids) == 43


def _long_chat(messages: int) -> str:
    people = ("+44 7700 900101", "Ann", "~ Cem")
    return "".join(f"{13 + n // 20}/05/2024, 10:{n % 20:02} - {people[n % 3]}: message {n}\n" for n in range(messages))


def test_the_same_chat_exported_again_later_adds_what_is_new(tmp_path: Path) -> None:
    case = facade.open(tmp_path / "channel.duckdb")
    for name, messages in (("first.txt", 100), ("later.txt", 130)):
        (tmp_path / name).write_text(_long_chat(messages))
        case.load(tmp_path / name)
    posts = case.table("posts")
    assert len(posts) == 130
    assert set(posts["chat_id"].dropna()) == {read_chat(tmp_path / "later.txt")}
    later = open_source(tmp_path / "later.txt").source.sha256[:12]
    assert set(posts["account_id"]) == {"whatsapp:+447700900101", f"whatsapp:{later}/Ann", f"whatsapp:{later}/~ Cem"}


def read_chat(path: Path) -> str:
    return Read(path).of(Chat)[0].id


def test_chats_that_begin_otherwise_or_hardly_begin_are_not_one(read: Reader) -> None:
    short = {read(_long_chat(messages)).of(Chat)[0].id for messages in (8, 9)}
    assert len(short) == 2
    other = read(_long_chat(100).replace("message 3\n", "message three\n"))
    assert other.of(Chat)[0].id != read(_long_chat(100)).of(Chat)[0].id


def test_what_is_private_is_not_shown_and_a_second_load_adds_nothing(tmp_path: Path) -> None:
    case = facade.open(tmp_path / "channel.duckdb")
    for _ in range(2):
        for path in sorted(FIXTURES.glob("[Ww]hats[Aa]pp*")):
            loaded = case.load(path, timezone="Europe/London")
    assert loaded.added.new == 0
    accounts, posts = set(case.table("accounts")["display_name"].dropna()), list(case.table("posts")["text"].dropna())
    assert accounts == {"Ali Example", "Ann", "Karim", "Lena Sample", "Noor"}
    assert "Hallo" not in posts
    assert "Places on Friday" in posts


def test_times_belong_to_the_zone_that_is_said(read: Reader) -> None:
    found = read(chat(*GROUP, "Bob: a"), timezone="Asia/Baghdad")
    assert found.of(Post)[0].at == Moment(1715583720000000, "minute", zone_known=False)
    assert not any("without a zone" in told for told in found.warnings)


def test_the_longest_message_is_whole_and_what_is_longer_than_any_is_rejected(read: Reader) -> None:
    found = read(chat(*GROUP, "Bob: " + "ж" * 65_536, "Bob: " + "long line\n" * 150_000, "Bob: end"))
    assert [len(post.text or "") for post in found.of(Post)] == [65_536, 3]
    assert [(line, "longer than" in reason) for line, reason in found.reasons] == [(4, True)]


@pytest.mark.parametrize("limit", [7, 64, 65, 66, 67])
def test_a_line_that_comes_in_pieces_is_one(limit: int, read: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    text = chat(*GROUP, "Bob: " + "жд😀" * 50, "Bob: 13/05/2024, 10:01 - Ann: not hers " * 3)
    whole = read(text)
    monkeypatch.setattr(row_reader, "TEXT_LINE_LIMIT", limit)
    if limit > 60:  # a header is seen within the first piece of its line
        assert read(text).records == whole.records
    else:
        with pytest.raises(SourceUnreadable, match="no line of it begins"):
            read(text, format_name="whatsapp")


def test_marks_line_ends_and_encodings_change_nothing(read: Reader) -> None:
    text = chat(*GROUP, "Bob: two\nlines", "Ann: Überfahrt")
    posts = [(post.text, post.at) for post in read(text).of(Post)]
    for changed in ("\ufeff" + text, text.replace("\n", "\r\n"), "\n\n" + text, text.rstrip("\n"), text + "\n\n\n"):
        assert [(post.text, post.at) for post in read(changed).of(Post)] == posts
    for content in (text.encode("utf-16"), gzip.compress(text.encode()), text.encode("cp1252")):
        assert [(post.text, post.at) for post in read(content).of(Post)] == posts


def test_what_is_damaged_costs_its_row_and_what_breaks_off_is_told(read: Reader) -> None:
    text = chat(*GROUP, "Bob: ü", "Bob: ö", "Bob: bad", "Bob: nul", "Bob: end").encode()
    found = read(text.replace(b"bad", b"\xff").replace(b"nul", b"a\0b"))
    assert found.reasons == [
        (5, "holds bytes that are not text in the file's encoding"),
        (6, "holds NUL characters, which no text has"),
    ]
    cut = read(cut_gzip(text))
    assert len(cut.of(Post)) == 5
    assert [(line, "cut short" in reason) for line, reason in cut.reasons] == [(8, True)]
    assert any("cut short" in told for told in cut.warnings)


def test_an_empty_chat_is_known_by_its_notice(read: Reader) -> None:
    found = read("13/05/2024, 10:00 - Messages and calls are end-to-end encrypted. Tap to learn more.\n")
    assert found.source.format == "whatsapp"
    assert len(found.rows) == 1


def test_a_file_is_no_chat_because_of_its_name(read: Reader) -> None:
    with pytest.raises(FormatUnknown):
        read("words\nand words\n", name="WhatsApp Chat with Bob.txt")


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)
BODIES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60) | st.sampled_from(
    ("", ": ", "- x", "13/05/2024, 10:00 - Bob: hi", "[13/05/2024, 10:00:00] Bob: hi", f"{L}Ann added Bob", '"', "\n",
     "You deleted this message", "<Media omitted>", "a.vcf (file attached)", f"x {L}<attached: a.jpg>", "\u202e",
     "\x1b[2J")
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(talk=st.lists(st.tuples(NAMES, BODIES), min_size=1, max_size=12), on_ios=st.booleans())
def test_every_line_of_any_chat_is_in_a_record_or_a_rejection(
    talk: list[tuple[str, str]], on_ios: bool, read: Reader
) -> None:
    text = (ios if on_ios else chat)(*(f"{name}: {body}" for name, body in talk))
    found = read(text.encode("utf-8"), format_name="whatsapp")
    assert all(row.records or row.rejection for row in found.rows)
    assert [row.line for row in found.rows] == sorted({row.line for row in found.rows})
    assert len(found.rows) >= len(talk)
    posts = found.of(Post)
    assert len({post.id for post in posts}) == len(posts)
    known = {each.id for each in found.of(Account)}
    assert {post.account_id for post in posts} <= known
    assert {end for each in found.of(Relation) for end in (each.subject_id, each.object_id)} <= known

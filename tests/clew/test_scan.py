"""``clew scan``: a line out for each line in, whatever is in it, and as a step of a pipeline."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.scanning import LONGEST_LINE
from tests.oracles.identifiers import MISSES, corpus

Clew = Any
COMMAND = [sys.executable, "-m", "clew", "scan"]


def piped(given_: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the real command with something on its stdin."""
    return subprocess.run([*COMMAND, *arguments], input=given_, capture_output=True, check=False)


def answers(out: bytes | str) -> list[dict[str, Any]]:
    """Return the lines that were printed, as JSON."""
    return [json.loads(line) for line in out.splitlines()]


def test_an_answer_has_the_numbers_invites_and_identifiers_with_where_each_stands() -> None:
    text = "WhatsApp wa.me/447700900123 or 07701 234567, insta: a.name_1, t.me/Chan_Nel t.me/chan_nel, +44 7700 900123"
    done = piped(json.dumps({"id": "p1", "text": text, "platform": "tiktok", "more": [1]}).encode())
    (answer,) = answers(done.stdout)
    assert list(answer) == [
        "id", "phones", "ambiguous_phones", "invites", "identifiers", "stance", "stance_score", "signals", "evidence",
    ]  # fmt: skip
    assert answer["id"] == "p1"
    assert answer["phones"] == ["+447700900123"]
    (undecided,) = answer["ambiguous_phones"]
    assert undecided[0] == "07701 234567"
    assert {"+447701234567", "+9647701234567"} <= set(undecided[1])
    assert answer["invites"] == ["wa.me/447700900123", "t.me/chan_nel"]
    assert answer["identifiers"] == [{"kind": "handle", "value": "instagram:a.name_1"}]
    assert [
        (each["what"], text[each["start"] : each["end"]], each["rule"])
        for each in answer["evidence"]
        if each["what"].startswith(("invite ", "phone ", "ambiguous ", "handle "))
    ] == [
        ("invite wa.me/447700900123", "wa.me/447700900123", "invite link"),
        ("phone +447700900123", "447700900123", "wa.me link"),
        ("ambiguous phone 07701 234567", "07701 234567", "national, region undecided"),
        ("handle instagram:a.name_1", "a.name_1", "handle after 'insta'"),
        ("invite t.me/chan_nel", "t.me/Chan_Nel", "invite link"),
        ("invite t.me/chan_nel", "t.me/chan_nel", "invite link"),
        ("phone +447700900123", "+44 7700 900123", "international"),
    ]
    assert (done.returncode, done.stderr.decode()) == (
        0,
        "1 line read: 1 with anything in them, 0 errors, 0 with an unknown region_hint\n",
    )


BAD = [
    (b"", "nothing in the line"),
    (b"   ", "nothing in the line"),
    (b"nope", "no JSON"),
    (b'{"id": 7, "text": ', "no JSON"),
    (b"\xff\xfe", "no JSON"),
    (b'{"text": "\\ud800"}', "no JSON"),
    (b"[" * 5000, "no JSON"),
    (b'[{"text": "x"}]', "a list"),
    (b'"x"', "a string"),
    (b"12", "a number"),
    (b"null", "null"),
    (b"{}", "no text"),
    (b'{"text": null}', "null"),
    (b'{"text": 5}', "a number"),
    (b'{"text": true}', "true or false"),
    (b'{"text": {"a": 1}}', "an object"),
]


def test_a_bad_line_says_what_is_wrong_and_the_others_are_answered() -> None:
    good = b'{"id": %d, "text": "t.me/some_name"}'
    lines = [line for n, (bad, _) in enumerate(BAD) for line in (bad, good % n)]
    done = piped(b"\n".join(lines))
    out = answers(done.stdout)
    assert len(out) == len(lines)
    for n, (_, why) in enumerate(BAD):
        bad, after = out[2 * n : 2 * n + 2]
        assert set(bad) == {"id", "line", "error"}
        assert bad["line"] == 2 * n + 1
        assert why in bad["error"]
        assert (after["id"], after["invites"]) == (n, ["t.me/some_name"])
    assert done.returncode == 0
    assert f"{len(BAD)} errors" in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_bad_line_keeps_its_id() -> None:
    (answer,) = answers(piped(b'{"id": {"a": 1}, "text": []}\n').stdout)
    assert answer == {"id": {"a": 1}, "line": 1, "error": "its text is no string but a list"}


@pytest.mark.parametrize("id_", ["x", "", None, 0, 1.5, 2**63, [1], {"a": None}, True, "\u202e\x1b[31m"])
def test_an_id_comes_back_as_it_was_given(id_: object) -> None:
    (answer,) = answers(piped(json.dumps({"id": id_, "text": ""}).encode()).stdout)
    assert answer == {
        "id": id_, "phones": [], "ambiguous_phones": [], "invites": [], "identifiers": [], "stance": "other",
        "stance_score": 1.0, "signals": [], "evidence": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("hint", "phones"), [("GB", ["+447700900123"]), (" gb ", ["+447700900123"]), ("", []), (None, [])]
)
def test_a_region_hint_decides_a_national_number(hint: str | None, phones: list[str]) -> None:
    (answer,) = answers(piped(json.dumps({"text": "07700 900123", "region_hint": hint}).encode()).stdout)
    assert answer["phones"] == phones
    assert bool(answer["ambiguous_phones"]) == (not phones)
    assert "notes" not in answer


@pytest.mark.parametrize("hint", ["UK", "AQ", "Narnia", "XX", 44, ["GB"], {"a": "b" * 999}, True])
def test_a_region_hint_that_is_no_country_is_said_and_left_out_of_account(hint: object) -> None:
    done = piped(json.dumps({"text": "07700 900123", "region_hint": hint}).encode())
    (answer,) = answers(done.stdout)
    (note,) = answer["notes"]
    assert "region_hint" in note
    assert len(note) < 200
    assert (answer["phones"], len(answer["ambiguous_phones"])) == ([], 1)
    assert "1 with an unknown region_hint" in done.stderr.decode()


def test_a_text_that_is_a_number_by_declaration_needs_no_plus() -> None:
    lines = [json.dumps({"text": "9647700000123", "kind": kind}) for kind in ("contact_card", "post", 5, None)]
    out = answers(piped("\n".join(lines).encode()).stdout)
    assert [answer["phones"] for answer in out] == [["+9647700000123"], [], [], []]


def test_every_text_of_the_corpus_gives_what_it_should_through_the_command() -> None:
    texts = [text for text in corpus() if text.id not in MISSES]
    done = piped("\n".join(json.dumps({"id": text.id, "text": text.text}) for text in texts).encode())
    out = answers(done.stdout)
    assert [answer["id"] for answer in out] == [text.id for text in texts]
    for text, answer in zip(texts, out, strict=True):
        others = {(each["kind"], each["value"]) for each in answer["identifiers"]}
        invites = {("invite", each) for each in answer["invites"]}
        assert others | invites == {pair for pair in text.expected if pair[0] != "phone"}
        assert {value for kind, value in text.expected if kind == "phone"} <= set(answer["phones"])


def test_files_are_read_in_order_and_an_error_names_its_file(clew: Clew, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'\xef\xbb\xbf{"id": 1, "text": "x"}\r\n')
    (tmp_path / "b.jsonl").write_bytes(b'{"id": 2, "text": "y"}\nnope')
    said = clew("scan", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    out = answers(said.out)
    assert [answer["id"] for answer in out] == [1, 2, None]
    assert (out[2]["file"], out[2]["line"]) == (str(tmp_path / "b.jsonl"), 2)
    assert said.code == 0
    gone = clew("scan", tmp_path / "a.jsonl", tmp_path / "gone.jsonl")
    assert (gone.code, len(answers(gone.out))) == (1, 1)
    assert "gone.jsonl" in gone.err
    assert clew("scan", tmp_path).code == 1


def test_nothing_in_gives_nothing_out() -> None:
    done = piped(b"")
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.decode().startswith("0 lines read")


def test_what_accounts_write_comes_out_in_ascii() -> None:
    text = "\x7f\u202e\x1b[31m t.me/some_name \u009b تلگرام: some_name07701234567"
    out = piped(json.dumps({"id": text, "text": text}, ensure_ascii=False).encode()).stdout
    assert out.isascii()
    assert set(out) & {*range(9), *range(11, 32), 127} == set()


def test_a_line_is_answered_before_the_next_is_written() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for n in range(3):
            process.stdin.write(b'{"id": %d, "text": "x"}\n' % n)
            process.stdin.flush()
            stuck = threading.Timer(60, process.kill)
            stuck.start()
            assert json.loads(process.stdout.readline())["id"] == n
            stuck.cancel()
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_reader_who_has_seen_enough_ends_it_quietly(tmp_path: Path) -> None:
    """``clew scan FILE | head -1``."""
    (tmp_path / "many.jsonl").write_bytes(b'{"text": "t.me/some_name"}\n' * 20_000)
    command = [*COMMAND, str(tmp_path / "many.jsonl")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["invites"] == ["t.me/some_name"]
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_a_line_that_is_too_long_is_one_error_and_the_next_is_answered(
    clew: Clew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LONGEST_LINE > 1 << 20
    monkeypatch.setattr("loaders.scanning.LONGEST_LINE", 50)
    lines = [b'{"text": "%s"}' % (b"a" * 500), b'{"id": 2, "text": "x"}', b'{"text": "%s"}' % (b"a" * 60), b"a" * 51]
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines))
    out = answers(clew("scan", tmp_path / "a.jsonl").out)
    assert [answer.get("line") for answer in out] == [1, None, 3, 4]
    assert all("longer" in out[n]["error"] for n in (0, 2, 3))
    assert out[1]["id"] == 2


LINES = st.one_of(
    st.binary(max_size=40),
    st.builds(
        lambda text, hint: json.dumps({"text": text, "region_hint": hint}).encode(),
        st.text() | st.none() | st.integers(),
        st.sampled_from(["GB", "IQ", "xx", None, 5]),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(LINES, max_size=6))
def test_no_line_is_lost_whatever_it_holds(clew: Clew, tmp_path: Path, lines: list[bytes]) -> None:
    content = b"\n".join(line.replace(b"\n", b" ") for line in lines)
    (tmp_path / "any.jsonl").write_bytes(content)
    said = clew("scan", tmp_path / "any.jsonl")
    assert said.code == 0
    ended = content == b"" or content.endswith(b"\n")
    assert len(answers(said.out)) == len(content.split(b"\n")) - ended


def test_an_answer_says_what_the_text_does_and_by_which_words() -> None:
    text = "We take you from Calais to the UK, 2000 pounds, pay when you arrive, kids free. Call +44 7700 900123"
    (answer,) = answers(piped(json.dumps({"text": text}).encode()).stdout)
    assert answer["stance"] == "offer"
    assert 0.5 < answer["stance_score"] <= 1
    assert {"child_free", "contact_me", "payment_on_arrival", "price", "route"} <= set(answer["signals"])
    assert answer["signals"] == sorted(answer["signals"])
    told = {each["what"]: text[each["start"] : each["end"]] for each in answer["evidence"]}
    assert told["price 2000 GBP"] == "2000 pounds"
    assert told["route FR"] == "Calais"
    assert any(what == "stance offer" for what in told)


def test_a_field_that_is_no_prose_has_no_stance() -> None:
    (answer,) = answers(piped(json.dumps({"text": "+44 7700 900123", "kind": "sender"}).encode()).stdout)
    assert "stance" not in answer

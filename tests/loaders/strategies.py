"""Strategies for every kind of row that a loader reads and every record that a case keeps, sound and not."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, get_args

from hypothesis import strategies as st

from graph.records import (
    STANCES,
    Account,
    Chat,
    ChatKind,
    Moment,
    Post,
    PostKind,
    Record,
    Relation,
    Repost,
    RepostKind,
)
from loaders.coortweet import COLUMNS as SHARES
from loaders.table_columns import COLUMNS

#: The times that a record may have: the years 1 to 9999, in microseconds.
EARLIEST_US, LATEST_US = -62_135_596_800_000_000, 253_402_300_799_999_999

#: Texts as people write them, and as nobody should: controls, halves of pairs, signs that something might obey.
WORDS = st.text(max_size=30) | st.sampled_from(
    ("", " ", "words", "Call +44 7700 900123", "رحلة آمنة", "\x00", "\x1b[2J", "=1+1", "__proto__", "../../x", "\ud800",
     "a,b;c\td", '"', "'", "\\", "\n", "\r\n", "\u2028", "\u202e", "\ufeff", "NaN", "null", "1.23E+18", "9" * 25)
)  # fmt: skip
NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from((0, -1, 2**31, 2**53 + 1, 2**63, 2**64, 2**70))
)
TIMES = st.sampled_from(
    ("1700000000", "1700000000000", "1700000000000000", "2024-01-05", "2024-01-05 10:30", "0001-01-01", "9999-12-31",
     "0001-01-01T00:00:00+14:00", "10000-01-01", "5.1.2024", "5/1/2024", "yesterday", "", "inf", "-1")
) | WORDS  # fmt: skip
#: Whatever stands where a JSON document has something else.
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return mostly what belongs there, and now and then anything at all."""
    return strategy | strategy | strategy | ANYTHING


def _item(required: dict[str, st.SearchStrategy[Any]], more: dict[str, st.SearchStrategy[Any]]) -> Any:
    shuffled = {key: _maybe(value) for key, value in {**required, **more}.items()}
    return st.fixed_dictionaries(
        {key: shuffled[key] for key in required}, optional={key: shuffled[key] for key in more}
    ) | st.dictionaries(WORDS, ANYTHING, max_size=3)


IDS = st.integers(1, 30).map(str) | NUMBERS | WORDS

USERS = _item(
    {"id": IDS, "username": WORDS},
    {
        "name": WORDS,
        "description": WORDS,
        "created_at": TIMES,
        "protected": st.booleans(),
        "public_metrics": st.fixed_dictionaries({"followers_count": NUMBERS}),
        "withheld": st.fixed_dictionaries({"country_codes": st.lists(WORDS, max_size=2)}),
    },
)
REFERENCES = st.lists(
    st.fixed_dictionaries({"type": st.sampled_from(("retweeted", "quoted", "replied_to")) | ANYTHING, "id": IDS}),
    max_size=2,
)
TWEETS = _item(
    {"id": IDS, "text": WORDS, "author_id": IDS},
    {
        "created_at": TIMES,
        "referenced_tweets": REFERENCES,
        "author": USERS,
        "lang": WORDS,
        "note_tweet": st.fixed_dictionaries({"text": WORDS}),
        "attachments": st.fixed_dictionaries({"media_keys": st.lists(IDS, max_size=2)}),
        "geo": st.fixed_dictionaries({"place_id": IDS}),
        "entities": st.fixed_dictionaries({"mentions": st.lists(USERS, max_size=2)}),
        "in_reply_to_user_id": IDS,
    },
)
COMPLIANCE = _item({"id": IDS, "action": WORDS}, {"reason": WORDS, "redacted_at": TIMES, "created_at": TIMES})
PAGES = _item(
    {"data": st.lists(TWEETS | USERS, max_size=4)},
    {
        "includes": st.fixed_dictionaries({}, optional={"users": st.lists(USERS), "tweets": st.lists(TWEETS)}),
        "meta": ANYTHING,
        "errors": ANYTHING,
        "__twarc": st.fixed_dictionaries({"retrieved_at": TIMES}),
    },
)
#: What a line of X's JSON may be.
X_LINES = TWEETS | TWEETS | PAGES | USERS | COMPLIANCE | ANYTHING

PEERS = st.integers(1, 9).map("user{}".format) | st.sampled_from(("channel5", "chat5", "bot1")) | IDS
MESSAGES = _item(
    {"id": IDS, "type": st.sampled_from(("message", "message", "service", "unsupported"))},
    {
        "date_unixtime": TIMES,
        "date": TIMES,
        "from": WORDS,
        "from_id": PEERS,
        "actor_id": PEERS,
        "actor": WORDS,
        "action": st.sampled_from(("invite_members", "join_group_by_link", "")) | WORDS,
        "members": st.lists(WORDS | PEERS, max_size=2),
        "inviter": PEERS,
        "text": WORDS | st.lists(WORDS | st.fixed_dictionaries({"type": WORDS, "text": WORDS}), max_size=3),
        "text_entities": st.lists(st.fixed_dictionaries({"type": st.just("blockquote"), "text": WORDS}), max_size=2),
        "forwarded_from": WORDS,
        "forwarded_from_id": PEERS,
        "reply_to_message_id": IDS,
        "reply_to_peer_id": PEERS,
        "photo": WORDS,
        "file": WORDS,
        "file_name": WORDS,
        "contact_information": st.fixed_dictionaries({"first_name": WORDS, "phone_number": WORDS}),
        "poll": st.fixed_dictionaries({"question": WORDS}),
        "location_information": st.fixed_dictionaries({"latitude": NUMBERS, "longitude": NUMBERS}),
    },
)
CONTACTS = _item(
    {"first_name": WORDS, "phone_number": WORDS}, {"user_id": IDS, "last_name": WORDS, "date_unixtime": TIMES}
)
_KINDS = st.sampled_from(
    ("saved_messages", "replies", "verification_codes", "personal_chat", "bot_chat", "private_group",
     "private_supergroup", "public_supergroup", "private_channel", "public_channel", "unheard_of")
)  # fmt: skip


@st.composite
def telegram_chats(draw: st.DrawFn) -> tuple[str, int]:
    """Draw an export of one chat as JSON text, and how many messages it has."""
    messages = draw(st.lists(MESSAGES | MESSAGES | ANYTHING, max_size=5))
    chat = {"name": draw(WORDS), "type": draw(_KINDS), "id": draw(IDS), "messages": messages}
    keys = draw(st.permutations(list(chat)))
    return json.dumps({key: chat[key] for key in keys}), len(messages)


@st.composite
def telegram_accounts(draw: st.DrawFn) -> tuple[str, int]:
    """Draw an export of a whole account as JSON text, and how many messages and contacts it has."""
    contacts = draw(st.lists(CONTACTS | ANYTHING, max_size=3))
    chats = [
        {"type": draw(_KINDS), "id": draw(IDS), "messages": draw(st.lists(MESSAGES, max_size=3))}
        for _ in range(draw(st.integers(0, 3)))
    ]
    export = {
        "personal_information": draw(_maybe(st.fixed_dictionaries({"user_id": IDS, "bio": WORDS}))),
        "contacts": {"about": "", "list": contacts},
        "chats": {"about": "", "list": chats},
    }
    keys = draw(st.permutations(list(export)))
    rows = len(contacts) + sum(len(chat["messages"]) for chat in chats)
    return json.dumps({key: export[key] for key in keys}), rows


def _cells(column: str) -> st.SearchStrategy[str]:
    if column.endswith("_at") or column.startswith("timestamp"):
        return TIMES
    if column in {"stance", "repost_kind"}:
        return st.sampled_from((*STANCES, *get_args(RepostKind), "", "offr")) | WORDS
    return st.integers(1, 30).map(str) | WORDS


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, int]:
    """Draw a table of any of the columns that are known, as CSV text, and how many rows it has."""
    more = draw(st.lists(st.sampled_from(sorted(COLUMNS)), unique=True, max_size=8))
    header = list(dict.fromkeys([*draw(st.sampled_from((("account_id",), ("handle",), ("post_id", "text")))), *more]))
    return _table(draw, header)


@st.composite
def shares(draw: st.DrawFn) -> tuple[str, int]:
    """Draw a table of CooRTweet's four columns as CSV text, and how many rows it has."""
    return _table(draw, list(SHARES))


def _table(draw: st.DrawFn, header: list[str]) -> tuple[str, int]:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=draw(st.sampled_from(",;\t")), quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    rows = draw(st.lists(st.tuples(*map(_cells, header)), max_size=6))
    writer.writerows(rows)
    return written.getvalue(), len(rows)


MOMENTS = st.none() | st.builds(
    Moment,
    st.integers(EARLIEST_US, LATEST_US),
    st.sampled_from(("second", "minute", "day")),
    st.booleans(),
)
#: Any text that is text: no halves of pairs, which Python has and no file and no case.
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
_ID = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_PLATFORMS = st.sampled_from(("x", "telegram", "unknown"))
ACCOUNTS = st.builds(
    Account,
    platform=_PLATFORMS,
    native_id=_ID,
    handle=TEXTS,
    display_name=TEXTS,
    bio=TEXTS,
    country=TEXTS,
    status=TEXTS,
    phone=TEXTS,
    url=TEXTS,
    followers=st.none() | st.integers(0, 2**63 - 1),
    created_at=MOMENTS,
    collector=st.booleans(),
    private=st.booleans(),
    seen_at=MOMENTS,
)
POSTS = st.builds(
    Post,
    platform=_PLATFORMS,
    native_id=_ID,
    account_id=TEXTS,
    chat_id=TEXTS,
    kind=st.sampled_from(get_args(PostKind)),
    text=TEXTS,
    at=MOMENTS,
    country=TEXTS,
    language=TEXTS,
    reply_to=TEXTS,
    url=TEXTS,
    media=TEXTS,
    contact_name=TEXTS,
    contact_phone=TEXTS,
    stance=st.none() | st.sampled_from(STANCES),
    status=TEXTS,
    seen_at=MOMENTS,
)
REPOSTS = st.builds(
    Repost,
    account_id=_ID,
    content_id=_ID,
    object_id=_ID,
    kind=st.sampled_from(get_args(RepostKind)),
    at=MOMENTS,
    object_account_id=TEXTS,
    object_name=TEXTS,
)
CHATS = st.builds(
    Chat,
    platform=_PLATFORMS,
    native_id=_ID,
    kind=st.none() | st.sampled_from(get_args(ChatKind)),
    title=TEXTS,
    handle=TEXTS,
    seen_at=MOMENTS,
)
RELATIONS = st.builds(
    Relation,
    subject_id=_ID,
    object_id=_ID,
    kind=_ID,
    asserted_by=TEXTS,
    name=TEXTS,
    phone=TEXTS,
    private=st.booleans(),
    at=MOMENTS,
)
RECORDS: st.SearchStrategy[Record] = st.one_of(ACCOUNTS, POSTS, REPOSTS, CHATS, RELATIONS)

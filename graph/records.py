"""The records that loaders make and a case keeps.

A record states what one item of a source says, and nothing that was concluded from it. All are frozen,
slotted and keyword-only; an absent value is ``None``, never ``""`` or 0. Each makes its own id in one place,
the property ``id``. Field names are the column names of the case's tables (``graph/schema.py``).
"""

from __future__ import annotations

import re
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal, NamedTuple, TypeAlias, TypeVar

Precision = Literal["second", "minute", "day"]
PostKind = Literal["post", "reply", "quote", "repost"]
RepostKind = Literal["share", "retweet", "forward", "quote", "duet"]
Stance = Literal["offer", "ask", "information", "quotation"]
STANCES: tuple[Stance, ...] = ("offer", "ask", "information", "quotation")
ChatKind = Literal["personal", "bot", "saved", "group", "channel"]
#: Chats between two people or with oneself: never shown, linked or published unless asked for.
PRIVATE_CHATS: frozenset[ChatKind] = frozenset({"personal", "bot", "saved"})
UNKNOWN_PLATFORM = "unknown"
#: In which order dates may have day, month and year.
DATE_ORDERS = ("dmy", "mdy", "ymd", "ydm")
PRECISION_SECONDS: dict[Precision, int] = {"second": 1, "minute": 60, "day": 86_400}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLATFORM = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class Moment(NamedTuple):
    """A time as a source gives it.

    ``us`` is microseconds since 1970-01-01 UTC (negative before); ``precision`` is what the source resolves;
    ``zone_known`` is False where the zone was assumed (from ``--timezone``, or UTC by default).
    """

    us: int
    precision: Precision = "second"
    zone_known: bool = True

    @classmethod
    def of(cls, when: datetime, precision: Precision = "second", zone_known: bool = True) -> Moment:
        """Take an aware ``datetime``; a naive one is a ``ValueError``, because a guess would be silent."""
        if when.tzinfo is None:
            raise ValueError("a time without a zone; say which one with --timezone")
        since = when - _EPOCH
        return cls((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds, precision, zone_known)

    def utc(self) -> datetime:
        """Return an aware ``datetime`` in UTC."""
        return _EPOCH + timedelta(microseconds=self.us)


def platform_name(text: str) -> str:
    """Return the platform's name as ids carry it: lower case, ``a-z 0-9 _ -``, 32 characters at most.

    Raises ``ValueError`` for anything else, so that a name can never run into the ``:`` of an id.
    """
    name = text.strip().lower()
    if not _PLATFORM.fullmatch(name):
        raise ValueError(f"{text!r} is no platform's name: use letters, digits, - and _ (32 at most)")
    return name


def scoped_id(platform: str, native_id: str) -> str:
    """Return ``platform:native_id``, the id by which a case and a graph know an account, post or chat."""
    return f"{platform}:{native_id}"


def bare_handle(text: str) -> str:
    """Return a handle without its leading ``@``, in lower case: platforms compare handles so."""
    return text.strip().removeprefix("@").lower()


_Made = TypeVar("_Made")


def _made_quickly(record_type: type[_Made]) -> type[_Made]:
    """Give a frozen dataclass an ``__init__`` that takes a third of the time, and leave all else as it is.

    Python sets each field of a frozen dataclass by a call; a post has twenty, and that was a fifth of all loading. Here
    the new record is of a class with the same slots that is not frozen while its fields are set.
    """
    told = fields(record_type)  # type: ignore[arg-type] # a dataclass, as said
    given = {f"_default_{each.name}": each.default for each in told if each.default is not MISSING}
    parameters = (f"{n}=_default_{n}" if f"_default_{n}" in given else n for n in (each.name for each in told))
    lines = [
        f"def __init__(self, *, {', '.join(parameters)}):",
        "set_unfrozen(self, '__class__', open_type)",
        *(f"self.{each.name} = {each.name}" for each in told),
        "self.__class__ = record_type",
        *(["self.__post_init__()"] if hasattr(record_type, "__post_init__") else []),
    ]
    open_type = type(record_type.__name__, (), {"__slots__": tuple(each.name for each in told)})
    space = given | {"set_unfrozen": object.__setattr__, "open_type": open_type, "record_type": record_type}
    exec("\n    ".join(lines), space)  # noqa: S102 - as dataclasses does it; all names are those of fields
    record_type.__init__ = space["__init__"]  # type: ignore[method-assign] # with the same parameters
    return record_type


@_made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as one source shows it.

    ``native_id`` is the platform's own unique id where the source gives it; else ``handle`` identifies the account.
    ``display_name`` never does. ``phone`` is a number the platform itself gives for the account (a WhatsApp sender),
    as written. ``country`` is ISO 3166-1 alpha-2. ``collector`` marks the person who exported the data; ``private``
    says that only their address book or a private chat shows this account: both are kept, and never linked or shown
    unless asked for. ``links`` are those that its profile shows. ``seen_at`` is when the source saw this version, if it
    says so.
    """

    table: ClassVar[str] = "account"
    platform: str
    native_id: str | None = None
    handle: str | None = None
    display_name: str | None = None
    bio: str | None = None
    country: str | None = None
    status: str | None = None
    phone: str | None = None
    url: str | None = None
    followers: int | None = None
    created_at: Moment | None = None
    collector: bool = False
    private: bool = False
    links: tuple[str, ...] = ()
    seen_at: Moment | None = None

    def __post_init__(self) -> None:
        if not (self.native_id or self.handle):
            raise ValueError("an account needs an id or a handle")

    @property
    def id(self) -> str:
        """``platform:`` and the platform's own id, or the bare handle where no id is known."""
        return scoped_id(self.platform, self.native_id or bare_handle(self.handle or ""))


@_made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post, message or video with its text as written.

    ``native_id`` is unique on the platform (a Telegram message: ``chat/number``). ``account_id`` is its author's
    scoped id, ``None`` where the source does not tell. ``kind`` is ``repost`` where the whole text is another's.
    ``quoted_spans`` are the character spans of ``text`` that quote somebody (block quotes), flat: start, end,
    start, end. ``contact_name`` and ``contact_phone`` are a contact card's, as written. ``stance`` is what the source
    itself says of the post (a reviewed column), not what clew concludes. ``links`` are where its links lead, as far as
    the text does not show that (``text_link`` in Telegram, what a short link stands for). ``media_digests`` tell its
    media from others: a digest of the bytes, or the platform's own id of them. ``sound_id`` is the platform's id of the
    music or sound under a video, without the platform's name.
    """

    table: ClassVar[str] = "post"
    platform: str
    native_id: str
    account_id: str | None = None
    chat_id: str | None = None
    kind: PostKind = "post"
    text: str | None = None
    quoted_spans: tuple[int, ...] = ()
    at: Moment | None = None
    country: str | None = None
    language: str | None = None
    reply_to: str | None = None
    url: str | None = None
    media: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    stance: Stance | None = None
    status: str | None = None
    links: tuple[str, ...] = ()
    media_digests: tuple[str, ...] = ()
    sound_id: str | None = None
    seen_at: Moment | None = None

    @property
    def id(self) -> str:
        """``platform:native_id``."""
        return scoped_id(self.platform, self.native_id)


@_made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Repost:
    """One account passed one object on: a retweet, forward, share or duet.

    ``content_id`` is the scoped id of the post that did it, ``object_id`` of what was passed on. The four of account,
    content, object and time are its identity: one content can carry two objects. ``object_account_id`` is the object's
    author if known; ``object_name`` what the source calls the author where it gives no id (never an identity).
    """

    table: ClassVar[str] = "repost"
    account_id: str
    content_id: str
    object_id: str
    kind: RepostKind = "share"
    at: Moment | None = None
    object_account_id: str | None = None
    object_name: str | None = None

    @property
    def id(self) -> str:
        """The content and the object; with the account and time of the row, unique."""
        return f"{self.content_id}>{self.object_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A group, channel or private conversation in which posts stand; ``invite`` is the link by which one joins it."""

    table: ClassVar[str] = "chat"
    platform: str
    native_id: str
    kind: ChatKind | None = None
    title: str | None = None
    handle: str | None = None
    invite: str | None = None
    seen_at: Moment | None = None

    @property
    def id(self) -> str:
        """``platform:native_id``."""
        return scoped_id(self.platform, self.native_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A link that a source itself asserts, with who says so: an address book entry, an invitation.

    ``subject_id`` and ``object_id`` are account ids; ``asserted_by`` is the account or body that says it, ``None`` for
    the platform. ``private`` marks the collector's own address book, which is kept but never linked or shown.
    """

    table: ClassVar[str] = "relation"
    subject_id: str
    object_id: str
    kind: str
    asserted_by: str | None = None
    name: str | None = None
    phone: str | None = None
    private: bool = False
    at: Moment | None = None

    @property
    def id(self) -> str:
        """Subject, kind and object."""
        return f"{self.subject_id} {self.kind} {self.object_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A row that is no record, and why. A value, not an exception: it costs the row, never the load.

    ``line`` counts from 1 in the source; for a JSON document, which has no lines worth counting, it is the ordinal
    of the item. ``row`` is the start of what was read, for whoever looks into it; ``None`` where nothing was readable.
    ``more_lost`` says that it stands for more than one row, because the file breaks off or a quote swallowed what
    follows: that is told aloud.
    """

    line: int
    reason: str
    row: str | None = None
    more_lost: bool = False


Record: TypeAlias = Account | Post | Repost | Chat | Relation
RECORD_TYPES: tuple[type[Record], ...] = (Account, Post, Repost, Chat, Relation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as it was given: what it is, and what the investigator said of it.

    ``sha256`` is of the bytes on disk (before decompression); of a server's answer, of its columns and rows. ``region``
    (ISO 3166-1 alpha-2) says where national phone numbers in it are dialled from; ``timezone`` (IANA) where its naive
    times belong; ``platform`` which platform its ids are of where the format does not tell. ``columns`` maps clew's
    column names to the file's (``--map``).
    ``collector`` is the account that exported the file, by the id, handle, number or name that it has there, where the
    file does not tell (``--collector``), ``dates`` the order in which its dates have day, month and year (one of
    ``DATE_ORDERS``, ``--dates``); both are no facts about the file and are not kept.
    """

    name: str
    sha256: str
    size: int
    format: str
    region: str | None = None
    timezone: str | None = None
    platform: str | None = None
    columns: tuple[tuple[str, str], ...] = ()
    collector: str | None = None
    dates: str | None = None


class ReadRow(NamedTuple):
    """What one row of a source came to: its line, the records it makes, and what was wrong with it if anything."""

    line: int
    records: tuple[Record, ...]
    rejection: Rejection | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A value found in a text, by which rule and where.

    ``value`` is normalised (a phone in E.164), ``None`` where undecided: then ``candidates`` has what it may be, and it
    makes no link. ``start`` and ``end`` count characters (code points) of the text as written, half open.
    """

    kind: str
    value: str | None
    as_written: str
    start: int
    end: int
    rule: str
    candidates: tuple[str, ...] = ()


class Evidence(NamedTuple):
    """Why something is said of a text: what, the characters as written that say so (half open), and by which rule."""

    what: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStance:
    """What a text does, as rules read it: it offers, asks, informs, or none of these.

    ``stance`` is offer, ask, information or other; ``score`` from 0 to 1 how sure the rules are of it among the four.
    ``signals`` are sorted; ``places`` are the countries (ISO 3166-1 alpha-2) that it names and ``prices`` the amounts
    with their currencies (ISO 4217, absent where no currency is known), in their order, once each. ``recommends`` says
    that an offer only recommends a seller. ``because`` are the words that decided the stance, in the form in which
    lexicons compare them; ``evidence``, where it was asked for, says where these and the words of each signal stand.
    """

    stance: str
    score: float
    signals: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    prices: tuple[str, ...] = ()
    recommends: bool = False
    because: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

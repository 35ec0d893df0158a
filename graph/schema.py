"""The model: what a case keeps and what the graph shows, as data.

The DuckDB tables, the graph's constraints, the publish statements and the schema page of the docs are all made
from this file. Every column and property has one sentence. ``VERSION`` counts the case's schema; a change of a
table needs a step in ``MIGRATIONS``.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The schema of the tables below. A case that says more was written by a newer clew and is refused.
VERSION = 4

#: ``{version: statements that lead from it to the next}``.
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: ("ALTER TABLE run ADD COLUMN last_load INTEGER", "ALTER TABLE run ADD COLUMN last_judgement INTEGER"),
    2: (
        "ALTER TABLE account ADD COLUMN links VARCHAR[]",
        "ALTER TABLE post ADD COLUMN links VARCHAR[]",
        "ALTER TABLE post ADD COLUMN media_digests VARCHAR[]",
        "ALTER TABLE post ADD COLUMN sound_id VARCHAR",
        "ALTER TABLE chat ADD COLUMN invite VARCHAR",
    ),
    3: (
        """CREATE TABLE text_stance (run_id INTEGER, digest BLOB USING COMPRESSION uncompressed, record_type VARCHAR,
        record_id VARCHAR, account_id VARCHAR, place VARCHAR, stance VARCHAR, score DOUBLE, signals VARCHAR[],
        places VARCHAR[], prices VARCHAR[], recommends BOOLEAN, because VARCHAR[])""",
    ),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its DuckDB type, and what it means (absent is NULL).

    ``since`` is the schema's version that brought it. What an observation's later columns do not state is no part of
    its digest, so that a file loaded before they came is known when it is loaded again.
    """

    name: str
    type: str
    meaning: str
    since: int = 1

    @property
    def ddl(self) -> str:
        """What a table's statement says of it. A digest is random: to look how it packs is lost time."""
        return f"{self.name} {self.type}" + (" USING COMPRESSION uncompressed" if self.name == "digest" else "")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the case. A table of observations holds one row a *version* of a record, found by its digest."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def ddl(self) -> str:
        """The statement that makes it."""
        return f"CREATE TABLE {self.name} ({', '.join(column.ddl for column in self.columns)})"

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(c.name for c in self.columns)

    @property
    def stated(self) -> tuple[Column, ...]:
        """Of an observation, the columns that say what the source says: all but digest, source and line."""
        return self.columns[3:]

    @property
    def first_stated(self) -> int:
        """How many of these there were in the first version of the schema."""
        return sum(column.since == 1 for column in self.stated)


def _columns(*rows: tuple[str, str, str] | tuple[str, str, str, int]) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in rows)


def _observed(*rows: tuple[str, str, str] | tuple[str, str, str, int]) -> tuple[Column, ...]:
    """Columns of an observation: its digest and where it was first seen come before what it states."""
    return _columns(
        ("digest", "BLOB", "the first 16 bytes of SHA-256 over what is stated; one version of a record"),
        ("source_id", "INTEGER", "the file that stated it first"),
        ("line", "BIGINT", "where in that file"),
        *rows,
    )


_AT = (
    ("at_us", "BIGINT", "when, microseconds since 1970 UTC"),
    ("at_precision", "VARCHAR", "second, minute or day: what the source resolves"),
    ("at_zone_known", "BOOLEAN", "false where the time zone was assumed"),
)

OBSERVATIONS = (
    Table(
        "account",
        "an account as a source showed it",
        _observed(
            ("id", "VARCHAR", "platform:native id, or platform:handle where no id is known"),
            ("platform", "VARCHAR", "x, telegram, tiktok, …, or unknown"),
            ("native_id", "VARCHAR", "the platform's own unique id"),
            ("handle", "VARCHAR", "the unique name it had then, as written"),
            ("display_name", "VARCHAR", "the name it showed; never an identity"),
            ("bio", "VARCHAR", "its description, as written"),
            ("country", "VARCHAR", "ISO 3166-1 alpha-2, where the source gives one"),
            ("status", "VARCHAR", "what the platform says of it: active, closed, …"),
            ("phone", "VARCHAR", "a number the platform itself gives for it, as written"),
            ("url", "VARCHAR", "its page"),
            ("followers", "BIGINT", "how many follow it"),
            ("created_us", "BIGINT", "when it was made, microseconds since 1970 UTC"),
            ("collector", "BOOLEAN", "true for the person who exported the data"),
            ("private", "BOOLEAN", "true where only the collector's address book or a private chat shows it"),
            ("links", "VARCHAR[]", "the links that its profile shows, as the source has them", 3),
        ),
    ),
    Table(
        "post",
        "a post, message or video as a source showed it",
        _observed(
            ("id", "VARCHAR", "platform:native id"),
            ("platform", "VARCHAR", "where it stands"),
            ("native_id", "VARCHAR", "the platform's own id"),
            ("account_id", "VARCHAR", "its author; absent where the source does not tell"),
            ("chat_id", "VARCHAR", "the chat it stands in"),
            ("kind", "VARCHAR", "post, reply, quote, or repost where the whole text is another's"),
            ("text", "VARCHAR", "as written"),
            ("quoted_spans", "INTEGER[]", "character spans of the text that quote somebody: start, end, start, end"),
            *_AT,
            ("country", "VARCHAR", "ISO 3166-1 alpha-2"),
            ("language", "VARCHAR", "as the source says"),
            ("reply_to", "VARCHAR", "the post it answers"),
            ("url", "VARCHAR", "its page"),
            ("media", "VARCHAR", "what is attached, by name or kind"),
            ("contact_name", "VARCHAR", "the name on a contact card"),
            ("contact_phone", "VARCHAR", "the number on a contact card, as written"),
            ("stance", "VARCHAR", "offer, ask, information or quotation, where the source was reviewed"),
            ("status", "VARCHAR", "what the platform says of it"),
            ("links", "VARCHAR[]", "where its links lead, as far as the source tells that apart from the text", 3),
            ("media_digests", "VARCHAR[]", "what tells its media from others: digests or the platform's own ids", 3),
            ("sound_id", "VARCHAR", "the platform's id of the sound or music under it", 3),
        ),
    ),
    Table(
        "repost",
        "one account passed one object on",
        _observed(
            ("id", "VARCHAR", "content id > object id"),
            ("account_id", "VARCHAR", "who passed it on"),
            ("content_id", "VARCHAR", "the post that did it"),
            ("object_id", "VARCHAR", "what was passed on"),
            ("kind", "VARCHAR", "share, retweet, forward, quote or duet"),
            *_AT,
            ("object_account_id", "VARCHAR", "the object's author, if known"),
            ("object_name", "VARCHAR", "what the source calls the author where it gives no id"),
        ),
    ),
    Table(
        "chat",
        "a group, channel or private conversation as a source showed it",
        _observed(
            ("id", "VARCHAR", "platform:native id"),
            ("platform", "VARCHAR", "where it is"),
            ("native_id", "VARCHAR", "the platform's own id"),
            ("kind", "VARCHAR", "personal, bot, saved, group or channel"),
            ("title", "VARCHAR", "its name"),
            ("handle", "VARCHAR", "its public handle"),
            ("invite", "VARCHAR", "the link by which one joins it, as the source has it", 3),
        ),
    ),
    Table(
        "relation",
        "a link between accounts that a source itself asserts",
        _observed(
            ("id", "VARCHAR", "subject, kind, object"),
            ("subject_id", "VARCHAR", "the account it starts from"),
            ("object_id", "VARCHAR", "the account it leads to"),
            ("kind", "VARCHAR", "contact, invited, …"),
            ("asserted_by", "VARCHAR", "who says so; absent: the platform"),
            ("name", "VARCHAR", "the name used there"),
            ("phone", "VARCHAR", "the number used there, as written"),
            ("private", "BOOLEAN", "true for the collector's own address book"),
            *_AT,
        ),
    ),
)

LEDGER = (
    Table(
        "source",
        "a file that was loaded, by its content",
        _columns(
            ("source_id", "INTEGER", "its number in this case"),
            ("sha256", "VARCHAR", "of its bytes; of a server's answer, of its columns and rows"),
            ("name", "VARCHAR", "its name when last loaded; of a folder's or an archive's file, FOLDER/PATH"),
            ("size", "BIGINT", "bytes"),
            ("format", "VARCHAR", "the loader that read it"),
            ("region", "VARCHAR", "where its national phone numbers are dialled from"),
            ("timezone", "VARCHAR", "where its naive times belong"),
            ("platform", "VARCHAR", "the platform given for it"),
        ),
    ),
    Table(
        "load",
        "one time that a file was loaded; read = new + known + rejected",
        _columns(
            ("load_id", "INTEGER", "counts from 1"),
            ("source_id", "INTEGER", "the file"),
            ("loaded_at", "TIMESTAMPTZ", "when"),
            ("clew_version", "VARCHAR", "which clew did it"),
            ("columns", "VARCHAR", "the mapping given with --map, as JSON"),
            ("read", "BIGINT", "rows of the source"),
            ("new", "BIGINT", "rows that added something"),
            ("known", "BIGINT", "rows that added nothing"),
            ("rejected", "BIGINT", "rows that are no record"),
            ("contradictions", "BIGINT", "records of which this file gives two versions"),
        ),
    ),
    Table(
        "sighting",
        "a version of a record seen in a file: its first line there, and when the file says it saw it",
        _columns(
            ("digest", "BLOB", "the version"),
            ("source_id", "INTEGER", "the file"),
            ("load_id", "INTEGER", "the load that saw it first there"),
            ("line", "BIGINT", "the first line, or item of a JSON document, counted from 1"),
            ("seen_us", "BIGINT", "the latest time the file saw it, microseconds since 1970 UTC"),
        ),
    ),
    Table(
        "rejection",
        "a row that is no record, and why",
        _columns(
            ("load_id", "INTEGER", "the load"),
            ("line", "BIGINT", "where in the file"),
            ("reason", "VARCHAR", "why"),
            ("row", "VARCHAR", "the start of what was read"),
        ),
    ),
    Table(
        "judgement",
        "what an analyst decided; the latest of a subject and kind counts",
        _columns(
            ("judgement_id", "INTEGER", "counts from 1"),
            ("subject", "VARCHAR", "the id of the post or account"),
            ("kind", "VARCHAR", "stance (of a post) or set_aside (of an account)"),
            ("value", "VARCHAR", "a stance, or yes / no; absent takes the judgement back"),
            ("judged_by", "VARCHAR", "who"),
            ("note", "VARCHAR", "why"),
            ("judged_at", "TIMESTAMPTZ", "when"),
        ),
    ),
)

DERIVED = (
    Table(
        "run",
        "one derivation: its step, what it built on, and every parameter",
        _columns(
            ("run_id", "INTEGER", "counts from 1"),
            ("step", "VARCHAR", "extract, links or clusters"),
            ("parent", "INTEGER", "the run it built on"),
            ("parameters", "VARCHAR", "as JSON, defaults included"),
            ("counts", "VARCHAR", "what it found, as JSON"),
            ("content_hash", "VARCHAR", "of what the case held then"),
            ("derived_hash", "VARCHAR", "of all that the chain up to this run derived"),
            ("started_at", "TIMESTAMPTZ", "when"),
            ("finished_at", "TIMESTAMPTZ", "when"),
            ("clew_version", "VARCHAR", "which clew did it"),
            ("last_load", "INTEGER", "the latest load that it knew of"),
            ("last_judgement", "INTEGER", "the latest judgement that it knew of"),
        ),
    ),
    Table(
        "mention",
        "a value found in a text",
        _columns(
            ("run_id", "INTEGER", "the extraction"),
            ("digest", "BLOB", "the version of the record it stands in"),
            ("record_type", "VARCHAR", "account, post or chat"),
            ("record_id", "VARCHAR", "the account, post or chat"),
            ("account_id", "VARCHAR", "whose text it is"),
            (
                "place",
                "VARCHAR",
                "bio, post, reply, contact_card, sender, link, profile_link, chat_invite, quoted or reposted",
            ),
            ("kind", "VARCHAR", "phone, invite, handle, email, payment, crypto or url"),
            ("value", "VARCHAR", "normalised, a phone in E.164; absent where undecided"),
            ("candidates", "VARCHAR[]", "what it may be, where undecided"),
            ("as_written", "VARCHAR", "the text of the span"),
            ("start", "INTEGER", "first character, counted from 0"),
            ("stop", "INTEGER", "one past the last character"),
            ("rule", "VARCHAR", "what found it"),
        ),
    ),
    Table(
        "text_stance",
        "what a text does, as rules read it; a text without a row here does nothing of it",
        _columns(
            ("run_id", "INTEGER", "the extraction"),
            ("digest", "BLOB", "the version of the record whose text it is"),
            ("record_type", "VARCHAR", "account (its bio) or post"),
            ("record_id", "VARCHAR", "the account or post"),
            ("account_id", "VARCHAR", "whose text it is"),
            ("place", "VARCHAR", "bio, post, reply or reposted"),
            ("stance", "VARCHAR", "offer, ask, information or other"),
            ("score", "DOUBLE", "how sure the rules are of it, 0 to 1"),
            ("signals", "VARCHAR[]", "what else it says, such as price or route; sorted"),
            ("places", "VARCHAR[]", "the countries that it names, ISO 3166-1 alpha-2"),
            ("prices", "VARCHAR[]", "its amounts with their currencies, ISO 4217"),
            ("recommends", "BOOLEAN", "an offer that only recommends a seller"),
            ("because", "VARCHAR[]", "the words that decided the stance, in the form in which lexicons compare them"),
        ),
    ),
    Table(
        "link",
        "two accounts and why they are linked; account_a < account_b",
        _columns(
            ("run_id", "INTEGER", "the run of the step links"),
            ("account_a", "VARCHAR", "the smaller id"),
            ("account_b", "VARCHAR", "the larger id"),
            ("kind", "VARCHAR", "shared_phone, shared_invite, co_repost, …"),
            ("weight", "DOUBLE", "the kind's own published weight"),
            ("strength", "DOUBLE", "how much it counts in clustering: less where many share the reason"),
            ("pairs", "BIGINT", "how many coincidences stand behind it"),
            ("via", "VARCHAR[]", "the values or objects shared"),
            ("evidence", "VARCHAR[]", "ids of the records behind it"),
            ("first_us", "BIGINT", "earliest evidence, microseconds since 1970 UTC"),
            ("last_us", "BIGINT", "latest evidence"),
        ),
    ),
    Table(
        "left_out_value",
        "a value that would have linked too many, or is a help line: headlined, never lost",
        _columns(
            ("run_id", "INTEGER", "the run of the step links"),
            ("kind", "VARCHAR", "the kind of link it would have made"),
            ("value", "VARCHAR", "the number, invite, …"),
            ("holders", "BIGINT", "how many accounts hold it"),
            ("reason", "VARCHAR", "too many holders, or help line"),
        ),
    ),
    Table(
        "cluster",
        "a likely network",
        _columns(
            ("run_id", "INTEGER", "the run of the step clusters"),
            ("cluster_id", "VARCHAR", "c- and ten hex digits made from its rank 1 account"),
            ("size", "BIGINT", "members"),
            ("links", "BIGINT", "links between members"),
            ("strength", "DOUBLE", "their strength, summed"),
        ),
    ),
    Table(
        "membership",
        "an account's place in a cluster",
        _columns(
            ("run_id", "INTEGER", "the run of the step clusters"),
            ("cluster_id", "VARCHAR", "the cluster"),
            ("account_id", "VARCHAR", "the account"),
            ("role", "VARCHAR", "key (it hangs on this account; a network of equals has none), bridge or member"),
            ("rank", "INTEGER", "1 is the account the cluster hangs on most"),
            ("score", "DOUBLE", "how much of the cluster passes through it, 0 to 1"),
        ),
    ),
)

META = Table(
    "clew_case",
    "what this file is",
    _columns(
        ("schema_version", "INTEGER", "see graph/schema.py"),
        ("case_id", "VARCHAR", "random; names the case in Neo4j"),
        ("created_at", "TIMESTAMPTZ", "when"),
        ("clew_version", "VARCHAR", "which clew made it"),
    ),
)

TABLES = (META, *LEDGER, *OBSERVATIONS, *DERIVED)

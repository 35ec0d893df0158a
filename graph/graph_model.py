"""The graph's half of the model: each label, relationship and property as data, and where a case has it.

Constraints, the statements of a publish (``graph/neo4j_statements.py``) and ``docs/schema.md`` are made from this
file. ``sql`` reads the views that every output reads (``graph/views.py``).

Whose a fact is
---------------
Two cases can share a server, and with it accounts, posts and numbers. So each fact says who holds it:

- *Own* facts (what was derived) carry ``case`` and belong to it alone.
- *Shared* facts (what was observed) carry ``cases``, the ids of the cases that hold them. A property is given by the
  first case, or by a later one where it was absent: ``givers`` then has ``"property case"``. Only its giver changes a
  property. Who lets go takes off its id and what it gave, and the last one deletes.
- What was on the server before clew came and has the same key is joined, not taken: ``givers`` has ``"property -"`` for
  each property it had, and nobody writes those. When the last case lets go, it is again what it was.
- A node of ours that somebody else has attached relationships, properties or labels to stays as a bare key
  (``cases`` is then empty).
"""

from __future__ import annotations

from graph.graph_kinds import Node, Relationship, Type
from graph.graph_kinds import properties as _of

_SEEN = _of(
    ("first_seen", "DATETIME", "time of the earliest evidence", "first_us"),
    ("last_seen", "DATETIME", "time of the latest evidence", "last_us"),
)
_AT = _of(
    ("at_precision", "STRING", "second, minute or day: what the source resolves"),
    ("at_zone_known", "BOOLEAN", "false where the time zone was assumed"),
)
_LINE = _of(("line", "INTEGER", "where in the source, counted from 1"))

#: What is found in texts: second label, kinds of mention, what it is, what its value is, further properties.
_IDENTIFIERS: tuple[tuple[str, tuple[str, ...], str, str, tuple[tuple[str, Type, str, str], ...]], ...] = (
    (
        "Phone",
        ("phone",),
        "a phone number that stands in a text",
        "the number in E.164",
        (("e164", "STRING", "the number in E.164", "value"),),
    ),
    (
        "Invite",
        ("invite",),
        "a way into a group, channel or conversation",
        "as in t.me/+AbC, t.me/name, chat.whatsapp.com/ID, wa.me/DIGITS",
        (("url", "STRING", "the link that leads there", "concat('https://', value)"),),
    ),
    ("Handle", ("handle",), "a name on another platform", "platform:name", ()),
    ("Email", ("email",), "an e-mail address", "the address in lower case", ()),
    ("Payment", ("payment", "crypto"), "where money is to go", "paypal:name, iban:…, btc:address, …", ()),
    ("Url", ("url",), "any other link", "without scheme, www. and tracking", ()),
)

NODES: tuple[Node, ...] = (
    Node(
        labels=("Case",),
        meaning="what was published together, with the parameters that it was derived by",
        key=_of(("id", "STRING", "names the case; facts derived in it carry it as `case`", "case_id")),
        properties=_of(
            ("name", "STRING", "its file's name, without folders and ending"),
            ("extract_parameters", "STRING", "how values were found in texts, as JSON"),
            ("links_parameters", "STRING", "how links were made, as JSON"),
            ("clusters_parameters", "STRING", "how clusters were found, as JSON"),
            ("content_hash", "STRING", "of what the case had observed"),
            ("derived_hash", "STRING", "of what was derived from it"),
        ),
        sql="SELECT * FROM run_facts",
        own=True,
    ),
    Node(
        labels=("Source",),
        meaning="a file that something was read from",
        key=_of(("sha256", "STRING", "of its bytes; of a server's answer, of its columns and rows")),
        properties=_of(
            ("name", "STRING", "its name; of a folder's or an archive's file, FOLDER/PATH"),
            ("size", "INTEGER", "bytes"),
            ("format", "STRING", "the loader that read it"),
            ("region", "STRING", "where its national phone numbers are dialled from"),
            ("timezone", "STRING", "where its naive times belong"),
            ("platform", "STRING", "the platform given for it"),
        ),
        sql="SELECT * FROM sources",
    ),
    Node(
        labels=("Chat",),
        meaning="a group, channel or conversation in which posts stand",
        key=_of(("id", "STRING", "platform:native id", "chat_id")),
        properties=_of(
            ("platform", "STRING", "where it is"),
            ("native_id", "STRING", "the platform's own id"),
            ("kind", "STRING", "personal, bot, saved, group or channel"),
            ("title", "STRING", "its name"),
            ("handle", "STRING", "its public handle"),
            ("invite", "STRING", "the link by which one joins it, as the source has it"),
        ),
        # A chat that no record describes still holds posts.
        sql="""SELECT chat_id, platform, native_id, kind, title, handle, invite FROM chats UNION ALL
               SELECT DISTINCT chat_id, NULL, NULL, NULL, NULL, NULL, NULL FROM posts
               WHERE chat_id IS NOT NULL AND chat_id NOT IN (SELECT chat_id FROM chats)""",
    ),
    Node(
        labels=("Account",),
        meaning="an account on a platform",
        key=_of(("id", "STRING", "platform:native id, or platform:handle where no id is known", "account_id")),
        properties=_of(
            ("platform", "STRING", "x, telegram, tiktok, …, or unknown"),
            ("native_id", "STRING", "the platform's own id"),
            ("handle", "STRING", "its unique name, as written"),
            ("display_name", "STRING", "the name it shows; never an identity"),
            ("bio", "STRING", "its description, as written"),
            ("country", "STRING", "ISO 3166-1 alpha-2, where the source gives one"),
            ("status", "STRING", "what the platform says of it"),
            ("phone", "STRING", "a number the platform itself gives for it, as written"),
            ("url", "STRING", "its page"),
            ("links", "STRINGS", "the links that its profile shows"),
            ("followers", "INTEGER", "how many follow it"),
            ("stance", "STRING", "offering, asking, informing or unknown, by all its texts; absent where none has any"),
            ("created_at", "DATETIME", "when it was made", "created_us"),
            ("collector", "BOOLEAN", "true for the person who exported the data", "nullif(collector, false)"),
            ("first_active", "DATETIME", "time of its earliest post or repost in the case", "first_us"),
            ("last_active", "DATETIME", "time of its latest", "last_us"),
        ),
        sql="SELECT * FROM accounts",
    ),
    Node(
        labels=("Post",),
        meaning="a post, message or video; only an id where just its reposts are known",
        key=_of(("id", "STRING", "platform:native id", "post_id")),
        properties=_of(
            ("platform", "STRING", "where it stands"),
            ("native_id", "STRING", "the platform's own id"),
            ("kind", "STRING", "post, reply, quote, or repost where the whole text is another's"),
            ("text", "STRING", "as written"),
            ("at", "DATETIME", "when", "at_us"),
        )
        + _AT
        + _of(
            ("country", "STRING", "ISO 3166-1 alpha-2"),
            ("language", "STRING", "as the source says"),
            ("reply_to", "STRING", "the post it answers"),
            ("url", "STRING", "its page"),
            ("media", "STRING", "what is attached, by name or kind"),
            ("contact_name", "STRING", "the name on a contact card"),
            ("contact_phone", "STRING", "the number on a contact card, as written"),
            ("stance", "STRING", "offer, ask, information or quotation"),
            ("stance_by", "STRING", "who says so: a judgement, its source or rules"),
            ("signals", "STRINGS", "what rules read in its text, such as price or route; sorted"),
            ("status", "STRING", "what the platform says of it"),
            ("links", "STRINGS", "where its links lead, as far as the source tells that apart from the text"),
            ("media_digests", "STRINGS", "what tells its media from others"),
            ("sound_id", "STRING", "the platform's id of the sound under it"),
        ),
        sql="""SELECT * FROM posts UNION ALL BY NAME
               SELECT DISTINCT object_id AS post_id FROM reposts WHERE object_id NOT IN (SELECT post_id FROM posts)""",
    ),
    *(
        Node(
            labels=("Identifier", label),
            meaning=meaning,
            key=_of(("kind", "STRING", " or ".join(kinds)), ("value", "STRING", value)),
            properties=_of(*further),
            sql=f"SELECT DISTINCT kind, value FROM mentions WHERE kind IN {(*kinds, '')} AND value IS NOT NULL",
        )
        for label, kinds, meaning, value, further in _IDENTIFIERS
    ),
    Node(
        labels=("Cluster",),
        meaning="a likely network; its case says by which method and parameters",
        key=_of(
            ("case", "STRING", "the case it was found in", "(SELECT case_id FROM run_facts)"),
            ("id", "STRING", "c- and ten hex digits, the same in every run that finds it", "cluster_id"),
        ),
        properties=_of(
            ("size", "INTEGER", "members"),
            ("links", "INTEGER", "links between members"),
            ("strength", "FLOAT", "their strength, summed"),
        ),
        sql="SELECT * FROM clusters",
        own=True,
    ),
)

_MENTION_KEY = _of(
    ("place", "STRING", "bio, post, reply, contact_card, sender, link, profile_link, chat_invite, quoted or reposted"),
    ("as_written", "STRING", "the text that was found"),
)
_MENTION = _of(
    ("stance", "STRING", "the text's: offer, ask, information or quotation"),
    ("rule", "STRING", "what found it"),
)
# A text can say one number twice; a post's versions can say it again.
_MENTIONS_OF = """SELECT DISTINCT ON (record_id, kind, value, place, as_written) * FROM mentions
                  WHERE value IS NOT NULL AND record_type = '{}'
                  ORDER BY record_id, kind, value, place, as_written, stance, rule"""

RELATIONSHIPS: tuple[Relationship, ...] = (
    Relationship(
        type="POSTED",
        start="Account",
        end="Post",
        start_columns=("account_id",),
        end_columns=("post_id",),
        meaning="the account is the post's author",
        sql="""SELECT account_id, post_id FROM posts WHERE account_id IS NOT NULL UNION
               SELECT object_account_id, object_id FROM reposts
               WHERE object_account_id IS NOT NULL
                     AND object_id NOT IN (SELECT post_id FROM posts WHERE account_id IS NOT NULL)""",
    ),
    Relationship(
        type="REPOSTED",
        start="Account",
        end="Post",
        start_columns=("account_id",),
        end_columns=("object_id",),
        meaning="the account passed the post on",
        key=_of(
            ("id", "STRING", "the post that did it; links name it in their evidence", "content_id"),
            ("at", "DATETIME", "when", "at_us"),
        ),
        properties=_of(("kind", "STRING", "share, retweet, forward, quote or duet"))
        + _of(
            ("at_precision", "STRING", "second, minute or day: what the source resolves"),
            ("at_zone_known", "BOOLEAN", "false where the time zone was assumed"),
            ("source", "STRING", "SHA-256 of the file", "source_sha256"),
            ("line", "INTEGER", "where in the file, counted from 1"),
        ),
        # Another file can say the same again.
        sql="""SELECT DISTINCT ON (account_id, content_id, object_id, at_us) * FROM reposts
               ORDER BY account_id, content_id, object_id, at_us, source_sha256, line""",
    ),
    Relationship(
        type="POSTED_IN",
        start="Post",
        end="Chat",
        start_columns=("post_id",),
        end_columns=("chat_id",),
        meaning="the post stands in the chat",
        sql="SELECT post_id, chat_id FROM posts WHERE chat_id IS NOT NULL",
    ),
    *(
        Relationship(
            type="MENTIONS",
            start=start,
            end="Identifier",
            start_columns=("record_id",),
            end_columns=("kind", "value"),
            meaning=f"the {start.lower()}'s text has it, which is not to say that the account holds it",
            key=_MENTION_KEY,
            properties=_MENTION,
            sql=_MENTIONS_OF.format(start.lower()),
            own=True,
        )
        for start in ("Account", "Post", "Chat")
    ),
    Relationship(
        type="HOLDS",
        start="Account",
        end="Identifier",
        start_columns=("account_id",),
        end_columns=("kind", "value"),
        meaning="it is the account's own: in its bio or offers, as sender, on its card, or its own name",
        properties=(*_SEEN, *_of(("evidence", "STRINGS", "ids of the accounts and posts that show it"))),
        sql="SELECT * FROM holds",
        own=True,
    ),
    Relationship(
        type="LINKED",
        start="Account",
        end="Account",
        start_columns=("account_a",),
        end_columns=("account_b",),
        meaning="two accounts have something in common; starts at the smaller id",
        key=_of(("kind", "STRING", "shared_phone, shared_invite, co_repost, …")),
        properties=_of(
            ("weight", "FLOAT", "as the kind of link defines it"),
            ("strength", "FLOAT", "how much it counts in clustering"),
            ("pairs", "INTEGER", "how many coincidences stand behind it"),
            ("via", "STRINGS", "the values or objects shared"),
            ("evidence", "STRINGS", "ids of the records behind it"),
        )
        + _SEEN,
        sql="SELECT * FROM links",
        own=True,
    ),
    Relationship(
        type="ASSERTED",
        start="Account",
        end="Account",
        start_columns=("subject_id",),
        end_columns=("object_id",),
        meaning="a source says so of the two accounts; no link of clew's",
        key=_of(
            ("kind", "STRING", "invited, contact, or as the source calls it"),
            ("asserted_by", "STRING", "who says so; absent: the platform"),
        ),
        properties=_of(
            ("name", "STRING", "the name used there"),
            ("at", "DATETIME", "when, the earliest time told", "at_us"),
        ),
        sql="SELECT * FROM relations",
    ),
    Relationship(
        type="MEMBER_OF",
        start="Account",
        end="Cluster",
        start_columns=("account_id",),
        end_columns=("(SELECT case_id FROM run_facts)", "cluster_id"),
        meaning="the account belongs to the likely network",
        properties=_of(
            ("role", "STRING", "key, bridge or member"),
            ("rank", "INTEGER", "1 is the account the cluster hangs on most"),
            ("score", "FLOAT", "how much of the cluster passes through it, 0 to 1"),
        ),
        sql="SELECT * FROM memberships",
        own=True,
    ),
    *(
        Relationship(
            type="FROM",
            start=start,
            end="Source",
            start_columns=(f"{start.lower()}_id",),
            end_columns=("source_sha256",),
            meaning=f"the file and line that the {start.lower()} was read from",
            properties=_LINE,
            sql=f"SELECT * FROM {start.lower()}s WHERE source_sha256 IS NOT NULL",
        )
        for start in ("Account", "Post", "Chat")
    ),
)

#: What clew notes on facts besides; see "Whose a fact is" above.
BOOKKEEPING = _of(
    (
        "cases",
        "STRINGS",
        "on what was observed: ids of the cases that hold it; the first gave what `givers` does not list",
    ),
    ("case", "STRING", "on what was derived: the case it belongs to"),
    (
        "givers",
        "STRINGS",
        "`property case` where a later case gave the property, `property -` where it was there before",
    ),
    ("complete", "BOOLEAN", "on a Case: false while a publish is under way or was interrupted; then publish again"),
)
#: Further indexes, for questions that start from another property than the key.
INDEXES: tuple[tuple[str, str], ...] = (
    ("Identifier", "value"),
    ("Phone", "e164"),
    ("Account", "handle"),
    ("Cluster", "id"),
)


def kinds_of(name: str) -> tuple[Node, ...]:
    """Return the kind of node with that name, or all kinds of which it is the first label."""
    return tuple(n for n in NODES if n.name == name or n.labels[0] == name)


def labels_of(name: str) -> tuple[str, ...]:
    """Return the labels that every node has which an end of a relationship with that name may be."""
    kinds = kinds_of(name)
    return kinds[0].labels if len(kinds) == 1 else (name,)

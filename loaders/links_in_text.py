"""The links in a text and what each identifies: a chat, a profile, where money goes, a number, or an address.

A link begins with a scheme, or it is a known host or a domain with a path. Texts are hostile: every search is bounded,
and what looks at a character looks at it a fixed number of times.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

import phonenumbers

from loaders.invites import Link, Meaning, telegram_name
from loaders.phones import find_contact
from loaders.profiles import HOSTS, MOBILE, REDIRECTS, SCHEMES
from loaders.web_addresses import SHORTENERS, Address, address, normalised, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.plain_spelling import Plain


class Found(NamedTuple):
    """What was found in a plain text: its kind and value, where, and by which rule."""

    kind: str
    value: str
    start: int
    end: int
    rule: str


_HOST_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-."
_LONGEST_HOST, _LONGEST_SCHEME = 120, 12
_HOST_ON = re.compile(r"(?:\.[a-z0-9-]{1,63}){0,5}\.([a-z0-9-]{1,63})(?::[0-9]{1,5}(?![0-9]))?")
_DOT_LETTER = re.compile(r"\.(?=[a-z])")
_SCHEME = re.compile(r"(?<![a-z0-9])([a-z][a-z0-9]{1,10})\Z")
#: What may stand in an address; letters of any script, because people copy addresses so.
_REST = re.compile(r"[\w!#$%&'()*+,\-./:;=?@\[\]~]{1,2000}")
_ASCII_REST = re.compile(r"[A-Za-z0-9_!#$%&'()*+,\-./:;=?@\[\]~]{1,2000}")
_NUMBER_SCHEME = re.compile(r"(?<![a-z0-9])(?:tel|sms|smsto|callto):(?://)?(\+?[0-9][0-9().\- ]{5,20}[0-9])")
#: Where an address that was copied twice, or marked up, goes on.
_GOES_ON = re.compile(r"\]\(|(?<!/)https?:|\*\*|\)\[|&quot;|&lt;|&gt;")
_PARTS = re.compile(r"([^/?#\\]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_CLOSING = {")": "(", "]": "["}
_WEB = ("http", "https")
#: What can't stand before a bare domain: letters with marks are part of its name, the others of a path or mail.
_NOT_BEFORE = re.compile(r"[0-9A-Za-z_@.\-/\\\u00c0-\u024f\u1e00-\u1eff]")

#: Countries' domains, as far as countries have telephones, and the others that one meets.
COUNTRIES = frozenset(region.lower() for region in phonenumbers.SUPPORTED_REGIONS) | {"uk", "eu", "su"}
_DOMAINS = COUNTRIES | frozenset({
    "com", "net", "org", "info", "biz", "edu", "gov", "int", "mil", "name", "pro", "mobi", "app", "dev", "page",
    "site", "online", "store", "shop", "club", "live", "life", "world", "today", "news", "blog", "link", "click",
    "xyz", "top", "icu", "vip", "fun", "space", "website", "tech", "agency", "travel", "tours", "taxi", "express",
    "services", "solutions", "group", "chat", "social", "media", "network", "digital", "email", "cloud", "host",
    "press", "center", "direct", "support", "help", "work", "works", "jobs", "company", "international", "london",
    "berlin", "paris", "africa", "asia", "cat", "tel", "ltd", "llc", "law", "care", "health", "money", "finance",
    "fund", "cash", "bio", "onion", "dog", "example", "test",
})  # fmt: skip
#: Endings of files that are countries' domains too, and rarely those of adverts.
_FILES = frozenset({"py", "md", "sh", "ps"})
#: Domains that are words too: "call me.No answer/never". Such a link needs more in its path than letters.
_WORDS = frozenset({
    "no", "so", "in", "it", "is", "me", "my", "be", "to", "at", "us", "am", "do", "la", "de", "et", "as", "an", "by",
    "or", "se", "hr", "es", "il", "al", "ne", "ni", "si", "va", "ma", "pa", "re", "ai", "id", "ca", "cat", "live",
    "life", "world", "today", "news", "fun", "work", "works", "jobs", "help", "support", "care", "health", "money",
    "law", "direct", "page", "name", "pro", "top",
})  # fmt: skip
_MORE_THAN_LETTERS = re.compile(r"[0-9_/?=-]")


def find_links(plain: Plain, has_schemes: bool) -> list[Found]:
    """Return what the links of a plain text identify, in its order; ``has_schemes`` says whether any may have one."""
    if not has_schemes:
        return list(_bare(plain, []))
    with_scheme = list(_with_scheme(plain))
    bare = _bare(plain, sorted((start, end) for start, end, _ in with_scheme))
    return sorted(chain(chain.from_iterable(each for _, _, each in with_scheme), bare), key=lambda one: one.start)


def _with_scheme(plain: Plain) -> Iterator[tuple[int, int, list[Found]]]:
    """Yield the links that have a scheme: where each is, and what it identifies."""
    text, low = plain.text, plain.low
    at = 0
    while (at := low.find("://", at)) >= 0:
        scheme = _SCHEME.search(low, max(0, at - _LONGEST_SCHEME), at)
        name = scheme[1] if scheme else ""
        begin = at + len("://")
        start = at - len(name) if name in SCHEMES or name in _WEB else begin
        stated, at = _stated(text, begin, name)
        if stated is not None:
            yield start, at, _found(stated, text, start, at)
    for number in _NUMBER_SCHEME.finditer(low):
        contact = _contact(number[1])
        if contact is not None and contact.value is not None:
            rule = "tel link" if low[number.start()] in "tc" else "sms link"
            yield *number.span(), [Found("phone", contact.value, *number.span(1), rule)]


#: Numbers behind links are few and repeated: a channel has one, under each of its posts.
_contact = lru_cache(maxsize=1 << 14)(find_contact)


class _Stated(NamedTuple):
    """What a link means, and the rule that says so."""

    meaning: Meaning
    rule: str


def _stated(text: str, begin: int, scheme: str) -> tuple[_Stated | None, int]:
    """Return what the link means that stands behind a scheme, and where it ends."""
    rest = _REST.match(text, begin)
    if rest is None:
        return None, begin
    if scheme in SCHEMES:
        written = _trimmed(_ascii(rest[0]))
        meaning = SCHEMES[scheme](_link(written))
        return (_Stated(meaning, _RULES[meaning.kind]) if meaning else None), begin + len(written)
    written = _trimmed(rest[0])
    host = _PARTS.match(written)
    if host and _site(host[1].lower().partition(":")[0]):  # the path of a known host is ASCII, what follows is not its
        written = _trimmed(_ascii(written))
    return _web(written, "http" if scheme == "http" else "https"), begin + len(written)


def _ascii(written: str) -> str:
    found = _ASCII_REST.match(written)
    return found[0] if found else ""


def _trimmed(rest: str) -> str:
    """Return what belongs to a link: without the marks that end a sentence and brackets that it did not open."""
    if further := _GOES_ON.search(rest, 1):
        query = rest.find("?", 0, further.start())
        if query < 0 or not further[0].startswith("http"):
            rest = rest[: further.start()]
    while rest:
        last = rest[-1]
        unopened = last in _CLOSING and rest.count(last) > rest.count(_CLOSING[last])
        if not (unopened or last in ".,;:!?'*~&(["):
            break
        rest = rest[:-1]
    return rest


def _site(host: str) -> str | None:
    """Return under which name a host is known, ``None`` where it is not."""
    if host in HOSTS:
        return host
    for prefix in MOBILE:
        if host.startswith(prefix) and host[len(prefix) :] in HOSTS:
            return host[len(prefix) :]
    return None


def _link(rest: str) -> Link:
    """Return the parts of a link behind its scheme or host."""
    found = _PARTS.match(rest)
    if found is None:
        return Link(())
    path = unquote(found[1] + found[2])
    return Link(tuple(part for part in path.split("/") if part), found[3] or "", unquote(found[4] or ""))


@lru_cache(maxsize=1 << 14)
def _web(written: str, scheme: str, redirected: bool = False) -> _Stated | None:
    """Return what a web link means, given without its scheme; ``None`` where it leads to nothing."""
    parts = address(written, scheme)
    if parts is None:
        return None
    if not redirected and (target := _redirected(parts)):
        return _web(target, scheme, redirected=True)
    host = parts.host
    site = _site(host)
    if site is None and host.endswith((".t.me", ".telegram.me")) and host.count(".") == 2:  # noqa: PLR2004 - name.t.me
        if named := telegram_name(host.partition(".")[0]):
            return _Stated(named, _RULES["invite"])
    elif site is not None:
        link = Link(tuple(p for p in unquote(parts.path).split("/") if p), parts.query, unquote(parts.fragment))
        if meaning := HOSTS[site](link):
            return _Stated(meaning, _RULES[meaning.kind])
        if site == "wa.me" or not (link.path or link.query or link.fragment):
            return None  # "t.me" names an app and nobody in it, and at wa.me there is nothing to see but chats
    return _Stated(Meaning("url", normalised(parts)), "short link" if host in SHORTENERS else "web link")


_RULES = {"invite": "invite link", "handle": "profile link", "payment": "payment link"}
#: Links that are made of a number, and how they are called.
_NUMBER_LINKS = {
    "wa.me/": "wa.me link", "t.me/": "t.me link", "zalo.me/": "zalo link", "viber:": "viber link",
    "signal.me/": "signal link",
}  # fmt: skip


def _redirected(parts: Address) -> str | None:
    """Return the address, without its scheme, that a page only passes on to."""
    host = parts.host.removeprefix("www.")
    key = REDIRECTS.get(host) or REDIRECTS.get(host + parts.path)
    target = parameters(parts.query).get(key, "") if key else ""
    scheme, separator, rest = target.partition("://")
    return rest if separator and scheme.lower() in _WEB else None


def _found(stated: _Stated, text: str, start: int, end: int) -> list[Found]:
    """Return what a link identifies: itself, and the number that it is made of."""
    meaning, rule = stated
    if meaning.number is None:
        return [Found(meaning.kind, meaning.value, start, end, rule)]
    number = meaning.number
    is_bare = meaning.region is None and not number.startswith(("+", "0"))
    contact = _contact("+" + number if is_bare else number, meaning.region)
    if contact is None or contact.value is None:
        return [Found(meaning.kind, meaning.value, start, end, rule)]
    head = meaning.value.removesuffix(number.removeprefix("+"))
    value = head + contact.value[1:]
    said = next((name for beginning, name in _NUMBER_LINKS.items() if head.startswith(beginning)), rule)
    at = text.find(number, start, end)
    where = (at, at + len(number)) if at >= 0 else (start, end)
    return [Found(meaning.kind, value, start, end, rule), Found("phone", contact.value, *where, said)]


def _bare(plain: Plain, taken: list[tuple[int, int]]) -> Iterator[Found]:
    """Yield the links without a scheme: known hosts, and domains with a path or ``www.``."""
    text, low = plain.text, plain.low
    done = 0
    spans = iter(taken)
    span = next(spans, None)
    for dot in _DOT_LETTER.finditer(low):
        at = dot.start()
        if at < done:
            continue
        while span is not None and span[1] <= at:
            span = next(spans, None)
        if span is not None and span[0] <= at:
            done = span[1]
            continue
        window = low[max(done, at - _LONGEST_HOST) : at]
        on = _HOST_ON.match(low, at)
        if on is None or on[1] not in _DOMAINS:
            done = on.end() if on else done
            continue
        # Names of Telegram may stand before its host, and have underscores.
        characters = _HOST_CHARACTERS + "_" if low.startswith(".t.me", at) else _HOST_CHARACTERS
        start = at - (len(window) - len(window.rstrip(characters)))
        if start == at:
            continue
        done = on.end()
        if start and _NOT_BEFORE.match(low, start - 1) and low[max(0, start - 2) : start] != "//":
            continue
        stated, end = _stated_bare(text, low[start : on.end()], start, on.end())
        done = max(done, end)
        if stated is not None:
            yield from _found(stated, text, start, end)


def _stated_bare(text: str, host: str, start: int, at: int) -> tuple[_Stated | None, int]:
    """Return what a host without a scheme means together with what follows it, and where that ends."""
    name = host.partition(":")[0]
    site = _site(name)
    if site is None and not name.endswith(".t.me") and not _is_domain(name):
        return None, at
    follows = text[at : at + 1]
    rest = _REST.match(text, at) if follows and follows in "/?#" else None
    written = text[start:at]
    if rest is not None:
        tail = _trimmed(_ascii(rest[0]) if site else rest[0])
        if tail and site is None and not _means_an_address(name, tail):
            return None, at
        written += tail
    says_more = len(written.rstrip("/")) > at - start
    if not says_more and not name.startswith("www.") and not name.endswith(".t.me"):
        return None, at
    return _web(written, "https"), start + len(written)


def _is_domain(host: str) -> bool:
    labels = host.split(".")
    if labels[-1] in _FILES and labels[0] != "www":
        return False
    return all(label and label[0] != "-" and label[-1] != "-" for label in labels)


def _means_an_address(host: str, tail: str) -> bool:
    """Return whether a bare domain and what follows it is more than two words with a dot between."""
    return host.startswith("www.") or host.rpartition(".")[2] not in _WORDS or bool(_MORE_THAN_LETTERS.search(tail, 1))

"""URLs in one spelling: what the same address is, however it was copied.

Hosts are read as browsers read them (WHATWG's URL standard, by Ada), so that what a link seems to say and what it opens
can't differ. Tracking parameters say who passed a link on and not where it leads; they are left out.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

import can_ada

_TRACKING = re.compile(
    r"(?:utm_\w*|mc_\w*|pk_\w*|hsa_\w*|_ga\w*|_gl|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|"
    r"igshid|igsh|img_index|si|ref_src|ref_url|mibextid|__tn__|__cft__\S*|__xts__\S*|_branch_match_id|oly_enc_id|vero_id|"
    r"wickedid|_hsenc|_hsmi|hsctatracking|xmt|share_id|rdid)",
    re.IGNORECASE,
)
#: Parameters that track on one site and mean something on others.
_TRACKING_AT: dict[str, set[str] | frozenset[str]] = {
    "x.com": {"s", "t"},
    "twitter.com": {"s", "t"},
    "tiktok.com": {"_t", "_r", "is_from_webapp", "sender_device", "web_id", "is_copy_url", "sec_uid", "u_code"},
    "youtube.com": {"feature", "pp", "ab_channel"},
    "youtu.be": {"feature", "pp"},
    "facebook.com": {"ref", "sfnsn", "paipv", "eav", "_rdr", "_rdc", "refid", "ref_type"},
    "instagram.com": {"hl"},
}
#: Hosts whose addresses stand for others; only the service knows which.
SHORTENERS = frozenset({
    "bit.ly", "t.co", "tinyurl.com", "vm.tiktok.com", "vt.tiktok.com", "fb.me", "is.gd", "cutt.ly", "goo.gl", "ow.ly",
    "buff.ly", "rb.gy", "shorturl.at", "t.ly", "tiny.cc", "wa.link", "rebrand.ly", "s.id", "v.gd", "youtu.be",
    "pin.it", "lnkd.in", "amzn.to", "fb.watch", "linkin.bio", "shor.by", "bitly.com",
})  # fmt: skip
_NOWHERE: frozenset[str] = frozenset()
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")


class Address(NamedTuple):
    """A URL in its parts, as a browser reads it: host in lower case and ASCII, the rest percent-encoded."""

    host: str
    port: str
    path: str
    query: str
    fragment: str


def address(url: str, scheme: str = "https") -> Address | None:
    """Return the parts of ``url``, which is given without its scheme; ``None`` where a browser would open nothing."""
    try:
        parsed = can_ada.parse(f"{scheme}://{url}")
    except (ValueError, TypeError):  # TypeError: half of a surrogate pair
        return None
    host = parsed.hostname.removesuffix(".")
    if "." not in host and not host.startswith("["):  # a machine in somebody's own network
        return None
    port = f":{parsed.port}" if parsed.port else ""
    return Address(
        host, "" if port == _DEFAULT_PORTS.get(scheme) else port, parsed.pathname, parsed.search[1:], parsed.hash[1:]
    )


def normalised(parts: Address) -> str:
    """Return a URL without scheme, ``www.``, tracking parameters, and a fragment unless that is all there is.

    Parameters are sorted; a slash at the end is dropped. Credentials before the host are no part of an address.

    >>> normalised(address("www.shop.example/Offer/?b=2&utm_source=x&a=1#top"))
    'shop.example/Offer?a=1&b=2'
    """
    host = parts.host.removeprefix("www.")
    path = _ESCAPED.sub(_escape, parts.path).rstrip("/")
    tracking = _TRACKING_AT.get(host.removeprefix("m.").removeprefix("mobile."), _NOWHERE)
    kept = sorted(
        pair
        for pair in parts.query.split("&")
        if pair and not _TRACKING.fullmatch(name := pair.partition("=")[0]) and name not in tracking
    )
    query = f"?{'&'.join(kept)}" if kept else ""
    fragment = f"/#{parts.fragment}" if parts.fragment and not path and not query else ""
    return f"{host}{parts.port}{path}{query}{fragment}"


def _escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


def parameters(query: str) -> dict[str, str]:
    """Return the parameters of a query, decoded; the first of each name."""
    found: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        # A plus is kept: it stands before a number more often than for a blank.
        found.setdefault(name, unquote(value))
    return found

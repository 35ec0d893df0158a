"""Which platform a service is, by whatever name somebody's file calls it, and what an account is called there."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

from graph.records import bare_handle, platform_name, scoped_id
from loaders.phones import find_contact

#: Names in lower case, and ends of addresses, that mean a platform which goes by another name here.
_KNOWN = {
    "twitter": "x",
    "x (twitter)": "x",
    "x (formerly twitter)": "x",
    "twitter/x": "x",
    "x/twitter": "x",
    "fb": "facebook",
    "facebook messenger": "facebook",
    "fb messenger": "facebook",
    "messenger": "facebook",
    "fb.com": "facebook",
    "m.me": "facebook",
    "ig": "instagram",
    "insta": "instagram",
    "instagr.am": "instagram",
    "tg": "telegram",
    "t.me": "telegram",
    "telegram.me": "telegram",
    "telegram messenger": "telegram",
    "tik tok": "tiktok",
    "tik-tok": "tiktok",
    "douyin": "douyin",
    "whats app": "whatsapp",
    "whatsapp messenger": "whatsapp",
    "whatsapp business": "whatsapp",
    "wa.me": "whatsapp",
    "signal messenger": "signal",
    "rakuten viber": "viber",
    "we chat": "wechat",
    "weixin": "wechat",
    "you tube": "youtube",
    "youtu.be": "youtube",
    "linked in": "linkedin",
    "vkontakte": "vk",
    "вконтакте": "vk",
    "odnoklassniki": "ok",
    "одноклассники": "ok",
    "ok.ru": "ok",
    "snap chat": "snapchat",
    "snap": "snapchat",
}
#: What people write where they don't know, or where their list has no better word.
_NO_NAMES = frozenset({"", "unknown", "other", "none", "n/a", "na", "-", "?", "social media", "internet", "web"})
_LEAD = re.compile(r"(?:https?://)?(?:(?:www|web|m|mobile)\.)?")
_ENDS = (".com", ".org", ".net", ".me", ".ru")
_APART = re.compile(r"[\s.]+")
_LONGEST = 200
#: Platforms on which a phone number is who one is.
NUMBERED = frozenset({"whatsapp", "signal", "viber"})
_A_NUMBER = re.compile(r"[+(]?\d[\d\s()./-]{5,30}")


class Called(NamedTuple):
    """What an account is called: the fields of ``Account`` of these names, of which an id or a handle is there.

    ``phone`` is the number as written, where the platform knows its accounts by it.
    """

    platform: str
    native_id: str | None = None
    handle: str | None = None
    phone: str | None = None

    @property
    def id(self) -> str:
        """The account's id."""
        return scoped_id(self.platform, self.native_id or bare_handle(self.handle or ""))


@lru_cache(maxsize=1 << 10)
def platform_of(service: str) -> str | None:
    """Return the platform that a service's name or address means; ``None`` where it names none.

    A name that ids can't carry (in another alphabet, or too long) becomes ``other-`` and eight hexadecimal digits of
    its digest: two such services stay two, and their accounts too.

    >>> [platform_of(name) for name in ("Twitter", "https://www.facebook.com/", "Zalo", "Unknown")]
    ['x', 'facebook', 'zalo', None]
    """
    name = " ".join(service[:_LONGEST].casefold().split())
    name = name if name in _KNOWN else name[_found_lead(name) :].split("/", 1)[0]
    if name in _NO_NAMES:
        return None
    if name in _KNOWN:
        return _KNOWN[name]
    bare = next((name.removesuffix(end) for end in _ENDS if name.endswith(end)), name)
    if bare in _KNOWN:
        return _KNOWN[bare]
    try:
        return platform_name(_APART.sub("-", bare))
    except ValueError:
        return "other-" + hashlib.sha256(service.casefold().encode()).hexdigest()[:8]


def _found_lead(name: str) -> int:
    """Return how long the part of an address is that says nothing of whose it is."""
    found = _LEAD.match(name)
    return found.end() if found else 0


def called(platform: str, name: str) -> Called:
    """Return what an account of that name is called: by its number in E.164 where the platform goes by numbers.

    >>> called("whatsapp", "+964 770 000 0123").id, called("telegram", "@Name").id
    ('whatsapp:+9647700000123', 'telegram:name')
    """
    written = name.strip()
    found = find_contact(written) if platform in NUMBERED and _A_NUMBER.fullmatch(written) else None
    if found and found.value:
        return Called(platform, native_id=found.value, phone=written)
    return Called(platform, handle=written)

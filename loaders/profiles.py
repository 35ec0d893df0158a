"""What links to profiles and payments mean: ``platform:name`` of who has the page, and where money goes.

A link to something that somebody posted (a tweet, a reel, a video) is not a link to their profile, though it may name
them: who passes a post on need not have to do with its author. It stays a URL.
"""

from __future__ import annotations

import re

from loaders.invites import HOSTS as INVITES
from loaders.invites import SCHEMES as INVITE_SCHEMES
from loaders.invites import Link, Meaning, Reader, facebook_group
from loaders.web_addresses import parameters

#: What a name may look like, by platform. Facebook's dots are kept, although it overlooks them.
NAMES: dict[str, re.Pattern[str]] = {
    "instagram": re.compile(r"(?!.*\.\.)[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?"),
    "threads": re.compile(r"(?!.*\.\.)[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?"),
    "tiktok": re.compile(r"[a-z0-9_](?:[a-z0-9_.]{0,22}[a-z0-9_])"),
    "x": re.compile(r"[a-z0-9_]{2,15}"),
    "snapchat": re.compile(r"[a-z][a-z0-9_.-]{1,13}[a-z0-9]"),
    "facebook": re.compile(r"[a-z0-9](?:[a-z0-9.]{3,48}[a-z0-9])"),
    "youtube": re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{1,28}[a-z0-9_])"),
    "vk": re.compile(r"[a-z](?:[a-z0-9_.]{2,30}[a-z0-9_])"),
    "signal": re.compile(r"[a-z_][a-z0-9_]{2,31}\.[0-9]{2,9}"),
    "threema": re.compile(r"[a-z0-9*][a-z0-9]{7}"),
}
ANY_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{1,38}[a-z0-9_])")

_FACEBOOK_WORDS = frozenset({
    "groups", "watch", "events", "marketplace", "photo", "photo.php", "story.php", "permalink.php", "sharer",
    "sharer.php", "share", "share.php", "reel", "reels", "hashtag", "help", "login", "login.php", "pages", "people",
    "pg", "profile.php", "gaming", "policies", "privacy", "business", "ads", "l.php", "video", "video.php", "videos",
    "media", "stories", "messages", "dialog", "plugins", "settings", "search", "home.php", "home", "notes", "public",
    "friends", "legal", "about", "terms", "donate", "fundraisers", "live", "posts", "photos",
})  # fmt: skip
_INSTAGRAM_WORDS = frozenset({
    "p", "reel", "reels", "tv", "stories", "explore", "accounts", "direct", "about", "developer", "legal", "s", "ar",
    "share",
})  # fmt: skip
_X_WORDS = frozenset({
    "i", "home", "search", "hashtag", "intent", "share", "explore", "settings", "messages", "notifications", "compose",
    "login", "signup", "tos", "privacy", "jobs", "download", "about",
})  # fmt: skip
_VK_WORDS = frozenset({
    "feed", "im", "search", "video", "audio", "groups", "friends", "away.php", "share.php", "login", "apps",
})  # fmt: skip
#: The id of a channel, whose case counts.
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{20,24}")
_PAGE_NUMBER = re.compile(r"[0-9]{5,20}")


def handle(platform: str, name: str) -> Meaning | None:
    """Return ``platform:name`` in lower case, ``None`` where the platform gives no such names.

    Only the ids of YouTube's channels keep their case.

    >>> handle("instagram", "Some.Name")
    Meaning(kind='handle', value='instagram:some.name', number=None, region=None)
    """
    if platform == "youtube" and _CHANNEL.fullmatch(name):
        return Meaning("handle", f"youtube:{name}")
    low = name.lower()
    return Meaning("handle", f"{platform}:{low}") if NAMES.get(platform, ANY_NAME).fullmatch(low) else None


def _profile(link: Link, platform: str, words: frozenset[str]) -> Meaning | None:
    """Return whose profile a link leads to that is nothing but a name."""
    name = link.part(0)
    return handle(platform, name) if len(link.path) == 1 and name.lower() not in words else None


def instagram(link: Link) -> Meaning | None:
    """Read instagram.com/name."""
    return _profile(Link(link.path[1:]) if link.part(0) == "_u" else link, "instagram", _INSTAGRAM_WORDS)


def instagram_chat(link: Link) -> Meaning | None:
    """Read ig.me/m/name."""
    return handle("instagram", link.part(1)) if link.part(0) == "m" else None


def tiktok(link: Link) -> Meaning | None:
    """Read tiktok.com/@name and /@name/live."""
    name = link.part(0)
    alone = len(link.path) == 1 or link.part(1) == "live"
    return handle("tiktok", name[1:]) if name.startswith("@") and alone else None


def threads(link: Link) -> Meaning | None:
    """Read threads.net/@name."""
    name = link.part(0)
    return handle("threads", name[1:]) if name.startswith("@") and len(link.path) == 1 else None


def x(link: Link) -> Meaning | None:
    """Read x.com/name, and /intent/user?screen_name=name."""
    if link.part(0) == "intent" and link.part(1) in {"user", "follow"}:
        return handle("x", parameters(link.query).get("screen_name", ""))
    return _profile(Link((link.part(0).removeprefix("@"), *link.path[1:])), "x", _X_WORDS)


def snapchat(link: Link) -> Meaning | None:
    """Read snapchat.com/add/name and /@name."""
    if link.part(0) == "add":
        return handle("snapchat", link.part(1))
    name = link.part(0)
    return handle("snapchat", name[1:]) if name.startswith("@") and len(link.path) == 1 else None


def facebook(link: Link) -> Meaning | None:
    """Read facebook.com/name, /profile.php?id=number, /people/Name/number, /pages/Name/number, and groups."""
    first = link.part(0).lower()
    if first == "groups":
        return facebook_group(link)
    if first == "messages" and link.part(1) == "t":
        return INVITES["m.me"](Link(link.path[1:]))
    if first == "profile.php":
        number = parameters(link.query).get("id", "")
    elif first in {"people", "pages", "p"}:
        number = link.path[-1].rpartition("-")[2]
    elif first == "pg":
        return _profile(Link(link.path[1:2]), "facebook", _FACEBOOK_WORDS)
    else:
        return _profile(link, "facebook", _FACEBOOK_WORDS)
    return Meaning("handle", f"facebook:{number}") if _PAGE_NUMBER.fullmatch(number) else None


def youtube(link: Link) -> Meaning | None:
    """Read youtube.com/@name, /c/name, /user/name and /channel/id, whose case counts."""
    first, second = link.part(0), link.part(1)
    if first.startswith("@"):
        return handle("youtube", first[1:])
    if first in {"c", "user"}:
        return handle("youtube", second)
    return handle("youtube", second) if first == "channel" and _CHANNEL.fullmatch(second) else None


def vk(link: Link) -> Meaning | None:
    """Read vk.com/name, /id123 and /club123."""
    return _profile(link, "vk", _VK_WORDS)


def _under(platform: str, *before: str) -> Reader:
    """Return what reads a name that stands alone, or after one of the words ``before`` it."""

    def read(link: Link) -> Meaning | None:
        path = link.path
        if before:
            if link.part(0) not in before:
                return None
            path = path[1:]
        return handle(platform, path[0].removeprefix("@")) if len(path) == 1 else None

    return read


def payment(host: str, name: str) -> Meaning | None:
    """Return the payment page of a name, in lower case; ``None`` where it is no name."""
    return Meaning("payment", host + name.lower()) if ANY_NAME.fullmatch(name.lower()) else None


def paypal(link: Link) -> Meaning | None:
    """Read paypal.com/paypalme/name; an amount may follow."""
    return payment("paypal.me/", link.part(1)) if link.part(0).lower() == "paypalme" else None


def paypal_me(link: Link) -> Meaning | None:
    """Read paypal.me/name; an amount may follow."""
    return payment("paypal.me/", link.part(0))


def cash_app(link: Link) -> Meaning | None:
    """Read cash.app/$name."""
    return payment("cash.app/$", link.part(0)[1:]) if link.part(0).startswith("$") else None


def revolut(link: Link) -> Meaning | None:
    """Read revolut.me/name."""
    return payment("revolut.me/", link.part(0))


def venmo(link: Link) -> Meaning | None:
    """Read venmo.com/name and /u/name."""
    return payment("venmo.com/", link.part(1) if link.part(0) == "u" else link.part(0))


def wise(link: Link) -> Meaning | None:
    """Read wise.com/pay/me/name."""
    return payment("wise.com/pay/me/", link.part(2)) if link.path[:2] == ("pay", "me") else None


def upi_app(link: Link) -> Meaning | None:
    """Read upi://pay?pa=name@bank."""
    return upi(parameters(link.query).get("pa", ""))


_UPI = re.compile(r"[a-z0-9][a-z0-9._-]{1,60}@[a-z][a-z0-9]{1,20}")


def upi(address: str) -> Meaning | None:
    """Return a payment address of India's UPI, ``None`` where it is none."""
    return Meaning("payment", f"upi:{address.lower()}") if _UPI.fullmatch(address.lower()) else None


HOSTS: dict[str, Reader] = INVITES | {
    "instagram.com": instagram,
    "instagr.am": instagram,
    "ig.me": instagram_chat,
    "tiktok.com": tiktok,
    "threads.net": threads,
    "threads.com": threads,
    "x.com": x,
    "twitter.com": x,
    "snapchat.com": snapchat,
    "facebook.com": facebook,
    "fb.com": facebook,
    "youtube.com": youtube,
    "vk.com": vk,
    "linktr.ee": _under("linktree"),
    "beacons.ai": _under("beacons"),
    "linkedin.com": _under("linkedin", "in", "company"),
    "reddit.com": _under("reddit", "user", "u"),
    "pinterest.com": _under("pinterest"),
    "twitch.tv": _under("twitch"),
    "ok.ru": _under("ok", "profile"),
    "paypal.com": paypal,
    "paypal.me": paypal_me,
    "cash.app": cash_app,
    "revolut.me": revolut,
    "venmo.com": venmo,
    "wise.com": wise,
}
SCHEMES: dict[str, Reader] = INVITE_SCHEMES | {"upi": upi_app}
#: Under which further names the same sites stand.
MOBILE = ("www.", "m.", "mobile.", "web.", "mbasic.", "touch.", "en-gb.", "de-de.", "fr-fr.", "ar-ar.", "business.")
#: Pages that only pass on to the address in their query.
REDIRECTS = {
    "l.facebook.com": "u",
    "lm.facebook.com": "u",
    "l.instagram.com": "u",
    "l.messenger.com": "u",
    "google.com/url": "q",
    "youtube.com/redirect": "q",
    "vk.com/away.php": "to",
}

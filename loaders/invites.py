"""What links to chats mean: invites of Telegram, WhatsApp, Discord, Signal, Facebook groups and others.

Each function takes a link and returns its ``Meaning``, or ``None`` where it leads to no chat. Codes keep their case,
because services tell ``AbC`` from ``abc``; names do not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from loaders.web_addresses import parameters


class Link(NamedTuple):
    """A link to a host that is known: the parts of its path, decoded; its query; its fragment."""

    path: tuple[str, ...]
    query: str = ""
    fragment: str = ""

    def part(self, number: int) -> str:
        """Return a part of the path, ``""`` where it is shorter."""
        return self.path[number] if number < len(self.path) else ""


class Meaning(NamedTuple):
    """What a link identifies. ``number`` is the phone number in it, as written, and ``region`` where it is dialled."""

    kind: str
    value: str
    number: str | None = None
    region: str | None = None


#: What reads the links of a host.
Reader: TypeAlias = Callable[[Link], Meaning | None]

_TELEGRAM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,30}[A-Za-z0-9]")
_CODE = re.compile(r"[A-Za-z0-9_-]{3,200}")
_DIGITS = re.compile(r"\+?[0-9]{7,15}")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,78}[A-Za-z0-9_])?")
#: Words in the place of a name that are none: telegram.org, "Deep links".
_TELEGRAM_WORDS = frozenset({
    "share", "proxy", "socks", "iv", "addstickers", "addemoji", "addtheme", "setlanguage", "bg", "login",
    "confirmphone", "invoice", "giftcode", "nft", "boost", "contact", "auth", "joinchat", "addlist", "call", "status",
    "blog", "apps", "faq", "tos", "privacy",
})  # fmt: skip


def telegram_name(name: str) -> Meaning | None:
    """Return the invite of a Telegram name, ``None`` where it can be none: 4 to 32 letters, digits and ``_``."""
    found = _TELEGRAM_NAME.fullmatch(name)
    return Meaning("invite", f"t.me/{name.lower()}") if found and name.lower() not in _TELEGRAM_WORDS else None


def _invite(host: str, code: str) -> Meaning | None:
    return Meaning("invite", host + code) if _CODE.fullmatch(code) else None


def _numbered(host: str, number: str, region: str | None = None) -> Meaning | None:
    """Return the invite of a link that is made of a phone number."""
    number = number.replace(" ", "")
    if not _DIGITS.fullmatch(number):
        return None
    return Meaning("invite", host + number.removeprefix("+"), number, region)


def telegram(link: Link) -> Meaning | None:
    """Read t.me/name, /s/name, /name/123, /+code, /joinchat/code, /c/number, /addlist/code, /m/code and /+number."""
    first, second = link.part(0), link.part(1)
    if first.startswith("+"):
        return _numbered("t.me/+", first) or _invite("t.me/+", first[1:])
    if first == "joinchat":
        return _invite("t.me/+", second)
    if first in {"addlist", "m"}:
        return _invite(f"t.me/{first}/", second)
    if first == "c":
        return Meaning("invite", f"t.me/c/{second}") if second.isdecimal() else None
    if first in {"s", "boost"}:
        return telegram_name(second)
    return telegram_name(first)


def telegram_web(link: Link) -> Meaning | None:
    """Read web.telegram.org/k/#@name."""
    return telegram_name(link.fragment.rpartition("@")[2]) if "@" in link.fragment else None


def telegram_app(link: Link) -> Meaning | None:
    """Read tg://resolve?domain=name, tg://resolve?phone=number and tg://join?invite=code."""
    given = parameters(link.query)
    if link.part(0) == "join":
        return _invite("t.me/+", given.get("invite", ""))
    if link.part(0) == "addlist":
        return _invite("t.me/addlist/", given.get("slug", ""))
    if link.part(0) == "resolve":
        return telegram_name(given.get("domain", "")) or _numbered("t.me/+", given.get("phone", ""))
    return None


def wa_me(link: Link) -> Meaning | None:
    """Read wa.me/number, /c/number, /message/code and /qr/code."""
    first, second = link.part(0), link.part(1)
    if first in {"message", "qr"}:
        return _invite(f"wa.me/{first}/", second)
    return _numbered("wa.me/", second if first == "c" else first)


def whatsapp(link: Link) -> Meaning | None:
    """Read whatsapp.com/channel/code, and /send?phone=number of api., web. and the app."""
    if link.part(0) == "channel":
        return _invite("whatsapp.com/channel/", link.part(1))
    return _numbered("wa.me/", parameters(link.query).get("phone", "")) if link.part(0) == "send" else None


def whatsapp_group(link: Link) -> Meaning | None:
    """Read chat.whatsapp.com/code and /invite/code."""
    return _invite("chat.whatsapp.com/", link.part(1) if link.part(0) == "invite" else link.part(0))


def whatsapp_app(link: Link) -> Meaning | None:
    """Read whatsapp://send?phone=number and whatsapp://chat?code=code."""
    return _invite("chat.whatsapp.com/", parameters(link.query).get("code", "")) or whatsapp(link)


def discord(link: Link) -> Meaning | None:
    """Read discord.com/invite/code."""
    return _invite("discord.gg/", link.part(1)) if link.part(0) == "invite" else None


def discord_short(link: Link) -> Meaning | None:
    """Read discord.gg/code."""
    return _invite("discord.gg/", link.part(1) if link.part(0) == "invite" else link.part(0))


def signal_group(link: Link) -> Meaning | None:
    """Read signal.group/#code."""
    return _invite("signal.group/#", link.fragment)


def signal(link: Link) -> Meaning | None:
    """Read signal.me/#eu/code and #p/number."""
    first, _, second = link.fragment.partition("/")
    return _numbered("signal.me/#p/+", second) if first == "p" else _invite(f"signal.me/#{first}/", second)


def facebook_group(link: Link) -> Meaning | None:
    """Read facebook.com/groups/name or number, and what stands in the group."""
    name = link.part(1)
    return Meaning("invite", f"facebook.com/groups/{name.lower()}") if _NAME.fullmatch(name) else None


def messenger(link: Link) -> Meaning | None:
    """Read m.me/name, m.me/j/code and messenger.com/t/name."""
    first, second = link.part(0), link.part(1)
    if first == "j":
        return _invite("m.me/j/", second)
    name = second if first == "t" else first
    return Meaning("invite", f"m.me/{name.lower()}") if _NAME.fullmatch(name) else None


def viber_invite(link: Link) -> Meaning | None:
    """Read invite.viber.com/?g2=code."""
    return _invite("invite.viber.com/?g2=", parameters(link.query).get("g2", ""))


def viber_app(link: Link) -> Meaning | None:
    """Read viber://chat?number=number, viber://add?number=number and viber://pa?chatURI=name."""
    given = parameters(link.query)
    return _numbered("viber://chat?number=", given.get("number", "")) or _invite(
        "viber://pa?chatURI=", given.get("chatURI", "")
    )


def line(link: Link) -> Meaning | None:
    """Read line.me/ti/g/code, /ti/g2/code and /ti/p/code, also under /R/."""
    path = link.path[1:] if link.part(0) == "R" else link.path
    if len(path) >= 3 and path[0] == "ti" and path[1] in {"g", "g2", "p"}:  # noqa: PLR2004 - the three just named
        code = path[2].removeprefix("~").removeprefix("@")
        return Meaning("invite", f"line.me/ti/{path[1]}/{path[2]}") if _CODE.fullmatch(code) else None
    return None


def zalo(link: Link) -> Meaning | None:
    """Read zalo.me/g/code and zalo.me/number, which is dialled from Vietnam."""
    if link.part(0) == "g":
        return _invite("zalo.me/g/", link.part(1))
    return _numbered("zalo.me/", link.part(0), "VN")


#: Who reads the links of a host, and of an app's own scheme.
HOSTS: dict[str, Reader] = {
    "t.me": telegram,
    "telegram.me": telegram,
    "telegram.dog": telegram,
    "web.telegram.org": telegram_web,
    "wa.me": wa_me,
    "whatsapp.com": whatsapp,
    "api.whatsapp.com": whatsapp,
    "web.whatsapp.com": whatsapp,
    "chat.whatsapp.com": whatsapp_group,
    "discord.com": discord,
    "discordapp.com": discord,
    "discord.gg": discord_short,
    "signal.group": signal_group,
    "signal.me": signal,
    "m.me": messenger,
    "messenger.com": messenger,
    "invite.viber.com": viber_invite,
    "line.me": line,
    "zalo.me": zalo,
}
SCHEMES: dict[str, Reader] = {
    "tg": telegram_app,
    "whatsapp": whatsapp_app,
    "viber": viber_app,
}

"""Addresses of cryptocurrencies and bank accounts (IBAN) in texts, each only with a valid checksum.

A checksum is why these are taken without a word that says what they are: of random characters one in four thousand
million passes (an IBAN: one in ninety-seven, and it must have its country's length). Base58 and bech32 are written out
here: the packages for them are each a page long and no longer kept. Keccak is pycryptodome's.

Sources: Base58Check, BIP 173 and BIP 350 (Bitcoin); EIP-55 (Ethereum); CryptoNote standard 7 (Monero); ISO 13616 and
SWIFT's IBAN registry.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

from Crypto.Hash import keccak

from loaders.links_in_text import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loaders.plain_spelling import Plain

LEAST = 26
_LONG = re.compile(r"[a-z0-9]{26}")
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{26,110}(?![A-Za-z0-9])")
_BASE58 = {character: n for n, character in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_BECH32 = {character: n for n, character in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
#: The first byte of an address in base58, and whose it is.
_VERSIONS = {0x00: "btc", 0x05: "btc", 0x41: "trx", 0x30: "ltc", 0x32: "ltc"}
_BYTES_OF_BASE58 = 25
_HUMAN_PART = {"bc": "btc", "ltc": "ltc"}
_ETHEREUM = re.compile(r"0[xX][0-9a-fA-F]{40}")
#: Monero's first bytes: ordinary, integrated and sub-addresses of the main network.
_MONERO = {0x12: 95, 0x13: 106, 0x2A: 95}
_MONERO_BLOCK = {11: 8, 7: 5, 6: 4}
#: Near an address in one case, which has no checksum, one of these must stand.
_MONEY = re.compile(
    r"\b(?:eth|ether|ethereum|erc-?20|usdt|usdc|bep-?20|bsc|bnb|wallet|crypto|krypto|metamask|binance|tether|polygon|"
    r"portefeuille|plånbok|cüzdan|portofol|ví)\b|محفظ|کیف ?پول|جزدان|تتر|إيثيريوم|اتریوم"
)
_NEAR_BEFORE, _NEAR_AFTER = 60, 30
_NAMES = {"btc": "Bitcoin", "trx": "Tron", "ltc": "Litecoin", "eth": "Ethereum", "xmr": "Monero"}


def find_crypto_addresses(plain: Plain) -> Iterator[Found]:
    """Yield the addresses of cryptocurrencies in a plain text, as ``currency:address``."""
    for token in _TOKEN.finditer(plain.text):
        value = _address(token[0]) or _ethereum(plain.low, token)
        if value:
            rule = f"{_NAMES[value[:3]]} address, checksum valid"
            if value.startswith("eth:") and value[4:] != token[0]:
                rule = "Ethereum address in one case, money named near it"
            yield Found("crypto", value, *token.span(), rule)


def _address(token: str) -> str | None:
    """Return ``currency:address`` of a token with a checksum of its own kind."""
    low = token.lower()
    if low.startswith(("bc1", "ltc1")):
        currency = _HUMAN_PART[low.partition("1")[0]]
        return f"{currency}:{low}" if token in {low, token.upper()} and _is_segwit(low) else None
    if token[0] in "48" and len(token) in set(_MONERO.values()):
        return f"xmr:{token}" if _is_monero(token) else None
    if len(token) <= 35 and token[0] in "13LMT":  # noqa: PLR2004 - the longest there is has 35
        whose = _base58_currency(token)
        return f"{whose}:{token}" if whose else None
    return None


def _base58_currency(token: str) -> str | None:
    number = 0
    for character in token:
        digit = _BASE58.get(character)
        if digit is None:
            return None
        number = number * 58 + digit
    if number >> (8 * _BYTES_OF_BASE58):
        return None
    raw = number.to_bytes(_BYTES_OF_BASE58, "big")
    # Each zero byte at the start is written as one 1.
    if len(raw) - len(raw.lstrip(b"\0")) != len(token) - len(token.lstrip("1")):
        return None
    return _VERSIONS.get(raw[0]) if sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:] else None


def _is_segwit(low: str) -> bool:
    """Return whether a lower-case address is bech32 (version 0) or bech32m (later ones) with a valid checksum."""
    human, _, data = low.partition("1")
    values = [_BECH32.get(character, -1) for character in data]
    if len(values) < 14 or -1 in values or values[0] > 16:  # noqa: PLR2004 - BIP 141
        return False
    expanded = [ord(c) >> 5 for c in human] + [0] + [ord(c) & 31 for c in human]
    return _polymod(expanded + values) == (1 if values[0] == 0 else 0x2BC830A3)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


def _ethereum(low: str, token: re.Match[str]) -> str | None:
    """Return an Ethereum address in its checksummed spelling; one in a single case needs a word for money near it."""
    if not _ETHEREUM.fullmatch(token[0]):
        return None
    digits = token[0][2:]
    checksummed = _eip55(digits.lower())
    if digits in {digits.lower(), digits.upper()}:
        start, end = token.span()
        near = _MONEY.search(low, max(0, start - _NEAR_BEFORE), start) or _MONEY.search(low, end, end + _NEAR_AFTER)
        return f"eth:{checksummed}" if near else None
    return f"eth:{checksummed}" if checksummed == "0x" + digits else None


def _eip55(digits: str) -> str:
    hashed = _keccak(digits.encode()).hex()
    return "0x" + "".join(c.upper() if h > "7" else c for c, h in zip(digits, hashed, strict=False))


def _keccak(data: bytes) -> bytes:
    return keccak.new(digest_bits=256, data=data).digest()


def _is_monero(token: str) -> bool:
    """Return whether a token is a Monero address: blocks of 11 characters for 8 bytes, the last 4 a Keccak checksum."""
    raw = b""
    for at in range(0, len(token), 11):
        block = token[at : at + 11]
        number, size = 0, _MONERO_BLOCK.get(len(block), 0)
        for character in block:
            number = number * 58 + _BASE58.get(character, 58**12)
        if number >> (8 * size):
            return False
        raw += number.to_bytes(size, "big")
    return _MONERO.get(raw[0]) == len(token) and _keccak(raw[:-4])[:4] == raw[-4:]


#: Behind the two letters of the country: few characters are digits, so these are looked for.
_IBAN_DIGITS = re.compile(r"[0-9]{2}(?<=(?<![a-z0-9])[a-z]{2}[0-9]{2})(?=[ -]?[a-z0-9])")
#: How long an IBAN is, by country.
_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        r"([a-z]{2})=([0-9]{2})",
        "="
        "ad=24 ae=23 al=28 at=20 az=28 ba=20 be=16 bg=22 bh=22 bi=27 br=29 by=28 ch=21 cr=22 cy=28 cz=24 de=22 dj=27 "
        "dk=18 do=28 ee=20 eg=29 es=24 fi=18 fk=18 fo=18 fr=27 gb=22 ge=22 gi=23 gl=18 gr=27 gt=28 hr=21 hu=28 ie=22 "
        "il=23 iq=23 is=26 it=27 jo=30 kw=30 kz=20 lb=28 lc=32 li=21 lt=20 lu=20 lv=21 ly=25 mc=27 md=24 me=22 mk=19 "
        "mn=20 mr=27 mt=31 mu=30 ni=28 nl=18 no=15 om=23 pk=24 pl=28 ps=29 pt=25 qa=29 ro=24 rs=22 ru=33 sa=24 sc=31 "
        "sd=18 se=24 si=19 sk=24 sm=27 so=23 st=25 sv=28 tl=23 tn=24 tr=26 ua=29 va=22 vg=24 xk=20 ye=30",
    )
}


def may_hold_codes(low: str) -> bool:
    """Return whether a plain text in lower case may hold any of these; ``True`` is no promise, ``False`` is one."""
    return _LONG.search(low) is not None or _IBAN_DIGITS.search(low) is not None


def find_ibans(plain: Plain) -> Iterator[Found]:
    """Yield the bank accounts in a plain text, as ``iban:`` and the number without blanks."""
    low = plain.low
    for digits in _IBAN_DIGITS.finditer(low):
        start = digits.start() - 2
        length = _LENGTHS.get(low[start : start + 2], 0)
        end = _after(low, start, length) if length else None
        if end is None:
            continue
        number = low[start:end].replace(" ", "").replace("-", "")
        if int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1:
            yield Found("payment", f"iban:{number.upper()}", start, end, "IBAN, checksum valid")


def _after(low: str, start: int, length: int) -> int | None:
    """Return where so many letters and digits end, with at most one blank or hyphen between; ``None`` where not."""
    at, taken = start, 0
    while taken < length:
        if at >= len(low):
            return None
        if low[at].isascii() and low[at].isalnum():
            taken += 1
        elif low[at] not in " -" or low[at - 1] in " -":
            return None
        at += 1
    return None if at < len(low) and low[at].isascii() and low[at].isalnum() else at

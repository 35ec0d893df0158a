"""Whether digits are a valid number: as libphonenumber says, in a tenth of its time for nearly all of them.

What libphonenumber does to most numbers is to take the country's code or the leading zero away and to match patterns.
These are matched here as one, where nothing else of its rules can apply; all other digits are left to itself.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber

from loaders.reserved_numbers import is_reserved

_TYPES = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip
_LONGEST_CODE, _NO_COUNTRY = 3, "001"


class _Plan(NamedTuple):
    """The numbers of a country: its code, and patterns of what is valid and of what must be left to libphonenumber."""

    code: int
    valid: re.Pattern[str]
    prefixed: re.Pattern[str]
    abroad: re.Pattern[str]
    zero: bool
    general: re.Pattern[str]
    leading: re.Pattern[str] | None


def valid_international(digits: str) -> str | None:
    """Return digits behind a plus in E.164 where they are a valid number or one that nobody has, else ``None``."""
    for length in range(1, _LONGEST_CODE + 1):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:length] or 0))
        if regions is None or digits[:1] == "0":
            continue
        national = digits[length:]
        main = _plan(regions[0]) if regions[0] != _NO_COUNTRY else None
        if main and national[:1] != "0" and not main.prefixed.match(national):
            return "+" + digits if _is_valid(regions, national) or is_reserved("+" + digits) else None
        break
    return _slowly("+" + digits, None)


def valid_national(digits: str, region: str) -> str | None:
    """Return digits as dialled within a country in E.164 where they are valid or nobody's, else ``None``."""
    plan = _plan(region)
    if plan and plan.zero and digits[:1] == "0" and digits[1:2] != "0" and not plan.abroad.match(digits):
        regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[plan.code]
        value = f"+{plan.code}{digits[1:]}"
        if _is_valid(regions, digits[1:]):
            return value
        if not plan.general.fullmatch(digits):  # or its zero might belong to it
            return value if is_reserved(value) else None
    return _slowly(digits, region)


def _is_valid(regions: tuple[str, ...], national: str) -> bool:
    """Return whether a number is valid where it belongs, among the countries and islands that share a code."""
    if len(regions) == 1:
        plan = _plan(regions[0])
        return plan is not None and plan.valid.fullmatch(national) is not None
    for region in regions:
        plan = _plan(region)
        if plan is None:
            continue
        if plan.leading is not None:
            if plan.leading.match(national):
                return plan.valid.fullmatch(national) is not None
        elif plan.valid.fullmatch(national):
            return True
    return False


def _slowly(digits: str, region: str | None) -> str | None:
    number = parsed(digits, region)
    return e164(number) if number and accepted(number) else None


@lru_cache(maxsize=512)
def _plan(region: str) -> _Plan | None:
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.country_code is None:
        return None
    general = metadata.general_desc
    if general is None or not general.national_number_pattern:
        return None
    lengths = {each for each in general.possible_length if each > 0}
    kinds = []
    for name in _TYPES:
        desc = getattr(metadata, name)
        if desc is None or not desc.national_number_pattern:
            continue
        own = {each for each in desc.possible_length if each > 0} or lengths
        long = "|".join(rf"[0-9]{{{each}}}" for each in sorted(own))
        kinds.append(rf"(?=(?:{long})\Z)(?:{desc.national_number_pattern})")
    if not kinds:
        return None
    valid = re.compile(rf"(?=(?:{general.national_number_pattern})\Z)(?:{'|'.join(kinds)})")
    prefix = metadata.national_prefix_for_parsing
    return _Plan(
        metadata.country_code,
        valid,
        re.compile(prefix or r"(?!)"),
        re.compile(metadata.international_prefix or r"(?!)"),
        prefix == "0",
        re.compile(general.national_number_pattern),
        re.compile(metadata.leading_digits) if metadata.leading_digits else None,
    )


def accepted(number: PhoneNumber) -> bool:
    """Return whether a number is valid, or one that nobody has."""
    return phonenumbers.is_valid_number(number) or is_reserved(e164(number))


def parsed(text: str, region: str | None) -> PhoneNumber | None:
    """Return a text as a number, whether or not anybody may have it; ``None`` where it is none."""
    try:
        return phonenumbers.parse(text, region)
    except NumberParseException:
        return None


def e164(number: PhoneNumber) -> str:
    """Return a number in E.164."""
    # As format_number does, which has no separators to choose; it is called several times a number.
    return f"+{number.country_code}{phonenumbers.national_significant_number(number)}"

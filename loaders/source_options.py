"""What a user may say of a source, checked before anything is read."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import phonenumbers

from graph.errors import ParameterRefused
from graph.records import DATE_ORDERS, platform_name


def checked(
    *, platform: str | None, region: str | None, timezone: str | None, dates: str | None = None
) -> dict[str, Any]:
    """Return what was said of a source, as a case keeps it; raise ``ParameterRefused`` where it makes no sense."""
    return {
        "platform": _platform(platform) if platform is not None else None,
        "region": _region(region) if region is not None else None,
        "timezone": _timezone(timezone) if timezone is not None else None,
        "dates": _dates(dates) if dates is not None else None,
    }


def _platform(name: str) -> str:
    try:
        return platform_name(name)
    except ValueError as problem:
        raise ParameterRefused(f"--platform: {problem}") from problem


def _region(name: str) -> str:
    region = name.strip().upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise ParameterRefused(
            f"--region {name!r} is no country that phone numbers are known of; use two letters, as in "
            f"{_close(region, phonenumbers.SUPPORTED_REGIONS, 'GB, IQ, AL, VN')}"
        )
    return region


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ParameterRefused(
            f"--timezone {name!r} is no IANA time zone; use one as in "
            f"{_close(name, available_timezones(), 'Europe/London, Asia/Baghdad, UTC')}"
        ) from problem
    return name


def _dates(order: str) -> str:
    letters = order.strip().lower()
    if letters not in DATE_ORDERS:
        raise ParameterRefused(
            f"--dates {order!r} is no order of day, month and year; use one of {', '.join(DATE_ORDERS)} "
            "(dmy has the day first)"
        )
    return letters


def _close(name: str, choices: set[str], examples: str) -> str:
    return ", ".join(get_close_matches(name, sorted(choices), n=3)) or examples

"""Which platform a service is: one name for one platform, and never one for two."""

from __future__ import annotations

import time

import pytest

from graph.records import platform_name
from loaders.platform_names import called, platform_of


@pytest.mark.parametrize(
    ("written", "platform"),
    [
        ("Facebook", "facebook"),
        ("FACEBOOK.COM", "facebook"),
        ("https://m.facebook.com/some/page?x=1", "facebook"),
        (" twitter ", "x"),
        ("X", "x"),
        ("x.com", "x"),
        ("Twitter/X", "x"),
        ("X (formerly  Twitter)", "x"),
        ("t.me", "telegram"),
        ("https://t.me/name", "telegram"),
        ("Tik Tok", "tiktok"),
        ("wa.me", "whatsapp"),
        ("ВКонтакте", "vk"),
        ("vk.com", "vk"),
        ("Some New App", "some-new-app"),
        ("Unknown", None),
        ("https://", None),
        (" \t", None),
    ],
)
def test_a_service_is_one_platform_however_it_is_written(written: str, platform: str | None) -> None:
    assert platform_of(written) == platform


def test_services_whose_names_ids_cannot_carry_stay_apart() -> None:
    names = ["Зелло", "Зелло 2", "微博", "a" * 33, "a" * 34, "a" * 300, "a" * 301, "<b>", "a:b"]
    found = [platform_of(name) or "" for name in names]
    assert len(set(found)) == len(names)
    assert [platform_name(platform) for platform in found] == found
    assert platform_of("ЗЕЛЛО") == platform_of("Зелло")


def test_the_worst_name_takes_no_time() -> None:
    started = time.perf_counter()
    for text in (
        " " * 100_000,
        "." * 100_000,
        "www." * 30_000,
        "https://" * 20_000,
        "1" * 100_000,
        "+" + "1 " * 50_000,
    ):
        platform_of(text)
        assert called("signal", text).phone is None
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("platform", "name", "account"),
    [
        ("whatsapp", "+964 770 000 0123", "whatsapp:+9647700000123"),
        ("signal", "00 44 7700 900123", "signal:+447700900123"),
        ("viber", " +84900000012 ", "viber:+84900000012"),
        ("telegram", "+9647700000123", "telegram:+9647700000123"),
        ("signal", "trader447700900123", "signal:trader447700900123"),
        ("signal", "Name.42", "signal:name.42"),
        ("whatsapp", "07700 900123", "whatsapp:07700 900123"),
        ("x", " @Name ", "x:name"),
    ],
)
def test_a_number_is_who_one_is_only_where_the_platform_knows_its_accounts_by_it(
    platform: str, name: str, account: str
) -> None:
    found = called(platform, name)
    assert found.id == account
    assert (found.phone or found.handle) == name.strip()
    assert (found.native_id is None) == (found.phone is None)

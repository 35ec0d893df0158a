"""What people need to look at maps: a browser, and a font for each script that adverts are written in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

#: A language that only a font of its script covers, in fontconfig's words; emoji are a "language" there too.
SCRIPTS: Mapping[str, str] = {
    "Latin": "en",
    "Vietnamese": "vi",
    "Arabic": "ar",
    "Persian": "fa",
    "Kurdish": "ku-iq",
    "Pashto": "ps-af",
    "Ethiopic": "ti-er",
    "Chinese": "zh-cn",
    "emoji": "und-zsye",
}
_COMMANDS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "firefox", "firefox-esr",
)  # fmt: skip
_PLACES = (
    "/usr/lib/chromium/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    "/Applications/Safari.app/Contents/MacOS/Safari",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
)
#: Systems that come with a font for each of these scripts (Geeza Pro, Kefa, PingFang; Segoe UI, Ebrima, YaHei).
_BRING_ALL = {"darwin": "macOS", "win32": "Windows"}
_FONT_SECONDS = 2.0


def browser() -> str | None:
    """Return the path of a browser, ``CHROMIUM`` before any other; ``None`` where none is found."""
    named = os.environ.get("CHROMIUM")
    for place in filter(None, (named, *_PLACES)):
        if Path(place).is_file():
            return place
    return next(filter(None, map(shutil.which, _COMMANDS)), None)


def fonts_by_script() -> dict[str, str | None]:
    """Return for each script the family of a font that has it, ``None`` where none has.

    Empty where fontconfig, which knows the fonts of a Linux, is absent or does not answer.
    """
    if system := _BRING_ALL.get(sys.platform):
        return dict.fromkeys(SCRIPTS, f"one of {system}'s own")
    command = shutil.which("fc-list")
    if command is None:
        return {}
    try:
        listed = subprocess.run(  # noqa: S603  # the system's own command, with our own words
            [command, "--format", "%{family[0]}\t%{lang}\n"],
            capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=_FONT_SECONDS, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return {}
    return _first_fonts(listed.stdout)


def _first_fonts(listed: str) -> dict[str, str | None]:
    """Pick from lines of ``family TAB language|language|…`` the first family, by name, for each script."""
    fonts = [(family, set(languages.split("|"))) for family, _, languages in map(_parts, sorted(listed.splitlines()))]
    return {script: next((f for f, has in fonts if language in has), None) for script, language in SCRIPTS.items()}


def _parts(line: str) -> tuple[str, str, str]:
    return line.partition("\t")

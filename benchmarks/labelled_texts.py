"""Texts written one by one, with what a careful reader says of each: ``benchmarks/texts``.

The half ``test`` was written by people who had seen neither lexicons nor rules, and only ``benchmarks.text_quality``
reads it; rules and weights may learn from ``dev``. Each line is a JSON object; what its labels mean stands in
``docs/lexicons.md``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TEXTS = Path(__file__).parent / "texts"
#: The languages by their codes (ISO 639).
LANGUAGES = {
    "en": "English", "ar": "Arabic", "fa": "Persian", "ckb": "Kurdish, Sorani", "kmr": "Kurdish, Kurmanji",
    "sq": "Albanian", "vi": "Vietnamese", "fr": "French", "tr": "Turkish", "ps": "Pashto", "ti": "Tigrinya",
    "am": "Amharic", "ur": "Urdu", "it": "Italian", "es": "Spanish", "ro": "Romanian", "mix": "mixtures",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """A text and its labels; ``phones`` in E.164 and ``invites`` normalised, ``ambiguous`` numbers as written."""

    id: str
    language: str
    kind: str
    region_hint: str | None
    text: str
    phones: tuple[str, ...]
    ambiguous: tuple[str, ...]
    invites: tuple[str, ...]
    stance: str
    signals: tuple[str, ...]
    disguise: tuple[str, ...]

    @property
    def asked(self) -> dict[str, str | None]:
        """What ``clew scan`` is given of it."""
        return {"id": self.id, "text": self.text, "region_hint": self.region_hint, "kind": self.kind}


def labelled_texts(half: Literal["dev", "test"]) -> list[LabelledText]:
    """Return the texts of one half, in the order of languages and files."""
    return [
        _text(json.loads(line))
        for language in LANGUAGES
        for line in _lines(TEXTS / half / f"{language}.jsonl")
        if line.strip()
    ]


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n") if path.exists() else []


def _text(told: dict[str, object]) -> LabelledText:
    lists = {name: tuple(told.get(name) or ()) for name in ("phones", "ambiguous", "invites", "signals", "disguise")}  # type: ignore[call-overload]
    return LabelledText(
        id=str(told["id"]),
        language=str(told["lang"]),
        kind=str(told["kind"]),
        region_hint=told["region_hint"],  # type: ignore[arg-type]
        text=str(told["text"]),
        stance=str(told["stance"]),
        **lists,
    )

"""What is found in a text, whatever kind of thing it is: the one function that a case's extraction is given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import phonenumbers

from graph.errors import ParameterRefused
from graph.records import Mention
from loaders.identifiers import find_all, find_identifiers
from loaders.phones import CANDIDATE_REGIONS, find_contact

#: Counted up when a rule changes what it finds, so that a run says by which rules its mentions were found.
RULES_VERSION = 2


def rules() -> dict[str, Any]:
    """Return what an extraction records of how it found things."""
    return {
        "rules": RULES_VERSION,
        "phonenumbers": phonenumbers.__version__,
        "candidate_regions": list(CANDIDATE_REGIONS),
    }


def find_mentions(text: str, region: str | None, place: str) -> Iterable[Mention]:
    """Return what a text mentions; by ``place`` it is prose, or a field with a number or a link and nothing else."""
    if place in {"sender", "contact_card"}:
        mention = find_contact(text, region)
        return () if mention is None else (mention,)
    if place in {"link", "profile_link", "chat_invite"}:
        return find_identifiers(text)
    return find_all(text, region)


def to_e164(number: str) -> str:
    """Return a number given in international form (+44 …, 0044 …) in E.164; raise ``ParameterRefused`` otherwise."""
    mention = find_contact(number, None)
    if mention is None or mention.value is None:
        raise ParameterRefused(f"{number!r} is no phone number in international form, such as +44 7700 900123")
    return mention.value

"""What is found in a text, whatever kind of thing it is; a case's extraction is given ``read_text``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import phonenumbers

from graph.errors import ParameterRefused
from graph.records import Mention, TextStance
from loaders.identifiers import find_all, find_identifiers
from loaders.phones import CANDIDATE_REGIONS, find_contact
from loaders.stance import find_stance

#: Counted up when a rule changes what it finds, so that a run says by which rules its mentions were found.
RULES_VERSION = 3


#: Fields that are a number, and such as are a link: no prose.
_NUMBERS, _LINKS = frozenset({"sender", "contact_card"}), frozenset({"link", "profile_link", "chat_invite"})


def rules() -> dict[str, Any]:
    """Return what an extraction records of how it found things."""
    return {
        "rules": RULES_VERSION,
        "phonenumbers": phonenumbers.__version__,
        "candidate_regions": list(CANDIDATE_REGIONS),
    }


def find_mentions(text: str, region: str | None, place: str) -> Sequence[Mention]:
    """Return what a text mentions; by ``place`` it is prose, or a field with a number or a link and nothing else."""
    if place in _NUMBERS:
        mention = find_contact(text, region)
        return () if mention is None else (mention,)
    if place in _LINKS:
        return find_identifiers(text)
    return find_all(text, region)


def read_text(
    text: str, region: str | None, place: str, *, evidence: bool = False
) -> tuple[Sequence[Mention], TextStance | None]:
    """Return what a text mentions and what it does; the latter ``None`` for a field that is no prose.

    ``evidence`` asks where the words stand that say what it does.
    """
    mentions = find_mentions(text, region, place)
    if place in _NUMBERS or place in _LINKS:
        return mentions, None
    reachable = any(mention.kind != "url" for mention in mentions)
    return mentions, find_stance(text, reachable=reachable, evidence=evidence)


def to_e164(number: str) -> str:
    """Return a number given in international form (+44 …, 0044 …) in E.164; raise ``ParameterRefused`` otherwise."""
    mention = find_contact(number, None)
    if mention is None or mention.value is None:
        raise ParameterRefused(f"{number!r} is no phone number in international form, such as +44 7700 900123")
    return mention.value

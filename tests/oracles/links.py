"""Links in plain Python, as slowly and plainly as possible: what the SQL must agree with.

``shared_phone_links`` follows Newman (Scientific collaboration networks II, 2001): a number with n holders gives each
pair of them 1 / (n - 1), so that every holder gets 1 from it in all. ``co_repost_links`` follows CooRTweet's
published semantics (detect_groups), step by step.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Share(NamedTuple):
    """One row of a repost table; ``at`` in seconds."""

    account: str
    content: str
    object: str
    at: float


@dataclass
class Expected:
    """What a link between two accounts should be; ``via`` holds the numbers or objects."""

    pairs: int = 0
    strength: float = 0.0
    via: set[str] = field(default_factory=set)


def shared_phone_links(
    holds: Iterable[tuple[str, str]], max_holders: int | None = None, help_lines: Iterable[str] = ()
) -> dict[tuple[str, str], Expected]:
    """Link accounts by the numbers they hold; ``holds`` are (account, number), repeated or not."""
    holders: dict[str, set[str]] = defaultdict(set)
    for account, number in holds:
        holders[number].add(account)
    links: dict[tuple[str, str], Expected] = defaultdict(Expected)
    for number, accounts in sorted(holders.items()):
        if number in set(help_lines) or (max_holders is not None and len(accounts) > max_holders):
            continue
        for pair in combinations(sorted(accounts), 2):
            links[pair].pairs += 1
            links[pair].strength += 1 / (len(accounts) - 1)
            links[pair].via.add(number)
    return dict(links)


def active_shares(shares: Iterable[Share], min_participation: int) -> list[Share]:
    """CooRTweet's step 1: accounts with too few rows are dropped."""
    rows = list(shares)
    rows_of = Counter(share.account for share in rows)
    return [share for share in rows if rows_of[share.account] >= min_participation]


def share_pairs(rows: Iterable[Share], window: float) -> list[tuple[Share, Share]]:
    """CooRTweet's steps 2 and 3: two shares of one object within the window, without loops."""
    by_object: dict[str, list[Share]] = defaultdict(list)
    for share in rows:
        by_object[share.object].append(share)
    return [
        (one, other)
        for group in by_object.values()
        for one, other in combinations(group, 2)
        if abs(one.at - other.at) <= window
        and one.account != other.account
        and one.content != other.content
        and one.object not in {one.content, other.content}
    ]


def co_repost_links(shares: Iterable[Share], window: float, min_participation: int) -> dict[tuple[str, str], Expected]:
    """Link accounts that passed the same objects on within ``window`` seconds; ``pairs`` is CooRTweet's weight.

    ``strength``: each pair of shares adds 1 / m, where m is how many other accounts passed the object on within the
    window of the share that met more. A rush of thousands gives every pair next to nothing. The sum counts
    (objects - 1) / objects times: what two accounts did once, with one object, is chance.
    """
    rows = active_shares(shares, min_participation)
    pairs = share_pairs(rows, window)
    # Step 4: an account's rows count whose content stands in a pair, for whichever object; two weak accounts make none.
    involved = {share.content for pair in pairs for share in pair}
    count = Counter(share.account for share in rows if share.content in involved)
    pairs = [pair for pair in pairs if max(count[share.account] for share in pair) >= min_participation]
    met: dict[Share, set[str]] = defaultdict(set)
    for one, other in pairs:
        met[one].add(other.account)
        met[other].add(one.account)
    links: dict[tuple[str, str], Expected] = defaultdict(Expected)
    for one, other in pairs:
        link = links[min(one.account, other.account), max(one.account, other.account)]
        link.pairs += 1
        link.strength += 1 / max(len(met[one]), len(met[other]))
        link.via.add(one.object)
    for link in links.values():
        link.strength *= (len(link.via) - 1) / len(link.via)
    return dict(links)

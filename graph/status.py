"""What a case holds, in figures: for ``clew status``, programs, and anybody who checks that nothing was lost."""

from __future__ import annotations

from typing import Any

from graph import runs
from graph.case import Case
from graph.fetching import count, dicts, value
from graph.hashes import content_hash


def status_of(case: Case, *, run: int | None = None) -> dict[str, Any]:
    """Return the case's figures, the same with ``--json``.

    ``accounts, posts, reposts, mentions, clusters, rejected`` count; ``sources`` has one entry a load (``name, sha256,
    format, read, new, known, rejected, contradictions, loaded_at``); ``links`` has ``{kind: {pairs, links, accounts}}``
    (``too_coarse``: pairs not made because their times are known less finely than the window; ``left_out``: values
    headlined instead of linked). ``content_hash`` is over all that was observed and judged, ``derived_hash`` over what
    the run derived (``None``: nothing yet). ``stale`` is true where something was loaded or judged after that run. Set
    aside accounts and the collector count among ``accounts``; ``set_aside`` says how many, ``undecided_numbers`` how
    many mentions have candidates instead of a number.
    """
    with case.reading(run=run, include_set_aside=True, include_collector=True) as db:
        chain = runs.chain_of(db, run)
        tip = runs.facts_of(db, chain.clusters or chain.links or chain.extract)
        links = runs.facts_of(db, chain.links)
        content = content_hash(db)
        return {
            "case": str(case.path),
            "case_id": value(db, "SELECT case_id FROM run_facts"),
            **{name: count(db, f"SELECT count(*) FROM {name}") for name in ("accounts", "posts", "reposts")},
            "mentions": count(db, "SELECT count(*) FROM mentions"),
            "undecided_numbers": count(db, "SELECT count(*) FROM mentions WHERE value IS NULL"),
            "clusters": count(db, "SELECT count(*) FROM clusters"),
            "members": count(db, "SELECT count(*) FROM memberships"),
            "set_aside": count(db, "SELECT count(*) FROM set_aside"),
            "rejected": count(db, "SELECT count(*) FROM rejection"),
            "sources": dicts(db, _LOADS),
            "links": {kind: counts for kind, counts in links.get("counts", {}).items() if isinstance(counts, dict)},
            "runs": dicts(db, "SELECT run_id, step, parent, parameters, counts FROM run ORDER BY run_id"),
            "shown_runs": {"extract": chain.extract, "links": chain.links, "clusters": chain.clusters},
            "stale": bool(tip) and tip["content_hash"] != content,
            "content_hash": content,
            "derived_hash": tip.get("derived_hash"),
        }


_LOADS = """
    SELECT name, sha256, format, read, "new", known, rejected, contradictions,
           CAST(loaded_at AS VARCHAR) AS loaded_at
    FROM load JOIN source USING (source_id) ORDER BY load_id
"""

_REJECTIONS = """
    SELECT name AS source, line, reason, row FROM rejection JOIN load USING (load_id) JOIN source USING (source_id)
    WHERE load_id IN (SELECT max(load_id) FROM load GROUP BY source_id)
    ORDER BY load_id, line LIMIT $limit
"""


def rejections_of(case: Case, *, limit: int = 1_000_000_000) -> list[dict[str, Any]]:
    """Return the rejected rows of each file's latest load: ``source, line, reason, row`` (its start)."""
    with case.file.opened(write=False) as db:
        return dicts(db, _REJECTIONS, {"limit": limit})


def set_aside_of(case: Case) -> list[dict[str, Any]]:
    """Return the accounts that are set aside now, each with the reason."""
    with case.reading() as db:
        return dicts(db, "SELECT account_id, reason FROM set_aside ORDER BY account_id")


def left_out_of(case: Case, *, run: int | None = None) -> list[dict[str, Any]]:
    """Return the values that made no link, with how many hold them and why: ``kind, value, holders, reason``."""
    with case.reading(run=run) as db:
        return dicts(db, "SELECT kind, value, holders, reason FROM left_out ORDER BY holders DESC, value")

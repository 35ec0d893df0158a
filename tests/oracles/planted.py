"""Graphs whose communities are known, as link tables: what community detection must find again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

COLUMNS = ["account_a", "account_b", "kind", "strength"]


def link_table(pairs: list[tuple[str, str]], strength: float = 1.0, kind: str = "shared_phone") -> pd.DataFrame:
    """Return links of one kind and strength."""
    return pd.DataFrame([(a, b, kind, strength) for a, b in pairs], columns=COLUMNS)


def planted_partition(
    size: int, seed: int, *, degree: float = 14, mixing: float = 0.3, smallest: int = 10, largest: int = 100
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Return links and each account's community; account n is called ``x:000000n``.

    Communities have heavy-tailed sizes (exponent 2), accounts on average ``degree`` links, of which a share ``mixing``
    leads anywhere: the benchmark of Lancichinetti, Fortunato and Radicchi (2008) with even degrees.
    """
    rng = np.random.default_rng(seed)
    choices = np.arange(smallest, largest + 1)
    sizes = rng.choice(choices, size=size // smallest + 1, p=choices**-2.0 / (choices**-2.0).sum())
    community = np.repeat(np.arange(len(sizes)), sizes)[:size].astype(np.int64)
    first = np.searchsorted(community, community)
    width = np.bincount(community)[community]
    inside, across = int(size * degree / 2 * (1 - mixing)), int(size * degree / 2 * mixing)
    one = rng.integers(0, size, inside + across)
    other = rng.integers(0, size, inside + across)
    other[:inside] = (first[one] + rng.random(inside + across) * width[one]).astype(np.int64)[:inside]
    names = np.array([f"x:{n:07d}" for n in rng.permutation(size)])
    links = pd.DataFrame({"account_a": names[one], "account_b": names[other], "kind": "shared_phone", "strength": 1.0})
    truth = np.empty(size, dtype=np.int64)
    truth[[int(name[2:]) for name in names]] = community
    return links[one != other].reset_index(drop=True), truth


def random_links(size: int, degree: float, seed: int, strength: float = 1.0) -> pd.DataFrame:
    """Return links drawn with no structure at all."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, size, (int(size * degree / 2), 2)).tolist()
    pairs = sorted({(min(a, b), max(a, b)) for a, b in drawn if a != b})
    return link_table([(f"x:{a:05d}", f"x:{b:05d}") for a, b in pairs], strength)

"""Linked accounts as numbers: the graph that communities are found in.

Accounts become the integers 0, 1, 2, … in the order of their ids, strengths become whole numbers of millionths. So the
order of the links never matters: whole numbers add up to the same sum in any order, and every later step starts from
sorted nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import ParameterRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
#: Strengths are counted in whole millionths from here on.
FIXED_POINT = 1_000_000
_COLUMNS = ("account_a", "account_b", "kind", "strength")


@dataclass(frozen=True, slots=True)
class LinkedAccounts:
    """An undirected weighted graph: accounts in the order of their ids, each linked pair once.

    ``a`` and ``b`` (``a < b``) are positions in ``ids``; ``weight`` is the pair's strength over all kinds, in
    millionths.
    """

    ids: pa.Array
    a: Ints
    b: Ints
    weight: Ints

    @property
    def size(self) -> int:
        """How many accounts there are."""
        return len(self.ids)

    def strength(self) -> Ints:
        """Return each account's summed weight in millionths."""
        return self.total(self.weight)

    def total(self, value: Ints) -> Ints:
        """Return what each account has when every link gives ``value`` to both its ends."""
        total = np.zeros(self.size, dtype=np.int64)
        np.add.at(total, self.a, value)
        np.add.at(total, self.b, value)
        return total

    def only(self, keep: npt.NDArray[np.bool_]) -> LinkedAccounts:
        """Return the same accounts with only the links that ``keep`` marks."""
        return LinkedAccounts(self.ids, self.a[keep], self.b[keep], self.weight[keep])

    def rows(self) -> tuple[Ints, Ints, Ints]:
        """Return the compressed rows ``(start, neighbour, weight)``: both directions, neighbours ascending."""
        source, target = np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a])
        order = np.lexsort((target, source))
        start = np.zeros(self.size + 1, dtype=np.int64)
        np.cumsum(np.bincount(source, minlength=self.size), out=start[1:])
        return start, target[order], np.concatenate([self.weight, self.weight])[order]

    def components(self) -> Ints:
        """Return each account's component, named by the smallest account in it."""
        return _components(self.size, self.a, self.b)


def linked_accounts(
    links: pd.DataFrame | pa.Table, kind_weights: Mapping[str, float], min_strength: float
) -> LinkedAccounts:
    """Return the graph of the links: kinds weighed and summed by pair, pairs below ``min_strength`` left out.

    ``links`` has the columns ``account_a``, ``account_b``, ``kind`` and ``strength``; a kind that ``kind_weights`` does
    not name counts once. Raises ``ParameterRefused`` for a missing column, an absent id, a loop, or a strength that is
    absent, negative or not finite.
    """
    table = links if isinstance(links, pa.Table) else pa.Table.from_pandas(_needed(links), preserve_index=False)
    missing = [name for name in _COLUMNS if name not in table.column_names]
    if missing:
        raise ParameterRefused(f"the links have no column {', '.join(missing)}; needed are {', '.join(_COLUMNS)}")
    strength = table.column("strength").to_numpy(zero_copy_only=False).astype(np.float64)
    if not (np.isfinite(strength).all() and (strength >= 0).all()):
        raise ParameterRefused("a link's strength is absent, negative or not finite; run the step links again")
    ids, a, b = _positions(table.column("account_a"), table.column("account_b"))
    millionths = np.rint(strength * _weights(table.column("kind"), kind_weights) * FIXED_POINT).astype(np.int64)
    a, b, millionths = _by_pair(len(ids), a, b, millionths)
    kept = millionths >= max(1, round(min_strength * FIXED_POINT))
    return _without_lonely(ids, a[kept], b[kept], millionths[kept])


def _needed(links: pd.DataFrame) -> pd.DataFrame:
    return links[[name for name in _COLUMNS if name in links.columns]]


def _positions(first: pa.ChunkedArray, second: pa.ChunkedArray) -> tuple[pa.Array, Ints, Ints]:
    """Sort the distinct ids and return them with the positions of both columns in them."""
    both = pa.concat_arrays([*_strings(first), *_strings(second)])
    if both.null_count:
        raise ParameterRefused("a link has no account id at one end; run the step links again")
    encoded = both.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    place = np.empty(len(order), dtype=np.int64)
    place[order.to_numpy()] = np.arange(len(order))
    codes = place[encoded.indices.to_numpy()]
    a, b = codes[: len(first)], codes[len(first) :]
    if (a == b).any():
        raise ParameterRefused("a link joins an account to itself; run the step links again")
    return encoded.dictionary.take(order), np.minimum(a, b), np.maximum(a, b)


def _strings(column: pa.ChunkedArray) -> list[pa.Array]:
    return [chunk.cast(pa.large_string()) for chunk in column.chunks] or [pa.array([], pa.large_string())]


def _weights(kinds: pa.ChunkedArray, kind_weights: Mapping[str, float]) -> Floats:
    """Each link's factor by its kind."""
    refused = [kind for kind, weight in kind_weights.items() if not (np.isfinite(weight) and weight >= 0)]
    if refused:
        raise ParameterRefused(f"the weight of {', '.join(refused)} must be 0 or more")
    encoded = pa.chunked_array(_strings(kinds)).combine_chunks().dictionary_encode()
    if encoded.null_count:
        raise ParameterRefused("a link has no kind; run the step links again")
    factors = np.array([kind_weights.get(kind, 1.0) for kind in encoded.dictionary.to_pylist()], dtype=np.float64)
    codes: Ints = encoded.indices.to_numpy()
    return factors[codes]


def _by_pair(size: int, a: Ints, b: Ints, weight: Ints) -> tuple[Ints, Ints, Ints]:
    """Sum the weights of each pair, in whole numbers; pairs ascending."""
    key, where = np.unique(a * max(size, 1) + b, return_inverse=True)
    total = np.zeros(len(key), dtype=np.int64)
    np.add.at(total, where, weight)
    return key // max(size, 1), key % max(size, 1), total


def _without_lonely(ids: pa.Array, a: Ints, b: Ints, weight: Ints) -> LinkedAccounts:
    """Leave out accounts that no kept link touches."""
    touched = np.unique(np.concatenate([a, b]))
    place = np.zeros(len(ids), dtype=np.int64)
    place[touched] = np.arange(len(touched))
    return LinkedAccounts(ids.take(pa.array(touched)), place[a], place[b], weight)


def _components(size: int, a: Ints, b: Ints) -> Ints:
    """Label each node with the smallest node it can reach: hooking and pointer jumping, in whole columns."""
    label = np.arange(size, dtype=np.int64)
    while True:
        low = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, label[a], low)
        np.minimum.at(label, label[b], low)
        while True:
            jumped = label[label]
            if np.array_equal(jumped, label):
                break
            label = jumped
        if np.array_equal(before, label):
            return label

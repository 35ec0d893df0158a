"""All benchmarks, step by step, each beside a peer's library doing the same work in the same run: ``make bench``.

Quick by default: worlds of 10,000 and 100,000 posts. ``make bench ARGS="--size 1000000"`` takes far longer.
"""

from __future__ import annotations

from benchmarks import clustering, extraction, linking, loading, mapping, publishing
from benchmarks.command import run

if __name__ == "__main__":
    run(
        __doc__,
        [
            loading.measured,
            extraction.measured,
            linking.measured,
            clustering.measured,
            mapping.measured,
            publishing.measured,
        ],
    )

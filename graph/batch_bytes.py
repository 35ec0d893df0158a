"""A batch of columns as bytes that another process of this clew understands (Arrow's stream format)."""

from __future__ import annotations

import pyarrow as pa


def batch_bytes(batch: pa.RecordBatch) -> pa.Buffer:
    """Return a batch as bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


def batch_of(data: bytes | pa.Buffer) -> pa.RecordBatch:
    """Return the batch that ``batch_bytes`` made bytes of; its columns lie in these bytes."""
    with pa.ipc.open_stream(data) as reader:
        return reader.read_next_batch()

"""An archive parted into the rows that hold and those that fail, piece by piece."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bowerman_data._positions import first_values, key_columns, matches
from bowerman_data.reading import Reading

__all__ = ["Reasons", "part_archive"]

# For each key the invariants that its rows break, and why, in order; under no key those of every row.
Reasons = dict[str, dict[tuple[str, str], None]]
_TYPES: dict[str, pa.DataType] = {
    "file": pa.string(),
    "row": pa.int64(),
    "invariant": pa.string(),
    "reason": pa.string(),
}
_BESIDE = pa.schema(_TYPES)


def part_archive(folder: Path, reading: Reading, reasons: Reasons) -> None:
    """Write `<table>-holds.parquet` and `<table>-fails.parquet`, the reasons beside the rows that fail."""
    archive = reading.archive
    if archive is None:
        raise TypeError(f"{reading.name}: got a table in memory, expected an archive")
    key = key_columns(reading.name, archive.schema.names)
    wanted = reasons.keys() - {""}
    first = first_values(key, wanted)
    failing = pa.schema([*archive.schema, *_BESIDE])
    with (
        pq.ParquetWriter(folder / f"{reading.name}-holds.parquet", archive.schema, compression="zstd") as holds,
        pq.ParquetWriter(folder / f"{reading.name}-fails.parquet", failing, compression="zstd") as fails,
    ):
        for file, before, batch in archive.batches():
            batch = batch.select(archive.schema.names)
            broken = dict.fromkeys(range(batch.num_rows), "") if reasons.get("") else {}
            broken |= dict(matches(batch, reading.name, wanted, first))
            good, bad = _parted(batch, broken)
            holds.write_table(pa.Table.from_batches([good]).cast(archive.schema))
            fails.write_table(_beside(bad, file, before, broken, reasons).cast(failing))


def _parted(batch: pa.RecordBatch, broken: dict[int, str]) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    fails = pc.is_in(pa.array(range(batch.num_rows), pa.int64()), pa.array(sorted(broken), pa.int64()))
    return batch.filter(pc.invert(fails)), batch.filter(fails)


def _beside(batch: pa.RecordBatch, file: Path, before: int, broken: dict[int, str], reasons: Reasons) -> pa.Table:
    rows = sorted(broken)
    why = [{**reasons.get("", {}), **(reasons[broken[row]] if broken[row] else {})} for row in rows]
    beside: dict[str, list[Any]] = {
        "file": [str(file)] * len(rows),
        "row": [before + row + 1 for row in rows],
        "invariant": ["; ".join(dict.fromkeys(invariant for invariant, _ in found)) for found in why],
        "reason": ["; ".join(message for _, message in found) for found in why],
    }
    names = [*batch.schema.names, *_BESIDE.names]
    return pa.Table.from_arrays([*batch.columns, *pa.table(beside, _BESIDE).combine_chunks().columns], names=names)

"""Scattered rows a few races at a time: they are filed by their race, and read back part by part."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.ipc

from bowerman_data.schemas._batches import BEGINS, RACE_ID, Batch, changes
from bowerman_data.schemas._frames import ROW
from bowerman_data.schemas._names import Names
from bowerman_data.schemas._turns import AT_ONCE, in_turn

__all__ = ["in_parts"]

PIECE = 500_000
"""Rows that are parted at once."""
MOST_PARTS = 1 << 16
"""What the number of a part has room for; archives of so many batches have larger parts."""
BUFFER = 1 << 20
"""Bytes that are written at once: columns of slices are small."""

LARGEST = 1 << 16
WITHIN = {
    "results": pl.col("place").fill_null(LARGEST - 1).clip(0, LARGEST - 1),
    "splits": (pl.col("athlete_id") % (LARGEST // 2) * 2 + (pl.col("basis") == "athlete")).fill_null(0),
}
"""How the rows of a race are sorted: as is most quickly judged, not as anybody would read them."""


def in_parts(tables: Mapping[str, pl.LazyFrame], parts: int, named: Mapping[str, Names]) -> Iterator[Batch]:
    """Whole races, through a file for each table, in which the columns `named` are numbers."""
    parts = min(parts, MOST_PARTS)
    with tempfile.TemporaryDirectory(prefix="bowerman-") as folder, ExitStack() as opened:
        paths = {name: Path(folder, name) for name in tables}
        for name, frame in tables.items():
            _file(frame.with_row_index(ROW), paths[name], parts, named)
        filed = {
            name: pa.ipc.open_file(opened.enter_context(pa.OSFile(str(path), "rb"))) for name, path in paths.items()
        }
        texts = {name: numbered.listed() for name, numbered in named.items()}
        for at in range(parts):
            yield {name: _part(slices, at, parts, WITHIN[name], texts) for name, slices in filed.items()}


def _file(frame: pl.LazyFrame, path: Path, parts: int, named: Mapping[str, Names]) -> None:
    """Write the rows in slices: of each piece that is read one for every part, in order."""
    schema = _as_arrow(_in_numbers(frame.collect_schema().to_frame(), named)).schema
    pieces = frame.collect_batches(maintain_order=True, chunk_size=PIECE)
    with ExitStack() as opened:
        file = opened.enter_context(pa.BufferedOutputStream(opened.enter_context(pa.OSFile(str(path), "wb")), BUFFER))
        slices = opened.enter_context(pa.ipc.new_file(file, schema))
        parters = opened.enter_context(ThreadPoolExecutor(AT_ONCE))
        for parted in in_turn(parters, lambda piece: list(_slices(_in_numbers(piece, named), parts)), pieces):
            for one in parted:
                slices.write_batch(one)


def _in_numbers(rows: pl.DataFrame, named: Mapping[str, Names]) -> pl.DataFrame:
    return rows.with_columns(names.numbers(rows[name]).alias(name) for name, names in named.items())


def _slices(piece: pl.DataFrame, parts: int) -> Iterator[pa.RecordBatch]:
    part = (piece[RACE_ID] % parts).fill_null(0).cast(pl.UInt16).to_numpy()
    (rows,) = _as_arrow(piece.rechunk()[np.argsort(part, kind="stable")]).to_batches()
    end = 0
    for height in np.bincount(part, minlength=parts).tolist():
        yield rows.slice(end, height)
        end += height


def _as_arrow(rows: pl.DataFrame) -> pa.Table:
    # The newest level has text in views, and with each slice the text of the whole piece would be written.
    return rows.to_arrow(compat_level=pl.CompatLevel.oldest())


def _part(
    slices: pa.ipc.RecordBatchFileReader, at: int, parts: int, within: pl.Expr, texts: Mapping[str, pl.Series]
) -> pl.DataFrame:
    ours = [slices.get_batch(number) for number in range(at, slices.num_record_batches, parts)]
    rows = pl.DataFrame(pa.Table.from_batches(ours, slices.schema)).rechunk()
    rows = rows[np.argsort(rows.select(_by_race(within)).to_series().to_numpy())]
    named = [text.gather(rows[name]).alias(name) for name, text in texts.items()]
    return rows.with_columns(changes(rows[RACE_ID]).alias(BEGINS), *named)


def _by_race(within: pl.Expr) -> pl.Expr:
    """One number to sort by: the race, no race last, and 16 bits for its rows."""
    return pl.col(RACE_ID).cast(pl.UInt64).fill_null(1 << 32) * LARGEST + within.cast(pl.UInt64)

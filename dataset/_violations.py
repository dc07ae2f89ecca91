"""All violations of a run, beyond those that the report lists, and the Parquet file of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from bowerman_data._aside import written_aside
from bowerman_data._running import EVERY
from bowerman_data.errors import InputError
from bowerman_data.schemas.catalogue import violation
from bowerman_data.schemas.verdicts import Verdict, Violation

__all__ = ["Everything", "write_violations"]

_SCHEMA = pa.schema([(field.name, pa.string()) for field in fields(Violation)])
_ORDER = ("key", "column", "value", "expected")
_BATCH = 65_536


@dataclass(frozen=True)
class Everything:
    """Every violation that the engines found; `folder` has their files, `excused` the cells that are none, by table."""

    folder: Path
    excused: dict[str, Collection[tuple[str, str, str]]]

    def of(self, verdict: Verdict) -> Iterator[Violation]:
        """The violations of a verdict in the order of the report; read from the files where it lists but the first."""
        if verdict.failed <= len(verdict.violations):
            yield from verdict.violations
            return
        for batch in self._found(verdict).to_batches(_BATCH):
            for row in batch.to_pylist():
                yield violation(**row, slug=verdict.invariant, table=verdict.table, engine=verdict.engine)

    def _found(self, verdict: Verdict) -> pa.Table:
        files = sorted(str(file) for file in self.folder.glob(f"{verdict.engine}-*.parquet"))
        mine = (ds.field("invariant") == verdict.invariant) & (ds.field("table") == verdict.table)
        found = ds.dataset(files, EVERY, format="parquet").to_table(list(_ORDER), filter=mine)
        return found.filter(pc.invert(self._is_excused(verdict, found))).sort_by([(n, "ascending") for n in _ORDER])

    def _is_excused(self, verdict: Verdict, found: pa.Table) -> pa.Array[Any]:
        cells = {(k, column) for slug, k, column in self.excused.get(verdict.table, ()) if slug == verdict.invariant}
        named = zip(found.column("key").to_pylist(), found.column("column").to_pylist(), strict=True)
        return pa.array([cell in cells for cell in named] if cells else [False] * found.num_rows, pa.bool_())


def write_violations(path: Path, verdicts: Iterable[Verdict], everything: Everything) -> None:
    """Write every violation as Parquet, a column for each field of Violation, in the order of the report."""
    try:
        with written_aside(path) as aside, pq.ParquetWriter(aside, _SCHEMA, compression="zstd") as writer:
            for rows in _batches(found for verdict in verdicts for found in everything.of(verdict)):
                columns = {field: [getattr(row, field) for row in rows] for field in _SCHEMA.names}
                writer.write_table(pa.table(columns, _SCHEMA))
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error}") from error


def _batches(violations: Iterator[Violation]) -> Iterator[list[Violation]]:
    rows: list[Violation] = []
    for found in violations:
        rows.append(found)
        if len(rows) == _BATCH:
            yield rows
            rows = []
    if rows:
        yield rows

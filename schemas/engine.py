"""The Pandera engine: every invariant of the catalogue on tables in memory or in files."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrorReason, SchemaWarning

from bowerman_data.schemas._batches import BATCH
from bowerman_data.schemas._columns import Fault, column_faults
from bowerman_data.schemas._judge import ENGINE_ERRORS, Judge, Tally, one_line
from bowerman_data.schemas._pandera import InvariantCheck, Sitting
from bowerman_data.schemas._relations import failures, whole
from bowerman_data.schemas.catalogue import INVARIANTS, violation
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Verdict, Violation

__all__ = ["run"]

AnyFrame = pl.LazyFrame | pl.DataFrame | pa.Table
DOCUMENTS = {"source_id": pl.String(), "sha256": pl.String(), "text": pl.String()}


def run(
    tables: Mapping[str, AnyFrame | Path],
    *,
    shipped: bool = False,
    cap: int = 1000,
    every: Path | None = None,
    batch: int = BATCH,
) -> list[Verdict]:
    """A verdict for each invariant on each table it judges, in catalogue order.

    `tables` are by name, and may hold `documents` (source_id, sha256, text). A path is a Parquet file or a
    folder of them, read in place. `shipped` asks for what only the shipped tables promise. At most `cap`
    violations of an invariant and table are listed; all are counted, and written to Parquet files in the
    folder `every` if one is given. Results and splits are judged about `batch` results at a time.
    """
    unknown = sorted(tables.keys() - TABLES.keys() - {"documents"})
    if unknown:
        raise ValueError(f"table: got {', '.join(unknown)}, expected some of {', '.join(TABLES)}, documents")
    frames = {name: _lazy(frame) for name, frame in tables.items()}
    return _Run(frames, shipped, cap=cap, every=every, batch=batch).verdicts()


def _lazy(frame: AnyFrame | Path) -> pl.LazyFrame:
    if isinstance(frame, Path):
        return pl.scan_parquet(frame / "**/*.parquet" if frame.is_dir() else frame, hive_partitioning=False)
    if isinstance(frame, pa.Table):
        return pl.DataFrame(frame).lazy()
    return frame.lazy()


class _Run:
    """One run: what Pandera said of each table, read against the shared counts."""

    def __init__(self, frames: dict[str, pl.LazyFrame], shipped: bool, **judging: Any) -> None:  # noqa: ANN401
        self.frames, self.shipped = frames, shipped
        self.unreadable: dict[str, str] = {}
        self.faults = {name: self._faults(name) for name in frames}
        faulty = [name for name, faults in self.faults.items() if faults]
        self.judge = Judge(frames, faulty, shipped=shipped, **judging)
        self.failed: set[tuple[str, str]] = set()
        self.broken: dict[tuple[str, str], str] = {}

    def verdicts(self) -> list[Verdict]:
        """Let Pandera validate each table, and read the outcomes."""
        with warnings.catch_warnings(), config_context(True, ValidationDepth.SCHEMA_AND_DATA):
            warnings.simplefilter("ignore", SchemaWarning)
            self._validate()
        judged = [(slug, table) for slug, one in INVARIANTS.items() for table in one.tables if table in self.frames]
        return [self._verdict(slug, table) for slug, table in judged]

    def _faults(self, name: str) -> list[Fault]:
        try:
            schema = self.frames[name].collect_schema()
        except ENGINE_ERRORS as error:
            self.unreadable[name] = one_line(error)
            return [("", None, None)]
        if name == "documents":
            return [(column, None, "string") for column in DOCUMENTS if schema.get(column) != pl.String()]
        return column_faults(name, schema)

    def _validate(self) -> None:
        # Pandera looks at the columns; of the rows it hears from the judge.
        now = Sitting(self.judge, shows_rows=False)
        usable = {
            name: frame.collect_schema().to_frame().lazy()
            for name, frame in self.frames.items()
            if not self.faults[name]
        }
        for table in filter(usable.__contains__, TABLES):
            schema = whole(table, self.shipped)
            try:
                self._note(failures(schema, usable[table], now))
            except ENGINE_ERRORS as error:
                self.broken.update({(str(check.name), table): one_line(error) for check in schema.checks or ()})

    def _note(self, errors: list[SchemaError]) -> None:
        for error in errors:
            if not isinstance(error.check, InvariantCheck):
                continue
            where = (str(error.check.name), error.check.table)
            if error.reason_code is SchemaErrorReason.CHECK_ERROR:
                self.broken[where] = str(error.failure_cases)
            else:
                self.failed.add(where)

    def _verdict(self, slug: str, table: str) -> Verdict:
        if table in self.unreadable:
            return Verdict(slug, table, "pandera", "error", 0, 0, 0.0, reason=self.unreadable[table])
        tally, rows = self.judge.tally(slug, table), self._rows(table)
        if slug == "declared-columns" and self.faults[table]:
            return self._misdeclared(table, rows)
        error = tally.error or self.broken.get((slug, table))
        if error is not None:
            return Verdict(slug, table, "pandera", "error", rows, 0, tally.seconds, reason=error)
        if tally.skipped is not None:
            return Verdict(slug, table, "pandera", "skipped", rows, 0, tally.seconds, reason=tally.skipped)
        if not self._fails(slug, table, tally):
            return Verdict(slug, table, "pandera", "pass", rows, 0, tally.seconds)
        return Verdict(slug, table, "pandera", "fail", rows, tally.failed, tally.seconds, self._violations(slug, table))

    def _rows(self, table: str) -> int:
        try:
            return self.judge.rows(table)
        except ENGINE_ERRORS:
            return 0

    def _fails(self, slug: str, table: str, tally: Tally) -> bool:
        # Of a warning Pandera warns and passes.
        warned = INVARIANTS[slug].severity == "warning" and tally.failed > 0
        return warned or (slug, table) in self.failed

    def _misdeclared(self, table: str, rows: int) -> Verdict:
        faults = self.faults[table]
        listed = tuple(violation("declared-columns", table, "", *fault, "pandera") for fault in faults)
        return Verdict("declared-columns", table, "pandera", "fail", rows, len(faults), 0.0, tuple(sorted(listed)))

    def _violations(self, slug: str, table: str) -> tuple[Violation, ...]:
        if slug == "never-empty":
            return (violation(slug, table, "", "", "0 rows", "at least 1 row", "pandera"),)
        found = self.judge.violations(slug, table).select("key", "column", "value", "expected")
        return tuple(
            violation(slug, table, key, column, value, expected, "pandera")
            for key, column, value, expected in found.iter_rows()
        )

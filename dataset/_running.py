"""How an engine is run: on tables at hand or in place, with every violation written out where that is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bowerman_data.schemas.verdicts import Verdict, Violation

__all__ = ["CAP", "EVERY", "Run", "judged_by"]

Run = Callable[..., list[Verdict]]
Data = pa.Table | Path

# Violations listed of one invariant in one table; the counts are exact beyond it.
CAP = 1000
EVERY = pa.schema([(name, pa.string()) for name in ("invariant", "table", "key", "column", "value", "expected")])
_ALL = 2**31 - 1


def judged_by(run: Run, tables: Mapping[str, Data], *, shipped: bool, cap: int, every: Path | None) -> list[Verdict]:
    """The verdicts of an engine, at most `cap` violations of each listed.

    In the folder `every` all of them are written, as Parquet files `<engine>-*.parquet` with the
    columns of EVERY.
    """
    if "every" in inspect.signature(run).parameters:
        return run(tables, shipped=shipped, cap=cap, every=every)
    return _without_every(run, tables, shipped=shipped, cap=cap if every is None else _ALL, every=every)


def _without_every(
    run: Run, tables: Mapping[str, Data], *, shipped: bool, cap: int, every: Path | None
) -> list[Verdict]:
    """The same of an engine that keeps what it finds in memory, and takes tables alone. To go once none does."""
    if run.__module__.endswith("schemas.engine"):
        import polars as pl

        given = {name: pl.scan_parquet(data) if isinstance(data, Path) else data for name, data in tables.items()}
        verdicts = run(given, shipped=shipped, cap=cap)
    else:
        verdicts = run(tables, shipped=shipped, cap=cap)
    for number, verdict in enumerate(verdicts if every else ()):
        _write(Path(str(every)) / f"{verdict.engine}-{number}.parquet", verdict.violations)
    return verdicts


def _write(path: Path, violations: tuple[Violation, ...]) -> None:
    if violations:
        columns = {name: [getattr(violation, name) for violation in violations] for name in EVERY.names}
        pq.write_table(pa.table(columns, EVERY), path)

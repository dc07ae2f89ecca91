"""All invariants on tables at hand, through Great Expectations on an embedded DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Any

import duckdb
import great_expectations as gx
import pyarrow as pa
import pyarrow.parquet as pq
from great_expectations import ExpectationSuite
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig

from bowerman_data.expectations._archive import Archive
from bowerman_data.expectations._judge import CAP, Holder, one_line
from bowerman_data.expectations._query import DOCUMENTS
from bowerman_data.expectations._slices import AT_ONCE
from bowerman_data.expectations._standing import FEW, standing
from bowerman_data.expectations.duckdb import DuckDBDatasource
from bowerman_data.expectations.suites import expectations_of
from bowerman_data.schemas.catalogue import INVARIANTS, invariants_of, violation
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Engine, Verdict

if TYPE_CHECKING:
    import polars as pl
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

__all__ = ["check_names", "errors", "export_unread", "in_order", "quiet_context", "run", "suite_of", "verdict_of"]

Data = pa.Table | Path

_UNREAD = ("declared-columns", "never-empty")
_EXPORTED = ("invariant", "table", "key", "column", "value", "expected")

_LOCK = Lock()  # one data source serves all runs of a process, one after the other


def _relation(connection: duckdb.DuckDBPyConnection, data: Data) -> duckdb.DuckDBPyRelation:
    """A table as DuckDB reads it, in place."""
    if isinstance(data, Path):
        files = data / "**" / "*.parquet" if data.is_dir() else data
        return connection.read_parquet(str(files), hive_partitioning=False)
    return connection.from_arrow(data)


def quiet_context() -> EphemeralDataContext:
    """A context that leaves nothing behind: in memory, without progress bars, telling nobody."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    context.enable_analytics(False)
    return context


@cache
def _quiet() -> tuple[DuckDBDatasource, BatchDefinition[Any]]:
    """A data source, and a batch of nothing.

    Made once a process, since that takes as long as judging a race. The tables are found by name: one that
    were the batch would be copied.
    """
    source = quiet_context().data_sources.add_bowerman_duckdb(name="bowerman")
    asset = source.add_query_asset("nothing", query="SELECT 1 AS nothing")
    return source, asset.add_batch_definition_whole_table("nothing")


@cache
def suite_of(tables: tuple[str, ...], shipped: bool, cap: int) -> ExpectationSuite:
    """One suite for all of the tables, which are found by name."""
    expectations = [
        expectation
        for table in tables
        for expectation in expectations_of(
            table, [i.slug for i in invariants_of(table)], tables={}, by_name=True, shipped=shipped, cap=cap
        )
    ]
    return ExpectationSuite(name="bowerman", expectations=list(expectations))


def errors(table: str, reason: str, engine: Engine) -> list[Verdict]:
    """Why nothing of a table could be judged."""
    return [Verdict(i.slug, table, engine, "error", 0, 0, 0.0, (), reason) for i in invariants_of(table)]


def verdict_of(result: ExpectationValidationResult, engine: Engine) -> Verdict:
    """A validation result of Great Expectations in the words that the engines share."""
    config = result.expectation_config
    if config is None:
        raise TypeError("expectation_config: got None, expected that of the expectation")
    slug, table = config.kwargs["invariant"], config.kwargs["table"]
    found = result.result
    if "details" not in found:
        return Verdict(slug, table, engine, "error", 0, 0, 0.0, (), _raised(result.exception_info))
    listed = tuple(
        violation(slug, table, row["key"], row["column"], row["value"], row["expected"], engine)
        for row in found["unexpected_list"]
    )
    outcome, reason, seconds, rows = (found["details"][name] for name in ("outcome", "reason", "seconds", "rows"))
    return Verdict(slug, table, engine, outcome, rows, found["unexpected_count"], seconds, listed, reason)


def _raised(info: Mapping[str, Any]) -> str:
    """The message of an exception that Great Expectations caught, which it may keep by metric."""
    infos = [info] if "exception_message" in info else list(info.values())
    return " ".join(str(infos[0].get("exception_message", "")).split())[:300] if infos else "no result"


def _validated(archive: Holder, connection: duckdb.DuckDBPyConnection, suite: ExpectationSuite) -> list[Verdict]:
    source, batches = _quiet()
    source.hand(connection, archive)
    try:
        results = batches.get_batch().validate(suite, result_format="COMPLETE").results
        return [verdict_of(result, "gx") for result in results]
    finally:
        source.release()


def _alone(tables: Mapping[str, Data], archived: Callable[..., Archive], shipped: bool, cap: int) -> list[Verdict]:
    """A verdict for each invariant, on a connection for these tables alone; what an engine raises becomes an outcome."""
    with duckdb.connect() as connection:
        unread = dict(_registered(connection, tables))
        refused = [verdict for table, reason in unread.items() for verdict in errors(table, reason, "gx")]
        read = {name: data for name, data in tables.items() if name not in unread}
        judged = tuple(name for name in read if name in TABLES)
        try:
            archive = archived(connection, read)
            return [*refused, *(_validated(archive, connection, suite_of(judged, shipped, cap)) if judged else ())]
        except Exception as error:  # noqa: BLE001
            return [*refused, *(verdict for table in judged for verdict in errors(table, one_line(error), "gx"))]


def _few(tables: Mapping[str, Data], most: int) -> dict[str, pa.Table] | None:
    """The tables, if they are in memory and have few rows."""
    held = {name: data for name, data in tables.items() if isinstance(data, pa.Table)}
    return held if len(held) == len(tables) and sum(data.num_rows for data in held.values()) <= most else None


def _standing(tables: Mapping[str, pa.Table], every: Path | None, shipped: bool, cap: int) -> list[Verdict] | None:
    """A verdict for each invariant, on the connection that stands; None if that is not for these tables."""
    judged = tuple(name for name in tables if name in TABLES)
    with standing(tables, every) as few:
        if few is None or not judged:
            return None
        return _validated(few, few.connection, suite_of(judged, shipped, cap))


def check_names(tables: Iterable[str]) -> None:
    """Raise ValueError for a name that is no table's."""
    unknown = sorted(set(tables) - TABLES.keys() - {DOCUMENTS})
    if unknown:
        raise ValueError(f"tables: got {', '.join(unknown)}, expected some of {', '.join((*TABLES, DOCUMENTS))}")


def in_order(verdicts: Iterable[Verdict], tables: Iterable[str]) -> list[Verdict]:
    """The verdicts on these tables in the order of the catalogue."""
    found, given = {(verdict.invariant, verdict.table): verdict for verdict in verdicts}, set(tables)
    return [found[i.slug, table] for i in INVARIANTS.values() for table in i.tables if table in given]


def run(
    tables: Mapping[str, pa.Table | pl.DataFrame | Path],
    *,
    shipped: bool = False,
    cap: int = CAP,
    every: Path | None = None,
    at_once: int = AT_ONCE,
) -> list[Verdict]:
    """Every invariant on the tables given, in catalogue order.

    A path is a Parquet file or a folder of them, read in place. `documents` (source_id, sha256,
    text) may stand beside the tables; with it, spans are resolved. `shipped` holds the promises of
    this dataset too, such as the order of rows. Counts are exact; at most `cap` violations of an
    invariant and table are listed; with `every`, a folder, all of them are written there as Parquet
    files `gx-*.parquet` (invariant, table, key, column, value, expected: text). Where results and
    splits have more rows than `at_once`, they are judged some races at a time, which says the same.

    Raises:
        ValueError: a name is no table's.
    """
    check_names(tables)
    given = {name: data if isinstance(data, pa.Table | Path) else data.to_arrow() for name, data in tables.items()}
    if every is not None:
        every.mkdir(parents=True, exist_ok=True)
    few = _few(given, min(FEW, at_once))
    with _LOCK, TemporaryDirectory(prefix="bowerman-") as folder:
        verdicts = _standing(few, every, shipped, cap) if few is not None else None
        if verdicts is None:
            verdicts = _alone(given, partial(Archive, folder=Path(folder), every=every, size=at_once), shipped, cap)
    if every is not None:
        export_unread(verdicts, every / "gx-tables.parquet")
    return in_order(verdicts, tables)


def export_unread(verdicts: list[Verdict], path: Path) -> None:
    """Write what is said of tables without a look at their rows: all of it is listed."""
    said = [v for verdict in verdicts if verdict.invariant in _UNREAD for v in verdict.violations]
    if said:
        columns = {name: pa.array([getattr(v, name) for v in said], pa.string()) for name in _EXPORTED}
        pq.write_table(pa.table(columns), path)


def _registered(connection: duckdb.DuckDBPyConnection, tables: Mapping[str, Data]) -> Iterator[tuple[str, str]]:
    """Make each table a view; those that cannot be read, with the reason."""
    for name, data in tables.items():
        try:
            _relation(connection, data).create_view(name)
        except Exception as error:  # noqa: BLE001 -- whatever an engine raises becomes an outcome
            yield name, one_line(error)

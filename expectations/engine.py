"""All invariants on tables at hand, through Great Expectations on an embedded DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import great_expectations as gx
import pyarrow as pa
from great_expectations.data_context import EphemeralDataContext
from great_expectations.data_context.types.base import ProgressBarsConfig

from bowerman_data.expectations._judge import CAP, one_line
from bowerman_data.expectations._query import DOCUMENTS
from bowerman_data.expectations.duckdb import DuckDBDatasource
from bowerman_data.expectations.suites import expectations_of
from bowerman_data.schemas.catalogue import INVARIANTS, invariants_of, violation
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Verdict

if TYPE_CHECKING:
    import polars as pl
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

__all__ = ["quiet_context", "run"]


def _relation(connection: duckdb.DuckDBPyConnection, data: pa.Table | pl.DataFrame | Path) -> duckdb.DuckDBPyRelation:
    """A table as DuckDB reads it, in place."""
    if isinstance(data, Path):
        files = data / "**" / "*.parquet" if data.is_dir() else data
        return connection.read_parquet(str(files), hive_partitioning=False)
    return connection.from_arrow(data if isinstance(data, pa.Table) else data.to_arrow())


def quiet_context() -> EphemeralDataContext:
    """A context that leaves nothing behind: in memory, without progress bars, telling nobody."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    context.enable_analytics(False)
    return context


def _errors(table: str, reason: str) -> list[Verdict]:
    return [Verdict(i.slug, table, "gx", "error", 0, 0, 0.0, (), reason) for i in invariants_of(table)]


def _verdict(result: ExpectationValidationResult) -> Verdict:
    """A validation result of Great Expectations in the words that both engines share."""
    config = result.expectation_config
    if config is None:
        raise TypeError("expectation_config: got None, expected that of the expectation")
    slug, table = config.kwargs["invariant"], config.kwargs["table"]
    found = result.result
    if "details" not in found:
        return Verdict(slug, table, "gx", "error", 0, 0, 0.0, (), _raised(result.exception_info))
    listed = tuple(
        violation(slug, table, row["key"], row["column"], row["value"], row["expected"], "gx")
        for row in found["unexpected_list"]
    )
    outcome, reason, seconds, rows = (found["details"][name] for name in ("outcome", "reason", "seconds", "rows"))
    return Verdict(slug, table, "gx", outcome, rows, found["unexpected_count"], seconds, listed, reason)


def _raised(info: Mapping[str, Any]) -> str:
    """The message of an exception that Great Expectations caught, which it may keep by metric."""
    infos = [info] if "exception_message" in info else list(info.values())
    return " ".join(str(infos[0].get("exception_message", "")).split())[:300] if infos else "no result"


def _judged(source: DuckDBDatasource, tables: list[str], shipped: bool, cap: int) -> list[Verdict]:
    """The tables through one suite. They are found by name, so the batch is nothing: one of them would be copied."""
    expectations = [
        expectation
        for table in tables
        for expectation in expectations_of(
            table, [i.slug for i in invariants_of(table)], tables={}, by_name=True, shipped=shipped, cap=cap
        )
    ]
    suite = gx.ExpectationSuite(name="bowerman", expectations=list(expectations))
    asset = source.add_query_asset("nothing", query="SELECT 1 AS nothing")
    batch = asset.add_batch_definition_whole_table("nothing").get_batch()
    return [_verdict(result) for result in batch.validate(suite, result_format="COMPLETE").results]


def _verdicts(source: DuckDBDatasource, tables: list[str], shipped: bool, cap: int) -> list[Verdict]:
    try:
        return _judged(source, tables, shipped, cap) if tables else []
    except Exception as error:  # noqa: BLE001 -- whatever an engine raises becomes an outcome
        return [verdict for table in tables for verdict in _errors(table, one_line(error))]
    finally:
        source.release()


def run(
    tables: Mapping[str, pa.Table | pl.DataFrame | Path], *, shipped: bool = False, cap: int = CAP
) -> list[Verdict]:
    """Every invariant on the tables given, in catalogue order.

    A path is a Parquet file or a folder of them, read in place. `documents` (source_id, sha256,
    text) may stand beside the tables; with it, spans are resolved. `shipped` holds the promises of
    this dataset too, such as the order of rows. Counts are exact; at most `cap` violations of an
    invariant and table are listed.

    Raises:
        ValueError: a name is no table's.
    """
    unknown = sorted(tables.keys() - TABLES.keys() - {DOCUMENTS})
    if unknown:
        raise ValueError(f"tables: got {', '.join(unknown)}, expected some of {', '.join((*TABLES, DOCUMENTS))}")
    found: dict[tuple[str, str], Verdict] = {}
    with duckdb.connect() as connection:
        unread = dict(_registered(connection, tables))
        for table, reason in unread.items():
            found |= {(v.invariant, v.table): v for v in _errors(table, reason)}
        source = quiet_context().data_sources.add_bowerman_duckdb(name="bowerman")
        source.hand(connection, unchanging=True)
        judged = [name for name in tables if name in TABLES and name not in unread]
        found |= {(v.invariant, v.table): v for v in _verdicts(source, judged, shipped, cap)}
    return [found[i.slug, table] for i in INVARIANTS.values() for table in i.tables if table in tables]


def _registered(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table | pl.DataFrame | Path]
) -> Iterator[tuple[str, str]]:
    """Make each table a view; those that cannot be read, with the reason."""
    for name, data in tables.items():
        try:
            _relation(connection, data).create_view(name)
        except Exception as error:  # noqa: BLE001 -- whatever an engine raises becomes an outcome
            yield name, one_line(error)

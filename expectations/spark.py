"""All invariants on tables at hand or in place, through Great Expectations on a Spark session."""

# pyright: reportMissingImports=false

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from great_expectations.compatibility import pydantic
from great_expectations.datasource.fluent import SparkDatasource
from great_expectations.execution_engine import SparkDFExecutionEngine

from bowerman_data.expectations._counting import Holder
from bowerman_data.expectations._holders import Exports, SparkHolder
from bowerman_data.expectations._judge import CAP, one_line
from bowerman_data.expectations._query import Keep
from bowerman_data.expectations._session import SparkUnavailable, session
from bowerman_data.expectations.engine import (
    check_names,
    errors,
    export_unread,
    in_order,
    quiet_context,
    suite_of,
    verdict_of,
)
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Verdict

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["BowermanSparkDatasource", "SparkUnavailable", "run"]


class SparkArchive(SparkHolder):
    """Views of a session that do not change, so that what they give is kept."""

    def __init__(self, session: SparkSession, *, every: Path | None) -> None:
        """Views with the contract's names; `every` is a folder for all violations."""
        super().__init__(session, {})
        self._exports = Exports(every, "spark")
        self._kept: dict[str, str] = {}

    @property
    def keep(self) -> Keep | None:
        """Keep the rows of a query on the executors."""
        return self._checkpointed

    def _checkpointed(self, sql: str) -> str:
        if sql not in self._kept:
            name = f"bowerman_kept_{len(self._kept)}"
            # Cut from its plan, which would be planned again with every query that reads it.
            self._session.sql(sql).localCheckpoint().createOrReplaceTempView(name)
            self._kept[sql] = name
        return self._kept[sql]

    def exported(self, sql: str) -> None:
        """Write violations as one more Parquet file, here and not where a worker is."""
        self._exports.write(lambda path: pq.write_table(self._session.sql(sql).toArrow(), path))

    def exporting(self) -> AbstractContextManager[None]:
        """Take back what was exported within, if that is left by an error."""
        return self._exports.together()


class SparkEngine(SparkDFExecutionEngine):
    """An execution engine for tables that do not change."""

    archive: Holder | None = None


class BowermanSparkDatasource(SparkDatasource):
    """Views of a session that is handed over: `context.data_sources.add_bowerman_spark`."""

    type: Literal["bowerman_spark"] = "bowerman_spark"  # type: ignore[assignment]
    persist: bool = False

    _handed: Any = pydantic.PrivateAttr(None)

    @property
    def execution_engine_type(self) -> builtins.type[SparkDFExecutionEngine]:
        """The engine that keeps."""
        return SparkEngine

    def get_spark(self) -> SparkSession:
        """The session handed over; Great Expectations would look for any, a remote one first."""
        self._spark = self._handed or super().get_spark()
        found: SparkSession = self._spark
        return found

    def hand(self, session: SparkSession, archive: Holder) -> None:
        """Use a session; `archive` are its views, which do not change."""
        self._handed = session
        self.get_spark()
        engine = self.get_execution_engine()
        if isinstance(engine, SparkEngine):
            engine.archive = archive


def _frame(spark: SparkSession, data: pa.Table | pl.DataFrame | Path) -> DataFrame:
    """A table as Spark has it: a file read where it lies, a table in memory sent with the plan, or from the driver."""
    if isinstance(data, Path):
        reader = (
            spark.read.options(recursiveFileLookup="true", pathGlobFilter="*.parquet") if data.is_dir() else spark.read
        )
        return reader.parquet(data.absolute().as_uri())
    return spark.createDataFrame(data if isinstance(data, pa.Table) else data.to_arrow())


def _registered(
    spark: SparkSession, tables: Mapping[str, pa.Table | pl.DataFrame | Path], remote: bool
) -> Iterator[tuple[str, str]]:
    """Make each table a view; those that cannot be read, with the reason."""
    for name, data in tables.items():
        try:
            frame = _frame(spark, data)
            if remote and isinstance(data, Path):
                _check_seen(frame, data)
            frame.createOrReplaceTempView(name)
        except Exception as error:  # noqa: BLE001 -- whatever an engine raises becomes an outcome
            yield name, one_line(error)


def _check_seen(frame: DataFrame, path: Path) -> None:
    """Raise where the workers cannot open what the driver lists: on a cluster, a path is each machine's own."""
    from pyspark.errors import PySparkException

    try:
        frame.count()
    except PySparkException as error:
        raise SparkUnavailable(f"{path}: the workers cannot read it; it must lie where each of them sees it") from error


def _verdicts(spark: SparkSession, archive: SparkArchive, tables: list[str], shipped: bool, cap: int) -> list[Verdict]:
    """The tables through one suite. They are found by name, so the batch is nothing."""
    if not tables:
        return []
    try:
        source = quiet_context().data_sources.add_bowerman_spark(name="bowerman")
        source.hand(spark, archive)
        batch = (
            source.add_dataframe_asset("nothing")
            .add_batch_definition_whole_dataframe("nothing")
            .get_batch({"dataframe": spark.sql("SELECT 1 AS nothing")})
        )
        results = batch.validate(suite_of(tuple(tables), shipped, cap), result_format="COMPLETE").results
        return [verdict_of(result, "spark") for result in results]
    except Exception as error:  # noqa: BLE001 -- whatever an engine raises becomes an outcome
        return [verdict for table in tables for verdict in errors(table, one_line(error), "spark")]


def _rows(data: pa.Table | pl.DataFrame | Path) -> int:
    """How many rows there are, as the files themselves say; those of a file that cannot be read are none."""
    if isinstance(data, Path):
        files = data.rglob("*.parquet") if data.is_dir() else (data,)
        try:
            return sum(pq.read_metadata(path).num_rows for path in files)
        except (OSError, pa.ArrowException):
            return 0
    return data.num_rows if isinstance(data, pa.Table) else data.height


def run(
    tables: Mapping[str, pa.Table | pl.DataFrame | Path],
    *,
    shipped: bool = False,
    cap: int = CAP,
    every: Path | None = None,
    master: str = "local[*]",
) -> list[Verdict]:
    """Every invariant on the tables given, in catalogue order, as `engine.run` does it, on Spark.

    A path is a Parquet file or a folder of them, read in place; on a cluster it must be one that
    every worker sees. Tables in memory travel from here. An active session is used, beside whatever
    else it has, and left alive; where none is, one is started on `master` and stopped again.
    `documents`, `shipped`, `cap` and `every` are as there; the files are `spark-*.parquet`.

    Raises:
        ValueError: a name is no table's.
        SparkUnavailable: an OSError; no Java, no master that answers, or no worker.
    """
    check_names(tables)
    found: list[Verdict] = []
    if every is not None:
        every.mkdir(parents=True, exist_ok=True)
    with session(master, rows=sum(map(_rows, tables.values()))) as spark:
        remote = not str(spark.sparkContext.master).startswith("local")
        unread = dict(_registered(spark, tables, remote))
        for table, reason in unread.items():
            found += errors(table, reason, "spark")
        judged = [name for name in tables if name in TABLES and name not in unread]
        found += _verdicts(spark, SparkArchive(spark, every=every), judged, shipped, cap)
    if every is not None:
        export_unread(found, every / "spark-tables.parquet")
    return in_order(found, tables)

"""The one metric of all the expectations: every clause of a table, counted in one query.

Great Expectations computes a metric once for all the expectations of a suite that ask for the same
one, so a suite costs one query a table, and one more for each clause that is broken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import (
    ExecutionEngine,
    PandasExecutionEngine,
    SparkDFExecutionEngine,
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from sqlalchemy.exc import DBAPIError

from bowerman_data.expectations._counting import Holder
from bowerman_data.expectations._holders import DuckDBHolder, SparkHolder, quoted
from bowerman_data.expectations._judge import judge
from bowerman_data.expectations._pandas import as_declared
from bowerman_data.expectations.duckdb import DuckDBExecutionEngine
from bowerman_data.schemas.verdicts import Verdict

__all__ = ["METRIC", "InvariantsJudged"]

METRIC = "bowerman.invariants_judged"


def _judged(holder: Holder, asked: Mapping[str, Any]) -> dict[str, Verdict]:
    verdicts = judge(holder, asked["table"], asked["asked"], shipped=asked["shipped"], cap=asked["cap"])
    return {verdict.invariant: verdict for verdict in verdicts}


def _batch(engine: ExecutionEngine[Any], domain: dict[str, Any]) -> Any:  # noqa: ANN401 -- a selectable or a frame, as the engine has it
    return engine.get_compute_domain(domain_kwargs=domain, domain_type=MetricDomainTypes.TABLE)[0]


def _selected(engine: SqlAlchemyExecutionEngine, domain: dict[str, Any]) -> str:
    """The batch as a query in parentheses."""
    query = sa.select(sa.text("*")).select_from(_batch(engine, domain))
    compiled = query.compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True})
    return f"({compiled})"


def _names(asked: Mapping[str, Any], quote: str) -> dict[str, str]:
    """The user's tables, by the contract's names, as SQL that stands after FROM."""
    return {name: quoted(theirs, quote) for name, theirs in (asked["tables"] or {}).items()}


def _recovering(connection: sa.Connection) -> Callable[[str], Any]:
    """Run statements each by itself: one that fails must not take with it what came before."""

    def execute(sql: str) -> sa.CursorResult[Any]:
        try:
            cursor = connection.exec_driver_sql(sql)
        except DBAPIError:
            connection.rollback()
            raise
        if sql.startswith("CREATE "):  # DuckDB gives rows even for that, so the cursor does not tell
            connection.commit()
        return cursor

    return execute


class InvariantsJudged(TableMetricProvider):
    """Verdicts by invariant on one table.

    The batch is the judged table, unless that is asked for `by_name`; other tables are found by the
    contract's names, or by those that `tables` gives them.
    """

    metric_name = METRIC
    domain_keys = ("batch_id",)  # not "table", which would be taken for a name in the data source
    value_keys = ("table", "asked", "tables", "by_name", "shipped", "cap")

    @metric_value(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls,
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> dict[str, Verdict]:
        if execution_engine.dialect_name != "duckdb":
            raise NotImplementedError(f"the suites judge DuckDB, Spark and pandas, got {execution_engine.dialect_name}")
        if isinstance(execution_engine, DuckDBExecutionEngine) and execution_engine.archive is not None:
            return _judged(execution_engine.archive, metric_value_kwargs)
        names = _names(metric_value_kwargs, '"')
        if not metric_value_kwargs["by_name"]:
            names[metric_value_kwargs["table"]] = _selected(execution_engine, metric_domain_kwargs)
        with execution_engine.get_connection() as connection:
            holder = DuckDBHolder(_recovering(connection), names)
            connection.commit()  # what it taught the connection outlives a query that fails
            return _judged(holder, metric_value_kwargs)

    @metric_value(engine=SparkDFExecutionEngine)
    def _spark(
        cls,
        execution_engine: SparkDFExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> dict[str, Verdict]:
        archive = getattr(execution_engine, "archive", None)
        if archive is not None:
            return _judged(archive, metric_value_kwargs)
        frame, names = _batch(execution_engine, metric_domain_kwargs), _names(metric_value_kwargs, "`")
        session, view = frame.sparkSession, f"bowerman_batch_{uuid4().hex}"
        frame.createTempView(view)
        try:
            if not metric_value_kwargs["by_name"]:
                names[metric_value_kwargs["table"]] = view
            return _judged(SparkHolder(session, names), metric_value_kwargs)
        finally:
            session.catalog.dropTempView(view)

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> dict[str, Verdict]:
        import duckdb  # here, as in bowerman_data.expectations.duckdb

        table = metric_value_kwargs["table"]
        with duckdb.connect() as connection:
            for name, path in (metric_value_kwargs["tables"] or {}).items():
                connection.read_parquet(path).create_view(name)
            if not metric_value_kwargs["by_name"]:
                connection.register(table, as_declared(_batch(execution_engine, metric_domain_kwargs), table))
            return _judged(DuckDBHolder(connection.execute, {}), metric_value_kwargs)

"""A Great Expectations data source on one DuckDB connection of this process.

The data source that Great Expectations offers for SQL gives its connection back before it reads
rows, which DuckDB does not survive. This one keeps it. To be dropped when upstream has a DuckDB
data source (great_expectations pull request 12084).
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from great_expectations.compatibility import pydantic
from great_expectations.datasource.fluent.config_str import ConfigStr
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    import duckdb

    from bowerman_data.expectations._counting import Holder

__all__ = ["DuckDBDatasource", "DuckDBExecutionEngine"]


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """An execution engine that keeps one connection as long as it lives."""

    archive: Holder | None = None  # the tables of the connection, where they are known not to change

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """The one connection."""
        connection = self._connection or self.engine.connect()
        self._connection = connection
        yield connection


class DuckDBDatasource(SQLDatasource):
    """Tables of a DuckDB connection, or of a DuckDB file: `context.data_sources.add_bowerman_duckdb`."""

    type: Literal["bowerman_duckdb"] = "bowerman_duckdb"  # type: ignore[assignment]
    connection_string: ConfigStr | str = "duckdb:///:memory:"

    _handed: Any = pydantic.PrivateAttr(None)
    _archive: Any = pydantic.PrivateAttr(None)

    @property
    def execution_engine_type(self) -> builtins.type[SqlAlchemyExecutionEngine]:
        """The engine that keeps its connection."""
        return DuckDBExecutionEngine

    def hand(self, connection: duckdb.DuckDBPyConnection, archive: Holder | None = None) -> None:
        """Use a connection that is open already; `archive` are its tables, if they do not change."""
        self._handed, self._engine, self._execution_engine = connection, None, None
        self._archive = archive

    def release(self) -> None:
        """Give back every cursor, while the connection that they are of is still open."""
        engine = self._execution_engine
        if engine is not None and engine._connection is not None:
            engine._connection.close()
        if self._engine is not None:
            self._engine.dispose()

    def _create_engine(self) -> sa.Engine:
        """Cursors of one connection: the kept one may be within a transaction while another is tried."""
        # Great Expectations keeps this class to the end of the process. Did its module hold duckdb, the
        # bindings would say at exit, on stderr, that they leak.
        import duckdb
        from duckdb_engine import ConnectionWrapper

        if self._handed is None:
            self._handed = duckdb.connect(sa.make_url(str(self.connection_string)).database or ":memory:")
        base = self._handed
        return sa.create_engine("duckdb://", creator=lambda: ConnectionWrapper(base.cursor()), poolclass=NullPool)

    def get_execution_engine(self) -> SqlAlchemyExecutionEngine:
        """The engine on the data source's own connection."""
        engine: SqlAlchemyExecutionEngine | None = self._execution_engine
        if engine is None:
            own = DuckDBExecutionEngine(engine=self.get_engine(), create_temp_table=self.create_temp_table)
            own.archive = self._archive
            self._execution_engine = engine = own
        return engine

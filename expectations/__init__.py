"""The Great Expectations suites that hold the invariants, on DuckDB and Spark.

Importing this package imports no engine: its names are loaded when they are first used. A context
on disk that holds one of the suites finds the expectation once `register` has been called.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bowerman_data.expectations.engine import run
    from bowerman_data.expectations.rules import ExpectInvariantToHold
    from bowerman_data.expectations.suites import suite

__all__ = ["ExpectInvariantToHold", "register", "run", "suite"]

_HOMES = {"ExpectInvariantToHold": "rules", "run": "engine", "suite": "suites"}


def register() -> None:
    """Make the expectation and the DuckDB data source known to Great Expectations.

    Needed before a suite or a data source is read back from a context on disk, and before
    `context.data_sources.add_bowerman_duckdb`.
    """
    for module in ("rules", "duckdb"):
        import_module(f"{__name__}.{module}")


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

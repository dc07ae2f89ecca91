"""The declarations of the tables and, on Pandera and Polars, the schemas that enforce them.

Each table has a schema by its name, `results`, `splits`, `quotes`, `races`, `athletes`, `marks`, `sources`,
`claims`, `rulings`, which holds all that can be told from the table alone; `relations` holds what two or more
must agree on.

    from bowerman_data import schemas
    schemas.results.validate(frame, lazy=True)
    schemas.relations(results=frame, races=races, splits=splits)

A Polars LazyFrame is validated down to its rows, as a DataFrame is.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from bowerman_data.schemas.tables import TABLES

if TYPE_CHECKING:
    from bowerman_data.schemas._pandera import TableSchema
    from bowerman_data.schemas._relations import relations, schema

    results: TableSchema
    splits: TableSchema
    quotes: TableSchema
    races: TableSchema
    athletes: TableSchema
    marks: TableSchema
    sources: TableSchema
    claims: TableSchema
    rulings: TableSchema

__all__ = [
    "athletes",
    "claims",
    "marks",
    "quotes",
    "races",
    "relations",
    "results",
    "rulings",
    "schema",
    "sources",
    "splits",
]


def __getattr__(name: str) -> object:
    """Build a schema when it is first asked for: Pandera takes seconds to import."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = _pandera_side()
    return module.schema(name) if name in TABLES else getattr(module, name)


def _pandera_side() -> ModuleType:
    try:
        return import_module("bowerman_data.schemas._relations")
    except ModuleNotFoundError as missing:
        if missing.name not in ("pandera", "polars"):
            raise
        raise ImportError("the schemas need Pandera and Polars: pip install 'bowerman-data[validate]'") from missing


def __dir__() -> list[str]:
    """The schemas among the names, though none is built yet."""
    return sorted({*globals(), *__all__})

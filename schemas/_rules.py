"""The modules that register the clauses of the invariants."""

from __future__ import annotations

from importlib import import_module

__all__ = ["load"]

MODULES = (
    "_generic",
    "_races",
    "_results",
    "_codes",
    "_marks",
    "_records",
    "_splits",
    "_quotes",
    "_claims",
    "_rulings",
    "_documents",
)


def load() -> None:
    """Import them all, once."""
    for module in MODULES:
        import_module(f"bowerman_data.schemas.{module}")

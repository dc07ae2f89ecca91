"""What a bad case is, and short names for the rows that the cases change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from tests.lawful import ALDER, LAWFUL, claimed
from tests.provenance import Statement, claim_key, with_id
from tests.tables import Row, Tables, add, as_table, change, drop, find, row_key, rows_of

__all__ = [
    "Case",
    "Wrong",
    "adding",
    "case",
    "claim_of",
    "quote_of",
    "reclaim",
    "result",
    "setting",
    "shipped",
    "stating",
    "unclaim",
    "unread",
]


class Wrong(NamedTuple):
    """One violation, without the invariant that it is of."""

    table: str
    key: str
    column: str
    value: str | None
    expected: str | None


@dataclass(frozen=True)
class Case:
    """The lawful tables with one thing wrong, and exactly what must be said of it.

    `companions` are the other invariants that lawfully fire beside the one that is meant.
    """

    name: str
    invariant: str
    change: Callable[[Tables], Tables]
    violations: tuple[Wrong, ...]
    companions: frozenset[str] = frozenset()
    shipped: bool = False


def case(
    name: str, invariant: str, change: Callable[[Tables], Tables], *violations: Wrong, beside: tuple[str, ...] = ()
) -> Case:
    """A case on the tables of anybody."""
    return Case(name, invariant, change, violations, frozenset(beside))


def result(athlete: str, race: str = ALDER) -> str:
    """The key of a results row."""
    return f"race_id={race} athlete_id={athlete}"


def setting(table: str, key: str, /, **cells: object) -> Callable[[Tables], Tables]:
    """Change cells of a row, and let documents and claims say the same."""
    return lambda tables: claimed(change(tables, table, key, **cells))


def adding(table: str, /, **cells: object) -> Callable[[Tables], Tables]:
    """Add a row, and let documents and claims say the same."""
    return lambda tables: claimed(add(tables, table, **cells))


def stating(*statements: Statement) -> Callable[[Tables], Tables]:
    """Add claims."""
    return lambda tables: claimed(tables, *statements)


def claim_of(about: str, key: str, field: str, value: str) -> str:
    """The key of a claim in the lawful tables."""
    return claim_key(LAWFUL, about, key, field, value)


def quote_of(source: str, number: int) -> str:
    """The key of a quote in the lawful tables, by its number in its source."""
    (row,) = [q for q in rows_of(LAWFUL, "quotes") if q["quote_id"].startswith(f"{source}-q{number:02}-")]
    return row_key("quotes", row)


def shipped(case: Case) -> Case:
    """The case where the tables are those that this package ships."""
    return replace(case, shipped=True)


def _reclaimed(claim: Row, key: str, cells: Row) -> Row:
    return with_id(claim | cells) if row_key("claims", claim) == key else claim


def reclaim(tables: Tables, key: str, /, **cells: object) -> tuple[Tables, str]:
    """The tables with one claim changed and its id anew, and the new key."""
    changed = [_reclaimed(claim, key, cells) for claim in rows_of(tables, "claims")]
    new = with_id(find(tables, "claims", key) | cells)
    return {**tables, "claims": as_table("claims", changed)}, row_key("claims", new)


def unread(tables: Tables) -> Tables:
    """The tables without the documents, so that offsets are judged by themselves."""
    return {name: table for name, table in tables.items() if name != "documents"}


def unclaim(about: str, key: str, field: str, value: str) -> Callable[[Tables], Tables]:
    """Drop the claim that states a value."""
    return lambda tables: drop(tables, "claims", claim_of(about, key, field, value))

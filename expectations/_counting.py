"""How many rows break each clause, and the first of them: in the whole tables, or some races at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any, Protocol

from bowerman_data.expectations._query import (
    Keep,
    Source,
    breaking_query,
    clauses_by_relation,
    count_query,
    found_query,
    is_by_race,
    rows_query,
)
from bowerman_data.expectations._sql import Clause, literal
from bowerman_data.schemas.verdicts import Engine

__all__ = ["Counting", "Holder", "Tally"]

Numbered = Sequence[tuple[int, Clause]]

Row = tuple[str, str | None, str | None]
"""Key, value and expected."""


class Holder(Protocol):
    """An engine that holds tables."""

    @property
    def engine(self) -> Engine:
        """The name of the engine."""
        ...

    @property
    def keep(self) -> Keep | None:
        """What keeps the rows of a query for the next; None where the tables may change in between."""
        ...

    @property
    def sliced(self) -> bool:
        """Whether results and splits are given some races at a time."""
        ...

    def each_slice(self, table: str, judge: Callable[[Part], None]) -> None:
        """Judge the tables with the rows of some races, all that the rows of one table are judged by; several at once."""
        ...

    def query(self, sql: str) -> Sequence[Sequence[Any]]:
        """The rows that a query gives."""
        ...

    def exported(self, sql: str) -> None:
        """Write the rows of a query where all violations go, if they go anywhere."""
        ...

    def exporting(self) -> AbstractContextManager[None]:
        """Take back what was exported within, if that is left by an error."""
        ...

    def columns(self, table: str) -> Sequence[tuple[str, str]] | None:
        """Names and types, as `bowerman_data.schemas.columns` writes them, of a table's columns; None if it is not there."""
        ...

    def source(self, table: str) -> str | None:
        """The SQL that stands for a table after FROM."""
        ...


class Part(Holder, Protocol):
    """The tables with the rows of some races."""

    def of(self, relation: str) -> Source | None:
        """What a relation's rows are read from; None if none of them can break a clause."""
        ...

    def stored(self, sql: str) -> str:
        """What stands after FROM for the rows of a query, until the next is stored."""
        ...


def _place(row: Row) -> tuple[str, bool, str]:
    key, value, _ = row
    return key, value is None, value or ""


@dataclass(slots=True)
class Tally:
    """What breaks one clause: how many rows, and the first of them."""

    failed: int = 0
    listed: list[Row] = field(default_factory=list)

    def add(self, rows: Sequence[Sequence[Any]], cap: int) -> None:
        """Keep the first of those known and these."""
        self.listed = sorted([*self.listed, *((key, value, wanted) for key, value, wanted in rows)], key=_place)[:cap]

    def beyond(self, cap: int) -> str:
        """What a row's key must be to be listed still."""
        return f"row_key <= {literal(self.listed[-1][0])}" if 0 < cap <= len(self.listed) else "TRUE"


@dataclass(frozen=True, slots=True)
class Counting:
    """The clauses that are asked of one table together."""

    holder: Holder
    table: str
    source: Source
    cap: int

    def run(self, clauses: Sequence[Clause]) -> list[Tally]:
        """A tally for each clause."""
        tallies = [Tally() for _ in clauses]
        numbered = list(enumerate(clauses))
        apart = [(n, clause) for n, clause in numbered if self.holder.sliced and is_by_race(clause)]
        self._whole([pair for pair in numbered if pair not in apart], tallies)
        if apart:
            self.holder.each_slice(self.table, partial(self._slice, clauses=apart, tallies=tallies, lock=Lock()))
        return tallies

    def _whole(self, clauses: Numbered, tallies: list[Tally]) -> None:
        """All clauses in one query, and one more for each that is broken."""
        if not clauses:
            return
        keep = self.holder.keep
        counts = self.holder.query(count_query([clause for _, clause in clauses], self.source, keep))[0]
        for (n, clause), count in zip(clauses, counts, strict=True):
            if count:
                tallies[n].failed = int(count)
                tallies[n].add(self.holder.query(rows_query(clause, self.source, self.cap, keep)), self.cap)
                self.holder.exported(self._all(clause, f"({rows_query(clause, self.source, None, keep)})"))

    def _all(self, clause: Clause, rows: str) -> str:
        """The rows of a clause as violations."""
        names = {"invariant": clause.invariant, "table": self.table, "column": clause.column}
        named = {name: literal(text) for name, text in names.items()} | {"key": "row_key"}
        columns = ", ".join(
            f'CAST({named[name]} AS STRING) AS "{name}"' for name in ("invariant", "table", "key", "column")
        )
        # Out of a list, since DuckDB writes a column in which it knows of no null as one that may have none.
        said = "[CAST(found AS STRING)][1] AS value, [CAST(wanted AS STRING)][1] AS expected"
        return f"SELECT {columns}, {said} FROM {rows} a"

    def _slice(self, part: Part, clauses: Numbered, tallies: list[Tally], lock: AbstractContextManager[Any]) -> None:
        """What is broken in some races, relation by relation: few rows, of which each tells what it breaks."""
        for relation, group in clauses_by_relation(clauses).items():
            source = part.of(relation)
            if source is not None:
                broken = part.stored(breaking_query(relation, group, _Readable(self.source, source), part.keep))
                self._add(part, broken, group, tallies, lock)

    def _add(
        self, part: Part, broken: str, group: Numbered, tallies: list[Tally], lock: AbstractContextManager[Any]
    ) -> None:
        counted = ", ".join(f"count(*) FILTER (WHERE b{n})" for n, _ in group)
        counts = part.query(f"SELECT {counted} FROM {broken} b")[0]
        found = [(n, clause, int(count)) for (n, clause), count in zip(group, counts, strict=True) if count]
        for n, clause, count in found:
            first = part.query(self._first(found_query(clause, n, broken), tallies[n]))
            with lock:
                tallies[n].failed += count
                tallies[n].add(first, self.cap)
        if found:
            part.exported(
                " UNION ALL ".join(self._all(clause, f"({found_query(clause, n, broken)})") for n, clause, _ in found)
            )

    def _first(self, found: str, tally: Tally) -> str:
        return f"SELECT * FROM ({found}) f WHERE {tally.beyond(self.cap)} ORDER BY row_key, found LIMIT {int(self.cap)}"


@dataclass(frozen=True, slots=True)
class _Readable:
    """The tables as a part has them, so far as they may be read."""

    readable: Source
    part: Source

    def __call__(self, table: str) -> str | None:
        return None if self.readable(table) is None else self.part(table)

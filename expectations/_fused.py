"""What breaks the clauses of a table, asked of Spark: in two queries, since each costs it long before it reads a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bowerman_data.expectations._counting import Holder, Tally
from bowerman_data.expectations._query import Source, broken_query, clauses_by_relation, count_query
from bowerman_data.expectations._sql import Clause, case, literal

__all__ = ["Fused"]

Numbered = Sequence[tuple[int, Clause]]


@dataclass(frozen=True, slots=True)
class Fused:
    """The clauses that are asked of one table together."""

    holder: Holder
    table: str
    source: Source
    cap: int

    def run(self, clauses: Sequence[Clause]) -> list[Tally]:
        """A tally for each clause."""
        counts = self.holder.query(count_query(clauses, self.source, self.holder.keep))[0]
        tallies = [Tally(int(count)) for count in counts]
        broken = [(n, clause) for n, clause in enumerate(clauses) if counts[n]]
        if broken:
            self._list(broken, tallies)
            self.holder.exported(self._all(broken))
        return tallies

    def _list(self, broken: Numbered, tallies: list[Tally]) -> None:
        """The first rows of each clause."""
        nth = "row_number() OVER (PARTITION BY n ORDER BY row_key NULLS LAST, found NULLS LAST) AS nth"
        rows = self.holder.query(
            f"SELECT n, row_key, found, wanted FROM (SELECT *, {nth} FROM ({self._rows(broken)}) a) b "
            f"WHERE nth <= {int(self.cap)} ORDER BY n, nth"
        )
        for n, row_key, found, wanted in rows:
            tallies[n].listed.append((row_key, found, wanted))

    def _rows(self, broken: Numbered) -> str:
        """What breaks each clause, with its number: one reading of a relation for all its clauses."""
        return " UNION ALL ".join(
            f"SELECT n, row_key, found, wanted FROM (SELECT row_key, {_stacked(group)} FROM "
            f"({broken_query(relation, group, self.source, self.holder.keep)}) q) s WHERE broken"
            for relation, group in clauses_by_relation(broken).items()
        )

    def _all(self, broken: Numbered) -> str:
        """The rows of all clauses as violations."""
        invariant = case({f"n = {n}": literal(clause.invariant) for n, clause in broken})
        column = case({f"n = {n}": literal(clause.column) for n, clause in broken})
        return (
            f"SELECT {invariant} AS invariant, {literal(self.table)} AS `table`, row_key AS key, {column} AS `column`, "
            f"found AS value, wanted AS expected FROM ({self._rows(broken)}) a"
        )


def _stacked(group: Numbered) -> str:
    """The columns of `broken_query` one clause under the other."""
    rows = ", ".join(f"{n}, b{n}, CAST(v{n} AS STRING), CAST(e{n} AS STRING)" for n, _ in group)
    return f"stack({len(group)}, {rows}) AS (n, broken, found, wanted)"

"""What the rules find in tables that some engine holds: declared columns first, then counts, then rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from bowerman_data.expectations._counting import Counting, Holder, Tally
from bowerman_data.expectations._fused import Fused
from bowerman_data.expectations._query import DOCUMENTS, clauses_of
from bowerman_data.expectations._sql import Clause
from bowerman_data.schemas.catalogue import INVARIANTS, Invariant, violation
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Outcome, Verdict, Violation

__all__ = ["CAP", "Holder", "judge", "one_line", "reads_of"]

CAP = 1000  # violations listed for an invariant and table; the count is always exact


@dataclass(frozen=True, slots=True)
class _Found:
    """What one invariant has found in the table."""

    outcome: Outcome
    failed: int = 0
    violations: tuple[Violation, ...] = ()
    reason: str | None = None
    seconds: float = 0.0


def one_line(error: BaseException) -> str:
    """What went wrong, in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300]


def reads_of(invariant: Invariant, table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tables that an invariant must and may read to judge the rows of one."""
    needed = (name for name in invariant.needs(table) if name != table)
    return tuple(needed), tuple(name for name in invariant.uses if name != table)


def _faults(table: str, columns: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str | None, str | None]]:
    """Each way in which a table's columns are not the declared ones: column, value, expected."""
    found, declared = dict(columns), {column.name: column.dtype for column in TABLES[table].declared()}
    for name, dtype in declared.items():
        if found.get(name) != dtype:
            yield name, found.get(name), dtype
    strays = [name for name, _ in columns if name not in declared]
    for name in strays:
        yield name, name, None
    order = [name for name, _ in columns]
    if set(order) == set(declared) and order != list(declared):
        yield "", ", ".join(order), ", ".join(declared)


def _order(found: Violation) -> tuple[str, str, str, str]:
    return found.key, found.column, found.value or "", found.expected or ""


@dataclass(slots=True)
class _Judgement:
    """One table and the invariants that are asked of it."""

    holder: Holder
    table: str
    asked: Sequence[str]
    shipped: bool
    cap: int

    def run(self) -> list[Verdict]:
        """A verdict for each invariant asked."""
        columns = self._columns(self.table)
        if columns is None:
            return [self._verdict(slug, _Found("skipped", reason=f"needs {self.table}"), 0) for slug in self.asked]
        faults = list(_faults(self.table, columns))
        rows = self._rows()
        settled = {slug: self._settled(INVARIANTS[slug], faults, rows) for slug in self.asked}
        found = self._judged([slug for slug, verdict in settled.items() if verdict is None])
        return [self._verdict(slug, known or found[slug], rows) for slug, known in settled.items()]

    def _verdict(self, slug: str, found: _Found, rows: int) -> Verdict:
        return Verdict(
            slug,
            self.table,
            self.holder.engine,
            found.outcome,
            rows,
            found.failed,
            found.seconds,
            found.violations[: self.cap],
            found.reason,
        )

    def _failed(self, slug: str, rows: Sequence[tuple[str, str, str | None, str | None]]) -> _Found:
        listed = tuple(violation(slug, self.table, *row, self.holder.engine) for row in rows)
        return _Found("fail" if listed else "pass", len(listed), listed)

    def _columns(self, table: str) -> Sequence[tuple[str, str]] | None:
        return self.holder.columns(table)

    def _rows(self) -> int:
        return int(self.holder.query(f"SELECT count(*) AS n FROM {self.holder.source(self.table)} t")[0][0])

    def _settled(
        self, invariant: Invariant, faults: list[tuple[str, str | None, str | None]], rows: int
    ) -> _Found | None:
        """What can be said of an invariant without looking at rows."""
        slug = invariant.slug
        if invariant.shipped_only and not self.shipped:
            return _Found("skipped", reason="a promise of the shipped tables only")
        if faults and slug != "declared-columns":
            return _Found("error", reason=f"{self.table} does not have its declared columns")
        if faults:
            return self._failed(slug, [("", *fault) for fault in faults])
        if slug == "never-empty":
            return self._failed(slug, [] if rows else [("", "", "0 rows", "at least 1 row")])
        if not rows:
            return _Found("skipped", reason="no rows")
        return _Found("pass") if slug == "declared-columns" else self._unreadable(invariant)

    def _unreadable(self, invariant: Invariant) -> _Found | None:
        """Whether tables that an invariant reads are not there, or are not what they should be."""
        reads, uses = reads_of(invariant, self.table)
        there = {name: columns for name in (*reads, *uses) if (columns := self._columns(name)) is not None}
        missing = [name for name in reads if name not in there]
        if missing:
            return _Found("skipped", reason=f"needs {', '.join(missing)}")
        wrong = [name for name, columns in there.items() if name != DOCUMENTS and any(_faults(name, columns))]
        return _Found("error", reason=f"{wrong[0]} does not have its declared columns") if wrong else None

    def _source(self, readable: set[str], table: str) -> str | None:
        return self.holder.source(table) if table in readable else None

    def _judged(self, slugs: Sequence[str]) -> dict[str, _Found]:
        """The clauses of all invariants in one query; each by itself where that cannot run."""
        if not slugs:
            return {}
        try:
            with self.holder.exporting():
                return self._counted(slugs)
        except Exception as error:  # noqa: BLE001 -- whatever an engine raises becomes an outcome
            if len(slugs) == 1:
                return {slugs[0]: _Found("error", reason=one_line(error))}
            return {slug: self._judged([slug])[slug] for slug in slugs}

    def _counted(self, slugs: Sequence[str]) -> dict[str, _Found]:
        started = perf_counter()
        named = (names for slug in slugs for names in reads_of(INVARIANTS[slug], self.table))
        readable = {self.table}.union(*named)
        source = partial(self._source, {name for name in readable if self._columns(name) is not None})
        clauses = [clause for slug in slugs for clause in clauses_of(slug, self.table)]
        counting = Fused if self.holder.engine == "spark" else Counting
        tallies = counting(self.holder, self.table, source, self.cap).run(clauses)
        seconds = (perf_counter() - started) / len(slugs)
        broken = [(clause, tally) for clause, tally in zip(clauses, tallies, strict=True) if tally.failed]
        return {
            slug: self._said(slug, [pair for pair in broken if pair[0].invariant == slug], seconds) for slug in slugs
        }

    def _said(self, slug: str, broken: Sequence[tuple[Clause, Tally]], seconds: float) -> _Found:
        listed = [
            violation(slug, self.table, key, clause.column, value, wanted, self.holder.engine)
            for clause, tally in broken
            for key, value, wanted in tally.listed
        ]
        failed = sum(tally.failed for _, tally in broken)
        return _Found(
            "fail" if failed else "pass", failed, tuple(sorted(listed, key=_order)[: self.cap]), None, seconds
        )


def judge(holder: Holder, table: str, invariants: Sequence[str], *, shipped: bool, cap: int = CAP) -> list[Verdict]:
    """A verdict for each invariant on one table; what the engine raises becomes an outcome, never an exception."""
    judgement = _Judgement(holder, table, invariants, shipped, cap)
    try:
        return judgement.run()
    except Exception as error:  # noqa: BLE001 -- whatever an engine raises becomes an outcome
        reason = one_line(error)
        return [Verdict(slug, table, holder.engine, "error", 0, 0, 0.0, (), reason) for slug in invariants]

"""The judge: counts every invariant of a table in one scan, and fetches rows only where it counted some."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from bowerman_data.schemas._clauses import PREPARE, ROW, RULES, Clause, Finding, described
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas.catalogue import Invariant, invariants_of

__all__ = ["ENGINE_ERRORS", "Judge", "Tally", "needs", "one_line"]

Term = Clause | Finding
FIELDS = ("key", "column", "value", "expected")
ENGINE_ERRORS = (Exception, pl.exceptions.PanicException)
"""What may go wrong inside an engine, which becomes an outcome; a panic of Polars is no Exception."""


@dataclass(slots=True)
class Tally:
    """What was counted for one invariant on one table, or why nothing was."""

    failed: int = 0
    seconds: float = 0.0
    skipped: str | None = None
    error: str | None = None
    terms: list[tuple[Term, int]] = field(default_factory=list)


def one_line(error: BaseException) -> str:
    """An exception as a reason of one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300]


class Judge:
    """Judges tables that stand together; nothing is computed before it is asked for.

    `tables` have their declared columns; `faulty` names those given that have not. `wanted` says which
    invariants will be asked for, so that no other is counted.
    """

    def __init__(
        self,
        tables: Mapping[str, pl.LazyFrame],
        faulty: Collection[str] = (),
        *,
        shipped: bool = False,
        wanted: Callable[[Invariant], bool] = lambda invariant: True,
    ) -> None:
        """Take the tables."""
        self._tables = tables
        self.frames = Frames({name: frame for name, frame in tables.items() if name not in faulty})
        self.faulty = faulty
        self.shipped = shipped
        self.wanted = wanted
        self._tallies: dict[str, dict[str, Tally]] = {}
        self._rows: dict[str, int] = {}
        self._prepared: dict[tuple[str, str], pl.LazyFrame] = {}

    def rows(self, table: str) -> int:
        """How many rows the table has."""
        if table not in self._rows:
            self._rows[table] = self._tables[table].select(pl.len()).collect().item()
        return self._rows[table]

    def tally(self, slug: str, table: str) -> Tally:
        """The counts of an invariant; the first call on a table counts all of its invariants."""
        if table not in self._tallies:
            try:
                self._tallies[table] = self._judge(table)
            except ENGINE_ERRORS as error:
                # The table itself cannot be read.
                reason = one_line(error)
                self._tallies[table] = {one.slug: Tally(error=reason) for one in invariants_of(table)}
        return self._tallies[table][slug]

    def violations(self, slug: str, table: str, cap: int) -> pl.DataFrame:
        """The first violations in order of key, column and value, with the position of their row."""
        return self.frames.once(f"violations of {slug} in {table}, {cap}", lambda: self._listed(slug, table, cap))

    def _listed(self, slug: str, table: str, cap: int) -> pl.DataFrame:
        tally, begin = self.tally(slug, table), time.perf_counter()
        fetched = pl.collect_all([self._fetch(term, table, cap) for term, count in tally.terms if count])
        explained = [
            term.explain(frame) if isinstance(term, Finding) and term.explain else frame
            for (term, _), frame in zip([one for one in tally.terms if one[1]], fetched, strict=True)
        ]
        found = pl.concat(explained).sort(FIELDS, nulls_last=True).head(cap)
        tally.seconds += time.perf_counter() - begin
        return found

    def failing_rows(self, slug: str, table: str) -> pl.Series:
        """The positions of all rows that break an invariant."""
        terms = [term for term, count in self.tally(slug, table).terms if count]
        frames = [self._violating(term, table).select(ROW) for term in terms]
        return pl.concat(pl.collect_all(frames)).to_series().unique().sort()

    def _judge(self, table: str) -> dict[str, Tally]:
        tallies = {}
        for invariant in invariants_of(table):
            tallies[invariant.slug] = self._opened(invariant, table)
        self._count(table, {slug: tally for slug, tally in tallies.items() if tally.terms})
        return tallies

    def _opened(self, invariant: Invariant, table: str) -> Tally:
        """The tally with its clauses, or with the reason why it has none."""
        if (reason := self._hindered(invariant, table)) is not None:
            return Tally(error=reason)
        if (reason := self._idle(invariant, table)) is not None:
            return Tally(skipped=reason)
        if invariant.slug == "never-empty":
            return Tally(failed=int(self.rows(table) == 0))
        if invariant.slug == "declared-columns" or not self.wanted(invariant):
            return Tally()
        begin = time.perf_counter()
        try:
            terms = list(RULES[invariant.slug, table](self.frames, table))
            return Tally(terms=[(term, 0) for term in terms], seconds=time.perf_counter() - begin)
        except ENGINE_ERRORS as error:
            return Tally(error=one_line(error))

    def _hindered(self, invariant: Invariant, table: str) -> str | None:
        if invariant.shipped_only and not self.shipped:
            return None
        for name in (table, *needs(invariant, table), *invariant.uses):
            if name in self.faulty and invariant.slug != "declared-columns":
                return f"{name} does not have its declared columns"
        return None

    def _idle(self, invariant: Invariant, table: str) -> str | None:
        if invariant.shipped_only and not self.shipped:
            return "a promise of the shipped tables only"
        if invariant.slug != "never-empty" and self.rows(table) == 0:
            return "no rows"
        missing = [name for name in needs(invariant, table) if name not in self.frames and name != table]
        return f"needs {', '.join(missing)}" if missing else None

    def _count(self, table: str, tallies: Mapping[str, Tally]) -> None:
        begin = time.perf_counter()
        try:
            self._count_together(table, tallies)
        except ENGINE_ERRORS:
            for tally in tallies.values():
                self._count_alone(table, tally)
        share = (time.perf_counter() - begin) / max(len(tallies), 1)
        for tally in tallies.values():
            tally.seconds += share

    def _count_alone(self, table: str, tally: Tally) -> None:
        """One at a time, so that only the invariant that cannot run is in error."""
        try:
            self._count_together(table, {"": tally})
        except ENGINE_ERRORS as error:
            tally.error, tally.failed, tally.terms = one_line(error), 0, []

    def _count_together(self, table: str, tallies: Mapping[str, Tally]) -> None:
        terms = [term for tally in tallies.values() for term, _ in tally.terms]
        counts = dict(zip(map(id, terms), self._counts(terms, table), strict=True))
        for tally in tallies.values():
            tally.terms = [(term, counts[id(term)]) for term, _ in tally.terms]
            tally.failed = sum(count for _, count in tally.terms)

    def _counts(self, terms: list[Term], table: str) -> list[int]:
        """The count of each term: one query for a prepared frame with all its clauses, all queries at once."""
        parts = list(dict.fromkeys(term.part for term in terms if isinstance(term, Clause)))
        scans = [self._scan(terms, table, part) for part in parts]
        single = [(i, term.rows.select(pl.len())) for i, term in enumerate(terms) if isinstance(term, Finding)]
        found = pl.collect_all([*scans, *(query for _, query in single)], engine="streaming")
        counts = [0] * len(terms)
        for frame in found[: len(scans)]:
            for name, count in frame.row(0, named=True).items():
                counts[int(name)] = count
        for (i, _), frame in zip(single, found[len(scans) :], strict=True):
            counts[i] = frame.item()
        return counts

    def _scan(self, terms: list[Term], table: str, part: str) -> pl.LazyFrame:
        clauses = [(i, term) for i, term in enumerate(terms) if isinstance(term, Clause) and term.part == part]
        return self._frame(table, part).select(
            clause.fails.fill_null(False).sum().alias(str(i)) for i, clause in clauses
        )

    def _frame(self, table: str, part: str) -> pl.LazyFrame:
        if (table, part) not in self._prepared:
            prepare = PREPARE.get((table, part))
            self._prepared[table, part] = prepare(self.frames) if prepare else self.frames[table]
        return self._prepared[table, part]

    def _violating(self, term: Term, table: str) -> pl.LazyFrame:
        return term.rows if isinstance(term, Finding) else self._frame(table, term.part).filter(term.fails)

    def _fetch(self, term: Term, table: str, cap: int) -> pl.LazyFrame:
        rows = self._violating(term, table)
        if isinstance(term, Clause):
            rows = rows.select(*described(table, term.column, term.expected, term.value))
        return rows.sort(FIELDS, nulls_last=True).head(cap)


def needs(invariant: Invariant, table: str) -> tuple[str, ...]:
    """The tables without which the invariant cannot judge this one."""
    return invariant.needs(table)

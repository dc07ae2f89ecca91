"""The judge: counts every invariant of a table in one scan, and fetches rows only where it counted some."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from bowerman_data.schemas._batches import BATCH, Scattered, in_parts, in_runs
from bowerman_data.schemas._clauses import ACROSS, PREPARE, RULES, Clause, Finding, described
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._listing import EVERY, Listing
from bowerman_data.schemas._numbers import BY_RACE
from bowerman_data.schemas.catalogue import Invariant, invariants_of

__all__ = ["ENGINE_ERRORS", "Judge", "Tally", "needs", "one_line"]

Term = Clause | Finding
ENGINE_ERRORS = (Exception, pl.exceptions.PanicException)
"""What may go wrong inside an engine, which becomes an outcome; a panic of Polars is no Exception."""


@dataclass(slots=True)
class Tally:
    """What was counted for one invariant on one table, or why nothing was."""

    failed: int = 0
    seconds: float = 0.0
    skipped: str | None = None
    error: str | None = None
    is_counted: bool = True
    listing: Listing | None = None

    def add(self, found: Found) -> None:
        """Count what a round has found; an invariant that could not run has counted nothing."""
        if found.error is not None:
            self.error, self.failed, self.listing = found.error, 0, None
        if self.error is None:
            self.failed += found.failed
            for listed in found.listed:
                if self.listing is not None:
                    self.listing.add(listed)

    @property
    def is_open(self) -> bool:
        """Whether there are rows to judge."""
        return self.is_counted and self.skipped is None and self.error is None


Tallies = dict[str, Tally]

JUDGES = 2
"""Batches judged at once, so that one is computed while the next step of the other is thought out."""


@dataclass(slots=True)
class Found:
    """What one round found against one invariant."""

    failed: int = 0
    listed: list[pl.DataFrame] = field(default_factory=list)
    error: str | None = None


class Report(NamedTuple):
    """What one round found in one table, by invariant, and how long it took."""

    found: dict[str, Found]
    seconds: float

    def enter(self, tallies: Tallies) -> None:
        """Add it to what was counted before."""
        for slug, found in self.found.items():
            tallies[slug].add(found)
            tallies[slug].seconds += self.seconds / len(self.found)


def one_line(error: BaseException) -> str:
    """An exception as a reason of one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:300]


class Judge:
    """Judges tables that stand together; nothing is computed before it is asked for.

    `tables` have their declared columns; `faulty` names those given that have not. `wanted` says which
    invariants will be asked for, so that no other is counted. Of each invariant the first `cap` violations are
    listed, and `every` is a folder for all of them; results and splits are judged `batch` results at a time.
    """

    def __init__(
        self,
        tables: Mapping[str, pl.LazyFrame],
        faulty: Collection[str] = (),
        *,
        shipped: bool = False,
        wanted: Callable[[Invariant], bool] = lambda invariant: True,
        cap: int = 0,
        every: Path | None = None,
        batch: int = BATCH,
    ) -> None:
        """Take the tables."""
        self._tables = tables
        sound = {name: frame for name, frame in tables.items() if name not in faulty}
        self.frames = Frames(sound, is_large=self._is_large)
        self.faulty = faulty
        self.shipped = shipped
        self.wanted = wanted
        self.cap, self.every, self.batch = cap, every, batch
        self._tallies: dict[str, Tallies] = {}
        self._rows: dict[str, int] = {}

    def rows(self, table: str) -> int:
        """How many rows the table has."""
        if table not in self._rows:
            self._rows[table] = self._tables[table].select(pl.len()).collect().item()
        return self._rows[table]

    def tally(self, slug: str, table: str) -> Tally:
        """The counts of an invariant; the first call on a table counts all of its invariants."""
        if table not in self._tallies:
            try:
                self._judge(table)
            except ENGINE_ERRORS as error:
                # The table itself cannot be read.
                reason = one_line(error)
                self._tallies[table] = {one.slug: Tally(error=reason) for one in invariants_of(table)}
        return self._tallies[table][slug]

    def violations(self, slug: str, table: str) -> pl.DataFrame:
        """The first violations in order of key, column and value, with the position of their row."""
        listing = self.tally(slug, table).listing
        return EVERY.to_frame() if listing is None else listing.first()

    def _judge(self, table: str) -> None:
        if not self._is_large(table):
            self._tallies[table] = self._opened(table)
            self._round(self.frames, {table: self._tallies[table]})
            return
        together = [name for name in BY_RACE if name in self.frames and name not in self._tallies]
        try:
            self._by_races(in_runs(self._raced(together), self.batch), together)
        except Scattered:
            parts = -(-self.rows(together[0]) // self.batch)
            self._by_races(in_parts(self._raced(together), parts), together)

    def _is_large(self, table: str) -> bool:
        return table in BY_RACE and table not in self.faulty and self.rows(table) > self.batch

    def _raced(self, together: list[str]) -> dict[str, pl.LazyFrame]:
        return {name: self._tables[name] for name in together}

    def _by_races(self, batches: Iterator[Mapping[str, pl.DataFrame]], together: list[str]) -> None:
        """Judge what holds within a race batch by batch, and what holds across races on the whole."""
        tallies = {table: self._opened(table) for table in together}
        across = {
            table: {slug: one for slug, one in tallies[table].items() if (slug, table) in ACROSS} for table in together
        }
        within = {
            table: {slug: one for slug, one in tallies[table].items() if slug not in across[table]}
            for table in together
        }
        with ThreadPoolExecutor(JUDGES) as judges:
            waiting: deque[Future[list[Report]]] = deque()
            for batch in batches:
                waiting.append(judges.submit(self._reports, self.frames.few(batch), within))
                if len(waiting) >= JUDGES:
                    _enter(waiting.popleft().result(), within)
            for reports in waiting:
                _enter(reports.result(), within)
        self._round(self.frames, across)
        self._tallies |= tallies

    def _opened(self, table: str) -> Tallies:
        """A tally for each invariant, with the reason why there is nothing to count where that is so."""
        return {one.slug: self._tally(one, table) for one in invariants_of(table)}

    def _tally(self, invariant: Invariant, table: str) -> Tally:
        if (reason := self._hindered(invariant, table)) is not None:
            return Tally(error=reason)
        if (reason := self._idle(invariant, table)) is not None:
            return Tally(skipped=reason)
        if invariant.slug == "never-empty":
            return Tally(failed=int(self.rows(table) == 0), is_counted=False)
        is_counted = invariant.slug != "declared-columns" and self.wanted(invariant)
        is_listed = is_counted and bool(self.cap or self.every)
        listing = Listing(invariant.slug, table, self.cap, self.every) if is_listed else None
        return Tally(is_counted=is_counted, listing=listing)

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

    def _round(self, frames: Frames, tallies: Mapping[str, Tallies]) -> None:
        """Count on these frames, and list what fails."""
        _enter(self._reports(frames, tallies), tallies)

    def _reports(self, frames: Frames, tallies: Mapping[str, Tallies]) -> list[Report]:
        return [self._report(frames, table, of_table) for table, of_table in tallies.items()]

    def _report(self, frames: Frames, table: str, tallies: Tallies) -> Report:
        begin = time.perf_counter()
        found = {slug: Found() for slug, tally in tallies.items() if tally.is_open}
        terms = {slug: _terms(frames, table, slug, one) for slug, one in found.items()}
        terms = {slug: listed for slug, listed in terms.items() if listed}
        counts = _counted(frames, table, terms, found)
        self._list(frames, table, terms, counts, found, tallies)
        return Report(found, time.perf_counter() - begin)

    def _list(
        self,
        frames: Frames,
        table: str,
        terms: Mapping[str, list[Term]],
        counts: Mapping[str, list[int]],
        found: Mapping[str, Found],
        tallies: Tallies,
    ) -> None:
        failing: list[tuple[str, Term]] = []
        for slug, listed in terms.items():
            found[slug].failed = sum(counts[slug])
            failing += [(slug, term) for term, count in zip(listed, counts[slug], strict=True) if count]
        if not failing or not (self.cap or self.every):
            return
        plans = [_listed(frames, table, term, tallies[slug].listing) for slug, term in failing]
        for (slug, term), rows in zip(failing, pl.collect_all(plans, engine="in-memory"), strict=True):
            explained = term.explain(rows) if isinstance(term, Finding) and term.explain else rows
            found[slug].listed.append(explained)


def _enter(reports: list[Report], tallies: Mapping[str, Tallies]) -> None:
    for report, of_table in zip(reports, tallies.values(), strict=True):
        report.enter(of_table)


def _terms(frames: Frames, table: str, slug: str, found: Found) -> list[Term]:
    try:
        return list(RULES[slug, table](frames, table))
    except ENGINE_ERRORS as error:
        found.error = one_line(error)
        return []


def _counted(
    frames: Frames, table: str, terms: Mapping[str, list[Term]], found: Mapping[str, Found]
) -> dict[str, list[int]]:
    try:
        return _count(frames, table, terms)
    except ENGINE_ERRORS:
        # One at a time, so that only the invariant that cannot run is in error.
        return {slug: _count_alone(frames, table, slug, terms[slug], found[slug]) for slug in terms}


def _count_alone(frames: Frames, table: str, slug: str, terms: list[Term], found: Found) -> list[int]:
    try:
        return _count(frames, table, {slug: terms})[slug]
    except ENGINE_ERRORS as error:
        found.error = one_line(error)
        return [0] * len(terms)


def _count(frames: Frames, table: str, terms: Mapping[str, list[Term]]) -> dict[str, list[int]]:
    """The count of each term: one query for a prepared frame with all its clauses, all queries at once."""
    flat = [term for listed in terms.values() for term in listed]
    counts = iter(_counts(frames, table, flat))
    return {slug: [next(counts) for _ in listed] for slug, listed in terms.items()}


def _counts(frames: Frames, table: str, terms: list[Term]) -> list[int]:
    parts = list(dict.fromkeys(term.part for term in terms if isinstance(term, Clause)))
    scans = [_scan(frames, table, part, terms) for part in parts if _has_rows(frames, table, part)]
    single = [(i, term.rows.select(pl.len())) for i, term in enumerate(terms) if isinstance(term, Finding)]
    found = pl.collect_all([*scans, *(query for _, query in single)], engine="streaming")
    counts = [0] * len(terms)
    for frame in found[: len(scans)]:
        for name, count in frame.row(0, named=True).items():
            counts[int(name)] = count
    for (i, _), frame in zip(single, found[len(scans) :], strict=True):
        counts[i] = frame.item()
    return counts


def _scan(frames: Frames, table: str, part: str, terms: list[Term]) -> pl.LazyFrame:
    clauses = [(i, term) for i, term in enumerate(terms) if isinstance(term, Clause) and term.part == part]
    prepared = _prepared(frames, table, part).lazy()
    return prepared.select(clause.fails.fill_null(False).sum().alias(str(i)) for i, clause in clauses)


def _has_rows(frames: Frames, table: str, part: str) -> bool:
    prepared = _prepared(frames, table, part)
    return isinstance(prepared, pl.LazyFrame) or prepared.height > 0


def _prepared(frames: Frames, table: str, part: str) -> pl.LazyFrame | pl.DataFrame:
    prepare = PREPARE.get((table, part))
    return frames.once(f"{table} {part}", lambda: prepare(frames) if prepare else frames[table])


def _listed(frames: Frames, table: str, term: Term, listing: Listing | None) -> pl.LazyFrame:
    assert listing is not None
    if isinstance(term, Finding):
        return listing.least(term.rows)
    rows = listing.likely(_prepared(frames, table, term.part).lazy().filter(term.fails))
    return listing.least(rows.select(*described(table, term.column, term.expected, term.value)))


def needs(invariant: Invariant, table: str) -> tuple[str, ...]:
    """The tables without which the invariant cannot judge this one."""
    return invariant.needs(table)

"""The judge: tables that stand together, judged in one piece or a few races at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import polars as pl

from bowerman_data.schemas._batches import BATCH, Batch, Scattered, in_runs
from bowerman_data.schemas._clauses import ACROSS
from bowerman_data.schemas._counting import report
from bowerman_data.schemas._frames import Frames, compact
from bowerman_data.schemas._listing import EVERY, Listing
from bowerman_data.schemas._names import Names, names
from bowerman_data.schemas._numbers import BY_RACE
from bowerman_data.schemas._parts import in_parts
from bowerman_data.schemas._sieve import Sieve, Slugs
from bowerman_data.schemas._tally import ENGINE_ERRORS, Report, Tallies, Tally, one_line
from bowerman_data.schemas._turns import AT_ONCE, in_turn
from bowerman_data.schemas.catalogue import Invariant, invariants_of
from bowerman_data.schemas.tables import TABLES

__all__ = ["ENGINE_ERRORS", "Judge", "Tally", "gathered", "needs", "one_line"]


class Judge:
    """Judges tables that stand together; nothing is computed before it is asked for, or a large table is.

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
        self._settle(table)
        return self._tallies[table][slug]

    def violations(self, slug: str, table: str) -> pl.DataFrame:
        """The first violations in order of key, column and value, with the position of their row."""
        listing = self.tally(slug, table).listing
        return EVERY.to_frame() if listing is None else listing.first()

    def _settle(self, table: str) -> None:
        if table in self._tallies:
            return
        try:
            self._judge(table)
        except ENGINE_ERRORS as error:
            # The table itself cannot be read.
            reason = one_line(error)
            self._tallies[table] = {one.slug: Tally(error=reason) for one in invariants_of(table)}

    def _judge(self, table: str) -> None:
        if not self._is_large(table):
            self._tallies[table] = self._opened(table)
            self._round(self.frames, {table: self._tallies[table]})
            return
        small = [name for name in TABLES if name in self._tables and name not in BY_RACE]
        together = [name for name in BY_RACE if name in self.frames and name not in self._tallies]
        with ThreadPoolExecutor(1) as aside:
            # The records of an archive keep one processor busy: the small tables have the other.
            aside.map(self._settle, small)
            if not self._in_runs(together):
                parts = -(-self.rows(together[0]) // self.batch)
                self._by_races(in_parts(self._raced(together), parts, self._named(together[0])), together)

    def _in_runs(self, together: list[str]) -> bool:
        """Judge races as they stand, unless they are scattered; what was read until that was found out is let go."""
        try:
            self._by_races(in_runs(self._raced(together), self.batch), together)
        except Scattered:
            return False
        return True

    def _named(self, first: str) -> dict[str, Names]:
        return {"race_id": names(self.frames, "races", first), "athlete_id": names(self.frames, "athletes", first)}

    def _is_large(self, table: str) -> bool:
        return table in BY_RACE and table not in self.faulty and self.rows(table) > self.batch

    def _raced(self, together: list[str]) -> dict[str, pl.LazyFrame]:
        return {name: self._tables[name].select(TABLES[name].columns) for name in together}

    def _by_races(self, batches: Iterator[Batch], together: list[str]) -> None:
        """Judge what holds within a race batch by batch, and what holds across races on the whole."""
        tallies = {table: self._opened(table) for table in together}
        across = {
            table: {slug: one for slug, one in tallies[table].items() if (slug, table) in ACROSS} for table in together
        }
        within = {
            table: {slug: one for slug, one in tallies[table].items() if slug not in across[table]}
            for table in together
        }
        sieve = Sieve(self.frames, _open(within), _open(across))
        waiting: deque[Future[list[Report]]] = deque()
        with ThreadPoolExecutor(AT_ONCE) as judges:
            for doubtful in gathered(in_turn(judges, sieve.sift, batches), self.batch // 2):
                waiting.append(judges.submit(self._reports_of, doubtful, within))
                if len(waiting) >= AT_ONCE:
                    _enter(waiting.popleft().result(), within)
            for reports in waiting:
                _enter(reports.result(), within)
        self._round(sieve.kept(), across)
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

    def _reports_of(self, batch: Batch, tallies: Mapping[str, Tallies]) -> list[Report]:
        # In one piece: Polars 2.1 panics on the text of rows that are picked from several.
        return self._reports(self.frames.few({name: frame.rechunk() for name, frame in batch.items()}), tallies)

    @staticmethod
    def _reports(frames: Frames, tallies: Mapping[str, Tallies]) -> list[Report]:
        return [report(frames, table, of_table) for table, of_table in tallies.items()]


def _open(tallies: Mapping[str, Tallies]) -> Slugs:
    return {table: {slug for slug, one in of_table.items() if one.is_open} for table, of_table in tallies.items()}


def gathered(batches: Iterator[Batch], enough: int) -> Iterator[Batch]:
    """Batches with rows, several in one where they have few; those that wait have their text to themselves."""
    few: list[Batch] = []
    for batch in batches:
        few.append(batch if _rows(batch) >= enough else {name: compact(frame) for name, frame in batch.items()})
        if sum(map(_rows, few)) >= enough:
            yield _together(few)
            few = []
    if any(map(_rows, few)):
        yield _together(few)


def _rows(batch: Batch) -> int:
    return max(frame.height for frame in batch.values())


def _together(batches: list[Batch]) -> Batch:
    return {name: pl.concat(batch[name] for batch in batches) for name in batches[0]}


def _enter(reports: list[Report], tallies: Mapping[str, Tallies]) -> None:
    for one, of_table in zip(reports, tallies.values(), strict=True):
        one.enter(of_table)


def needs(invariant: Invariant, table: str) -> tuple[str, ...]:
    """The tables without which the invariant cannot judge this one."""
    return invariant.needs(table)

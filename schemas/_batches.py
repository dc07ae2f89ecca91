"""Results and splits a few races at a time, so that memory is bounded whatever the size of an archive.

What is judged within a race needs no more than whole races. Where every table has its races in unbroken runs
and in the same order, they are cut as they are read; that they are is found out on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from bowerman_data.schemas._frames import ROW, positions

__all__ = ["BATCH", "BEGINS", "Batch", "Scattered", "changes", "in_runs"]

BATCH = 125_000
"""Rows of the first table judged at once."""
MOST_AHEAD = 64
"""So many batches a table may hold of races that the first has not reached."""

RACE_ID = "race_id"
BEGINS = "#begins"
"""True in the first row of each race."""
Batch = dict[str, pl.DataFrame]


class Scattered(Exception):
    """The races of the tables are not in unbroken runs, or not in the same order."""


def changes(values: pl.Series) -> pl.Series:
    """True in the first row, and in each whose value is another than that of the row above."""
    below, above = values.slice(1), values.slice(0, max(values.len() - 1, 0))
    other = below.ne_missing(above) if values.null_count() else below != above
    return pl.Series([True][: values.len()], dtype=pl.Boolean).append(other)


def in_runs(tables: Mapping[str, pl.LazyFrame], size: int = BATCH) -> Iterator[Batch]:
    """Whole races in the order of the rows, of each table those of the same races.

    Raises Scattered, at the latest after the last batch, where that cannot be done.
    """
    readers = {name: _Reader(frame, size) for name, frame in tables.items()}
    lead, *others = readers.values()
    apart = [lead.races.clear()]
    while not all(reader.is_done for reader in readers.values()):
        taken = lead.take(lead.whole_races())
        races = lead.lately
        following = [other.take(other.down_to(races, and_all=lead.is_done)) for other in others]
        apart += [_without(other.lately, races) for other in others]
        yield dict(zip(tables, [taken, *following], strict=True))
    # Each race in one run of each table, and none of it judged without its rows in the first.
    met = [reader.met() for reader in readers.values()]
    if _among(pl.concat(apart).hash(), met[0]).any():
        raise Scattered


def _among(races: pl.Series, others: pl.Series) -> pl.Series:
    return races.is_in(others.implode(), nulls_equal=True)


def _without(races: pl.Series, others: pl.Series) -> pl.Series:
    return races.clear() if races.equals(others) else races.filter(~_among(races, others))


class _Reader:
    """One table from the top, with the runs of equal races in what is held of it."""

    def __init__(self, frame: pl.LazyFrame, size: int) -> None:
        self.size, self.row = size, 0
        self.chunks = iter(frame.collect_batches(maintain_order=True, lazy=True))
        self.held = frame.collect_schema().to_frame().with_columns(pl.lit(True).alias(BEGINS))
        self.starts = pl.Series("start", [], pl.UInt32)
        self.races = self.held[RACE_ID]
        self.lately = self.races
        self.before: list[pl.Series] = []
        self.is_at_end = False

    @property
    def is_done(self) -> bool:
        """Whether every row has been taken."""
        if not self.held.height:
            self.read()
        return self.is_at_end and not self.held.height

    def read(self) -> None:
        """Hold another chunk, and where in it a race begins."""
        chunk = next(self.chunks, None)
        if chunk is None:
            self.is_at_end = True
        elif chunk.height:
            self._hold(chunk)

    def _hold(self, chunk: pl.DataFrame) -> None:
        race_id = chunk[RACE_ID]
        begins = changes(race_id).alias(BEGINS)
        begins[0] = not (self.held.height and self.races[-1] == race_id[0])
        starts = positions(begins)
        self.races = pl.concat([self.races, race_id.gather(starts)])
        self.starts = pl.concat([self.starts, starts + self.held.height])
        chunk = chunk.hstack([begins])
        self.held = self.held.vstack(chunk) if self.held.height else chunk

    def whole_races(self) -> int:
        """How many of the runs held make a batch; those of at least one race."""
        while not self.is_at_end and (self.held.height <= self.size or self.starts.len() == 1):
            self.read()
        if self.is_at_end and self.held.height <= self.size:
            return self.starts.len()
        # The last run held may go on in the next chunk.
        return max(1, int((self.starts <= self.size).sum()) - 1)

    def down_to(self, races: pl.Series, *, and_all: bool) -> int:
        """How many of the runs held stand before the end of these races; all there are, if so asked."""
        while True:
            runs = self._runs_down_to(races)
            if self.is_at_end or (not and_all and 0 < runs < self.races.len()):
                return self.races.len() if and_all else runs
            if self.held.height > MOST_AHEAD * self.size:
                raise Scattered
            self.read()

    def _runs_down_to(self, races: pl.Series) -> int:
        shorter = min(races.len(), self.races.len())
        if self.races.head(shorter).equals(races.head(shorter)):
            return shorter
        ours = positions(_among(self.races, races))
        return 0 if ours.is_empty() else int(ours[-1]) + 1

    def take(self, runs: int) -> pl.DataFrame:
        """The rows of so many runs, with their positions."""
        rows = self.starts[runs] if runs < self.starts.len() else self.held.height
        taken, self.held = self.held.head(rows), self.held.slice(rows)
        self.lately, self.races = self.races.head(runs), self.races.slice(runs)
        self.starts = self.starts.slice(runs) - rows
        self.before.append(self._only_once(self.lately.hash()))
        self.row += rows
        return taken.with_row_index(ROW, self.row - rows)

    def met(self) -> pl.Series:
        """A hash of every race taken."""
        return self._only_once(pl.concat(self.before))

    @staticmethod
    def _only_once(hashes: pl.Series) -> pl.Series:
        # Where two races share a hash, they are taken for scattered: that costs time, and nothing else.
        if hashes.n_unique() < hashes.len():
            raise Scattered
        return hashes

"""Synthetic archives: seeded, lawful to the last row or spoilt at a rate, of any size, written in batches.

    python -m tests.bench.archive FOLDER --results 1_000_000 [--bad 0.01] [--shuffled] [--seed 0]

An archive is what a federation keeps: results.parquet, splits.parquet, races.parquet and athletes.parquet,
race by race, in each race in order of place. Every race has a pacemaker who stops after 800 m; whoever
finishes has his times at 400, 800 and 1200 m and his last lap; beside them stand the times at the front.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from bowerman_data.schemas._columns import POLARS
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES
from tests.bench._spoil import spoilt_results, spoilt_splits
from tests.bench._tables import MILE_M, POINTS_M, athletes, day, front, named, own, races, results

__all__ = ["Archive", "write"]

FIELD = 16
"""On the start list of a race, the pacemaker among them."""
BATCH = 4_000
"""Races written at once."""


@dataclass
class Archive:
    """How large, how spoilt, and in what order."""

    results: int
    bad: float = 0.0
    shuffled: bool = False
    seed: int = 0
    _best: npt.NDArray[np.int64] = field(init=False, repr=False)
    _leads: dict[int, int] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Know of each athlete the best time so far, so that a PB is one."""
        self._best = np.full(self.athletes, np.iinfo(np.int64).max)

    @property
    def races(self) -> int:
        """How many races."""
        return max(1, self.results // FIELD)

    @property
    def athletes(self) -> int:
        """How many people, each with about twenty races."""
        return max(3 * FIELD, self.results // 20)

    def batches(self) -> Iterator[dict[str, pl.DataFrame]]:
        """Results, splits and races, so many races at once."""
        for first in range(0, self.races, BATCH):
            yield self._batch(first, min(BATCH, self.races - first))

    def _batch(self, first: int, count: int) -> dict[str, pl.DataFrame]:
        rng = np.random.default_rng([self.seed, first])
        runs = self._runs(rng, first, count)
        places, splits = results(runs), pl.concat([front(runs), own(runs)])
        splits = splits.sort("race", "in_race", "to_m", maintain_order=True)
        if self.bad:
            least = 1 if first == 0 else 0  # even a small archive is not lawful then
            places = spoilt_results(places, rng, self.bad, least)
            splits = spoilt_splits(splits, rng, self.bad, least)
        tables = {"results": places, "splits": splits, "races": races(first, count)}
        return {name: _declared(name, frame) for name, frame in tables.items()}

    def _runs(self, rng: np.random.Generator, first: int, count: int) -> pl.DataFrame:
        """Who ran, in order of place, with true times in hundredths; the pacemaker last."""
        people = np.stack([rng.choice(self.athletes, FIELD, replace=False) for _ in range(count)])
        finish = np.sort(22_600 + rng.gamma(2.0, 450.0, (count, FIELD)).astype(np.int64), axis=1)
        bend = rng.normal(0.0, 0.004, (count, FIELD, len(POINTS_M)))
        shares = np.array(POINTS_M) / MILE_M
        passing = (finish[:, :, None] * (shares + bend * 0.2)).astype(np.int64)
        passing[:, -1, :2] = passing[:, :, :2].min(axis=1) - 10  # the pacemaker leads as long as he runs
        frame = pl.DataFrame(
            {
                "race": np.repeat(np.arange(first, first + count), FIELD),
                "place": np.tile(np.arange(1, FIELD + 1), count),
                "person": people.ravel(),
                "finish": finish.ravel(),
                "paces": np.tile(np.arange(FIELD) == FIELD - 1, count),
                **{f"at_{metres:g}": passing[:, :, i].ravel() for i, metres in enumerate(POINTS_M)},
            }
        )
        return named(frame).with_columns(pb=pl.Series(self._best_so_far(frame)), wl=self._leading(frame))

    def _best_so_far(self, frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
        """Whether the time beats all that the athlete ran in earlier batches, and is his first in this one."""
        run = frame.select("person", "finish", at=pl.int_range(pl.len())).filter(~frame["paces"])
        first = run.unique("person", keep="first")
        beats = np.zeros(frame.height, dtype=np.bool_)
        people, times = first["person"].to_numpy(), first["finish"].to_numpy()
        beats[first["at"].to_numpy()] = times < self._best[people]
        np.minimum.at(self._best, run["person"].to_numpy(), run["finish"].to_numpy())
        return beats

    def _leading(self, frame: pl.DataFrame) -> pl.Series:
        """Whether the winner beats all that was run before in the year."""
        won = frame.filter(place=1).select("race", "finish", year=day(pl.col("race")).dt.year())
        before = pl.col("year").replace_strict(self._leads, default=None, return_dtype=pl.Int64)
        best = pl.min_horizontal(before, pl.col("finish").shift().cum_min().over("year"))
        leads = won.filter((pl.col("finish") < best).fill_null(True))
        self._leads |= dict(leads.select("year", "finish").iter_rows())
        return (frame["place"] == 1) & frame["race"].is_in(leads["race"].implode())


def _declared(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The declared columns in their order and types."""
    return frame.select(pl.col(column).cast(POLARS[COLUMNS[column].dtype]) for column in TABLES[name].columns)


def write(folder: Path, archive: Archive) -> None:
    """Write the four tables into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as scratch:
        _write(Path(scratch), archive)
        for file in sorted(Path(scratch).iterdir()):
            if archive.shuffled and file.stem in ("results", "splits"):
                _shuffle(file, archive.seed)
            file.replace(folder / file.name)


def _write(folder: Path, archive: Archive) -> None:
    writers = {name: _writer(folder, name) for name in ("results", "splits", "races", "athletes")}
    for batch in archive.batches():
        for name, frame in batch.items():
            writers[name].write_table(_arrow(name, frame))
    writers["athletes"].write_table(_arrow("athletes", _declared("athletes", athletes(archive.athletes))))
    for writer in writers.values():
        writer.close()


def _writer(folder: Path, name: str) -> pq.ParquetWriter:
    return pq.ParquetWriter(folder / f"{name}.parquet", arrow_schema(name), compression="zstd")


def _arrow(name: str, frame: pl.DataFrame) -> pa.Table:
    return frame.to_arrow().cast(arrow_schema(name))


def _shuffle(file: Path, seed: int) -> None:
    frame = pl.read_parquet(file).sample(fraction=1.0, shuffle=True, seed=seed)
    with pq.ParquetWriter(file, arrow_schema(file.stem), compression="zstd") as writer:
        for rows in frame.iter_slices(1_000_000):
            writer.write_table(_arrow(file.stem, rows))


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--results", type=int, default=1_000_000)
    parser.add_argument("--bad", type=float, default=0.0, help="share of rows with a fault")
    parser.add_argument("--shuffled", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    write(options.folder, Archive(options.results, options.bad, options.shuffled, options.seed))


if __name__ == "__main__":
    main()

"""Synthetic archives: seeded, lawful to the last row or spoilt at a rate, of any size, written in batches.

    python -m tests.bench.archive FOLDER --results 1_000_000 [--bad 0.01] [--shuffled] [--seed 0]

An archive is what a federation keeps: results.parquet, splits.parquet, races.parquet and athletes.parquet,
race by race, in each race in order of place. Every race has a pacemaker who stops after 800 m; whoever
finishes has his times at 400, 800 and 1200 m and his last lap; beside them stand the times at the front.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES

__all__ = ["Archive", "write"]

MILE_M = 1609.344
POINTS_M = (400.0, 800.0, 1200.0)
FIELD = 16
"""On the start list of a race, the pacemaker among them."""
BATCH = 4_000
"""Races written at once."""
NATIONS = ("KEN", "ETH", "GBR", "USA", "NOR", "NED", "GER", "SUI", "RSA", "AUS", "ESP", "FRA")
GIVEN = ("Abel", "Bruno", "Dario", "Emil", "Festus", "Gil", "Hugo", "Ivo", "Jonas", "Karim", "Levi", "Milo")
FAMILY = ("Thorn", "Falk", "Lunt", "Horn", "Oyar", "Marsh", "Brook", "Calder", "Park", "Ness", "Alder", "Quist")
TOWNS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper")
BEGAN = dt.date(1990, 5, 1)


@dataclass
class Archive:
    """How large, how spoilt, and in what order."""

    results: int
    bad: float = 0.0
    shuffled: bool = False
    seed: int = 0
    _best: np.ndarray[Any, np.dtype[np.int64]] = field(init=False, repr=False)

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

    def _batch(self, first: int, races: int) -> dict[str, pl.DataFrame]:
        rng = np.random.default_rng([self.seed, first])
        runs = self._runs(rng, first, races)
        results, splits = _results(runs), pl.concat([_front(runs), _own(runs)])
        splits = splits.sort("race", "in_race", "to_m", maintain_order=True)
        if self.bad:
            results, splits = _spoilt_results(results, rng, self.bad), _spoilt_splits(splits, rng, self.bad)
        tables = {"results": results, "splits": splits, "races": _races(first, races)}
        return {name: _declared(name, frame) for name, frame in tables.items()}

    def _runs(self, rng: np.random.Generator, first: int, races: int) -> pl.DataFrame:
        """Who ran, in order of place, with true times in hundredths; the pacemaker last."""
        people = np.stack([rng.choice(self.athletes, FIELD, replace=False) for _ in range(races)])
        finish = np.sort(22_600 + rng.gamma(2.0, 450.0, (races, FIELD)).astype(np.int64), axis=1)
        bend = rng.normal(0.0, 0.004, (races, FIELD, len(POINTS_M)))
        shares = np.array(POINTS_M) / MILE_M
        passing = (finish[:, :, None] * (shares + bend * 0.2)).astype(np.int64)
        passing[:, -1, :2] = passing[:, :, :2].min(axis=1) - 10  # the pacemaker leads as long as he runs
        frame = pl.DataFrame(
            {
                "race": np.repeat(np.arange(first, first + races), FIELD),
                "place": np.tile(np.arange(1, FIELD + 1), races),
                "person": people.ravel(),
                "finish": finish.ravel(),
                "paces": np.tile(np.arange(FIELD) == FIELD - 1, races),
                **{f"at_{metres:g}": passing[:, :, i].ravel() for i, metres in enumerate(POINTS_M)},
            }
        )
        return _named(frame).with_columns(pb=pl.Series(self._best_so_far(frame)) & ~pl.col("paces"))

    def _best_so_far(self, frame: pl.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether the time beats all that the athlete ran in earlier batches, and is his first in this one."""
        run = frame.select("person", "finish", at=pl.int_range(pl.len())).filter(~frame["paces"])
        first = run.unique("person", keep="first")
        beats = np.zeros(frame.height, dtype=np.bool_)
        people, times = first["person"].to_numpy(), first["finish"].to_numpy()
        beats[first["at"].to_numpy()] = times < self._best[people]
        np.minimum.at(self._best, run["person"].to_numpy(), run["finish"].to_numpy())
        return beats


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        race_id=_race_id(pl.col("race")),
        athlete_id=_athlete_id(pl.col("person")),
        nation=_one_of(NATIONS, pl.col("person")),
    )


def _one_of(words: tuple[str, ...], number: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(words)).gather((number % len(words)).cast(pl.UInt32))


def _race_id(race: pl.Expr) -> pl.Expr:
    town = _one_of(tuple(town.lower() for town in TOWNS), race)
    return pl.concat_str(town, pl.lit("-mile-"), race.cast(pl.String).str.zfill(8))


def _athlete_id(person: pl.Expr) -> pl.Expr:
    given = _one_of(tuple(name.lower() for name in GIVEN), person)
    family = _one_of(tuple(name.lower() for name in FAMILY), person // len(GIVEN))
    return pl.concat_str(given, family, person.cast(pl.String), separator="-")


def _mark(hundredths: pl.Expr) -> pl.Expr:
    minutes, rest = hundredths // 6000, hundredths % 6000
    seconds = (rest // 100).cast(pl.String)
    tail = "." + (rest % 100).cast(pl.String).str.zfill(2)
    whole = pl.concat_str(minutes.cast(pl.String), pl.lit(":"), seconds.str.zfill(2))
    return pl.when(minutes > 0).then(whole).otherwise(seconds) + tail


def _results(runs: pl.DataFrame) -> pl.DataFrame:
    ran = ~pl.col("paces")
    return runs.select(
        "race_id",
        "athlete_id",
        "nation",
        role=pl.when("paces").then(pl.lit("pacemaker")).otherwise(pl.lit("athlete")),
        status=pl.when("paces").then(pl.lit("DNF")).otherwise(pl.lit("OK")),
        place=pl.when(ran).then("place"),
        time_ms=pl.when(ran).then(pl.col("finish") * 10),
        decimals=pl.when(ran).then(2),
        mark=pl.when(ran).then(_mark(pl.col("finish"))),
        # Printed beside one in four of those who ran one.
        codes=pl.when(pl.col("pb") & (pl.col("person") % 4 == 0))
        .then(["PB"])
        .otherwise(pl.lit([], pl.List(pl.String))),
        points=pl.lit(None, pl.Int16),
    )


def _split(from_m: float, to_m: float, basis: str, hundredths: pl.Expr, in_race: pl.Expr) -> list[pl.Expr]:
    return [
        pl.col("race"),
        in_race.alias("in_race"),
        pl.col("race_id"),
        pl.lit(from_m).alias("from_m"),
        pl.lit(to_m).alias("to_m"),
        pl.lit(basis).alias("basis"),
        pl.col("athlete_id"),
        (hundredths * 10).alias("time_ms"),
        pl.lit(2).alias("decimals"),
        _mark(hundredths).alias("mark"),
    ]


def _own(runs: pl.DataFrame) -> pl.DataFrame:
    """Each runner's times; the pacemaker steps off after 800 m."""
    ran, parts = runs.filter(~pl.col("paces")), []
    for metres in POINTS_M:
        who = runs if metres <= 800 else ran
        parts.append(who.select(_split(0.0, metres, "athlete", pl.col(f"at_{metres:g}"), pl.col("place"))))
    last = pl.col("finish") - pl.col("at_1200")
    return pl.concat([*parts, ran.select(_split(1200.0, MILE_M, "athlete", last, pl.col("place")))])


def _front(runs: pl.DataFrame) -> pl.DataFrame:
    """The race clock: the least of all times at each point."""
    parts = []
    for metres in POINTS_M:
        here = runs if metres <= 800 else runs.filter(~pl.col("paces"))
        first = here.sort("race", f"at_{metres:g}").unique("race", keep="first", maintain_order=True)
        parts.append(first.select(_split(0.0, metres, "leader", pl.col(f"at_{metres:g}"), pl.lit(0, pl.Int64))))
    return pl.concat(parts)


def _races(first: int, races: int) -> pl.DataFrame:
    race = pl.col("race")
    town = _one_of(TOWNS, race)
    return pl.select(race=pl.int_range(first, first + races)).select(
        race_id=_race_id(race),
        name=pl.concat_str(town, pl.lit(" Mile "), race.cast(pl.String)),
        meet=pl.concat_str(town, pl.lit(" Games")),
        series=pl.lit("Invitational"),
        date=pl.lit(BEGAN) + pl.duration(days=race // 60),
        venue=pl.concat_str(town, pl.lit(" Field")),
        city=pl.concat_str(town, pl.lit("ton")),
        country=pl.lit("GBR"),
        discipline=pl.lit("mile"),
        distance_m=pl.lit(MILE_M),
        sex=pl.lit("M"),
        coverage=pl.lit("full"),
        points_scale=pl.lit(None, pl.List(pl.Int16)),
    )


def _athletes(people: int) -> pl.DataFrame:
    person = pl.col("person")
    given, family = _one_of(GIVEN, person), _one_of(FAMILY, person // len(GIVEN))
    name = pl.concat_str(given, family, separator=" ")
    return pl.select(person=pl.int_range(people)).select(
        athlete_id=_athlete_id(person),
        name=name,
        given_name=given,
        family_name=family,
        nation=_one_of(NATIONS, person),
        aliases=pl.concat_list(name),
    )


def _chosen(height: int, rng: np.random.Generator, rate: float, kinds: int) -> pl.Series:
    """For each row the kind of its fault, null for most."""
    kind = rng.integers(0, kinds, height).astype(np.int8)
    return pl.Series(kind).set(pl.Series(rng.random(height) >= rate), None)


def _spoilt_results(frame: pl.DataFrame, rng: np.random.Generator, rate: float) -> pl.DataFrame:
    """A digit of the mark, a place, an ISO code, a second too few, a code that is none."""
    kind = _chosen(frame.height, rng, rate, 5)
    return frame.with_columns(
        mark=pl.when(kind == 0).then(pl.col("mark").str.replace(r"\d$", "x")).otherwise("mark"),
        place=pl.when(kind == 1).then(pl.col("place") + 1).otherwise("place"),
        nation=pl.when(kind == 2).then(pl.lit("DEU")).otherwise("nation"),
        time_ms=pl.when(kind == 3).then(pl.col("time_ms") - 1000).otherwise("time_ms"),
        codes=pl.when(kind == 4).then(["PBX"]).otherwise("codes"),
    )


def _spoilt_splits(frame: pl.DataFrame, rng: np.random.Generator, rate: float) -> pl.DataFrame:
    """A second too many, a unit that slipped, a point beyond the finish, a clock that is none."""
    kind = _chosen(frame.height, rng, rate, 4)
    return frame.with_columns(
        time_ms=pl.when(kind == 0)
        .then(pl.col("time_ms") + 1000)
        .when(kind == 1)
        .then(pl.col("time_ms") // 1000)
        .otherwise("time_ms"),
        to_m=pl.when(kind == 2).then(pl.col("to_m") + 1200).otherwise("to_m"),
        basis=pl.when(kind == 3).then(pl.lit("runner")).otherwise("basis"),
    )


def _declared(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The declared columns in their order and types."""
    from bowerman_data.schemas._columns import POLARS

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
    writers["athletes"].write_table(_arrow("athletes", _declared("athletes", _athletes(archive.athletes))))
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

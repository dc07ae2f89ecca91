"""Results that matter for the records: those that claim one, and those that may have been as fast before it."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from bowerman_data.schemas._directory import directory
from bowerman_data.schemas._frames import Frames, compact
from bowerman_data.schemas._numbers import RACE, numbered, races
from bowerman_data.schemas._records import is_national, records, year_of
from bowerman_data.schemas._screen_results import rows_of_athletes

__all__ = ["Contenders"]

OF_RACES = ["year", "discipline", "sex"]
"""What a world lead is the best time of."""
LIMITS = ["limit", "last"]
BEYOND = 1 << 32
"""More than any time: times less so much for each athlete in front sort and compare as if by athlete."""
WHO, DAY, LEADS = "#athlete", "#day", "#leads"
time_ms, codes, who, day = (pl.col(name) for name in ("time_ms", "codes", WHO, DAY))


class Contenders:
    """The records of an archive, known before its results are read a few races at a time.

    A result matters if it has a code, or is as fast as the slowest record that it may beat and older than the last.
    """

    def __init__(self, whole: Frames) -> None:
        """Find the records of the whole archive."""
        held, athletes = records(whole), directory(whole, "athletes")
        bests = _claiming("PB", held)
        bests = _limits(
            bests.with_columns(athlete=athletes.rows_of(bests["athlete_id"].hash())).drop_nulls("athlete"), ["athlete"]
        )
        nothing = pl.Series([None]).new_from_index(0, whole.held("athletes").height)
        self._bests = [nothing.cast(bests[name].dtype).scatter(bests["athlete"], bests[name]) for name in LIMITS]
        self._leads = _limits(_claiming("WL", held), OF_RACES)

    def among(self, frames: Frames) -> pl.DataFrame:
        """Those of the results, with their positions, who ran, the day, and whether they matter for a world lead."""
        of_athletes, of_races = (_fast_enough(self._bests, WHO), _fast_enough(self._of_races(frames), RACE))
        rows = numbered(frames, "results").lazy().with_columns(rows_of_athletes(frames).alias(WHO))
        # Of whoever is not listed nothing is known. Most rows are too slow, and need no day.
        matters = who.is_null() | (codes.list.len() > 0)
        rows = rows.filter(matters | of_athletes.fast | of_races.fast).collect(engine="in-memory").lazy()
        rows = rows.with_columns(pl.lit(races(frames)["race_date"]).gather(RACE).alias(DAY))
        rows = rows.with_columns((of_races.fast & of_races.before).fill_null(False).alias(LEADS))
        rows = rows.filter(matters | pl.col(LEADS) | of_athletes.fast & of_athletes.before)
        return compact(rows.drop(RACE).collect(engine="in-memory"))

    def left(self, kept: list[pl.DataFrame]) -> pl.DataFrame:
        """Of those of all batches the ones by which a record may really be beaten, as far as results beat records."""
        rows = pl.concat(kept, how="diagonal")
        held = codes.list.contains("PB") & (pl.col("status") == "OK")
        ran = rows.lazy().filter(pl.all_horizontal(pl.col(WHO, DAY, "time_ms").is_not_null()))
        ran = ran.select(WHO, held=held, of_each=time_ms - who.cast(pl.Int64) * BEYOND, order=_by_day())
        # Who has been as fast before, be it on the same day: all else is for the rule to say.
        as_fast = pl.col("of_each") >= pl.col("of_each").cum_min().shift()
        beaten = ran.sort("order").filter(pl.col("held") & as_fast).select(WHO).unique().collect().to_series()
        matters = pl.any_horizontal(who.is_null(), who.is_in(beaten.implode()), pl.col(LEADS), is_national())
        return rows.filter(matters.fill_null(True))

    def _of_races(self, frames: Frames) -> list[pl.Series]:
        met = races(frames).select(year=year_of("race_date"), discipline="race_discipline", sex="race_sex")
        found = met.join(self._leads, on=OF_RACES, how="left", maintain_order="left")
        return [found[name] for name in LIMITS]


class _Beating(NamedTuple):
    """Whether a result is no slower than the slowest of some records, and older than the last."""

    fast: pl.Expr
    before: pl.Expr


def _fast_enough(limits: list[pl.Series], by: str) -> _Beating:
    limit, last = limits
    return _Beating(time_ms <= pl.lit(limit).gather(by), day < pl.lit(last).gather(by))


def _claiming(code: str, held: pl.DataFrame) -> pl.DataFrame:
    return held.filter(codes.list.contains(code))


def _limits(held: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Of records that may be beaten by the same results: the slowest, and the day of the last."""
    return held.group_by(by).agg(limit=time_ms.max(), last=pl.col("date").max())


def _by_day() -> pl.Expr:
    """Athlete and day in one number."""
    return who.cast(pl.Int64) * BEYOND + day.cast(pl.Int32).cast(pl.Int64)

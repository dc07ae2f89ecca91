"""Results that matter for the records: those that claim one, and those that may have been as fast before it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import polars as pl

from bowerman_data.schemas._directory import directory
from bowerman_data.schemas._frames import ROW, Frames, compact
from bowerman_data.schemas._numbers import RACE, numbered, races
from bowerman_data.schemas._records import COLUMNS_READ, claims_a_record, is_national, records, year_of
from bowerman_data.schemas._screen_results import rows_of_athletes

__all__ = ["Contenders", "Met"]

OF_RACES = ["year", "discipline", "sex"]
"""What a world lead is the best time of."""
LIMITS = ["limit", "last"]
BEYOND = 1 << 32
"""More than any time: times less so much for each athlete in front sort and compare as if by athlete."""
WHO, DAY, LEAD = "#athlete", "#day", "#lead"
TOLD = (*COLUMNS_READ, "decimals", "mark")
"""What the rule reads of a result."""
BRIEF = pl.Schema({ROW: pl.UInt32(), WHO: pl.UInt32(), RACE: pl.UInt32(), "time_ms": pl.Int32()})
"""What is remembered of the others."""
time_ms, codes, who, day, race = (pl.col(name) for name in ("time_ms", "codes", WHO, DAY, RACE))


class Met(NamedTuple):
    """Of a batch the results with codes or of athletes not listed, the others with a time in numbers, and the races."""

    told: pl.DataFrame
    others: pl.DataFrame
    races: pl.DataFrame

    @classmethod
    def unsifted(cls, results: pl.DataFrame) -> Met:
        """A batch of which nothing else is known."""
        return cls(results.select(TOLD), BRIEF.to_frame(), pl.DataFrame())

    @property
    def is_sifted(self) -> bool:
        """Whether it is known."""
        return self.races.height > 0

    def behind(self, before: int) -> Met:
        """The same with its races numbered from there."""
        later = (race + before).alias(RACE)
        return (
            Met(self.told.with_columns(later), self.others.with_columns(later), self.races) if self.is_sifted else self
        )


class Contenders:
    """The results of an archive that matter for its records, told from the others as batches are met.

    Which records there are is known when all batches have been met. Until then each result is remembered, in four
    numbers if it has no code; of those the text is read again if they matter, which in a sound archive few do.
    """

    def __init__(self, whole: Frames) -> None:
        """Take the whole archive."""
        self._whole, self._athletes = whole, directory(whole, "athletes")

    def among(self, frames: Frames) -> Met:
        """The results of a batch."""
        rows = numbered(frames, "results").lazy().with_columns(rows_of_athletes(frames).alias(WHO))
        # Of whoever is not listed nothing is known.
        is_told = (who.is_null() | (codes.list.len() > 0)).fill_null(True)
        brief = rows.filter(~is_told & time_ms.is_not_null()).select(*BRIEF)
        told, others = pl.collect_all([rows.filter(is_told).select(*TOLD, WHO, RACE), brief], engine="in-memory")
        facts = {"date": "race_date", "discipline": "race_discipline", "sex": "race_sex"}
        return Met(compact(told), others, races(frames).select(year=year_of("race_date"), **facts))

    def left(self, batches: list[Met]) -> pl.DataFrame:
        """Those by which a record may really be beaten, as far as results beat records."""
        before = accumulate((one.races.height for one in batches), initial=0)
        placed = [one.behind(races) for one, races in zip(batches, before, strict=False)]
        told, others, met = (_all(frames) for frames in zip(*placed, strict=True))
        if met.is_empty():
            return told
        if all(one.is_sifted for one in batches):
            self._whole.once("records", lambda: _records(told, met))
        limits = self._limits(met)
        told, others = told.with_columns(limits.day, limits.lead), limits.fast_enough(others)
        beaten = (
            pl.col(by).is_in(_beaten(told, others, by, code).implode()) for by, code in ((WHO, "PB"), (LEAD, "WL"))
        )
        matters = pl.any_horizontal(who.is_null(), *beaten).fill_null(False)
        listed = [told.filter(matters | is_national().fill_null(True)), self._read(others.filter(matters)[ROW])]
        return pl.concat([one.select(TOLD) for one in listed])

    def _limits(self, met: pl.DataFrame) -> _Limits:
        held = records(self._whole)
        bests = _claiming("PB", held)
        bests = bests.with_columns(athlete=self._athletes.rows_of(bests["athlete_id"].hash())).drop_nulls("athlete")
        bests = _slowest(bests, ["athlete"])
        nothing = pl.Series([None]).new_from_index(0, self._whole.held("athletes").height)
        of_athletes = [nothing.cast(bests[name].dtype).scatter(bests["athlete"], bests[name]) for name in LIMITS]
        leads = _slowest(_claiming("WL", held), OF_RACES).with_row_index(LEAD)
        leads = met.join(leads, on=OF_RACES, how="left", maintain_order="left")
        of_races = _Beating.of([leads[name] for name in LIMITS], RACE)
        day, lead = (pl.lit(values).gather(RACE) for values in (met["date"], leads[LEAD]))
        return _Limits(day.alias(DAY), lead.alias(LEAD), _Beating.of(of_athletes, WHO), of_races)

    def _read(self, rows: pl.Series) -> pl.DataFrame:
        """Results in these rows."""
        results = self._whole["results"].select(TOLD)
        if rows.is_empty():
            return results.collect_schema().to_frame()
        return results.join(rows.to_frame().lazy(), on=ROW, how="semi").collect(engine="streaming")


class _Beating(NamedTuple):
    """Whether a result is no slower than the slowest of some records, and older than the last."""

    fast: pl.Expr
    before: pl.Expr

    @classmethod
    def of(cls, limits: list[pl.Series], by: str) -> _Beating:
        limit, last = limits
        return cls(time_ms <= pl.lit(limit).gather(by), day < pl.lit(last).gather(by))


class _Limits(NamedTuple):
    """The day of a result, the world lead that it may beat, and by what it may beat that or a best."""

    day: pl.Expr
    lead: pl.Expr
    of_athletes: _Beating
    of_races: _Beating

    def fast_enough(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those that may beat one of either."""
        # Most rows are too slow, and need no day.
        fast = rows.lazy().filter(self.of_athletes.fast | self.of_races.fast).with_columns(self.day, self.lead)
        either = (limits.fast & limits.before for limits in (self.of_athletes, self.of_races))
        return fast.filter(pl.any_horizontal(either)).collect(engine="streaming")


def _all(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal")


def _records(told: pl.DataFrame, met: pl.DataFrame) -> pl.DataFrame:
    rows = told.filter(claims_a_record())
    facts = (pl.lit(met[name]).gather(rows[RACE]).alias(name) for name in met.columns)
    return rows.select(*COLUMNS_READ, *facts).filter(pl.col("date").is_not_null()).rechunk()


def _beaten(told: pl.DataFrame, others: pl.DataFrame, by: str, code: str) -> pl.Series:
    """The athletes, or leads, by which a record is claimed where somebody has been as fast before.

    Or has been so on the same day: all else is for the rule to say.
    """
    held = (codes.list.contains(code) & (pl.col("status") == "OK")).alias("held")
    ran = pl.concat([told.select(by, DAY, "time_ms", held), others.select(by, DAY, "time_ms", held=pl.lit(False))])
    ran = ran.filter(pl.all_horizontal(pl.col(by, DAY, "time_ms").is_not_null())).sort(_in_one(by, pl.col(DAY)))
    of_each = pl.col("time_ms") - pl.col(by).cast(pl.Int64) * BEYOND
    return ran.filter(pl.col("held") & (of_each >= of_each.cum_min().shift()))[by].unique()


def _claiming(code: str, held: pl.DataFrame) -> pl.DataFrame:
    return held.filter(codes.list.contains(code))


def _slowest(held: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Of records that may be beaten by the same results: the slowest, and the day of the last."""
    return held.group_by(by).agg(limit=time_ms.max(), last=pl.col("date").max())


def _in_one(by: str, then: pl.Expr) -> pl.Expr:
    """Two numbers in one."""
    return pl.col(by).cast(pl.Int64) * BEYOND + then.cast(pl.Int32).cast(pl.Int64)

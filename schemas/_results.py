"""The invariants of results."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Clause, prepares, rule
from bowerman_data.schemas._frames import Frames, rows_where
from bowerman_data.schemas._generic import among
from bowerman_data.schemas._marks import odd_marks
from bowerman_data.schemas._numbers import RACE, facts_of, numbered, races
from bowerman_data.schemas._races import COVERED_TO_MS, impossible, possible, unremarkable
from bowerman_data.schemas._text import filled
from bowerman_data.schemas.reference import legal_nations, nations

__all__: list[str] = []

ORDER = ("place", "time_ms", "athlete_id")
PODIUM = 3

placed = pl.col("place").is_not_null()
place, time_ms = pl.col("place"), pl.col("time_ms")


@prepares("results", "odd marks")
def with_odd_marks(frames: Frames) -> pl.DataFrame:
    """Results whose mark is perhaps not the one that their time makes."""
    return odd_marks(numbered(frames, "results"))


def _beside_race(frames: Frames, rows: pl.DataFrame) -> pl.DataFrame:
    met = races(frames)
    if rows.is_empty():
        return rows
    return rows.with_columns(pl.lit(met[name]).gather(RACE).alias(name) for name in facts_of(met))


def _suspects(frames: Frames, fails: pl.Expr) -> pl.DataFrame:
    """The results for which that is true, with the facts of their race."""
    rows = numbered(frames, "results")
    return _beside_race(frames, rows[rows_where(rows, fails)])


def _of_race(values: pl.Series) -> pl.Expr:
    return pl.lit(values).gather(RACE)


@prepares("results", "out of line")
def out_of_line(frames: Frames) -> pl.DataFrame:
    """Placed results that are not the one after the row above in place and time, beside their neighbours."""
    rows = finish_order(frames)
    in_line = (
        (place == pl.col("position"))
        & place.ne_missing(pl.col("prev_place"))
        & ~(time_ms < pl.col("last_time")).fill_null(False)
    )
    return rows[rows_where(rows, placed & ~in_line)]


def finish_order(frames: Frames) -> pl.DataFrame:
    """Results in order of finish, each row with what it is compared with in the rows beside it."""
    return frames.once("finish order", lambda: _beside_neighbours(_in_order(numbered(frames, "results"))))


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    same_race, last = pl.col(RACE) == pl.col(RACE).shift(), place.shift()
    back = same_race & placed & (last.is_null() | (place < last))
    tied = same_race & (place == last)
    told = frame.select(back.any().alias("back"), tied.any().alias("tied")).row(0)
    return frame.sort(RACE, *ORDER, nulls_last=True) if any(told) else frame


def _beside_neighbours(frame: pl.DataFrame) -> pl.DataFrame:
    begins = pl.col(RACE).ne_missing(pl.col(RACE).shift())
    rows = frame.lazy().with_columns(at=pl.int_range(pl.len(), dtype=pl.Int64), begins=begins)
    rows = rows.with_columns(start=pl.when("begins").then("at").forward_fill())
    return rows.with_columns(
        position=pl.col("at") - pl.col("start") + 1,
        prev_place=pl.when(~pl.col("begins")).then(place.shift()),
        next_place=pl.when(~pl.col("begins").shift(-1)).then(place.shift(-1)),
        prev_time=pl.when(~pl.col("begins")).then(time_ms.shift()),
        last_time=_last_before(time_ms, placed & time_ms.is_not_null()),
    ).collect()


def _last_before(value: pl.Expr, where: pl.Expr) -> pl.Expr:
    """The value in the last row above in the race for which `where` holds."""
    last_at = pl.when(where).then("at").forward_fill().shift()
    last = pl.when(where).then(value).forward_fill().shift()
    return pl.when(last_at >= pl.col("start")).then(last)


@rule("ordered-finish-times", "results", fixed=True)
def ordered_finish_times(frames: Frames, table: str) -> Iterator[Clause]:
    """No time is less than that of the place before."""
    last = pl.col("last_time")
    yield Clause("time_ms", placed & (time_ms < last), filled("at least {}", last), part="out of line")


@rule("places-count-up", "results", fixed=True)
def places_count_up(frames: Frames, table: str) -> Iterator[Clause]:
    """A place is the number of those in front plus one, or the one before's with the same time."""
    shared = (place == pl.col("prev_place")).fill_null(False)
    wrong = pl.when(shared).then(time_ms != pl.col("prev_time")).otherwise(place != pl.col("position"))
    yield Clause("place", placed & wrong, pl.col("position").cast(pl.String), part="out of line")


@rule("status-explains-nulls", "results", fixed=True)
def status_explains_nulls(frames: Frames, table: str) -> Iterator[Clause]:
    """Who finished has a place, a time and a mark; who did not has none of them, no points and no codes."""
    finished, unfinished = pl.col("status") == "OK", pl.col("status") != "OK"
    for name in ("place", "time_ms", "decimals", "mark"):
        yield Clause(name, finished & pl.col(name).is_null(), "a value")
    for name in ("place", "time_ms", "decimals", "mark", "points"):
        yield Clause(name, unfinished & pl.col(name).is_not_null(), "null")
    yield Clause("codes", unfinished & (pl.col("codes").list.len() > 0), "none")


@rule("points-follow-scale", "results", fixed=True)
def points_follow_scale(frames: Frames, table: str) -> Iterator[Clause]:
    """In a race with points, they are those of an unshared place on its scale."""
    shared = (place == pl.col("prev_place")).fill_null(False) | (place == pl.col("next_place")).fill_null(False)
    judged = (pl.col("status") == "OK") & placed & ~shared & pl.col("race_found")
    index = pl.when(place >= 1).then(place - 1)
    wanted = pl.col("race_points_scale").list.get(index, null_on_oob=True)
    wrong = pl.col("points").ne_missing(wanted)
    yield Clause("points", judged & wrong, wanted.cast(pl.String).fill_null("null"), part="with points")


@prepares("results", "with points")
def with_points(frames: Frames) -> pl.DataFrame:
    """The results of races with points: who prints none says nothing of what was won."""
    rows = numbered(frames, "results")
    if rows["points"].null_count() == rows.height:
        return _beside_race(frames, finish_order(frames).clear())
    scored = rows.filter(pl.col("points").is_not_null())[RACE].unique()
    return _beside_race(frames, finish_order(frames).filter(pl.col(RACE).is_in(scored.implode())))


@rule("coverage-holds", "results", fixed=True)
def coverage_holds(frames: Frames, table: str) -> Iterator[Clause]:
    """Beyond what the list of a race is said to cover stands nobody."""
    coverage, status, part = pl.col("race_coverage"), pl.col("status"), "beyond the coverage"
    shorter = coverage.is_in(["finishers", "to-3:56", "podium"])
    yield Clause("status", shorter & (status != "OK"), "OK", part=part)
    slower = (coverage == "to-3:56") & (time_ms > COVERED_TO_MS)
    yield Clause("time_ms", slower, f"at most {COVERED_TO_MS}", part=part)
    yield Clause("place", (coverage == "podium") & (place > PODIUM), f"at most {PODIUM}", part=part)


@prepares("results", "beyond the coverage")
def beyond_the_coverage(frames: Frames) -> pl.DataFrame:
    """Results that a list which is not full may not show."""
    coverage = races(frames)["race_coverage"]
    if coverage.drop_nulls().eq("full").all():
        return numbered(frames, "results").clear()
    unfinished = _of_race(coverage != "full") & (pl.col("status") != "OK")
    slower = _of_race(coverage == "to-3:56") & (time_ms > COVERED_TO_MS)
    behind = _of_race(coverage == "podium") & (place > PODIUM)
    return _suspects(frames, unfinished | slower | behind)


@rule("known-nation", "results", "athletes")
def known_nation(frames: Frames, table: str) -> Iterator[Clause]:
    """A code is one that may stand beside an individual."""
    nation, listed = pl.col("nation"), frames.values(table, "nation")
    wanted = nation.replace_strict(_instead(), default="a World Athletics code", return_dtype=pl.String)
    yield Clause("nation", among("nation", listed.filter(~listed.is_in(sorted(legal_nations())))), wanted)


def _instead() -> dict[str, str]:
    replaced = {nation.code: nation.use_instead for nation in nations() if nation.use_instead}
    iso = {nation.iso_alpha3: nation.code for nation in nations() if nation.kind == "member" and nation.iso_alpha3}
    return {**replaced, **iso}


@rule("nation-of-its-day", "results")
def nation_of_its_day(frames: Frames, table: str) -> Iterator[Clause]:
    """A nation stands in the years in which it existed."""
    nation, year = pl.col("nation"), pl.col("race_date").dt.year()
    listed = set(frames.values(table, "nation"))
    dated = [one for one in nations() if (one.from_year or one.until_year) and one.code in listed]
    wrong, wanted = pl.lit(False), {}
    for one in dated:
        outside = (year < (one.from_year or 0)) | (year > (one.until_year or 9999))
        wrong = wrong | (nation == one.code) & outside
        wanted[one.code] = f"{one.from_year or ''}-{one.until_year or ''}"
    if dated:
        expected = nation.replace_strict(wanted, default=None, return_dtype=pl.String)
        yield Clause("nation", wrong, expected, part="of dated nations")


@prepares("results", "of dated nations")
def of_dated_nations(frames: Frames) -> pl.DataFrame:
    """The results of nations that came or went."""
    dated = [one.code for one in nations() if one.from_year or one.until_year]
    return _suspects(frames, pl.col("nation").is_in(dated))


@rule("humanly-possible", "results", fixed=True)
def humanly_possible(frames: Frames, table: str) -> Iterator[Clause]:
    """A time lies within what a human has run over the distance, less 3 %."""
    least, most = pl.col("race_hard_min_ms"), pl.col("race_hard_max_ms")
    wrong = impossible(pl.col("race_distance_m"), least, most)
    yield Clause("time_ms", wrong, possible(least, most), part="remarkable times")


@prepares("results", "remarkable times")
def remarkable_times(frames: Frames) -> pl.DataFrame:
    """Results that are perhaps impossible or implausible."""
    least, most = frames.once("unremarkable", lambda: races(frames).select(*unremarkable()).get_columns())
    return _suspects(frames, (time_ms < _of_race(least)) | (time_ms > _of_race(most)))


@rule("humanly-plausible", "results", fixed=True)
def humanly_plausible(frames: Frames, table: str) -> Iterator[Clause]:
    """A time under the world record carries a WR, and none is a jogger's."""
    least, most, codes = pl.col("race_warn_min_ms"), pl.col("race_warn_max_ms"), pl.col("codes")
    part, record = "remarkable times", codes.list.contains("WR") | codes.list.contains("=WR")
    yield Clause("time_ms", (time_ms < least) & ~record, filled("a WR beside a time under {}", least), part=part)
    yield Clause("time_ms", time_ms > most, filled("at most {}", most), part=part)


@rule("at-most-one-world-lead", "results", fixed=True)
def at_most_one_world_lead(frames: Frames, table: str) -> Iterator[Clause]:
    """Nobody in the race has a lesser time than a world leader."""
    leads = pl.col("codes").list.contains("WL").fill_null(False)
    slower = leads & (time_ms > pl.col("race_best_ms"))
    yield Clause("codes", slower, "none, or the fastest time", value=pl.lit("WL"), part="leads")


@prepares("results", "leads")
def races_with_a_lead(frames: Frames) -> pl.DataFrame:
    """The rows of races in which somebody has a world lead, with the best time of the race."""
    rows, codes = numbered(frames, "results"), pl.col("codes")
    coded = rows.lazy().select(RACE, "codes").filter(codes.list.len() > 0).collect()
    leads = coded.filter(codes.list.contains("WL"))[RACE].unique()
    rows = rows.filter(pl.col(RACE).is_in(leads.implode()))
    return rows.with_columns(race_best_ms=time_ms.min().over(RACE))

"""Results that are beyond doubt, by their own race and by what is listed of athletes and races."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._codes import contradictory, unknown_or_unordered
from bowerman_data.schemas._directory import directory
from bowerman_data.schemas._frames import Frames, picked
from bowerman_data.schemas._generic import outside_domain
from bowerman_data.schemas._numbers import RACE, numbered, races
from bowerman_data.schemas._people import pair_hash
from bowerman_data.schemas._races import unremarkable
from bowerman_data.schemas._screen_columns import WHO, doubtful_marks, sound_columns, who
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.reference import legal_nations, nations
from bowerman_data.schemas.tables import TABLES

__all__ = ["doubtful_results", "odd_ids", "rows_of_athletes", "strange_ids"]

BETWEEN = ", "
"""Stands between codes, and in none."""

place, time_ms, codes, nation = pl.col("place"), pl.col("time_ms"), pl.col("codes"), pl.col("nation")
finished = pl.col("status") == "OK"
begins = pl.col(RACE).ne_missing(pl.col(RACE).shift())


def doubtful_results(frames: Frames) -> list[pl.Series]:
    """The numbers of races with a result that is not shown to be sound."""
    rows = numbered(frames, "results")
    proof = pl.all_horizontal(_proofs(frames, rows)).fill_null(False)
    unproved = rows.lazy().filter(~proof).select(RACE).collect(engine="in-memory").to_series()
    return [unproved, rows[RACE].gather(doubtful_marks(rows)), _doubtful_codes(rows), _standing_twice(frames, rows)]


def _standing_twice(frames: Frames, rows: pl.DataFrame) -> pl.Series:
    """The races in which an athlete stands twice."""
    listed = pl.DataFrame([rows[RACE], who(frames, "results")])
    if picked(listed, pair_hash(pl.col(WHO)).n_unique()).item() == rows.height:
        return rows[RACE].clear()
    return listed.filter(pair_hash(pl.col(WHO)).is_duplicated())[RACE]


def _proofs(frames: Frames, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    """What holds for each row of a race in which all is well."""
    yield from sound_columns(frames, "results", rows)
    yield _in_line() | _unplaced()
    yield from _nations(frames, rows)
    yield from _athletes(frames, rows)
    if "races" in frames:
        yield from _of_its_race(frames, rows)


def _in_line() -> pl.Expr:
    """Who finished: behind others who did, in no less time, and in the place of the row or, in equal time, of the one above."""
    at = pl.int_range(pl.len(), dtype=pl.Int32)
    in_place = (place == at - pl.when(begins).then(at).forward_fill() + 1) | _ties() & (time_ms == time_ms.shift())
    in_order = begins | place.shift().is_not_null() & (time_ms >= time_ms.shift())
    return finished & in_place & in_order & pl.col("decimals").is_not_null() & pl.col("mark").is_not_null()


def _ties() -> pl.Expr:
    return ~begins & (place == place.shift())


def _unplaced() -> pl.Expr:
    """Who did not finish, with nothing to show for it."""
    nothing = (pl.col(name).is_null() for name in ("place", "time_ms", "decimals", "mark", "points"))
    return pl.all_horizontal(~finished, *nothing, codes.list.len() == 0)


def _nations(frames: Frames, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    met = set(rows["nation"].unique())
    if not met <= legal_nations():
        yield nation.is_in(sorted(legal_nations()))
    dated = {one.code for one in nations() if one.from_year or one.until_year}
    if "races" in frames and met & dated:
        yield ~nation.is_in(sorted(met & dated))


def _athletes(frames: Frames, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    if "athletes" in frames:
        yield pl.lit(rows_of_athletes(frames).is_not_null())
        strange = strange_ids(frames.whole, "athletes")
    else:
        strange = odd_ids(rows["athlete_id"].unique())
    if strange.len():
        yield ~pl.col("athlete_id").is_in(strange.implode())


def odd_ids(values: pl.Series) -> pl.Series:
    """Those that do not look like an id."""
    outside = outside_domain(COLUMNS[values.name])
    assert outside is not None
    return values.to_frame().filter(outside).to_series()


def strange_ids(whole: Frames, table: str) -> pl.Series:
    """The ids in a table that do not look like one."""
    (key,) = TABLES[table].key
    return whole.once(f"strange ids of {table}", lambda: odd_ids(whole.held(table)[key]))


def rows_of_athletes(frames: Frames) -> pl.Series:
    """Where the athlete of each result stands in the table of athletes, null where in no row."""
    athlete = who(frames, "results")
    return frames.once("rows of athletes", lambda: directory(frames.whole, "athletes").rows_of(athlete))


def _of_its_race(frames: Frames, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    met = races(frames)
    least, most = met.select(*unremarkable()).get_columns()
    yield time_ms.is_null() | (time_ms >= _of(least)) & (time_ms <= _of(most))
    coverage = met["race_coverage"]
    if not coverage.drop_nulls().eq("full").all():
        yield _of(coverage.is_in(["full"]) | coverage.is_null())
    if rows["points"].null_count() < rows.height:
        scored = rows.lazy().filter(pl.col("points").is_not_null()).select(RACE).unique().collect().to_series()
        wanted = _of(met["race_points_scale"]).list.get(place - 1, null_on_oob=True)
        tied = _ties() | _ties().shift(-1)
        yield ~pl.col(RACE).is_in(scored.implode()) | pl.col("points").eq_missing(wanted) | tied


def _of(values: pl.Series) -> pl.Expr:
    return pl.lit(values).gather(RACE)


def _doubtful_codes(rows: pl.DataFrame) -> pl.Series:
    """The races with codes that may not stand so, or with a world lead that is not the winner's."""
    listed = codes.list.join(BETWEEN, ignore_nulls=False).alias("text"), codes.list.len().alias("count")
    coded = rows.lazy().filter(codes.list.len() > 0).select(RACE, "place", *listed, leads=codes.list.contains("WL"))
    met = coded.collect(engine="in-memory")
    strange = [text for text, count in met.select("text", "count").unique().iter_rows() if not _may_stand(text, count)]
    doubt = pl.col("text").is_null() | pl.col("text").is_in(strange) | pl.col("leads") & place.ne_missing(1)
    return met.filter(doubt.fill_null(True))[RACE]


def _may_stand(text: str | None, count: int) -> bool:
    listed = (text or "").split(BETWEEN)
    return len(listed) == count and not any((*unknown_or_unordered(listed), *contradictory(listed)))

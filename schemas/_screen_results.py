"""Results that are beyond doubt, by their own race and by what is listed of athletes and races."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from bowerman_data.schemas._arrays import Array, filled, marked, repeated, there, true, whole_numbers
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

codes, nation = pl.col("codes"), pl.col("nation")


def doubtful_results(frames: Frames) -> Iterator[Array]:
    """The numbers of races with a result that is not shown to be sound."""
    rows = numbered(frames, "results")
    race, proofs = rows[RACE].to_numpy(), list(_proofs(frames, rows))
    yield race[~_are_in_line(rows)]
    if proofs:
        yield race[~true(picked(rows, pl.all_horizontal(proofs)).to_series())]
    yield race[doubtful_marks(rows).to_numpy()]
    yield _doubtful_codes(rows)
    yield _standing_twice(frames, rows)
    if "races" in frames:
        yield from _beside_their_races(frames, rows)


def _are_in_line(rows: pl.DataFrame) -> Array:
    """Who finished: behind others who did, in no less time, and in the place of the row or, in equal time, of the one above.

    And who did not, with nothing to show for it.
    """
    place, time, decimals, points = (whole_numbers(rows[name]) for name in ("place", "time_ms", "decimals", "points"))
    begins, above, time_above = _begin(rows), np.roll(place, 1), np.roll(time, 1)
    first = np.flatnonzero(begins)
    row = np.arange(1, place.size + 1, dtype=np.int32) - repeated(first.astype(np.int32), first, place.size)
    in_place = (place == row) | ~begins & (place == above) & (time == time_above)
    in_order = begins | there(above) & (time >= time_above)
    finished, shown = true(rows["status"] == "OK"), rows["mark"].is_not_null().to_numpy()
    in_line = finished & in_place & in_order & there(place) & there(time) & there(decimals) & shown
    nothing = ~(there(place) | there(time) | there(decimals) | there(points) | shown)
    proof: Array = in_line | ~finished & nothing & true(rows["codes"].list.len() == 0)
    return proof


def _begin(rows: pl.DataFrame) -> Array:
    return marked(np.flatnonzero(np.diff(rows[RACE].to_numpy(), prepend=-1)), rows.height)


def _standing_twice(frames: Frames, rows: pl.DataFrame) -> Array:
    """The races in which an athlete stands twice."""
    pair = picked(pl.DataFrame([rows[RACE], who(frames, "results")]), pair_hash(pl.col(WHO))).to_series()
    race = rows[RACE].to_numpy()
    return race[:0] if pair.n_unique() == pair.len() else race[pair.is_duplicated().to_numpy()]


def _proofs(frames: Frames, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    """What holds for each row by itself, where all is well."""
    yield from sound_columns(frames, "results", rows)
    yield from _nations(frames, rows)
    yield from _athletes(frames, rows)


def _nations(frames: Frames, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    met = set(rows["nation"].unique())
    if not met <= legal_nations():
        yield nation.is_in(sorted(legal_nations()))
    dated = {one.code for one in nations() if one.from_year or one.until_year}
    if "races" in frames and met & dated:
        yield ~nation.is_in(sorted(met & dated))


def _athletes(frames: Frames, rows: pl.DataFrame) -> Iterator[pl.Expr]:
    if "athletes" in frames:
        listed = rows_of_athletes(frames)
        if listed.null_count():
            yield pl.lit(listed.is_not_null())
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


def _beside_their_races(frames: Frames, rows: pl.DataFrame) -> Iterator[Array]:
    """The races with a time that is remarkable, of which not all is told, or with points that are not those of the place."""
    met, race = races(frames), rows[RACE].to_numpy()
    least, most = (bound.to_numpy() for bound in met.select(*unremarkable()).get_columns())
    time = whole_numbers(rows["time_ms"])
    yield race[there(time) & ~((time >= least[race]) & (time <= most[race]))]
    yield np.flatnonzero(~(filled(met["race_coverage"] == "full", True)))
    if rows["points"].null_count() < rows.height:
        yield _odd_points(met, rows)


def _odd_points(met: pl.DataFrame, rows: pl.DataFrame) -> Array:
    """The races that give points, and not those of their scale to each; of equal places nothing is said."""
    place, points = pl.col("place"), pl.col("points")
    ties = (pl.col(RACE) == pl.col(RACE).shift()) & (place == place.shift())
    scored = rows.lazy().filter(points.is_not_null()).select(RACE).unique().collect().to_series()
    wanted = pl.lit(met["race_points_scale"]).gather(RACE).list.get(place - 1, null_on_oob=True)
    proof = ~pl.col(RACE).is_in(scored.implode()) | points.eq_missing(wanted) | ties | ties.shift(-1)
    return rows[RACE].to_numpy()[~true(picked(rows, proof).to_series())]


def _doubtful_codes(rows: pl.DataFrame) -> Array:
    """The races with codes that may not stand so, or with a world lead that is not the winner's."""
    coded = rows.select(RACE, "place", "codes").filter((rows["codes"].list.len() > 0).fill_null(True))
    if coded.is_empty():
        return coded[RACE].to_numpy()
    met = coded.select(
        "place",
        text=codes.list.join(BETWEEN, ignore_nulls=False),
        count=codes.list.len(),
        leads=codes.list.contains("WL"),
    )
    strange = [text for text, count in met.select("text", "count").unique().iter_rows() if not _may_stand(text, count)]
    doubt = pl.col("text").is_null() | pl.col("text").is_in(strange) | pl.col("leads") & pl.col("place").ne_missing(1)
    return coded.filter(met.select(doubt.fill_null(True)).to_series())[RACE].to_numpy()


def _may_stand(text: str | None, count: int) -> bool:
    listed = (text or "").split(BETWEEN)
    return len(listed) == count and not any((*unknown_or_unordered(listed), *contradictory(listed)))

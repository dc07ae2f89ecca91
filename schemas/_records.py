"""record-beats-record: a code that says faster than all before, against all that came before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from bowerman_data.schemas._clauses import Finding, rule
from bowerman_data.schemas._codes import implying
from bowerman_data.schemas._frames import ROW, Frames, compact
from bowerman_data.schemas._text import filled, unit
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES

__all__ = ["COLUMNS_READ", "claims_a_record", "is_national", "records", "year_of"]

COUNTED_TO_MS = 2
"""Times given to hundredths are compared to the ms; a coarser one may have been up to a unit slower."""
FEW = 10_000
"""Records found before those of the results that claim none are let go."""
COLUMNS_READ = (ROW, "race_id", "athlete_id", "nation", "status", "time_ms", "codes")
SEXES = COLUMNS["sex"].values


@dataclass(frozen=True, slots=True)
class Claimed:
    """A code, and which earlier performances it claims to beat: those that agree in these columns."""

    code: str
    among: tuple[str, ...]


CLAIMED = (
    Claimed("PB", ("athlete_id", "discipline")),
    Claimed("NR", ("nation", "discipline", "sex")),
    Claimed("WL", ("year", "discipline", "sex")),
)


@rule("record-beats-record", "results", across=True)
def record_beats_record(frames: Frames, table: str) -> Iterator[Finding]:
    """A PB beats the athlete's earlier times, an NR the nation's records, a WL those of the year."""
    for claimed in CLAIMED:
        rows = records(frames.whole).filter(pl.col("codes").list.contains(claimed.code))
        earlier = performances(frames, rows, claimed) if rows.height else rows
        if earlier.height:
            rows = rows.join(earlier, on=claimed.among, how="semi")
            yield _unbeaten(rows.lazy(), earlier.lazy(), claimed)


def is_national() -> pl.Expr:
    """True for a result with a code that a national record, or more, has."""
    return pl.any_horizontal(pl.col("codes").list.contains(code) for code in implying("NR"))


def claims_a_record() -> pl.Expr:
    """True for a result with a code that claims to beat others."""
    any_code = pl.any_horizontal(pl.col("codes").list.contains(claimed.code) for claimed in CLAIMED)
    return any_code & (pl.col("status") == "OK") & pl.col("time_ms").is_not_null()


def _races(frames: Frames) -> pl.LazyFrame:
    return frames.whole.first_of_each("races", "race_id").select("race_id", "date", "discipline", "sex")


def year_of(date: str) -> pl.Expr:
    """The year of a date."""
    return pl.col(date).dt.year().cast(pl.Int32)


def records(frames: Frames) -> pl.DataFrame:
    """The results with a code that claims to beat others, and the day and kind of their race."""
    return frames.once("records", lambda: _records(frames))


def _records(frames: Frames) -> pl.DataFrame:
    # Most rows have no code, and lists are slow to search.
    rows = frames["results"].select(COLUMNS_READ).filter(pl.col("codes").list.len() > 0)
    listed = [
        compact(few.filter(claims_a_record())) for few in rows.collect_batches(maintain_order=True, chunk_size=FEW)
    ]
    held = pl.concat([rows.collect_schema().to_frame(), *listed], rechunk=True).lazy()
    dated = held.join(_races(frames), on="race_id").filter(pl.col("date").is_not_null())
    return dated.with_columns(year_of("date").alias("year")).collect().rechunk()


def performances(frames: Frames, records: pl.DataFrame, claimed: Claimed) -> pl.DataFrame:
    """The times in results and marks that may beat one of the records, with the last day on which each may have been run."""
    results = _fast_enough(frames["results"], records, claimed)
    listed = [results.join(_early_enough(frames, records, claimed), on="race_id")]
    if "marks" in frames:
        nations = frames.whole.first_of_each("athletes", "athlete_id").select("athlete_id", "nation")
        # Whether a man or a woman ran a mark, nothing tells: it may count for races of either.
        either = frames["marks"].with_columns(sex=pl.lit(list(SEXES))).explode("sex")
        listed.append(either.join(nations, on="athlete_id", how="left"))
    every = pl.concat(_performance(frame, claimed) for frame in listed)
    return every.filter(pl.col("beaten_below").is_not_null() & pl.col("until").is_not_null()).collect(
        engine="streaming"
    )


def _fast_enough(results: pl.LazyFrame, records: pl.DataFrame, claimed: Claimed) -> pl.LazyFrame:
    """The results no slower than the slowest of the records that they may beat, so far as a result tells."""
    results = results.filter(pl.col("time_ms") <= records["time_ms"].max())
    held = [name for name in claimed.among if name in TABLES["results"].columns]
    if not held:
        return results
    slowest = records.group_by(held).agg(slowest=pl.col("time_ms").max())
    return results.join(slowest.lazy(), on=held).filter(pl.col("time_ms") <= pl.col("slowest"))


def _early_enough(frames: Frames, records: pl.DataFrame, claimed: Claimed) -> pl.LazyFrame:
    """The races before the last of the records that their results may beat, so far as a race tells."""
    held = [name for name in claimed.among if name not in TABLES["results"].columns]
    last = records.group_by(held).agg(last=pl.col("date").max())
    dated = _races(frames).with_columns(year=year_of("date"))
    return dated.join(last.lazy(), on=held).filter(pl.col("date") < pl.col("last")).drop("last")


def _performance(frame: pl.LazyFrame, claimed: Claimed) -> pl.LazyFrame:
    if claimed.code == "NR":
        frame = frame.filter(is_national())
    decimals, year = pl.col("decimals"), pl.col("year").cast(pl.Int32)
    slack = pl.when(decimals >= COUNTED_TO_MS).then(0).otherwise(unit(decimals))
    return frame.select(
        "athlete_id",
        "nation",
        "discipline",
        "sex",
        year=year,
        # Without a day, all that is known is that it was over when the year was.
        until=pl.col("date").fill_null(pl.date(year, 12, 31)),
        beaten_below=pl.col("time_ms") + slack,
        earlier_ms="time_ms",
        earlier_mark="mark",
    )


def _unbeaten(records: pl.LazyFrame, earlier: pl.LazyFrame, claimed: Claimed) -> Finding:
    """The records that some earlier performance was as fast as."""
    among = list(claimed.among)
    best = (
        earlier.group_by(*among, "until")
        .agg(pl.col("beaten_below").min())
        .sort("until")
        .with_columns(pl.col("beaten_below").cum_min().over(among))
    )
    rows = records.sort("date").join_asof(
        best, left_on="date", right_on="until", by=among, allow_exact_matches=False, check_sortedness=False
    )
    # Counted and listed, and found once.
    failing = rows.filter(pl.col("time_ms") >= pl.col("beaten_below")).collect()
    found = Finding.of(failing.lazy(), "results", "codes", value=pl.lit(claimed.code))
    return Finding(found.rows, lambda listed: _explained(listed, records, earlier, among))


def _explained(listed: pl.DataFrame, records: pl.LazyFrame, earlier: pl.LazyFrame, among: list[str]) -> pl.DataFrame:
    """Which performance each listed record does not beat: the fastest, of equals that with the greatest mark."""
    rows = listed.lazy().select("#row").join(records, on="#row")
    pairs = rows.select("#row", *among, "time_ms", "date").join(earlier, on=among)
    unbeaten = pairs.filter((pl.col("until") < pl.col("date")) & (pl.col("time_ms") >= pl.col("beaten_below")))
    first = unbeaten.sort("earlier_ms", "earlier_mark", descending=[False, True]).unique("#row", keep="first")
    wanted = first.select("#row", wanted=filled("faster than {}", "earlier_mark"))
    told = listed.lazy().join(wanted, on="#row", how="left").with_columns(expected="wanted").drop("wanted")
    return told.collect()

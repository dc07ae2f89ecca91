"""The rules of results: times, places, codes, nations, and what the race says about them."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._sql import Clause, Relation, any_of, case, cell, literal, mark, row_key, unit
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.reference import bounds, nations

__all__ = ["LISTED_TO_MS", "clauses", "relations"]

_NATION_KINDS = {"member", "special", "historical", "superseded"}
LISTED_TO_MS = 236_000  # 3:56.00, where a list that does not show all ends
_SPEED_FROM_M = 800  # below, a sprinter is faster than 7.5 m/s


# Races stand beside their results once, were one listed twice.
_RACES = (
    "SELECT race_id, max(name) AS name, max(date) AS date, max(discipline) AS discipline, "
    "max(distance_m) AS distance_m, max(sex) AS sex, max(coverage) AS coverage, max(points_scale) AS points_scale "
    "FROM {races} GROUP BY race_id"
)

_RACED = (
    "SELECT t.*, r.date, r.distance_m, r.sex, r.coverage, replace(r.discipline, '-indoor', '') AS event, "
    f"{row_key('results')} AS row_key FROM {{results}} t JOIN {{one_race}} r ON t.race_id = r.race_id"
)

_IN_ORDER = "ORDER BY place NULLS LAST, time_ms NULLS LAST, athlete_id NULLS LAST"
_WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"

# Races whose places are not 1 to n, each once, with times that rise; and those with points. Only these are put
# in order, which is dear. A set of small numbers is a sum of powers of two.
_PLACES = (
    "bit_count(bit_or(CASE WHEN place BETWEEN 1 AND 60 THEN shiftleft(CAST(1 AS BIGINT), CAST(place AS INT)) END))"
)
_FALLS = (
    "SELECT DISTINCT a.race_id AS falls FROM {results} a JOIN {results} b "
    "ON a.race_id = b.race_id AND CAST(a.place AS INT) + 1 = b.place WHERE b.time_ms < a.time_ms"
)
_TO_RANK = (
    f"SELECT race_id FROM {{results}} t LEFT JOIN ({_FALLS}) f ON t.race_id = f.falls GROUP BY race_id HAVING "
    f"(count(place) = coalesce(max(place), 0) AND count(place) = coalesce({_PLACES}, 0) "
    "AND count(CASE WHEN place IS NOT NULL THEN time_ms END) = count(place) "
    "AND count(points) = 0 AND count(falls) = 0) IS NOT TRUE"
)

# What is put in order is kept narrow: every column goes along.
_RANKED = (
    f"SELECT t.*, r.points_scale, r.race_id AS in_race, {row_key('results')} AS row_key FROM ("
    "SELECT s.race_id, athlete_id, status, place, time_ms, points, "
    f"count(points) OVER (PARTITION BY s.race_id {_IN_ORDER} {_WHOLE}) AS scored, "
    "row_number() OVER ranked AS i, lag(place) OVER ranked AS place_above, lead(place) OVER ranked AS place_below, "
    "lag(time_ms) OVER ranked AS time_above, lag(time_ms) OVER timed AS time_before FROM "
    "(SELECT race_id, athlete_id, status, CAST(place AS BIGINT) AS place, time_ms, points FROM {results}) s "
    "JOIN {to_rank} q ON s.race_id IS NOT DISTINCT FROM q.race_id "
    f"WINDOW ranked AS (PARTITION BY s.race_id {_IN_ORDER}), "
    f"timed AS (PARTITION BY s.race_id, place IS NOT NULL AND time_ms IS NOT NULL {_IN_ORDER})"
    ") t LEFT JOIN {one_race} r ON t.race_id = r.race_id"
)

_LEADS = (
    f"SELECT t.*, f.fastest, {row_key('results')} AS row_key "
    "FROM {results} t JOIN (SELECT race_id, min(time_ms) AS fastest FROM {results} GROUP BY race_id) f "
    "ON t.race_id = f.race_id WHERE array_contains(t.codes, 'WL')"
)

_MARKS = (
    "SELECT t.*, CASE WHEN TRUE THEN 'X' END AS sex, replace(t.discipline, '-indoor', '') AS event, "
    f"{row_key('marks')} AS row_key FROM {{marks}} t"
)


def relations() -> Iterator[Relation]:
    """Results beside their race and in order of place; marks; those who led the world."""
    yield Relation("one_race", "races", _RACES)
    yield Relation(
        "results", "results", f"SELECT t.*, {row_key('results')} AS row_key FROM {{results}} t", by_race=True
    )
    yield Relation("raced", "results", _RACED, by_race=True)
    yield Relation("to_rank", "results", _TO_RANK)
    yield Relation("ranked", "results", _RANKED, by_race=True)
    yield Relation("leads", "results", _LEADS, by_race=True)
    yield Relation("marks", "marks", _MARKS)


def _order() -> Iterator[Clause]:
    yield Clause(
        "ordered-finish-times",
        "ranked",
        "place IS NOT NULL AND time_ms < time_before",
        "time_ms",
        "CAST(time_ms AS STRING)",
        "concat('at least ', CAST(time_before AS STRING))",
    )
    tied = "place = place_above"
    untied = f"place IS NOT NULL AND ({tied}) IS NOT TRUE AND place <> i"
    yield Clause(
        "places-count-up",
        "ranked",
        f"({tied} AND time_ms <> time_above) OR ({untied})",
        "place",
        "CAST(place AS STRING)",
        "CAST(i AS STRING)",
    )


def _status() -> Iterator[Clause]:
    slug, nothing = "status-explains-nulls", "CAST(NULL AS STRING)"
    for name in ("place", "time_ms", "decimals", "mark"):
        yield Clause(slug, "results", f"status = 'OK' AND {name} IS NULL", name, nothing, literal("a value"))
    for name in ("place", "time_ms", "decimals", "mark", "points"):
        where = f"status <> 'OK' AND {name} IS NOT NULL"
        yield Clause(slug, "results", where, name, cell(COLUMNS[name]), literal("null"))
    where = "status <> 'OK' AND size(codes) > 0"
    yield Clause(slug, "results", where, "codes", cell(COLUMNS["codes"]), literal("none"))


def _marks() -> Iterator[Clause]:
    slug, wanted, last = "mark-is-its-time", mark("time_ms", "decimals"), unit("decimals")
    for table in ("results", "splits", "marks"):
        known = "time_ms >= 0 AND decimals BETWEEN 0 AND 3"
        of = ("time_ms", "decimals", "mark")
        yield Clause(slug, table, f"{known} AND mark <> {wanted}", "mark", "mark", wanted, of)
        uneven, text = f"{known} AND time_ms % ({last}) <> 0", "CAST(time_ms AS STRING)"
        yield Clause(slug, table, uneven, "time_ms", text, f"concat('a multiple of ', CAST({last} AS STRING))")


def _points() -> Iterator[Clause]:
    wanted = (
        "CASE WHEN place >= 1 AND place <= coalesce(size(points_scale), 0) "
        "THEN get(points_scale, CAST(place - 1 AS INT)) END"
    )
    shared = "(place = place_above OR place = place_below) IS NOT TRUE"
    yield Clause(
        "points-follow-scale",
        "ranked",
        f"scored > 0 AND status = 'OK' AND place IS NOT NULL AND {shared} AND in_race IS NOT NULL "
        f"AND points IS DISTINCT FROM {wanted}",
        "points",
        "CAST(points AS STRING)",
        f"coalesce(CAST({wanted} AS STRING), 'null')",
    )


def _coverage() -> Iterator[Clause]:
    slug, time = "coverage-holds", "CAST(time_ms AS STRING)"
    others = "coverage IN ('finishers', 'to-3:56', 'podium') AND status <> 'OK'"
    yield Clause(slug, "raced", others, "status", "status", literal("OK"))
    slower, most = f"coverage = 'to-3:56' AND time_ms > {LISTED_TO_MS}", f"at most {LISTED_TO_MS}"
    yield Clause(slug, "raced", slower, "time_ms", time, literal(most))
    fourth = "coverage = 'podium' AND place > 3"
    yield Clause(slug, "raced", fourth, "place", "CAST(place AS STRING)", literal("at most 3"))


def _nations() -> Iterator[Clause]:
    legal = [n.code for n in nations() if n.kind in _NATION_KINDS]
    iso = {n.iso_alpha3: n.code for n in nations() if n.kind == "member" and n.iso_alpha3}
    instead = {n.code: n.use_instead for n in nations() if n.use_instead} | iso
    wanted = {f"nation = {literal(code)}": literal(right) for code, right in instead.items() if code not in legal}
    for table in ("results", "athletes"):
        yield Clause(
            "known-nation",
            table,
            f"NOT ({any_of('nation', legal)})",
            "nation",
            "nation",
            case(wanted, literal("a World Athletics code")),
            ("nation",),
        )


def _days() -> Iterator[Clause]:
    dated = [n for n in nations() if n.from_year is not None or n.until_year is not None]
    outside, spans = [], {}
    for n in dated:
        early = [f"year(date) < {n.from_year}"] if n.from_year is not None else []
        late = [f"year(date) > {n.until_year}"] if n.until_year is not None else []
        outside.append(f"(nation = {literal(n.code)} AND ({' OR '.join(early + late)}))")
        span = f"{n.from_year or ''}-{n.until_year or ''}"
        spans[f"nation = {literal(n.code)}"] = literal(span)
    yield Clause("nation-of-its-day", "raced", " OR ".join(outside), "nation", "nation", case(spans))


def _bound(name: str) -> str:
    return case(
        {f"event = {literal(b.discipline)} AND sex = {literal(b.sex)}": str(getattr(b, name)) for b in bounds()}
    )


def _possible() -> Iterator[Clause]:
    slug, text = "humanly-possible", "CAST(time_ms AS STRING)"
    low, high = _bound("hard_min_ms"), _bound("hard_max_ms")
    limits = f"concat(CAST({low} AS STRING), ' to ', CAST({high} AS STRING))"
    other = f"NOT ({any_of('event', sorted({b.discipline for b in bounds()}))}) AND distance_m >= {_SPEED_FROM_M}"
    speed = "distance_m * 1000 > 7.5e0 * time_ms OR distance_m * 1000 < 1.3e0 * time_ms"
    for relation in ("raced", "marks"):
        yield Clause(slug, relation, f"time_ms < {low} OR time_ms > {high}", "time_ms", text, limits)
        yield Clause(slug, relation, f"{other} AND ({speed})", "time_ms", text, literal("1.3 to 7.5 m/s"))


def _plausible() -> Iterator[Clause]:
    slug, text = "humanly-plausible", "CAST(time_ms AS STRING)"
    low, high = _bound("warn_min_ms"), _bound("warn_max_ms")
    record = "coalesce(array_contains(codes, 'WR') OR array_contains(codes, '=WR'), FALSE)"
    under = f"concat('a WR beside a time under ', CAST({low} AS STRING))"
    yield Clause(slug, "raced", f"time_ms < {low} AND NOT {record}", "time_ms", text, under)
    yield Clause(slug, "raced", f"time_ms > {high}", "time_ms", text, f"concat('at most ', CAST({high} AS STRING))")


def _lead() -> Clause:
    wanted = literal("none, or the fastest time")
    return Clause("at-most-one-world-lead", "leads", "fastest < time_ms", "codes", "'WL'", wanted)


def clauses() -> Iterator[Clause]:
    """The rules of results, and those that marks and splits share with them."""
    yield from _order()
    yield from _status()
    yield from _marks()
    yield from _points()
    yield from _coverage()
    yield from _nations()
    yield from _days()
    yield from _possible()
    yield from _plausible()
    yield _lead()

"""The rules of splits: along the way, beside the leader, and against the result."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._sql import Clause, Relation, case, literal, number, row_key, unit

__all__ = ["clauses", "relations"]

_TIME = "CAST(time_ms AS STRING)"

# The front at each point: of several rows, the one with the least time.
_FRONT = (
    "SELECT race_id, to_m, time_ms, decimals, athlete_id FROM (SELECT race_id, to_m, CAST(time_ms AS BIGINT) AS time_ms, "
    "decimals, athlete_id, row_number() OVER (PARTITION BY race_id, to_m ORDER BY time_ms NULLS LAST, "
    "decimals NULLS LAST, athlete_id NULLS LAST) AS nth FROM {splits} WHERE basis = 'leader' AND from_m = 0) s WHERE nth = 1"
)

# A time and its decimals in one number, so that the least is the least of both; 4 decimals are none.
_PACKED = "(CAST(time_ms AS BIGINT) * 10 + CASE WHEN decimals BETWEEN 0 AND 3 THEN decimals ELSE 4 END)"

_ENTRANTS = (
    "SELECT race_id, athlete_id, CAST(min(time_ms) AS BIGINT) AS time_ms, "
    f"min(CASE WHEN status = 'OK' THEN {_PACKED} END) AS finish, "
    "max(CASE WHEN status <> 'DNS' THEN 1 ELSE 0 END) AS started FROM {results} GROUP BY race_id, athlete_id"
)

_BESIDE = (
    "SELECT t.*, f.time_ms AS front_ms, f.decimals AS front_decimals, n.time_ms AS result_ms, n.started, r.distance_m, "
    f"r.sex, t.to_m - t.from_m AS metres, {row_key('splits')} AS row_key FROM {{splits}} t "
    "LEFT JOIN {front} f ON t.race_id = f.race_id AND t.to_m = f.to_m "
    "LEFT JOIN {entrants} n ON t.race_id = n.race_id AND t.athlete_id = n.athlete_id "
    "LEFT JOIN {one_race} r ON t.race_id = r.race_id"
)

_WHOSE = "CASE WHEN basis = 'athlete' THEN athlete_id END"

# How many times as far as the one before a point is, at least.
_APART = (
    "SELECT min(to_m / to_before) AS apart FROM (SELECT to_m, lag(to_m) OVER (ORDER BY to_m) AS to_before "
    "FROM (SELECT DISTINCT to_m FROM {splits} WHERE from_m = 0 AND to_m > 0) d) e"
)

# Whose paces differ less than the distances do, his times rise. Only those of others are put in order, which is dear.
_UNSTEADY = (
    f"SELECT race_id, basis, {_WHOSE} AS whose FROM {{splits}} t CROSS JOIN ({_APART}) a WHERE from_m = 0 "
    f"GROUP BY race_id, basis, {_WHOSE}, apart HAVING (min(to_m) > 0 AND min(time_ms) > 0 AND "
    "max(time_ms / nullif(to_m, 0)) < 0.999999e0 * apart * min(time_ms / nullif(to_m, 0))) IS NOT TRUE"
)

_ON_THE_WAY = (
    "SELECT t.*, lag(to_m) OVER way AS to_before, lag(time_ms) OVER way AS time_before, "
    f"{row_key('splits')} AS row_key FROM (SELECT s.race_id, from_m, to_m, s.basis, athlete_id, time_ms FROM "
    f"(SELECT *, {_WHOSE} AS whose FROM {{splits}} WHERE from_m = 0) s JOIN {{unsteady}} u "
    "ON s.race_id IS NOT DISTINCT FROM u.race_id AND s.basis IS NOT DISTINCT FROM u.basis "
    "AND s.whose IS NOT DISTINCT FROM u.whose) t "
    f"WINDOW way AS (PARTITION BY race_id, basis, {_WHOSE} ORDER BY to_m NULLS LAST, time_ms NULLS LAST)"
)

# Where athletes' laps begin and end.
_ENDS = " UNION ".join(
    f"SELECT {end} AS at_m FROM {{splits}} WHERE from_m > 0 AND basis = 'athlete'" for end in ("from_m", "to_m")
)


# A man's passing is his own split, else the leader's where he led, else his finish: the least of these, when each
# sort of time stands in a range of its own.
_SORT = 100_000_000_000
_PASSING_MS = f"(CAST(floor(least / 10) AS BIGINT) + {_SORT // 20}) % {_SORT // 10} - {_SORT // 20}"

_PASSINGS = (
    f"SELECT race_id, athlete_id, at_m, {_PASSING_MS} AS time_ms, least % 10 AS decimals FROM ("
    "SELECT race_id, athlete_id, at_m, min(packed) AS least FROM ("
    f"SELECT race_id, athlete_id, at_m, {_PACKED} + CASE WHEN basis = 'athlete' THEN 1 ELSE 2 END * {_SORT} AS packed "
    "FROM {splits} s JOIN {ends} p ON s.to_m = p.at_m WHERE from_m = 0 AND basis IN ('athlete', 'leader') UNION ALL "
    f"SELECT n.race_id, n.athlete_id, p.at_m, finish + 3 * {_SORT} AS packed FROM {{entrants}} n "
    "JOIN {one_race} r ON n.race_id = r.race_id JOIN {ends} p ON r.distance_m = p.at_m WHERE finish IS NOT NULL"
    ") p WHERE athlete_id IS NOT NULL GROUP BY race_id, athlete_id, at_m) l WHERE least IS NOT NULL"
)


def _lap(ends: str, basis: str, same: str) -> str:
    return (
        "SELECT t.*, CAST(t.time_ms AS BIGINT) AS lap_ms, CAST(e.time_ms AS BIGINT) - s.time_ms AS between_ms, "
        f"{unit('t.decimals')} + {unit('s.decimals')} + {unit('e.decimals')} AS slack, "
        "s.athlete_id AS led_from, e.athlete_id AS led_to "
        f"FROM {{splits}} t JOIN {ends} s ON t.race_id = s.race_id AND {same.format('s', 'from_m')} "
        f"JOIN {ends} e ON t.race_id = e.race_id AND {same.format('e', 'to_m')} "
        f"WHERE t.from_m > 0 AND t.basis = '{basis}'"
    )


def _laps() -> str:
    leader = _lap("{front}", "leader", "t.{1} = {0}.to_m")
    athlete = _lap("{passings}", "athlete", "t.athlete_id = {0}.athlete_id AND t.{1} = {0}.at_m")
    return f"SELECT t.*, {row_key('splits')} AS row_key FROM ({leader} UNION ALL {athlete}) t"


def relations() -> Iterator[Relation]:
    """Splits beside the leader, the result and the race; laps beside the times at their ends."""
    yield Relation("front", "splits", _FRONT)
    yield Relation("entrants", "results", _ENTRANTS)
    yield Relation("passings", "splits", _PASSINGS)
    yield Relation("splits", "splits", f"SELECT t.*, {row_key('splits')} AS row_key FROM {{splits}} t", by_race=True)
    yield Relation("unsteady", "splits", _UNSTEADY)
    yield Relation("ends", "splits", _ENDS)
    yield Relation("on_the_way", "splits", _ON_THE_WAY, by_race=True)
    yield Relation("splits_beside", "splits", _BESIDE, by_race=True)
    yield Relation("laps", "splits", _laps(), by_race=True)


def _on_the_way() -> Iterator[Clause]:
    chained = "(basis = 'leader' OR (basis = 'athlete' AND athlete_id IS NOT NULL))"
    yield Clause(
        "splits-increase",
        "on_the_way",
        f"{chained} AND time_ms <= time_before AND to_m > to_before",
        "time_ms",
        _TIME,
        "concat('more than ', CAST(time_before AS STRING))",
    )
    yield Clause(
        "laps-add-up",
        "laps",
        "abs(lap_ms - between_ms) >= slack",
        "time_ms",
        _TIME,
        "CAST(between_ms AS STRING)",
    )
    yield Clause(
        "split-before-finish",
        "splits_beside",
        "from_m = 0 AND to_m < distance_m AND time_ms >= result_ms",
        "time_ms",
        _TIME,
        "concat('less than ', CAST(result_ms AS STRING))",
    )
    slack = f"greatest({unit('decimals')}, {unit('front_decimals')})"
    yield Clause(
        "leader-is-fastest",
        "splits_beside",
        f"basis = 'athlete' AND from_m = 0 AND time_ms <= front_ms - {slack}",
        "time_ms",
        _TIME,
        "concat('at least ', CAST(front_ms AS STRING))",
    )


# The least time over 400 m at a stretch's pace: nobody runs 100 m of a race faster than 9.5 s.
_LEAST = {
    "metres < 400 AND sex = 'W'": (42_000, "42"),
    "metres < 400": (38_000, "38"),
    "sex = 'W'": (47_600, "47.6"),
    "TRUE": (43_000, "43"),
}


def _pace() -> Clause:
    least = case({condition: str(ms) for condition, (ms, _) in _LEAST.items()})
    words = case({condition: literal(f"{text} to 300 s a 400 m") for condition, (_, text) in _LEAST.items()})
    beyond = f"time_ms * 400e0 < {least} * metres OR time_ms * 400e0 > 300000 * metres"
    where = f"to_m > from_m AND metres >= 100 AND ({beyond})"
    return Clause("pace-is-human", "splits_beside", where, "time_ms", _TIME, words)


def _entrant() -> Clause:
    where = "athlete_id IS NOT NULL AND coalesce(started, 0) = 0"
    return Clause(
        "split-has-an-entrant", "splits_beside", where, "athlete_id", "athlete_id", literal("an entrant of the race")
    )


def _within() -> Iterator[Clause]:
    slug, text = "within-the-distance", number("to_m")
    yield Clause(slug, "splits", "from_m >= to_m", "to_m", text, f"concat('more than ', {number('from_m')})")
    beyond = "to_m > distance_m + 0.0005e0"
    yield Clause(slug, "splits_beside", beyond, "to_m", text, f"concat('at most ', {number('distance_m')})")


def _led() -> Iterator[Clause]:
    slug, athlete = "lap-belongs-to-its-leader", "athlete_id"
    yield Clause(slug, "splits", "basis = 'athlete' AND athlete_id IS NULL", athlete, athlete, literal("an athlete"))
    same = "basis = 'leader' AND led_from = led_to AND athlete_id IS DISTINCT FROM led_from"
    yield Clause(slug, "laps", same, athlete, athlete, "led_from")
    # Who led at one of its ends may be unknown, or somebody else.
    differ = "basis = 'leader' AND (led_from = led_to) IS NOT TRUE AND athlete_id IS NOT NULL"
    yield Clause(slug, "laps", differ, athlete, athlete, literal("null"))


def clauses() -> Iterator[Clause]:
    """The rules of splits."""
    yield from _on_the_way()
    yield _pace()
    yield _entrant()
    yield from _within()
    yield from _led()

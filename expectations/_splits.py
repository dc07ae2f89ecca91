"""The rules of splits: along the way, beside the leader, and against the result."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._sql import Clause, Relation, case, literal, number, row_key, unit

__all__ = ["HASTY_MS", "SLOW_MS", "beyond_the_distance", "clauses", "inhuman", "relations"]

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

_OF_HIS_RACE = (
    f"SELECT t.*, r.distance_m, r.sex, t.to_m - t.from_m AS metres, {row_key('splits')} AS row_key FROM {{splits}} t "
    "LEFT JOIN {one_race} r ON t.race_id = r.race_id"
)

_BESIDE_RESULT = (
    f"SELECT t.*, n.time_ms AS result_ms, n.started, r.distance_m, {row_key('splits')} AS row_key FROM {{splits}} t "
    "LEFT JOIN {entrants} n ON t.race_id = n.race_id AND t.athlete_id = n.athlete_id "
    "LEFT JOIN {one_race} r ON t.race_id = r.race_id"
)

# Points where somebody is before the leader by any time: mostly none, and only there decimals are looked at.
_CONTESTED = (
    "SELECT race_id, to_m FROM {splits} WHERE from_m = 0 GROUP BY race_id, to_m "
    "HAVING min(time_ms) FILTER (WHERE basis = 'athlete') < min(time_ms) FILTER (WHERE basis = 'leader')"
)

_BESIDE_LEADER = (
    f"SELECT t.*, f.time_ms AS front_ms, f.decimals AS front_decimals, {row_key('splits')} AS row_key FROM {{splits}} t "
    "JOIN {contested} c ON t.race_id = c.race_id AND t.to_m = c.to_m "
    "JOIN {front} f ON t.race_id = f.race_id AND t.to_m = f.to_m"
)

_WHOSE = "CASE WHEN basis = 'athlete' THEN athlete_id END"
_SAME_WAY = (
    "{0}.race_id IS NOT DISTINCT FROM {1}.race_id AND {0}.basis IS NOT DISTINCT FROM {1}.basis "
    "AND {0}.whose IS NOT DISTINCT FROM {1}.whose"
)

_STRETCHES = (
    "SELECT from_m, to_m, row_number() OVER (ORDER BY from_m, to_m) AS nth "
    "FROM (SELECT DISTINCT from_m, to_m FROM {splits}) d"
)

# Each man's way through a race, and the leader's: how many rows, how many different stretches (a set of small numbers
# is a sum of powers of two), and of the times from the start the least and the most.
_WAYS = (
    f"SELECT race_id, basis, {_WHOSE} AS whose, count(*) AS many, bit_count(bit_or(CASE WHEN nth <= 60 THEN "
    "shiftleft(CAST(1 AS BIGINT), CAST(nth AS INT)) END)) AS different, count(*) FILTER (WHERE s.from_m = 0) AS passed, "
    "min(s.to_m) FILTER (WHERE s.from_m = 0) AS nearest, min(time_ms) FILTER (WHERE s.from_m = 0) AS soonest, "
    "min(time_ms / nullif(s.to_m, 0)) FILTER (WHERE s.from_m = 0) AS fastest, "
    "max(time_ms / nullif(s.to_m, 0)) FILTER (WHERE s.from_m = 0) AS slowest "
    "FROM {splits} s LEFT JOIN {stretches} d ON s.from_m = d.from_m AND s.to_m = d.to_m "
    f"GROUP BY race_id, basis, {_WHOSE}"
)

# How many times as far as the one before a point is, at least.
_APART = (
    "SELECT min(to_m / to_before) AS apart FROM (SELECT to_m, lag(to_m) OVER (ORDER BY to_m) AS to_before "
    "FROM (SELECT DISTINCT to_m FROM {stretches} WHERE from_m = 0 AND to_m > 0) d) e"
)

# Whose paces differ less than the distances do, his times rise. Only those of others are put in order, which is dear.
_UNSTEADY = (
    f"SELECT race_id, basis, whose FROM {{ways}} w CROSS JOIN ({_APART}) a WHERE passed > 0 AND "
    "(nearest > 0 AND soonest > 0 AND slowest < 0.999999e0 * apart * fastest) IS NOT TRUE"
)

_ON_THE_WAY = (
    "SELECT t.*, lag(to_m) OVER way AS to_before, lag(time_ms) OVER way AS time_before, "
    f"{row_key('splits')} AS row_key FROM (SELECT s.race_id, from_m, to_m, s.basis, athlete_id, time_ms FROM "
    f"(SELECT *, {_WHOSE} AS whose FROM {{splits}} WHERE from_m = 0) s JOIN {{unsteady}} u ON {_SAME_WAY.format('s', 'u')}) t "
    f"WINDOW way AS (PARTITION BY race_id, basis, {_WHOSE} ORDER BY to_m NULLS LAST, time_ms NULLS LAST)"
)

# On whose way some stretch stands twice, by anybody's reading: only of these it is asked which.
_CROWDED = "SELECT race_id, basis, whose FROM {ways} w WHERE (many = different) IS NOT TRUE"
_CROWD = f"SELECT s.* FROM (SELECT *, {_WHOSE} AS whose FROM {{splits}}) s JOIN {{crowded}} w ON {_SAME_WAY.format('s', 'w')}"

# The stretches that athletes' laps run over, and those that end where such a lap begins or ends: few.
_LAPS_OF_ATHLETES = (
    "SELECT DISTINCT from_m AS begin_m, to_m AS end_m FROM {splits} WHERE from_m > 0 AND basis = 'athlete'"
)
_ROLES = (
    "SELECT d.from_m, d.to_m, k.begin_m, k.end_m FROM {stretches} d JOIN {laps_of_athletes} k "
    "ON (d.from_m = k.begin_m AND d.to_m = k.end_m) OR (d.from_m = 0 AND d.to_m IN (k.begin_m, k.end_m))"
)

# A man's passing is his own split, else the leader's where he led, else his finish: the least of the first two, when
# each sort of time stands in a range of its own.
_SORT = 100_000_000_000
_PASSED = f"min({_PACKED} + CASE WHEN basis = 'athlete' THEN 0 ELSE {_SORT} END) FILTER (WHERE s.from_m = 0 AND s.to_m = {{0}})"


def _passing(point: str) -> str:
    """The time at a point and its decimals, in one number."""
    time = f"(least_{point} + {_SORT // 2}) % {_SORT} - {_SORT // 2}"
    return f"coalesce({time}, CASE WHEN r.distance_m = {point}_m THEN finish END)"


_BY_STRIDE = (
    "SELECT race_id, athlete_id, begin_m, end_m, CAST(min(time_ms) FILTER (WHERE s.from_m > 0 AND basis = 'athlete') "
    "AS BIGINT) AS lap_least, CAST(max(time_ms) FILTER (WHERE s.from_m > 0 AND basis = 'athlete') AS BIGINT) AS lap_most, "
    f"min({unit('decimals')}) FILTER (WHERE s.from_m > 0 AND basis = 'athlete') AS lap_unit, "
    f"{_PASSED.format('begin_m')} AS least_begin, {_PASSED.format('end_m')} AS least_end "
    "FROM {splits} s JOIN {roles} k ON s.from_m = k.from_m AND s.to_m = k.to_m "
    "WHERE basis IN ('athlete', 'leader') GROUP BY race_id, athlete_id, begin_m, end_m"
)

# Athletes' laps beside the passings at their ends. Of equal laps, all are near enough if the least and the most are.
_STRIDES = (
    "SELECT g.*, CAST(floor(ending / 10) AS BIGINT) - CAST(floor(begun / 10) AS BIGINT) AS between_ms, "
    f"{unit('(begun - CAST(floor(begun / 10) AS BIGINT) * 10)')} + "
    f"{unit('(ending - CAST(floor(ending / 10) AS BIGINT) * 10)')} AS slack FROM "
    f"(SELECT l.*, {_passing('begin')} AS begun, {_passing('end')} AS ending FROM ({_BY_STRIDE}) l "
    "LEFT JOIN {entrants} n ON l.race_id = n.race_id AND l.athlete_id = n.athlete_id "
    "LEFT JOIN {one_race} r ON l.race_id = r.race_id WHERE lap_most IS NOT NULL) g "
    "WHERE begun IS NOT NULL AND ending IS NOT NULL"
)
_ADRIFT = (
    "SELECT * FROM {strides} s WHERE "
    "(lap_most - between_ms < lap_unit + slack AND between_ms - lap_least < lap_unit + slack) IS NOT TRUE"
)

_LEADERS_LAPS = (
    "SELECT t.*, CAST(t.time_ms AS BIGINT) AS lap_ms, CAST(e.time_ms AS BIGINT) - s.time_ms AS between_ms, "
    f"{unit('t.decimals')} + {unit('s.decimals')} + {unit('e.decimals')} AS slack, "
    "s.athlete_id AS led_from, e.athlete_id AS led_to "
    "FROM {splits} t JOIN {front} s ON t.race_id = s.race_id AND t.from_m = s.to_m "
    "JOIN {front} e ON t.race_id = e.race_id AND t.to_m = e.to_m WHERE t.from_m > 0 AND t.basis = 'leader'"
)

_ATHLETES_LAPS = (
    f"SELECT t.*, CAST(t.time_ms AS BIGINT) AS lap_ms, q.between_ms, {unit('t.decimals')} + q.slack AS slack, "
    "CAST(NULL AS STRING) AS led_from, CAST(NULL AS STRING) AS led_to "
    "FROM {splits} t JOIN {adrift} q ON t.race_id = q.race_id "
    "AND t.athlete_id = q.athlete_id AND t.from_m = q.begin_m AND t.to_m = q.end_m WHERE t.from_m > 0 AND t.basis = 'athlete'"
)

_LAPS = f"SELECT t.*, {row_key('splits')} AS row_key FROM ({_LEADERS_LAPS} UNION ALL {_ATHLETES_LAPS}) t"


def relations() -> Iterator[Relation]:
    """Splits beside the leader, the result and the race; laps beside the times at their ends."""
    helpers = {"front": _FRONT, "stretches": _STRETCHES, "ways": _WAYS, "unsteady": _UNSTEADY, "contested": _CONTESTED}
    helpers |= {
        "crowded": _CROWDED,
        "crowd": _CROWD,
        "adrift": _ADRIFT,
        "laps_of_athletes": _LAPS_OF_ATHLETES,
        "roles": _ROLES,
        "strides": _STRIDES,
    }
    for name, sql in helpers.items():
        yield Relation(name, "splits", sql)
    yield Relation("entrants", "results", _ENTRANTS)
    judged = {"splits": f"SELECT t.*, {row_key('splits')} AS row_key FROM {{splits}} t", "on_the_way": _ON_THE_WAY}
    judged |= {"splits_of_race": _OF_HIS_RACE, "splits_beside_result": _BESIDE_RESULT}
    judged |= {"splits_beside_leader": _BESIDE_LEADER, "laps": _LAPS}
    for name, sql in judged.items():
        yield Relation(name, "splits", sql, by_race=True)


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
        "splits_beside_result",
        "from_m = 0 AND to_m < distance_m AND time_ms >= result_ms",
        "time_ms",
        _TIME,
        "concat('less than ', CAST(result_ms AS STRING))",
    )
    slack = f"greatest({unit('decimals')}, {unit('front_decimals')})"
    yield Clause(
        "leader-is-fastest",
        "splits_beside_leader",
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

HASTY_MS, SLOW_MS = max(ms for ms, _ in _LEAST.values()), 300_000


def inhuman(time: str, metres: str) -> str:
    """Whether a stretch of so many metres in such a time is beyond a human's pace, by the race's `sex`."""
    least = case({condition.replace("metres", metres): str(ms) for condition, (ms, _) in _LEAST.items()})
    beyond = f"{time} * 400e0 < {least} * {metres} OR {time} * 400e0 > {SLOW_MS} * {metres}"
    return f"{metres} >= 100 AND ({beyond})"


def beyond_the_distance(stop: str) -> str:
    """Whether a stretch ends after the race, by its `distance_m`."""
    return f"{stop} > distance_m + 0.0005e0"


def _pace() -> Clause:
    words = case({condition: literal(f"{text} to 300 s a 400 m") for condition, (_, text) in _LEAST.items()})
    where = f"to_m > from_m AND {inhuman('time_ms', 'metres')}"
    return Clause("pace-is-human", "splits_of_race", where, "time_ms", _TIME, words)


def _entrant() -> Clause:
    where = "athlete_id IS NOT NULL AND coalesce(started, 0) = 0"
    return Clause(
        "split-has-an-entrant",
        "splits_beside_result",
        where,
        "athlete_id",
        "athlete_id",
        literal("an entrant of the race"),
    )


def _within() -> Iterator[Clause]:
    slug, text = "within-the-distance", number("to_m")
    yield Clause(slug, "splits", "from_m >= to_m", "to_m", text, f"concat('more than ', {number('from_m')})")
    yield Clause(
        slug, "splits_of_race", beyond_the_distance("to_m"), "to_m", text, f"concat('at most ', {number('distance_m')})"
    )


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

"""Which races can break a rule of splits."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bowerman_data.expectations._query import breaks_alone
from bowerman_data.expectations._splits import HASTY_MS, SLOW_MS, beyond_the_distance, inhuman
from bowerman_data.expectations._sql import unit

__all__ = ["RELATIONS", "queries"]

RELATIONS = frozenset(
    [
        "splits",
        "on_the_way",
        "splits_of_race",
        "splits_beside_result",
        "splits_beside_leader",
        "laps",
        "splits_twice",
        "splits_race_id_stray",
        "splits_athlete_id_stray",
    ]
)

_MOST = 40  # different stretches: each is a column of every runner's times; of more, all races are suspects
_FARTHEST_M = 1_000_000  # what is beyond is beyond the domain

# Races and men go by the hashes of their ids, which are grouped and looked up in less time: of 2^64, that of one
# without a result is no other's.
_RESULT = (
    "SELECT hash(race_id) AS race, hash(athlete_id) AS man, status, time_ms::BIGINT AS result_ms, decimals AS result_decimals "
    "FROM {results} t WHERE race_id IS NOT NULL AND athlete_id IS NOT NULL"
)
_STRANGER = "SELECT hash(race_id) AS race FROM {splits} t SEMI JOIN {strangers} s ON t.athlete_id = s.athlete_id"

_NOBODY = "hash(NULL::VARCHAR)"  # of a row that names no athlete
_ANY = ""  # in place of a relation: of what is not seen, any may be broken

_LEADER, _ATHLETE = "basis = 'leader'", "basis = 'athlete'"

Stretch = tuple[float, float]


def _real(value: float) -> str:
    return repr(value) if "e" in repr(value) else f"{value!r}e0"


class _Screen:
    """What is asked of each runner's times, a column for each stretch that somebody ran; a man may lead and run too."""

    def __init__(self, stretches: Sequence[Stretch], there: Mapping[str, str]) -> None:
        self._there = there
        self._times = {stretch: f"t{n}" for n, stretch in enumerate(sorted(stretches))}
        self._points = {stop: time for (start, stop), time in self._times.items() if start == 0}
        self._laps = {stretch: time for stretch, time in self._times.items() if stretch[0] != 0}

    def runners(self) -> str:
        """The least time of each stretch, where one that stands twice leaves more rows than times; and whether a row is wrong by itself."""
        times = "".join(
            f", min(CASE WHEN from_m = {_real(start)} AND to_m = {_real(stop)} THEN time_ms END)::BIGINT AS {time}"
            for (start, stop), time in self._times.items()
        )
        wrong = f"bool_or({breaks_alone('splits')}) AS wrong"
        asked = f"{wrong}, count(*) AS many, max(decimals) AS finest{times}"
        runner = "hash(race_id) AS race, basis, hash(athlete_id) AS man"
        return f"SELECT {runner}, {asked} FROM {{splits}} t GROUP BY race, basis, man"

    def beside(self) -> str:
        """Each runner beside his result and his race, so far as these tables are there."""
        joins = {
            "results": f"LEFT JOIN ({_RESULT}) n USING (race, man)",
            "races": "LEFT JOIN {races} r USING (race)",
        }
        absent = "" if "races" in self._there else "CROSS JOIN (SELECT NULL::VARCHAR AS sex) r"
        return f"({self.runners()}) p {' '.join(join for name, join in joins.items() if name in self._there)} {absent}"

    def of_runner(self) -> Iterator[tuple[str, str]]:
        """The relation in which a runner may break a clause, and what he is a suspect for, by himself."""
        yield "splits", "wrong"
        yield _ANY, f"({_LEADER}) IS NOT TRUE AND many <> {_present(self._times.values())}"
        yield "on_the_way", f"({_LEADER}) IS NOT TRUE AND ({_any(_falls(list(self._points.values())))})"
        for (start, stop), time in self._times.items():
            hasty_or_slow = _hasty_or_slow(time, stop - start)
            yield "splits_of_race", f"{hasty_or_slow} AND {inhuman(time, _real(stop - start))}"
        if "results" in self._there:
            absent = f"man <> {_NOBODY} AND (status <> 'DNS') IS NOT TRUE"
            yield from (("splits_beside_result", absent), ("splits_athlete_id_stray", absent))
        if "races" in self._there:
            yield _ANY, "r.race IS NULL"  # not known, or one whose id is as ids must not be
            yield from self._of_distance()
        yield from (("laps", drift) for drift in self._drifts())

    def _of_distance(self) -> Iterator[tuple[str, str]]:
        for (_, stop), time in self._times.items():
            yield "splits_of_race", f"{time} IS NOT NULL AND {beyond_the_distance(_real(stop))}"
        for stop, time in self._points.items() if "results" in self._there else ():
            yield "splits_beside_result", f"{_real(stop)} < distance_m AND {time} >= result_ms"

    def _passing(self, point: float) -> str:
        """His own time at a point, else his finish; null where he has neither. Where he led, see `of_race`."""
        own = self._points.get(point, "NULL")
        if not {"results", "races"} <= self._there.keys():
            return own
        return f"coalesce({own}, CASE WHEN distance_m = {_real(point)} AND status = 'OK' THEN result_ms END)"

    def _drifts(self) -> Iterator[str]:
        """A lap as far from the difference as the finest of a man's times allows, each of the three to its own decimals."""
        finest = "greatest(finest, result_decimals)" if "results" in self._there else "finest"
        least = f"3 * coalesce({unit(finest)}, 1)"
        for (start, stop), time in self._laps.items():
            yield f"{_ATHLETE} AND abs({time} - ({self._passing(stop)} - {self._passing(start)})) >= {least}"

    def of_race(self) -> Iterator[tuple[str, str]]:
        """What a race is a suspect for: its leader's times, those who pass before, and laps from where a man led."""
        led = {point: f"min({time}) FILTER (WHERE {_LEADER})" for point, time in self._points.items()}
        # A leader's lap is one more row than he has points.
        yield _ANY, f"coalesce(sum(many) FILTER (WHERE {_LEADER}), 0) <> {_present(led.values())}"
        yield from (("on_the_way", falls) for falls in _falls(list(led.values())))
        for point, time in self._points.items():
            yield "splits_beside_leader", f"min({time}) FILTER (WHERE {_ATHLETE}) < {led[point]}"
        for lacks, point in self._lacking():
            yield "laps", f"bool_or({lacks}) AND {led[point]} IS NOT NULL"

    def _lacking(self) -> Iterator[tuple[str, float]]:
        """Whether an athlete ran a lap and has no time of his own at one of its ends."""
        for stretch, lap in self._laps.items():
            for point in sorted(set(stretch) & self._points.keys()):
                yield f"{_ATHLETE} AND {lap} IS NOT NULL AND {self._points[point]} IS NULL", point

    def beside_leader(self) -> Iterator[tuple[str, str]]:
        """What a runner is a suspect for beside `led_...`, the least of the leader's times at each point."""
        for time in self._points.values():
            yield "splits_beside_leader", f"{_ATHLETE} AND {time} < led_{time}"
        for lacks, point in self._lacking():
            yield "laps", f"{lacks} AND led_{self._points[point]} IS NOT NULL"

    def led(self) -> str:
        """The least of the leader's times at each point."""
        return "".join(f", min({time}) FILTER (WHERE {_LEADER}) AS led_{time}" for time in self._points.values())


def _hasty_or_slow(time: str, metres: float) -> str:
    """Whether a time is beyond any pace that a rule knows: asked first, since it is no more than two comparisons."""
    # To the next whole ms and one more, whatever the division rounds.
    least, most = math.ceil(metres * HASTY_MS / 400) + 1, math.floor(metres * SLOW_MS / 400) - 1
    return f"({time} < {least} OR {time} > {most})"


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(f"({condition})" for condition in dict.fromkeys(conditions)) or "FALSE"


def _by_relation(conditions: Iterable[tuple[str, str]]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for relation, condition in conditions:
        found[relation].append(condition)
    return found


def _present(times: Iterable[str]) -> str:
    """How many of some times there are."""
    return " + ".join(["0", *(f"({time} IS NOT NULL)::INTEGER" for time in times)])


def _falls(times: Sequence[str]) -> Iterator[str]:
    """A point that is passed no later than one before it; `greatest` passes over nulls."""
    return (f"{time} <= greatest({', '.join(times[:n])})" for n, time in enumerate(times) if n)


def _screen(there: Mapping[str, str], stretches: Sequence[tuple[float | None, float | None]]) -> _Screen:
    """A stretch without an end, or none that can be, is no column, so that its runners have more rows than times."""
    ends = {end for stretch in stretches for end in stretch if end is not None and 0 <= end <= _FARTHEST_M}
    return _Screen([(start, stop) for start, stop in stretches if start in ends and stop in ends], there)


def queries(there: Mapping[str, str], stretches: Sequence[tuple[float | None, float | None]]) -> Iterator[str]:
    """The races of which splits can break a rule."""
    if len(stretches) > _MOST:
        yield "SELECT hash(race_id) AS race FROM {splits} t"
        return
    screen = _screen(there, stretches)
    # A choice of cases asks each of those alone whom the ones before it left.
    alone = f"bool_or(CASE WHEN {_any(condition for _, condition in screen.of_runner())} THEN TRUE ELSE FALSE END)"
    conditions = _any([alone, *(condition for _, condition in screen.of_race())])
    if "strangers" in there:
        yield _STRANGER
    yield f"SELECT race FROM {screen.beside()} GROUP BY race HAVING {conditions}"


_DOUBTED = sorted(RELATIONS - {"splits"})


def doubts_query(there: Mapping[str, str], stretches: Sequence[tuple[float | None, float | None]]) -> str | None:
    """Of suspects, the runners who can break a rule that looks beyond a row, and for each relation whether in that.

    What is asked is what makes a race a suspect, so that whoever breaks a rule is among them. Where rows of a race are
    not seen, all of it is doubted; where a race is for its leader, or a man for a lap, which may begin where he led, the
    leader's rows are. None if there is no telling: all are.
    """
    if len(stretches) > _MOST:
        return None
    screen = _screen(there, stretches)
    own, beside = _by_relation(screen.of_runner()), _by_relation(screen.beside_leader())
    race = _by_relation(screen.of_race())
    if "strangers" in there:
        own["splits_athlete_id_stray"].append("man IN (SELECT hash(athlete_id) FROM {strangers} u)")
    of_runner = ", ".join(f"{_any(own[relation])} AS own_{relation}" for relation in (_ANY, *_DOUBTED))
    of_race = ", ".join(f"{_any(race[relation])} AS race_{relation}" for relation in (_ANY, *_DOUBTED))
    found = ", ".join(
        f"unseen OR race_ OR own_{relation} OR {_any(beside[relation])} OR ({_LEADER} AND "
        f"{'(race_laps OR lapped)' if relation == 'laps' else f'race_{relation}'}) AS of_{relation}"
        for relation in _DOUBTED
    )
    once = ", ".join(
        f"bool_or(of_{relation}) AS of_{relation}" for relation in _DOUBTED
    )  # who has two results, is twice
    return (
        f"WITH runners AS MATERIALIZED (SELECT p.*, {of_runner} FROM {screen.beside()}), races AS (SELECT race, "
        f"{of_race}{screen.led()}, bool_or(own_) AS unseen, bool_or(own_laps) AS lapped FROM runners p GROUP BY race) "
        f"SELECT race, basis, man, {once} FROM (SELECT p.*, {found} FROM runners p JOIN races c USING (race)) d "
        f"WHERE {' OR '.join(f'of_{relation}' for relation in _DOUBTED)} GROUP BY race, basis, man"
    )

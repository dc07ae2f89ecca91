"""Which races can break a rule of splits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bowerman_data.expectations._query import breaks_alone, clauses_on
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

_RESULT = (
    "SELECT race_id, athlete_id, status, time_ms::BIGINT AS result_ms, decimals AS result_decimals FROM {results} t"
)
_STRANGER = "SELECT race_id FROM {splits} t SEMI JOIN {strangers} s ON t.athlete_id = s.athlete_id"

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
        runner = "race_id, basis, athlete_id"
        wrong = f"bool_or({breaks_alone('splits')}) AS wrong"
        asked = f"{runner}, {wrong}, count(*) AS many, max(decimals) AS finest{times}"
        return f"SELECT {asked} FROM {{splits}} t GROUP BY {runner}"

    def beside(self) -> str:
        """Each runner beside his result and his race, so far as these tables are there."""
        joins = {
            "results": f"LEFT JOIN ({_RESULT}) n ON p.race_id = n.race_id AND p.athlete_id = n.athlete_id",
            "races": "LEFT JOIN {races} r ON p.race_id = r.race_id",
        }
        absent = "" if "races" in self._there else "CROSS JOIN (SELECT NULL::VARCHAR AS sex) r"
        return f"({self.runners()}) p {' '.join(join for name, join in joins.items() if name in self._there)} {absent}"

    def of_runner(self) -> Iterator[str]:
        """What a runner is a suspect for, by himself."""
        yield "wrong"
        yield f"{_LEADER} AND ({_any(f'{time} IS NOT NULL' for time in self._laps.values())})"
        yield f"({_LEADER}) IS NOT TRUE AND many <> {_present(self._times.values())}"
        yield f"({_LEADER}) IS NOT TRUE AND ({_any(_falls(list(self._points.values())))})"
        for (start, stop), time in self._times.items():
            yield f"{_hasty_or_slow(time, stop - start)} AND {inhuman(time, _real(stop - start))}"
        if "results" in self._there:
            yield "p.athlete_id IS NOT NULL AND (status <> 'DNS') IS NOT TRUE"
        if "races" in self._there:
            yield "r.race_id IS NULL"
            yield from self._of_distance()
        yield from self._drifts()

    def _of_distance(self) -> Iterator[str]:
        for (_, stop), time in self._times.items():
            yield f"{time} IS NOT NULL AND {beyond_the_distance(_real(stop))}"
        if "results" in self._there:
            yield from (f"{_real(stop)} < distance_m AND {time} >= result_ms" for stop, time in self._points.items())

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

    def of_race(self) -> Iterator[str]:
        """What a race is a suspect for: its leader's times, those who pass before, and laps from where a man led."""
        led = {point: f"min({time}) FILTER (WHERE {_LEADER})" for point, time in self._points.items()}
        yield f"coalesce(sum(many) FILTER (WHERE {_LEADER}), 0) <> {_present(led.values())}"
        yield from _falls(list(led.values()))
        for point, time in self._points.items():
            yield f"min({time}) FILTER (WHERE {_ATHLETE}) < {led[point]}"
        for stretch, lap in self._laps.items():
            for point in set(stretch) & self._points.keys():
                lacks = f"{_ATHLETE} AND {lap} IS NOT NULL AND {self._points[point]} IS NULL"
                yield f"bool_or({lacks}) AND {led[point]} IS NOT NULL"


def _of(column: str) -> list[str]:
    """What is wrong with a value of a column by itself."""
    return [clause.where.replace(column, f"p.{column}") for clause in clauses_on("splits") if clause.of == (column,)]


def _hasty_or_slow(time: str, metres: float) -> str:
    """Whether a time is beyond any pace that a rule knows: asked first, since it is no more than two comparisons."""
    # To the next whole ms and one more, whatever the division rounds.
    least, most = math.ceil(metres * HASTY_MS / 400) + 1, math.floor(metres * SLOW_MS / 400) - 1
    return f"({time} < {least} OR {time} > {most})"


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(f"({condition})" for condition in conditions) or "FALSE"


def _present(times: Iterable[str]) -> str:
    """How many of some times there are."""
    return " + ".join(["0", *(f"({time} IS NOT NULL)::INTEGER" for time in times)])


def _falls(times: Sequence[str]) -> Iterator[str]:
    """A point that is passed no later than one before it; `greatest` passes over nulls."""
    return (f"{time} <= greatest({', '.join(times[:n])})" for n, time in enumerate(times) if n)


def queries(there: Mapping[str, str], stretches: Sequence[tuple[float | None, float | None]]) -> Iterator[str]:
    """The races of which splits can break a rule that looks beyond a row.

    A stretch without an end, or none that can be, is no column, so that its runners have more rows than times.
    """
    if len(stretches) > _MOST:
        yield "SELECT race_id FROM {splits} t"
        return
    ends = {end for stretch in stretches for end in stretch if end is not None and 0 <= end <= _FARTHEST_M}
    screen = _Screen([(start, stop) for start, stop in stretches if start in ends and stop in ends], there)
    runner = [*screen.of_runner(), *(() if "strangers" in there else _of("athlete_id"))]
    # A choice of cases asks each of those alone whom the ones before it left.
    alone = f"bool_or(CASE WHEN {_any(runner)} THEN TRUE ELSE FALSE END)"
    conditions = _any([alone, *screen.of_race(), *_of("race_id")])
    if "strangers" in there:
        yield _STRANGER
    yield f"SELECT p.race_id FROM {screen.beside()} GROUP BY p.race_id HAVING {conditions}"

"""The splits of a made-up race: the clock at the front, everybody's own times, and what was kept of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from bowerman_data._lawful import Plan, Row, Runner, runners, timed

__all__ = ["split_rows"]


def _marks(plan: Plan) -> list[float]:
    """Where splits are taken: every 400 m, from 3000 m on every 1000; in the mile at 1500 m too."""
    assert plan.metres is not None
    step = 400 if plan.metres < 3000 else 1000
    # Not at 1600 m of the mile: 9.344 m before the finish stands no clock.
    points = [float(point) for point in range(step, int(plan.metres) - 99, step)]
    return [*points, 1500.0] if plan.discipline == "mile" else points


def split_rows(plan: Plan) -> list[Row]:
    """The splits that were kept, in order."""
    rng = Random(f"splits {plan.seed} {plan.race_id}")
    ran = [runner for runner in runners(plan) if runner.stops_at > 0]
    wanted = list(_leaders(plan, ran)) if plan.splits in ("leader", "both") else []
    if plan.splits in ("athletes", "both"):
        wanted += [row for runner in ran for row in _own(plan, runner)]
    kept = [_printed(plan, rng, row) for row in wanted if rng.randrange(100) >= plan.missing]
    return sorted(kept, key=lambda row: (row["from_m"], row["to_m"], row["basis"], row["athlete_id"] or "~"))


def _printed(plan: Plan, rng: Random, row: Row) -> Row:
    decimals = rng.choice((plan.split_decimals, plan.decimals))
    return {**row, "race_id": plan.race_id} | timed(row["time_ms"], decimals)


def _stretch(basis: str, athlete_id: str | None, ends: tuple[float, float], time_ms: int) -> Row:
    return {"basis": basis, "athlete_id": athlete_id, "from_m": ends[0], "to_m": ends[1], "time_ms": time_ms}


def _leaders(plan: Plan, ran: list[Runner]) -> Iterator[Row]:
    """The race clock at the front, and its laps: nobody's where the leader changed."""
    assert plan.metres is not None
    before: tuple[float, int, str] | None = None
    for point in _marks(plan):
        there = [(r.at(point, plan.metres), r.person.athlete_id) for r in ran if r.stops_at >= point]
        if not there:
            return
        time_ms, who = min(there)
        yield _stretch("leader", who, (0.0, point), time_ms)
        if before is not None and point - before[0] >= 100:
            yield _stretch("leader", who if who == before[2] else None, (before[0], point), time_ms - before[1])
        before = (point, time_ms, who)


def _own(plan: Plan, runner: Runner) -> Iterator[Row]:
    """A runner's own times on the way, laps, and where he finished the last 400 m."""
    assert plan.metres is not None
    who, points = runner.person.athlete_id, [point for point in _marks(plan) if point <= runner.stops_at]
    times = [(point, runner.at(point, plan.metres)) for point in points]
    for point, time_ms in times:
        yield _stretch("athlete", who, (0.0, point), time_ms)
    ends = [*times, *([(plan.metres, runner.finish_ms)] if runner.status in ("OK", "DQ") else [])]
    for (start, began), (end, ended) in pairwise(ends):
        yield _stretch("athlete", who, (start, end), ended - began)
    closing = round(plan.metres - 400, 3)
    if runner.status == "OK" and closing not in points:
        yield _stretch("athlete", who, (closing, plan.metres), runner.finish_ms - runner.at(closing, plan.metres))

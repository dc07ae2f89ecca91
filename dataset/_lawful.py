"""How a made-up race is run: true times first, to the millisecond; what is printed is rounded from them.

Because every time of a race is rounded from one run, laps add up, nobody passes before the leader and
splits increase by themselves, whatever is left out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache, lru_cache
from random import Random
from typing import Any, Literal

from bowerman_data._lawful_people import CROWD, Person, Sex, person, slug
from bowerman_data.marks import format_mark
from bowerman_data.schemas.reference import bounds

__all__ = ["METRES", "Plan", "Row", "Runner", "SplitsKept", "race_row", "result_rows", "runners", "timed"]

Row = dict[str, Any]
SplitsKept = Literal["none", "leader", "athletes", "both"]

METRES = {"800m": 800.0, "1500m": 1500.0, "mile": 1609.344, "3000m": 3000.0, "2miles": 3218.688, "5000m": 5000.0}
_SCALES = ((2010, (4, 2, 1)), (2016, (10, 6, 4, 3, 2, 1)), (2017, (8, 7, 6, 5, 4, 3, 2, 1)))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a made-up race is to be like; see `bowerman_data.testing.lawful_race` for each."""

    seed: int = 0
    field: int = 12
    name: str = "Alder Mile"
    discipline: str = "mile"
    sex: Sex = "M"
    date: dt.date = dt.date(2024, 5, 25)
    heat: int | None = None
    scored: bool = False
    pacemakers: int = 1
    pacemakers_finish: bool = False
    dnf: int = 0
    dq: int = 0
    dns: int = 0
    ties: int = 0
    dead_heat: bool = False
    photo_finishes: int = 0
    tactical: bool = False
    world_record: bool = False
    decimals: int = 2
    split_decimals: int = 2
    splits: SplitsKept = "both"
    missing: int = 0
    people: int = CROWD

    def __post_init__(self) -> None:
        """Refuse a race that cannot be run."""
        stopped = self.dnf + self.dq + self.dns + (0 if self.pacemakers_finish else self.pacemakers)
        limits = {
            "field": (self.field, 1, min(self.people, CROWD) // (self.heat or 1)),
            "pacemakers, dnf, dq and dns together": (stopped, 0, self.field),
            "pacemakers": (self.pacemakers, 0, self.field),
            "decimals": (self.decimals, 0, 3),
            "split_decimals": (self.split_decimals, 0, 3),
            "missing": (self.missing, 0, 100),
        }
        for name, (got, least, most) in limits.items():
            if not least <= got <= most:
                raise ValueError(f"lawful race: {name}: got {got}, expected {least} to {most}")
        if self.metres is None:
            raise ValueError(f"lawful race: discipline: got {self.discipline!r}, expected one of {', '.join(METRES)}")

    @property
    def metres(self) -> float | None:
        """The distance, None where the discipline is not known."""
        return METRES.get(self.discipline.removesuffix("-indoor"))

    @property
    def race_id(self) -> str:
        """The slug of name, year and heat."""
        heat = f" heat {self.heat}" if self.heat is not None else ""
        return slug(f"{self.name} {self.date.year}{heat}")

    @property
    def scale(self) -> list[int] | None:
        """The points at stake."""
        scales = [points for since, points in _SCALES if self.date.year >= since]
        return list(scales[-1] if scales else _SCALES[0][1]) if self.scored else None


@dataclass(slots=True)
class Runner:
    """One on the start list: how it ended, and the true time over the whole distance, run or not."""

    person: Person
    role: str
    status: str
    finish_ms: int = 0
    bend: float = 0.0
    stops_at: float = field(default=0.0)
    place: int | None = None

    def at(self, metres: float, distance: float) -> int:
        """The true time at a point: even pace, bent towards a slow start or a fast one."""
        share = metres / distance
        return round(self.finish_ms * (share + self.bend * share * (1 - share)))


def race_row(plan: Plan) -> Row:
    """The row of the race."""
    town = plan.name.split()[0]
    return {
        "race_id": plan.race_id,
        "name": plan.name if plan.heat is None else f"{plan.name}, heat {plan.heat}",
        "meet": f"{town} Games",
        "series": "Diamond League" if plan.scored else "Invitational",
        "date": plan.date,
        "venue": f"{town} Field",
        "city": f"{town}ton",
        "country": "GBR",
        "discipline": plan.discipline,
        "distance_m": plan.metres,
        "sex": plan.sex,
        "coverage": "full",
        "points_scale": plan.scale,
    }


@lru_cache(maxsize=8)
def runners(plan: Plan) -> list[Runner]:
    """Those on the start list, finishers first and in order of place."""
    rng = Random(f"{plan.seed} {plan.race_id}")
    field_ = [_runner(plan, i) for i in range(plan.field)]
    finishers = [runner for runner in field_ if runner.status == "OK"]
    _time(plan, rng, finishers)
    _place(plan, rng, finishers)
    for runner in field_:
        _run(plan, rng, runner, finishers)
    return sorted(field_, key=lambda runner: (runner.place is None, runner.place, runner.person.athlete_id))


@cache
def _drawn(people: int, seed: str) -> tuple[int, ...]:
    """The people of the crowd, shuffled."""
    return tuple(Random(seed).sample(range(people), people))


def _runner(plan: Plan, i: int) -> Runner:
    drawn = _drawn(min(plan.people, CROWD), f"people {plan.seed} {plan.name} {plan.date.year}")
    # Heats of one race share nobody.
    number = drawn[i + ((plan.heat or 1) - 1) * plan.field]
    fates = ["DNF"] * plan.dnf + ["DQ"] * plan.dq + ["DNS"] * plan.dns
    paces = i < plan.pacemakers
    others = i - (0 if plan.pacemakers_finish else plan.pacemakers)
    status = fates[others] if 0 <= others < len(fates) else "OK"
    if paces and not plan.pacemakers_finish:
        status = "DNF"
    return Runner(person(number, plan.sex), "pacemaker" if paces else "athlete", status)


def _span(plan: Plan) -> tuple[int, int, int]:
    """The winner's time from and to, and below what a time carries a WR."""
    for bound in bounds():
        if (bound.discipline, bound.sex) == (plan.discipline.removesuffix("-indoor"), plan.sex):
            if plan.world_record:
                return bound.hard_min_ms + 1000, bound.warn_min_ms - 100, bound.warn_min_ms
            return bound.warn_min_ms + 100, bound.warn_min_ms + 60_000, bound.warn_min_ms
    assert plan.metres is not None
    # 7 m/s is faster than any record from 800 m on, 4.8 m/s a good club runner.
    return round(plan.metres / 7 * 1000), round(plan.metres / 4.8 * 1000), 0


def _time(plan: Plan, rng: Random, finishers: list[Runner]) -> None:
    fastest, slowest, record = _span(plan)
    time_ms = rng.randint(fastest, slowest)
    for runner in finishers:
        runner.finish_ms = time_ms
        time_ms = max(time_ms + rng.choice((1, 7, 40, 300, 900, 2500)), record + 100)
    for i in _chosen(rng, len(finishers), plan.photo_finishes):
        _level(finishers, i)


def _level(finishers: list[Runner], i: int) -> None:
    """Bring those from i on forward, so that i and the one before are level to the millisecond."""
    gap = finishers[i].finish_ms - finishers[i - 1].finish_ms
    for runner in finishers[i:]:
        runner.finish_ms -= gap


def _chosen(rng: Random, finishers: int, how_many: int) -> list[int]:
    behind = range(1, finishers)
    return sorted(rng.sample(behind, min(how_many, len(behind))))


def _place(plan: Plan, rng: Random, finishers: list[Runner]) -> None:
    """Places by the photo; those who tie are level and share the place."""
    tied = {*_chosen(rng, len(finishers), plan.ties), *((1,) if plan.dead_heat and len(finishers) > 1 else ())}
    for i, runner in enumerate(finishers):
        if i in tied:
            _level(finishers, i)
        runner.place = finishers[i - 1].place if i in tied else i + 1


def _run(plan: Plan, rng: Random, runner: Runner, finishers: list[Runner]) -> None:
    assert plan.metres is not None
    runner.bend = (0.15 if plan.tactical else 0.0) + rng.uniform(-0.02, 0.04)
    runner.stops_at = plan.metres
    if runner.status != "OK":
        fastest, slowest, _ = _span(plan)
        base = finishers[0].finish_ms if finishers else (fastest + slowest) // 2
        runner.finish_ms = base + rng.randint(0, 9000)
    if runner.status == "DNF":
        runner.stops_at = plan.metres * rng.uniform(0.2, 0.9)
    if runner.status == "DNS":
        runner.stops_at = -1.0


def timed(time_ms: int, decimals: int) -> Row:
    """A true time as it is printed: rounded up to so many decimals (TR19.23)."""
    unit: int = 10 ** (3 - decimals)
    rounded = -(-time_ms // unit) * unit
    return {"time_ms": rounded, "decimals": decimals, "mark": format_mark(rounded, decimals)}


def result_rows(plan: Plan) -> list[Row]:
    """The results in order, without codes."""
    ran = runners(plan)
    shared = {r.place for r in ran if [other.place for other in ran].count(r.place) > 1}
    return [_result(plan, runner, shared) for runner in ran]


def _result(plan: Plan, runner: Runner, shared: set[int | None]) -> Row:
    row: Row = {
        "race_id": plan.race_id,
        "athlete_id": runner.person.athlete_id,
        "nation": runner.person.nation_in(plan.date.year),
        "role": runner.role,
        "status": runner.status,
        "place": runner.place,
        "codes": [],
        "points": None,
    }
    if runner.place is not None:
        row |= timed(runner.finish_ms, plan.decimals)
        scale = plan.scale or []
        row["points"] = scale[runner.place - 1] if runner.place <= len(scale) else None
    return row

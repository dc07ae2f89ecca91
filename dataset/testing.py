"""Made-up races that break no rule, for your own tests: any field, ties, DNFs, pacemakers, heats, splits.

`lawful_race` and `lawful_archive` give tables as `bowerman_data.validate` reads them, the same for the
same arguments; `races` and `archives` are Hypothesis strategies over all that they can make.

    from hypothesis import given
    from bowerman_data import validate
    from bowerman_data.testing import races

    @given(races(field=8))
    def test_my_report_names_the_winner(race):
        assert my_report(race["results"]).winner == race["results"]["athlete_id"][0].as_py()
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from bowerman_data._lawful import Plan, Row, race_row, result_rows
from bowerman_data._lawful_codes import with_codes
from bowerman_data._lawful_people import CROWD, Person, person
from bowerman_data._lawful_splits import split_rows
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.tables import TABLES

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["archives", "lawful_archive", "lawful_race", "races"]

# Values of type Any, which stand beside the options in validate(engine="pandera", **race).
Tables = dict[str, Any]
_TREES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper")


def lawful_race(*, seed: int = 0, heats: int = 1, **options: Any) -> Tables:  # noqa: ANN401  (the fields of Plan)
    """One race, or its heats: the tables results, splits, races and athletes, in the contract's order.

    The `options`, with their defaults:

    - `field=12`: how many are on the start list of each heat, 1 to 375, of them `pacemakers=1`, who stop,
      or win if they can where `pacemakers_finish=True`; `dnf=0`, `dq=0`, `dns=0`.
    - `ties=0`: how many share the place of the man before; `dead_heat=False`: two win;
      `photo_finishes=0`: how many have the time of the man before and the next place.
    - `discipline="mile"` (800m, 1500m, mile, 3000m, 2miles, 5000m, each also with -indoor), `sex="M"` (M, W
      or X), `date`, `name="Alder Mile"`, `scored=False` (Diamond League points), `tactical=False` (a slow
      first lap), `world_record=False` (mile and 1500 m).
    - `decimals=2`: 1 is a race timed by hand; `splits="both"` (none, leader, athletes, both), to
      `split_decimals=2`; `missing=0`: per cent of the splits that nobody took.

    The table splits is left out where there is none. Raises ValueError for a race that cannot be run.

    >>> race = lawful_race(seed=1, field=3, pacemakers=0, ties=1)
    >>> race["results"]["place"].to_pylist(), sorted(race)
    ([1, 2, 2], ['athletes', 'races', 'results', 'splits'])
    """
    plan = Plan(seed=seed, **options)
    return tables_of(seed, [replace(plan, heat=i + 1) for i in range(heats)] if heats > 1 else [plan])


def lawful_archive(*, races: int = 5, seed: int = 0, years: int = 4, **options: Any) -> Tables:  # noqa: ANN401
    """Several races over some years in which the same people meet again; options as in `lawful_race`.

    >>> len(lawful_archive(races=20, field=8)["results"])
    160
    """
    first: dt.date = options.pop("date", dt.date(2020, 5, 1))
    people = options.pop("people", min(CROWD, 2 * options.get("field", 12) + 2))
    days = max(1, years * 365 // max(races, 1))
    plans = [
        Plan(seed=seed + i, name=numbered(i), date=first + dt.timedelta(days=days * i), people=people, **options)
        for i in range(races)
    ]
    return tables_of(seed, plans)


def races(**fixed: Any) -> SearchStrategy[Tables]:  # noqa: ANN401
    """A Hypothesis strategy of single races and heats, shrinking towards few runners and nothing odd.

    `fixed` holds any option of `lawful_race` still: `races(field=8, sex="W")`.
    """
    made: SearchStrategy[Tables] = _strategies().races(fixed)
    return made


def archives(*, most: int = 4, **fixed: Any) -> SearchStrategy[Tables]:  # noqa: ANN401
    """A Hypothesis strategy of up to `most` different races that share people, disciplines and years."""
    made: SearchStrategy[Tables] = _strategies().archives(most, fixed)
    return made


def _strategies() -> Any:  # noqa: ANN401
    try:
        from bowerman_data import _strategies
    except ModuleNotFoundError as error:
        if error.name != "hypothesis":
            raise
        raise ImportError("hypothesis is not installed; run: pip install hypothesis", name="hypothesis") from error
    return _strategies


def numbered(i: int) -> str:
    """The name of the i-th race of an archive."""
    return f"{_TREES[i % len(_TREES)]} Race {i + 1}"


def tables_of(seed: int, plans: list[Plan]) -> Tables:
    """The tables of several plans, codes given and rows in order; behind what is public here."""
    rows: dict[str, list[Row]] = {"results": [], "splits": [], "races": [race_row(plan) for plan in plans]}
    for plan in plans:
        rows["results"] += result_rows(plan)
        rows["splits"] += split_rows(plan)
    with_codes(seed, rows["races"], rows["results"])
    rows["athletes"] = _athletes(plans, {row["athlete_id"] for row in rows["results"]})
    return {name: _table(name, rows[name]) for name in ("results", "splits", "races", "athletes") if rows[name]}


def _athletes(plans: Iterable[Plan], ids: set[str]) -> list[Row]:
    crowd = {one.athlete_id: one for sex in {plan.sex for plan in plans} for one in _crowd(sex)}
    return [_athlete(crowd[athlete_id]) for athlete_id in sorted(ids)]


def _crowd(sex: Any) -> list[Person]:  # noqa: ANN401
    return [person(number, sex) for number in range(CROWD)]


def _athlete(one: Person) -> Row:
    name = f"{one.given_name} {one.family_name}"
    names = {"name": name, "given_name": one.given_name, "family_name": one.family_name}
    return {"athlete_id": one.athlete_id, "nation": one.nation, "aliases": [name]} | names


def _table(name: str, rows: list[Row]) -> pa.Table:
    order = TABLES[name].order
    placed = sorted(rows, key=lambda row: [(row[column] is None, row[column]) for column in order])
    return pa.Table.from_pylist(placed, schema=arrow_schema(name))

"""Made-up races keep the rules, stated here in plain Python, and both engines let them pass."""

from __future__ import annotations

import builtins
import datetime as dt
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bowerman_data.marks import format_mark
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.reference import nations, record_codes
from bowerman_data.schemas.tables import TABLES
from bowerman_data.testing import archives, lawful_archive, lawful_race, races
from tests.engines import ENGINES, faults, findings, run
from tests.tables import Row, Tables, ordered

_few = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# An engine takes a tenth of a second to a second a race.
_fewer = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
UNIT = {0: 1000, 1: 100, 2: 10, 3: 1}


def _rows(tables: Tables, name: str) -> list[Row]:
    return list(tables[name].to_pylist()) if name in tables else []


def _finishers(tables: Tables) -> list[list[Row]]:
    """The finishers of each race, in the order of the table."""
    by_race: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(tables, "results"):
        if row["status"] == "OK":
            by_race[row["race_id"]].append(row)
    return list(by_race.values())


def _race(tables: Tables, race_id: str) -> Row:
    return next(row for row in _rows(tables, "races") if row["race_id"] == race_id)


@_few
@given(races())
def test_tables_have_the_contracts_columns_and_order(race: Tables) -> None:
    for name, table in race.items():
        assert table.schema.equals(arrow_schema(name))
        assert table.to_pylist() == ordered(name, table.to_pylist())


@_few
@given(races())
def test_times_never_fall_from_place_to_place(race: Tables) -> None:
    for finishers in _finishers(race):
        times = [row["time_ms"] for row in finishers]
        assert times == sorted(times)


@_few
@given(races())
def test_a_place_is_one_more_than_the_men_ahead(race: Tables) -> None:
    for finishers in _finishers(race):
        places = [row["place"] for row in finishers]
        assert places == [1 + sum(other < place for other in places) for place in places]
        assert len({(row["place"], row["time_ms"]) for row in finishers}) == len(set(places))


@_few
@given(races())
def test_only_finishers_have_places_times_codes_and_points(race: Tables) -> None:
    for row in _rows(race, "results"):
        timed = [row[column] is not None for column in ("place", "time_ms", "decimals", "mark")]
        assert all(timed) if row["status"] == "OK" else not any(timed)
        assert row["status"] == "OK" or (not row["codes"] and row["points"] is None)


@_few
@given(races())
def test_a_mark_is_its_time_and_its_time_no_finer(race: Tables) -> None:
    for row in [*_rows(race, "results"), *_rows(race, "splits")]:
        if row["time_ms"] is not None:
            assert row["mark"] == format_mark(row["time_ms"], row["decimals"])
            assert row["time_ms"] % UNIT[row["decimals"]] == 0


@_few
@given(races(scored=True))
def test_points_are_those_of_the_place(race: Tables) -> None:
    for row in _rows(race, "results"):
        scale = dict(enumerate(_race(race, row["race_id"])["points_scale"], 1))
        assert row["points"] == scale.get(row["place"])


@_few
@given(archives())
def test_nations_are_of_their_day(archive: Tables) -> None:
    years = {nation.code: (nation.from_year or 0, nation.until_year or 9999) for nation in nations()}
    for row in _rows(archive, "results"):
        first, last = years[row["nation"]]
        assert first <= _race(archive, row["race_id"])["date"].year <= last


@_few
@given(archives())
def test_a_pb_is_faster_than_all_the_man_ran_before(archive: Tables) -> None:
    races_by_id = {race["race_id"]: race for race in _rows(archive, "races")}
    timed = [(row, races_by_id[row["race_id"]]) for row in _rows(archive, "results") if row["time_ms"] is not None]
    for row, race in timed:
        before = [other["time_ms"] for other, then in timed if _same_man_earlier(row, race, other, then)]
        assert "PB" not in row["codes"] or row["time_ms"] < min(before, default=row["time_ms"] + 1)


def _same_man_earlier(row: Row, race: Row, other: Row, then: Row) -> bool:
    same = (row["athlete_id"], race["discipline"]) == (other["athlete_id"], then["discipline"])
    return same and bool(then["date"] < race["date"])


@_few
@given(races())
def test_codes_are_known_and_in_order_of_rank(race: Tables) -> None:
    rank = {form: i for i, code in enumerate(record_codes()) for form in (code.code, code.equal_form)}
    for row in _rows(race, "results"):
        assert row["codes"] == sorted(set(row["codes"]), key=lambda code: rank[code])


@_few
@given(races())
def test_a_world_lead_is_the_fastest_of_its_race(race: Tables) -> None:
    for finishers in _finishers(race):
        best = min(row["time_ms"] for row in finishers)
        assert all(row["time_ms"] == best for row in finishers if "WL" in row["codes"])


def _own_splits(race: Tables) -> dict[tuple[str, str, str], dict[float, Row]]:
    """Times from the start by race, basis and runner, nobody for the leader's."""
    found: dict[tuple[str, str, str], dict[float, Row]] = defaultdict(dict)
    for row in _rows(race, "splits"):
        if row["from_m"] == 0:
            runner = row["athlete_id"] if row["basis"] == "athlete" else ""
            assert row["to_m"] not in found[row["race_id"], row["basis"], runner]
            found[row["race_id"], row["basis"], runner][row["to_m"]] = row
    return found


@_few
@given(races())
def test_splits_increase_and_end_before_the_finish(race: Tables) -> None:
    finish = {(row["race_id"], row["athlete_id"]): row["time_ms"] for row in _rows(race, "results")}
    for (race_id, _, runner), splits in _own_splits(race).items():
        times = [splits[to]["time_ms"] for to in sorted(splits)]
        assert times == sorted(set(times))
        assert times[-1] < (finish.get((race_id, runner)) or 10**9)


@_few
@given(races())
def test_nobody_passes_before_the_leader(race: Tables) -> None:
    splits = _own_splits(race)
    for (race_id, basis, _), own in splits.items():
        led = splits.get((race_id, "leader", ""), {})
        for to in own.keys() & led.keys() if basis == "athlete" else ():
            slack = max(UNIT[own[to]["decimals"]], UNIT[led[to]["decimals"]])
            assert own[to]["time_ms"] > led[to]["time_ms"] - slack


@_few
@given(races())
def test_a_lap_is_the_difference_of_its_ends(race: Tables) -> None:
    splits = _own_splits(race)
    for row in _rows(race, "splits"):
        own = splits.get((row["race_id"], row["basis"], row["athlete_id"] if row["basis"] == "athlete" else ""), {})
        if row["from_m"] in own and row["to_m"] in own:
            start, end = own[row["from_m"]], own[row["to_m"]]
            slack = sum(UNIT[one["decimals"]] for one in (row, start, end))
            assert abs(row["time_ms"] - (end["time_ms"] - start["time_ms"])) < slack


@_few
@given(races())
def test_a_leaders_lap_is_his_who_led_at_both_ends(race: Tables) -> None:
    splits = _own_splits(race)
    for row in _rows(race, "splits"):
        led = splits.get((row["race_id"], "leader", ""), {})
        if row["basis"] == "leader" and row["from_m"] in led and row["to_m"] in led:
            ends = {led[row["from_m"]]["athlete_id"], led[row["to_m"]]["athlete_id"]}
            assert row["athlete_id"] == (ends.pop() if len(ends) == 1 else None)


@_few
@given(races())
def test_whoever_has_a_split_started(race: Tables) -> None:
    started = {(r["race_id"], r["athlete_id"]) for r in _rows(race, "results") if r["status"] != "DNS"}
    named = {(r["race_id"], r["athlete_id"]) for r in _rows(race, "splits") if r["athlete_id"] is not None}
    assert named <= started


@_few
@given(races())
def test_a_stretch_lies_within_the_race_at_a_human_pace(race: Tables) -> None:
    for row in _rows(race, "splits"):
        length = row["to_m"] - row["from_m"]
        assert 0 < length <= row["to_m"] <= _race(race, row["race_id"])["distance_m"]
        assert 38 < row["time_ms"] / 1000 * 400 / length < 300


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_lets_every_lawful_race_pass(engine: str) -> None:
    @_fewer
    @given(races())
    def passes(race: Tables) -> None:
        verdicts = run(engine, race)
        assert (findings(verdicts), faults(verdicts)) == ([], [])

    passes()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_lets_every_lawful_archive_pass(engine: str) -> None:
    @_fewer
    @given(archives())
    def passes(archive: Tables) -> None:
        verdicts = run(engine, archive)
        assert (findings(verdicts), faults(verdicts)) == ([], [])

    passes()


_ODD: dict[str, tuple[dict[str, Any], Any]] = {
    "there is one man": ({"field": 1, "pacemakers": 0}, lambda race: len(_rows(race, "results")) == 1),
    "there are forty": ({"field": 40}, lambda race: len(_rows(race, "results")) == 40),
    "nobody finishes": ({"field": 2, "dnf": 1}, lambda race: not _finishers(race)),
    "two win": ({"dead_heat": True}, lambda race: [r["place"] for r in _finishers(race)[0]][:2] == [1, 1]),
    "a tie takes the places it fills": (
        {"ties": 3, "pacemakers": 0},
        lambda race: len({r["place"] for r in _rows(race, "results")}) == 9,
    ),
    "a photo parts equal times": (
        {"photo_finishes": 4},
        lambda race: len({r["time_ms"] for r in _finishers(race)[0]}) < len({r["place"] for r in _finishers(race)[0]}),
    ),
    "a pacemaker finishes": (
        {"pacemakers_finish": True},
        lambda race: any(r["role"] == "pacemaker" and r["place"] for r in _rows(race, "results")),
    ),
    "a pacemaker who stops has led": (
        {"seed": 4},
        lambda race: any(r["role"] == "pacemaker" and r["status"] == "DNF" for r in _rows(race, "results")),
    ),
    "one is disqualified and one did not start": (
        {"dq": 1, "dns": 1},
        lambda race: {"DQ", "DNS"} <= {r["status"] for r in _rows(race, "results")},
    ),
    "heats share places and nobody": (
        {"heats": 3},
        lambda race: len(_finishers(race)) == 3 and len({r["athlete_id"] for r in _rows(race, "results")}) == 36,
    ),
    "splits are missing": ({"missing": 50}, lambda race: 0 < len(_rows(race, "splits")) < 60),
    "there are no splits": ({"splits": "none"}, lambda race: "splits" not in race),
    "it was timed by hand": ({"decimals": 1}, lambda race: {r["decimals"] for r in _finishers(race)[0]} == {1}),
    "the world record falls": (
        {"world_record": True},
        lambda race: [r["codes"][0] for r in _finishers(race)[0] if r["codes"] and r["place"] == 1] == ["WR"],
    ),
    "Germans run for two nations": (
        {"date": dt.date(1985, 7, 27), "field": 40},
        lambda race: {"FRG", "GDR"} <= {r["nation"] for r in _rows(race, "results")},
    ),
}


@pytest.mark.parametrize("odd", _ODD, ids=lambda name: name.replace(" ", "-"))
def test_a_race_can_be_such_that(odd: str) -> None:
    options, holds = _ODD[odd]
    assert holds(lawful_race(**options))


def test_a_nation_can_change_between_two_years() -> None:
    nations_of: dict[str, set[str]] = defaultdict(set)
    for row in _rows(lawful_archive(races=8, field=20, years=8, date=dt.date(2012, 5, 1)), "results"):
        nations_of[row["athlete_id"]].add(row["nation"])
    assert max(len(codes) for codes in nations_of.values()) == 2


def test_the_same_seed_gives_the_same_race_and_another_another() -> None:
    assert lawful_race(seed=7) == lawful_race(seed=7)
    assert lawful_race(seed=7) != lawful_race(seed=8)


def test_a_race_that_cannot_be_run_is_refused_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match="dns together: got 13, expected 0 to 12"):
        lawful_race(dnf=12)
    with pytest.raises(ValueError, match=r"discipline: got 'marathon', expected one of 800m"):
        lawful_race(discipline="marathon")


def test_an_archive_holds_as_many_races_as_asked_for() -> None:
    assert len(lawful_archive(races=7, field=5)["races"]) == 7


def test_without_hypothesis_the_pip_line_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any) -> object:  # noqa: ANN401  (whatever an import is called with)
        if name.split(".")[0] == "hypothesis":
            raise ModuleNotFoundError("No module named 'hypothesis'", name="hypothesis")
        return real(name, *rest)

    monkeypatch.delitem(__import__("sys").modules, "bowerman_data._strategies", raising=False)
    monkeypatch.delattr("bowerman_data._strategies", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match="pip install hypothesis"):
        races()


def test_every_table_made_is_one_of_the_contract() -> None:
    assert set(lawful_race()) < set(TABLES)

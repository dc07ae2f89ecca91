"""Bad cases of races and splits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from tests.cases.case import Case, Wrong, adding, case, setting
from tests.lawful import ALDER, ALDER_2022, BIRCH, CEDAR, claimed
from tests.tables import Row, Tables, add, change

__all__ = ["SPLITS"]


def _key(race: str, stretch: str, basis: str, athlete: str | None) -> str:
    begin, end = stretch.split("-")
    return f"race_id={race} from_m={begin} to_m={end} basis={basis} athlete_id={athlete or 'null'}"


def _row(race: str, stretch: str, basis: str, athlete: str | None, ms: int, decimals: int, mark: str) -> Row:
    begin, end = map(float, stretch.split("-"))
    named = {"race_id": race, "from_m": begin, "to_m": end, "basis": basis, "athlete_id": athlete}
    return named | {"time_ms": ms, "decimals": decimals, "mark": mark}


def _slower_lap(key: str, ms: int, mark: str) -> Callable[[Tables], Tables]:
    return lambda tables: change(tables, "splits", key, time_ms=ms, mark=mark)


def _scaled(name: str, race: str, scale: list[int] | None, wanted: str) -> Case:
    value = None if scale is None else ", ".join(map(str, scale))
    changed = setting("races", f"race_id={race}", points_scale=scale)
    return case(name, "scale-follows-season", changed, Wrong("races", f"race_id={race}", "points_scale", value, wanted))


_SCALE = "8, 7, 6, 5, 4, 3, 2, 1"
_DISTANCES = [
    case(
        "a mile is 1609 m",
        "discipline-is-its-distance",
        setting("races", f"race_id={CEDAR}", distance_m=1609.0),
        Wrong("races", f"race_id={CEDAR}", "distance_m", "1609", "1609.344"),
    ),
    case(
        "a 1600 m race is 1500 m long",
        "discipline-is-its-distance",
        setting("races", f"race_id={BIRCH}", discipline="1600m"),
        Wrong("races", f"race_id={BIRCH}", "distance_m", "1500", "1600"),
    ),
    *[
        case(
            f"an older mark over {discipline} is over {distance:g} m",
            "discipline-is-its-distance",
            setting("marks", "mark_id=emil-horn-1500m-2018", discipline=discipline, distance_m=distance, **timed),
            Wrong("marks", "mark_id=emil-horn-1500m-2018", "distance_m", f"{distance:g}", want),
        )
        for discipline, distance, want, timed in [
            ("mile-indoor", 1600.0, "1609.344", {"time_ms": 237_100, "mark": "3:57.1"}),
            ("2miles", 3200.0, "3218.688", {"time_ms": 500_000, "mark": "8:20.0"}),
            ("marathon", 42_000.0, "42195", {"time_ms": 7_800_000, "mark": "2:10:00.0"}),
            ("3000m", 1500.0, "3000", {}),
        ]
    ],
    _scaled("a race of the Diamond League has no scale", ALDER_2022, None, _SCALE),
    _scaled("a race has the scale of another season", ALDER_2022, [4, 2, 1], _SCALE),
    _scaled("a race has a scale with two points swapped", ALDER_2022, [7, 8, 6, 5, 4, 3, 2, 1], _SCALE),
    case(
        "a final of the Diamond League scores",
        "scale-follows-season",
        setting("races", f"race_id={ALDER_2022}", series="Diamond League final"),
        Wrong("races", f"race_id={ALDER_2022}", "points_scale", _SCALE, "null"),
    ),
    replace(
        case(
            "a race outside the Diamond League has a scale",
            "no-other-scale",
            setting("races", f"race_id={CEDAR}", points_scale=[3, 2, 1]),
            Wrong("races", f"race_id={CEDAR}", "points_scale", "3, 2, 1", "null"),
        ),
        shipped=True,
    ),
    replace(
        case(
            "a race has a scale in a season whose scale nobody knows",
            "no-other-scale",
            setting("races", f"race_id={ALDER_2022}", date=dt.date(2020, 7, 11)),
            Wrong("races", f"race_id={ALDER_2022}", "points_scale", _SCALE, "null"),
            beside=("verdicts-recompute", "rulings-hold"),
        ),
        shipped=True,
    ),
    replace(
        case(
            "a list cut short is called full",
            "full-shows-all",
            setting("races", f"race_id={ALDER_2022}", coverage="full"),
            Wrong("races", f"race_id={ALDER_2022}", "coverage", "full", "another, or somebody who did not finish"),
        ),
        shipped=True,
    ),
]


def _added(name: str, invariant: str, row: Row, column: str, value: str | None, expected: str) -> Case:
    stretch = f"{row['from_m']:.10g}-{row['to_m']:.10g}"
    key = _key(row["race_id"], stretch, row["basis"], row["athlete_id"])
    return case(name, invariant, adding("splits", **row), Wrong("splits", key, column, value, expected))


def _timed(name: str, invariant: str, key: str, ms: int, mark: str, expected: str) -> Case:
    changed = setting("splits", key, time_ms=ms, mark=mark)
    return case(name, invariant, changed, Wrong("splits", key, "time_ms", str(ms), expected))


def _unled(race: str, stretch: str, athlete: str) -> Callable[[Tables], Tables]:
    return lambda tables: change(tables, "splits", _key(race, stretch, "leader", athlete), athlete_id=None)


def _led(
    name: str, key: str, athlete: str | None, expected: str, before: Callable[[Tables], Tables] = lambda tables: tables
) -> Case:
    new = key.rsplit("=", 1)[0] + f"={athlete or 'null'}"
    changed = lambda tables: setting("splits", key, athlete_id=athlete)(before(tables))
    return case(name, "lap-belongs-to-its-leader", changed, Wrong("splits", new, "athlete_id", athlete, expected))


_TWICE = [
    case(
        "a stretch of the leader stands twice",
        "one-split-per-stretch",
        adding("splits", **_row(BIRCH, "0-800", "leader", "hana-brook", 130_500, 1, "2:10.5")),
        *[Wrong("splits", _key(BIRCH, "0-800", "leader", "hana-brook"), "to_m", "800", None)] * 2,
    ),
    case(
        "a stretch has two leaders",
        "one-split-per-stretch",
        adding("splits", **_row(BIRCH, "0-800", "leader", "ines-calder", 130_900, 1, "2:10.9")),
        Wrong("splits", _key(BIRCH, "0-800", "leader", "hana-brook"), "to_m", "800", None),
        Wrong("splits", _key(BIRCH, "0-800", "leader", "ines-calder"), "to_m", "800", None),
    ),
    case(
        "an athlete's stretch has two times",
        "one-split-per-stretch",
        adding("splits", **_row(ALDER, "0-1500", "athlete", "bruno-falk", 215_300, 2, "3:35.30")),
        *[Wrong("splits", _key(ALDER, "0-1500", "athlete", "bruno-falk"), "to_m", "1500", None)] * 2,
    ),
]

_INCREASE = [
    _added(
        "the leader's clock stands still",
        "splits-increase",
        _row(CEDAR, "0-1210", "leader", "bruno-falk", 172_800, 1, "2:52.8"),
        *("time_ms", "172800", "more than 172800"),
    ),
    _added(
        "an athlete's clock runs backwards",
        "splits-increase",
        _row(ALDER, "0-1510", "athlete", "bruno-falk", 215_000, 2, "3:35.00"),
        *("time_ms", "215000", "more than 215100"),
    ),
]

_ADD_UP = [
    _timed(
        "a leader's lap is half a second off",
        "laps-add-up",
        _key(BIRCH, "400-800", "leader", "hana-brook"),
        *(66_900, "1:06.9", "66300"),
    ),
    _timed(
        "a lap is off by as much as all three roundings",
        "laps-add-up",
        _key(BIRCH, "400-800", "leader", "hana-brook"),
        *(66_600, "1:06.6", "66300"),
    ),
    _timed(
        "an athlete's last lap is not what is left to the finish",
        "laps-add-up",
        _key(ALDER, "1200-1609.344", "athlete", "bruno-falk"),
        *(58_300, "58.30", "58000"),
    ),
    _timed(
        "the last lap of the one who led does not begin with the leader's time",
        "laps-add-up",
        _key(ALDER, "1200-1609.344", "athlete", "abel-thorn"),
        *(58_400, "58.4", "58120"),
    ),
    case(
        "a clock that is none times no end of a lap",
        "value-in-domain",
        setting(
            "splits", _key(ALDER, "0-1200", "athlete", "bruno-falk"), basis="runner", time_ms=171_300, mark="2:51.30"
        ),
        Wrong("splits", _key(ALDER, "0-1200", "runner", "bruno-falk"), "basis", "runner", "one of athlete, leader"),
    ),
]


def _passed_first(ms: int, mark: str, lap_ms: int, lap: str) -> Callable[[Tables], Tables]:
    at_1200 = _key(ALDER, "0-1200", "athlete", "bruno-falk")
    last = _key(ALDER, "1200-1609.344", "athlete", "bruno-falk")
    faster = _slower_lap(at_1200, ms, mark)
    return lambda tables: claimed(_slower_lap(last, lap_ms, lap)(faster(tables)))


def _too_fast_for_a_woman(tables: Tables) -> Tables:
    tables = _slower_lap(_key(BIRCH, "0-400", "leader", "hana-brook"), 47_000, "47.0")(tables)
    return claimed(_slower_lap(_key(BIRCH, "400-800", "leader", "hana-brook"), 83_500, "1:23.5")(tables))


_BOUNDS = [
    _timed(
        "a leader's split is slower than his own finish",
        "split-before-finish",
        _key(CEDAR, "0-1200", "leader", "bruno-falk"),
        *(230_000, "3:50.0", "less than 229870"),
    ),
    _timed(
        "an athlete's split is slower than his finish",
        "split-before-finish",
        _key(ALDER, "0-1500", "athlete", "bruno-falk"),
        *(231_000, "3:51.00", "less than 230300"),
    ),
    case(
        "an athlete passes a point before the leader",
        "leader-is-fastest",
        _passed_first(171_900, "2:51.90", 58_400, "58.40"),
        Wrong("splits", _key(ALDER, "0-1200", "athlete", "bruno-falk"), "time_ms", "171900", "at least 172000"),
    ),
    case(
        "an athlete passes a point a hundredth before the leader",
        "leader-is-fastest",
        _passed_first(171_990, "2:51.99", 58_310, "58.31"),
        Wrong("splits", _key(ALDER, "0-1200", "athlete", "bruno-falk"), "time_ms", "171990", "at least 172000"),
    ),
    _added(
        "a man runs a lap of a mile in 42 seconds",
        "pace-is-human",
        _row(CEDAR, "0-400", "leader", "dario-lunt", 42_000, 1, "42.0"),
        *("time_ms", "42000", "43 to 300 s a 400 m"),
    ),
    _added(
        "a man runs a lap in five minutes",
        "pace-is-human",
        _row(ALDER, "0-400", "athlete", "festus-oyar", 301_000, 2, "5:01.00"),
        *("time_ms", "301000", "43 to 300 s a 400 m"),
    ),
    case(
        "a woman runs a lap as only men have",
        "pace-is-human",
        _too_fast_for_a_woman,
        Wrong("splits", _key(BIRCH, "0-400", "leader", "hana-brook"), "time_ms", "47000", "47.6 to 300 s a 400 m"),
    ),
    _added(
        "a man runs 100 m of a mile in nine seconds",
        "pace-is-human",
        _row(CEDAR, "700-800", "leader", "dario-lunt", 9_000, 1, "9.0"),
        *("time_ms", "9000", "38 to 300 s a 400 m"),
    ),
    _added(
        "a man who is not in the race has a split",
        "split-has-an-entrant",
        _row(ALDER, "0-1500", "athlete", "magnus-sund", 216_000, 2, "3:36.00"),
        *("athlete_id", "magnus-sund", "an entrant of the race"),
    ),
    _added(
        "a man who did not start has a split",
        "split-has-an-entrant",
        _row(ALDER, "0-1500", "athlete", "gil-marsh", 216_000, 2, "3:36.00"),
        *("athlete_id", "gil-marsh", "an entrant of the race"),
    ),
    _added(
        "a stretch ends before it begins",
        "within-the-distance",
        _row(CEDAR, "1200-800", "athlete", "bruno-falk", 60_000, 1, "1:00.0"),
        *("to_m", "800", "more than 1200"),
    ),
    _added(
        "a stretch ends after the race",
        "within-the-distance",
        _row(BIRCH, "0-1600", "leader", "hana-brook", 244_000, 1, "4:04.0"),
        *("to_m", "1600", "at most 1500"),
    ),
]


def _nobodys_split(tables: Tables) -> Tables:
    return claimed(add(tables, "splits", **_row(ALDER, "0-1000", "athlete", None, 145_000, 2, "2:25.00")))


_LEADERS = [
    case(
        "an athlete's split is nobody's",
        "lap-belongs-to-its-leader",
        _nobodys_split,
        Wrong("splits", _key(ALDER, "0-1000", "athlete", None), "athlete_id", None, "an athlete"),
    ),
    _led(
        "a lap is somebody's though nobody knows who led at its end",
        _key(BIRCH, "400-800", "leader", "hana-brook"),
        *("hana-brook", "null"),
        before=_unled(BIRCH, "0-800", "hana-brook"),
    ),
    _led(
        "a lap is somebody's though nobody knows who led at its beginning",
        _key(BIRCH, "400-800", "leader", "hana-brook"),
        *("hana-brook", "null"),
        before=_unled(BIRCH, "0-400", "hana-brook"),
    ),
    case(
        "a leader whom a source names is left out",
        "null-where-unclaimed",
        _unled(CEDAR, "0-800", "dario-lunt"),
        Wrong("splits", _key(CEDAR, "0-800", "leader", None), "athlete_id", None, "dario-lunt"),
        beside=("verdicts-recompute",),
    ),
    _led(
        "a lap is another man's than the leader's",
        _key(ALDER, "400-800", "leader", "festus-oyar"),
        "abel-thorn",
        "festus-oyar",
    ),
    _led("a lap that one woman led is nobody's", _key(BIRCH, "400-800", "leader", "hana-brook"), None, "hana-brook"),
    _added(
        "a lap in which the lead changed is one man's",
        "lap-belongs-to-its-leader",
        _row(CEDAR, "800-1200", "leader", "bruno-falk", 58_300, 1, "58.3"),
        *("athlete_id", "bruno-falk", "null"),
    ),
]

SPLITS = [*_DISTANCES, *_TWICE, *_INCREASE, *_ADD_UP, *_BOUNDS, *_LEADERS]

"""Bad cases of results."""

from __future__ import annotations

from tests.cases.case import Wrong, adding, case, result, setting
from tests.lawful import ALDER, ALDER_2019, ALDER_2022, BIRCH, CEDAR, LAWFUL, claimed
from tests.tables import Tables, add, as_table, change, drop, find, rows_of

__all__ = ["RESULTS"]

_HANA, _INES, _JOLENE, _KAIA = (result(w, BIRCH) for w in ("hana-brook", "ines-calder", "jolene-park", "kaia-ness"))
_ABEL, _BRUNO, _DARIO, _EMIL, _FESTUS, _GIL = (
    result(man) for man in ("abel-thorn", "bruno-falk", "dario-lunt", "emil-horn", "festus-oyar", "gil-marsh")
)
_ABEL_2022, _BRUNO_2022, _DARIO_2022 = (result(man, CEDAR) for man in ("abel-thorn", "bruno-falk", "dario-lunt"))
_MILE = {"discipline": "mile", "distance_m": 1609.344}


def _wrong(key: str, column: str, value: str | None, expected: str | None) -> Wrong:
    return Wrong("results", key, column, value, expected)


def _backwards(tables: Tables) -> Tables:
    return {**tables, "results": as_table("results", reversed(rows_of(tables, "results")))}


def _placed(tables: Tables, *places: tuple[str, int]) -> Tables:
    for key, place in places:
        tables = change(tables, "results", key, place=place)
    return claimed(tables)


_ONCE_AND_ORDER = [
    case(
        "an athlete stands in a race twice",
        "one-time-per-athlete",
        lambda t: add(t, "results", **find(t, "results", _KAIA)),
        *[_wrong(_KAIA, "athlete_id", "kaia-ness", None)] * 2,
    ),
    case(
        "an athlete finishes twice",
        "one-time-per-athlete",
        adding("results", **find(LAWFUL, "results", _INES) | {"place": 4, "time_ms": 248_000, "mark": "4:08.0"}),
        *[_wrong(_INES, "athlete_id", "ines-calder", None)] * 2,
    ),
    case(
        "third is faster than second",
        "ordered-finish-times",
        setting("results", _JOLENE, time_ms=245_800, mark="4:05.8"),
        _wrong(_JOLENE, "time_ms", "245800", "at least 245900"),
    ),
    case(
        "third is faster than second in a table sorted backwards",
        "ordered-finish-times",
        lambda t: _backwards(claimed(change(t, "results", _JOLENE, time_ms=245_800, mark="4:05.8"))),
        _wrong(_JOLENE, "time_ms", "245800", "at least 245900"),
    ),
    case(
        "a place is left out",
        "places-count-up",
        setting("results", _JOLENE, place=4),
        _wrong(_JOLENE, "place", "4", "3"),
    ),
    case(
        "nobody is first",
        "places-count-up",
        lambda t: _placed(t, (_HANA, 2), (_INES, 3), (_JOLENE, 4)),
        _wrong(_HANA, "place", "2", "1"),
        _wrong(_INES, "place", "3", "2"),
        _wrong(_JOLENE, "place", "4", "3"),
    ),
    case(
        "two share a place with two times",
        "places-count-up",
        setting("results", _INES, place=1),
        _wrong(_INES, "place", "1", "2"),
    ),
    case(
        "a dead heat does not take the places it fills",
        "places-count-up",
        lambda t: _placed(change(t, "results", _INES, time_ms=245_200, mark="4:05.2"), (_INES, 1), (_JOLENE, 2)),
        _wrong(_JOLENE, "place", "2", "3"),
    ),
]

_STATUS = [
    *[
        case(
            f"a finisher has no {column}",
            "status-explains-nulls",
            setting("results", _JOLENE, **{column: None}),
            _wrong(_JOLENE, column, None, "a value"),
        )
        for column in ("place", "time_ms", "decimals", "mark")
    ],
    case(
        "a man who did not finish has a time",
        "status-explains-nulls",
        setting("results", _FESTUS, time_ms=239_900),
        _wrong(_FESTUS, "time_ms", "239900", "null"),
    ),
    case(
        "a woman disqualified has a place",
        "status-explains-nulls",
        setting("results", _KAIA, place=4),
        _wrong(_KAIA, "place", "4", "null"),
    ),
    case(
        "a woman disqualified has decimals",
        "status-explains-nulls",
        setting("results", _KAIA, decimals=1),
        _wrong(_KAIA, "decimals", "1", "null"),
    ),
    case(
        "a woman disqualified has a mark",
        "status-explains-nulls",
        setting("results", _KAIA, mark="4:08.0"),
        _wrong(_KAIA, "mark", "4:08.0", "null"),
    ),
    case(
        "a man who did not start has points",
        "status-explains-nulls",
        setting("results", _GIL, points=3),
        _wrong(_GIL, "points", "3", "null"),
    ),
    case(
        "a woman disqualified has record codes",
        "status-explains-nulls",
        setting("results", _KAIA, codes=["NR", "SB"]),
        _wrong(_KAIA, "codes", "NR, SB", "none"),
    ),
]

_MARK_AND_POINTS = [
    case(
        "a mark has another digit than its time",
        "mark-is-its-time",
        setting("results", _JOLENE, mark="4:07.1"),
        _wrong(_JOLENE, "mark", "4:07.1", "4:07.0"),
    ),
    case(
        "a mark has lost its last zero",
        "mark-is-its-time",
        setting("results", _DARIO_2022, mark="4:02.1"),
        _wrong(_DARIO_2022, "mark", "4:02.1", "4:02.10"),
    ),
    case(
        "a time is finer than its decimals",
        "mark-is-its-time",
        setting("results", _JOLENE, time_ms=247_050),
        _wrong(_JOLENE, "time_ms", "247050", "a multiple of 100"),
    ),
    case(
        "a split of a minute is written in seconds",
        "mark-is-its-time",
        setting("splits", f"race_id={BIRCH} from_m=0 to_m=400 basis=leader athlete_id=hana-brook", mark="64.2"),
        Wrong(
            "splits", f"race_id={BIRCH} from_m=0 to_m=400 basis=leader athlete_id=hana-brook", "mark", "64.2", "1:04.2"
        ),
    ),
    case(
        "an older mark is written to a tenth that nobody took",
        "mark-is-its-time",
        setting("marks", "mark_id=bruno-falk-mile-indoor-2020", mark="3:54.0"),
        Wrong("marks", "mark_id=bruno-falk-mile-indoor-2020", "mark", "3:54.0", "3:54"),
    ),
    case(
        "fifth has the points of sixth",
        "points-follow-scale",
        setting("results", _EMIL, points=3),
        _wrong(_EMIL, "points", "3", "4"),
    ),
    case(
        "a place that scores has no points",
        "points-follow-scale",
        setting("results", _DARIO, points=None),
        _wrong(_DARIO, "points", None, "5"),
    ),
    case(
        "points are given where nothing is scored",
        "points-follow-scale",
        setting("results", _HANA, points=8),
        _wrong(_HANA, "points", "8", "null"),
    ),
    case(
        "points are given beyond the end of the scale",
        "points-follow-scale",
        setting("races", f"race_id={ALDER}", points_scale=[8, 7, 6, 5]),
        _wrong(_EMIL, "points", "4", "null"),
        beside=("scale-follows-season",),
    ),
]

_ABSENT = {"role": "athlete", "codes": []}
_FOURTH = {"place": 4, "time_ms": 234_000, "decimals": 2, "mark": "3:54.00", "status": "OK"}
_COVERAGE = [
    *[
        case(
            f"among the finishers stands one with {status}",
            "coverage-holds",
            adding("results", race_id=CEDAR, athlete_id="magnus-sund", nation="SWE", status=status, **_ABSENT),
            _wrong(result("magnus-sund", CEDAR), "status", status, "OK"),
        )
        for status in ("DNF", "DNS", "DQ")
    ],
    case(
        "a list to 3:56.00 goes on",
        "coverage-holds",
        setting("results", result("emil-horn", ALDER_2019), time_ms=236_010, mark="3:56.01"),
        _wrong(result("emil-horn", ALDER_2019), "time_ms", "236010", "at most 236000"),
        beside=("verdicts-recompute",),
    ),
    case(
        "a list to 3:56.00 has one who did not finish",
        "coverage-holds",
        adding("results", race_id=ALDER_2019, athlete_id="magnus-sund", nation="SWE", status="DNF", **_ABSENT),
        _wrong(result("magnus-sund", ALDER_2019), "status", "DNF", "OK"),
    ),
    case(
        "a podium has a fourth",
        "coverage-holds",
        adding("results", race_id=ALDER_2022, athlete_id="emil-horn", nation="DEN", **_ABSENT | _FOURTH),
        _wrong(result("emil-horn", ALDER_2022), "place", "4", "at most 3"),
    ),
    case(
        "a list to 3:56.00 lacks its second",
        "places-count-up",
        lambda t: claimed(drop(t, "results", result("dario-lunt", ALDER_2019))),
        _wrong(result("emil-horn", ALDER_2019), "place", "3", "2"),
        beside=("verdicts-recompute",),
    ),
]

RESULTS = [*_ONCE_AND_ORDER, *_STATUS, *_MARK_AND_POINTS, *_COVERAGE]

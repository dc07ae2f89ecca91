"""Bad cases of nations, record codes, and times beyond what men run."""

from __future__ import annotations

import datetime as dt

from tests.cases.case import Case, Wrong, adding, case, result, setting
from tests.lawful import BIRCH, CEDAR, claimed
from tests.tables import Row, change

__all__ = ["RECORDS"]
_HANA, _INES, _JOLENE, _KAIA = (result(w, BIRCH) for w in ("hana-brook", "ines-calder", "jolene-park", "kaia-ness"))
_ABEL, _BRUNO, _DARIO, _EMIL, _FESTUS, _GIL = (
    result(man) for man in ("abel-thorn", "bruno-falk", "dario-lunt", "emil-horn", "festus-oyar", "gil-marsh")
)
_ABEL_2022, _BRUNO_2022, _DARIO_2022 = (result(man, CEDAR) for man in ("abel-thorn", "bruno-falk", "dario-lunt"))
_MILE = {"discipline": "mile", "distance_m": 1609.344}


def _wrong(key: str, column: str, value: str | None, expected: str | None) -> Wrong:
    return Wrong("results", key, column, value, expected)


def _older(mark_id: str, athlete: str, ms: int, decimals: int, mark: str, **more: object) -> Row:
    timed = {"mark_id": mark_id, "athlete_id": athlete, "time_ms": ms, "decimals": decimals, "mark": mark}
    return timed | {"codes": []} | _MILE | more


def _nation(name: str, invariant: str, key: str, nation: str, expected: str) -> Case:
    changed = setting("results", key, nation=nation)
    return case(name, invariant, changed, _wrong(key, "nation", nation, expected))


def _codes(name: str, invariant: str, key: str, codes: list[str], *wrongs: tuple[str, str]) -> Case:
    violations = [_wrong(key, "codes", value, expected) for value, expected in wrongs]
    return case(name, invariant, setting("results", key, codes=codes), *violations)


_NATIONS_AND_CODES = [
    _nation("a nation is an ISO code", "known-nation", _INES, "PRT", "POR"),
    case(
        "a nation is a part of one",
        "known-nation",
        setting("results", _ABEL_2022, nation="SCO"),
        _wrong(_ABEL_2022, "nation", "SCO", "GBR"),
        # A count of the men of his nation is claimed.
        beside=("verdicts-recompute",),
    ),
    _nation("a nation is nowhere", "known-nation", _INES, "XYZ", "a World Athletics code"),
    _nation("a nation is a mixed team's", "known-nation", _INES, "INT", "a World Athletics code"),
    case(
        "a person's nation is an ISO code",
        "known-nation",
        setting("athletes", "athlete_id=lorn-adair", nation="DEU"),
        Wrong("athletes", "athlete_id=lorn-adair", "nation", "DEU", "GER"),
    ),
    _nation("a nation stands in results long after its end", "nation-of-its-day", _INES, "URS", "-1991"),
    _nation("a nation of one year stands in another", "nation-of-its-day", _INES, "EUN", "1992-1992"),
    _codes("a code is unknown", "known-codes", _INES, ["ZZ"], ("ZZ", "a record or best code")),
    _codes("a code is in lower case", "known-codes", _INES, ["pb"], ("pb", "a record or best code")),
    _codes(
        "an unknown code stands twice",
        "known-codes",
        _INES,
        ["ZZ", "ZZ"],
        *(("ZZ", "a record or best code"), ("ZZ, ZZ", "each code once")),
    ),
    _codes("a code stands twice", "known-codes", _INES, ["SB", "SB"], ("SB, SB", "each code once")),
    _codes("a lesser code stands first", "known-codes", _HANA, ["SB", "MR"], ("SB, MR", "order of rank")),
    _codes("an equalled code stands out of rank", "known-codes", _HANA, ["SB", "=MR"], ("SB, =MR", "order of rank")),
    case(
        "an older mark has an unknown code",
        "known-codes",
        setting("marks", "mark_id=emil-horn-1500m-2018", codes=["LB"]),
        Wrong("marks", "mark_id=emil-horn-1500m-2018", "codes", "LB", "a record or best code"),
    ),
    _codes(
        "a season's best is both set and equalled", "consistent-codes", _INES, ["SB", "=SB"], ("=SB", "not beside SB")
    ),
    _codes(
        "a personal best only equals the season's", "consistent-codes", _INES, ["PB", "=SB"], ("=SB", "not beside PB")
    ),
    _codes(
        "an equalled code contradicts two others",
        "consistent-codes",
        _INES,
        ["PB", "SB", "=SB"],
        *(("=SB", "not beside PB"), ("=SB", "not beside SB")),
    ),
    case(
        "an older area record only equals the national one",
        "consistent-codes",
        setting("marks", "mark_id=emil-horn-1500m-2018", codes=["AR", "=NR"]),
        Wrong("marks", "mark_id=emil-horn-1500m-2018", "codes", "=NR", "not beside AR"),
    ),
]


def _mark_of(name: str, expected: str, ms: int, mark: str, discipline: str, distance: float) -> Case:
    key = "mark_id=emil-horn-1500m-2018"
    changed = setting("marks", key, time_ms=ms, mark=mark, discipline=discipline, distance_m=distance)
    return case(name, "humanly-possible", changed, Wrong("marks", key, "time_ms", str(ms), expected))


_POSSIBLE = [
    case(
        "a man runs a mile in three and a half minutes",
        "humanly-possible",
        setting("results", _BRUNO_2022, time_ms=210_000, mark="3:30.00", codes=["WR", "NR", "PB"]),
        _wrong(_BRUNO_2022, "time_ms", "210000", "216500 to 1200000"),
    ),
    case(
        "a woman runs 1500 m as only men have",
        "humanly-possible",
        setting("results", _HANA, time_ms=220_000, mark="3:40.0", codes=["WR", "SB"]),
        _wrong(_HANA, "time_ms", "220000", "221800 to 1100000"),
    ),
    case(
        "a man walks a mile in twenty-one minutes",
        "humanly-possible",
        setting("results", _DARIO_2022, time_ms=1_260_000, mark="21:00.00"),
        _wrong(_DARIO_2022, "time_ms", "1260000", "216500 to 1200000"),
        beside=("humanly-plausible",),
    ),
    _mark_of("an older indoor mile is impossible", "216500 to 1200000", 210_000, "3:30.0", "mile-indoor", 1609.344),
    _mark_of("an older 800 m is impossibly fast", "1.3 to 7.5 m/s", 90_000, "1:30.0", "800m", 800.0),
    _mark_of("an older 800 m is impossibly slow", "1.3 to 7.5 m/s", 700_000, "11:40.0", "800m", 800.0),
    case(
        "a time beats the world record without a code",
        "humanly-plausible",
        setting("results", _BRUNO_2022, time_ms=222_000, mark="3:42.00"),
        _wrong(_BRUNO_2022, "time_ms", "222000", "a WR beside a time under 223130"),
    ),
    case(
        "a time is a jogger's",
        "humanly-plausible",
        setting("results", _DARIO_2022, time_ms=610_000, mark="10:10.00"),
        _wrong(_DARIO_2022, "time_ms", "610000", "at most 600000"),
    ),
]


def _beaten(name: str, key: str, code: str, not_beaten: str, older: Row) -> Case:
    return case(
        name, "record-beats-record", adding("marks", **older), _wrong(key, "codes", code, f"faster than {not_beaten}")
    )


_BEATEN = [
    case(
        "a personal best is slower than his result of the year before",
        "record-beats-record",
        setting("results", _ABEL_2022, codes=["PB"]),
        _wrong(_ABEL_2022, "codes", "PB", "faster than 3:50.12"),
    ),
    _beaten(
        "a personal best equals an older mark",
        *(_BRUNO, "PB", "3:50.30"),
        _older("bruno-falk-mile-2020", "bruno-falk", 230_300, 2, "3:50.30", year=2020),
    ),
    _beaten(
        "a national record is slower than a countryman's",
        *(_BRUNO, "NR", "3:50.0"),
        _older("magnus-sund-mile-1987", "magnus-sund", 230_000, 1, "3:50.0", year=1987, codes=["NR"]),
    ),
    _beaten(
        "a national record is slower than a countryman's area record",
        *(_BRUNO, "NR", "3:50.0"),
        _older("magnus-sund-mile-1987", "magnus-sund", 230_000, 1, "3:50.0", year=1987, codes=["ER"]),
    ),
    _beaten(
        "a world lead is slower than a mark of the same spring",
        *(_ABEL, "WL", "3:50.11"),
        _older("dario-lunt-mile-2021-ash", "dario-lunt", 230_110, 2, "3:50.11", year=2021, date=dt.date(2021, 6, 1)),
    ),
    case(
        "a world lead is slower than a result of the same summer",
        "record-beats-record",
        lambda t: claimed(
            change(
                change(t, "races", f"race_id={CEDAR}", date=dt.date(2021, 9, 3)), "results", _ABEL_2022, codes=["WL"]
            )
        ),
        _wrong(_ABEL_2022, "codes", "WL", "faster than 3:50.12"),
        beside=("at-most-one-world-lead",),
    ),
    case(
        "a man has a world lead behind the winner",
        "at-most-one-world-lead",
        setting("results", _ABEL_2022, codes=["WL", "SB"]),
        _wrong(_ABEL_2022, "codes", "WL", "none, or the fastest time"),
        beside=("record-beats-record",),
    ),
]

RECORDS = [*_NATIONS_AND_CODES, *_POSSIBLE, *_BEATEN]

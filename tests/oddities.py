"""Strange things that real races do, and that break no rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tests.cases.case import adding, quote_of, result, setting, stating, unclaim
from tests.lawful import ALDER, ALDER_2022, BIRCH, CEDAR, GAZETTE, HERALD, claimed
from tests.provenance import Statement
from tests.tables import Row, Tables, add, as_table, change, rows_of

__all__ = ["ODDITIES", "backwards"]

_HANA, _INES, _JOLENE = (result(woman, BIRCH) for woman in ("hana-brook", "ines-calder", "jolene-park"))
_ABEL_2022, _BRUNO_2022 = (result(man, CEDAR) for man in ("abel-thorn", "bruno-falk"))
_LED_400 = f"race_id={BIRCH} from_m=0 to_m=400 basis=leader athlete_id=hana-brook"
_LED_800 = f"race_id={BIRCH} from_m=0 to_m=800 basis=leader athlete_id=hana-brook"
_LAP_2 = f"race_id={BIRCH} from_m=400 to_m=800 basis=leader athlete_id=hana-brook"
_EMILS_MARK = "mark_id=emil-horn-1500m-2018"
_RETOLD = quote_of(HERALD, 2)


def _both(*changes: Callable[[Tables], Tables]) -> Callable[[Tables], Tables]:
    def changed(tables: Tables) -> Tables:
        for one in changes:
            tables = one(tables)
        return tables

    return changed


def _dead_heat_for_first(tables: Tables) -> Tables:
    tables = change(tables, "results", _INES, place=1, time_ms=245_200, mark="4:05.2")
    return claimed(tables)


def _cedar_scored(tables: Tables) -> Tables:
    tables = change(tables, "races", f"race_id={CEDAR}", series="Diamond League", points_scale=[8, 7, 6, 5, 4, 3, 2, 1])
    for man, points in (("bruno-falk", 8), ("abel-thorn", 7), ("dario-lunt", 6)):
        tables = change(tables, "results", result(man, CEDAR), points=points)
    return claimed(tables)


def _three_tie(tables: Tables) -> Tables:
    for key in (_INES, _JOLENE):
        tables = change(tables, "results", key, place=1, time_ms=245_200, mark="4:05.2", codes=["WL"])
    return claimed(change(tables, "results", _HANA, codes=["WL"]))


def _without_splits_of(race: str) -> Callable[[Tables], Tables]:
    def changed(tables: Tables) -> Tables:
        kept = [row for row in rows_of(tables, "splits") if row["race_id"] != race]
        return claimed({**tables, "splits": as_table("splits", kept)})

    return changed


def backwards(tables: Tables) -> Tables:
    """The tables with their rows in reverse."""
    return {name: as_table(name, reversed(rows_of(tables, name))) for name in tables}


def _without(*names: str) -> Callable[[Tables], Tables]:
    return lambda tables: {name: table for name, table in tables.items() if name not in names}


def _split(race: str, athlete: str, stretch: tuple[float, float], ms: int, mark: str) -> Callable[[Tables], Tables]:
    named = {"race_id": race, "from_m": stretch[0], "to_m": stretch[1], "basis": "athlete", "athlete_id": athlete}
    return adding("splits", **named, time_ms=ms, decimals=1, mark=mark)


def _mark(discipline: str, distance: float, ms: int, decimals: int, mark: str) -> Callable[[Tables], Tables]:
    timed = {"time_ms": ms, "decimals": decimals, "mark": mark}
    return setting("marks", _EMILS_MARK, discipline=discipline, distance_m=distance, **timed)


def _said(text: str) -> Callable[[Tables], Tables]:
    return setting("quotes", _RETOLD, text=text)


def _older(athlete: str, ms: int, decimals: int, mark: str, year: int, **more: object) -> Callable[[Tables], Tables]:
    named = {"mark_id": f"{athlete}-mile-{year}-other", "athlete_id": athlete, "year": year, "codes": []}
    timed = {"time_ms": ms, "decimals": decimals, "mark": mark, "discipline": "mile", "distance_m": 1609.344}
    return adding("marks", **named | timed | more)


def _coarse(value: str) -> Callable[[Tables], Tables]:
    return stating(Statement(GAZETTE, "results", result("abel-thorn"), "mark", value))


_TIED_THIRD: Row = {
    "race_id": ALDER_2022,
    "athlete_id": "emil-horn",
    "nation": "DEN",
    "role": "athlete",
    "status": "OK",
}
_TIED_THIRD |= {"place": 3, "time_ms": 233_100, "decimals": 2, "mark": "3:53.10", "codes": []}


def _unled(tables: Tables) -> Tables:
    tables = change(tables, "splits", _LED_800, athlete_id=None)
    return claimed(change(tables, "splits", _LAP_2, athlete_id=None))


def _somebody_led(tables: Tables) -> Tables:
    """A source names who led, and it is ruled that nobody can tell."""
    about, key = "splits", f"race_id={CEDAR} from_m=0 to_m=800 basis=leader"
    tables = change(tables, "splits", f"{key} athlete_id=dario-lunt", athlete_id=None)
    named = {"ruling_id": "nobody-tells", "about": about, "key": key, "field": "athlete_id", "value": None}
    tables = add(tables, "rulings", **named, rejected=[], rule="no-evidence", reason="Two men are named.")
    return claimed(tables, Statement(GAZETTE, about, key, "athlete_id", "dario-lunt", "unsettled"))


ODDITIES: dict[str, Callable[[Tables], Tables]] = {
    "equal times have different places": setting("results", _INES, time_ms=245_200, mark="4:05.2"),
    "there is a dead heat for first": _dead_heat_for_first,
    "three share first place and the world lead": _three_tie,
    "the tie for last ends the list": setting("results", _JOLENE, place=2, time_ms=245_900, mark="4:05.9"),
    "a pacemaker wins": setting("results", _BRUNO_2022, role="pacemaker"),
    "a pacemaker finishes with points": _cedar_scored,
    "a leader is named by nobody": _unled,
    "who led is claimed and ruled unknown": _somebody_led,
    "a list to 3:56.00 ends with 3:56.00": _both(
        lambda t: change(t, "races", f"race_id={ALDER_2022}", coverage="to-3:56"),
        setting("results", result("caleb-stroud", ALDER_2022), time_ms=236_000, mark="3:56.00"),
    ),
    "a podium ends with a tie for third": adding("results", **_TIED_THIRD),
    "a full list shows only who finished": setting("races", f"race_id={CEDAR}", coverage="full"),
    "a final of the Diamond League scores nothing": setting(
        "races", f"race_id={ALDER_2022}", series="Diamond League final", points_scale=None
    ),
    "a series that nobody knows scores": setting(
        "races", f"race_id={CEDAR}", series="Cedar Tour", points_scale=[3, 2, 1]
    ),
    "a race has no splits": _without_splits_of(CEDAR),
    "a man who did not finish has a split of his own": _split(ALDER, "festus-oyar", (0.0, 1000.0), 145_000, "2:25.0"),
    "a woman disqualified has a split": _split(BIRCH, "kaia-ness", (0.0, 1200.0), 196_000, "3:16.0"),
    "two races have the same winner, places and day": setting("races", f"race_id={CEDAR}", date=dt.date(2021, 7, 10)),
    "a first lap takes 80 seconds": _both(
        setting("splits", _LED_400, time_ms=80_000, mark="1:20.0"),
        setting("splits", _LAP_2, time_ms=50_500, mark="50.5"),
    ),
    "a lap adds up within its roundings": setting("splits", _LAP_2, time_ms=66_500, mark="1:06.5"),
    "a man runs 100 m in ten seconds": _split(CEDAR, "bruno-falk", (1509.344, 1609.344), 10_000, "10.0"),
    "a stretch is too short to be judged": _split(CEDAR, "bruno-falk", (1600.0, 1609.344), 300, "0.3"),
    "an athlete passes in the leader's time": _split(BIRCH, "ines-calder", (0.0, 800.0), 130_500, "2:10.5"),
    # Without the claim that counts the men of the nation that was his.
    "a nation differs between two years": _both(
        setting("results", _ABEL_2022, nation="IRL"),
        unclaim("check", f"race_id={CEDAR} nation=GBR top=9", "nation-count", "1"),
    ),
    "a nation is a neutral athlete's": setting("results", _INES, nation="ANA"),
    "a nation has a superseded code": setting("results", _INES, nation="SIN"),
    "a nation is one code here and another at ISO": setting("results", _INES, nation="BRN"),
    "a nation is of its day": _both(
        lambda t: change(t, "races", f"race_id={BIRCH}", date=dt.date(1991, 6, 4)),
        setting("results", _INES, nation="URS"),
    ),
    "a nation's only year is the race's": _both(
        lambda t: change(t, "races", f"race_id={BIRCH}", date=dt.date(1992, 6, 4)),
        setting("results", _INES, nation="EUN"),
    ),
    "points end with the scale": _both(
        lambda t: change(t, "races", f"race_id={ALDER}", series="Invitational", points_scale=[8, 7, 6, 5]),
        setting("results", result("emil-horn"), points=None),
    ),
    "tied men share the points of their places": setting("results", result("caleb-stroud"), points=6),
    "a season's best stands beside what implies it": setting("results", _HANA, codes=["NR", "MR", "PB", "SB"]),
    "codes are equalled ones": setting("results", _HANA, codes=["=NR", "=MR", "=SB"]),
    "a record is equalled and the season's best set": setting("results", _HANA, codes=["=NR", "SB"]),
    "a time beats the world record and says so": setting(
        "results", _BRUNO_2022, time_ms=222_000, mark="3:42.00", codes=["WR", "NR", "PB"]
    ),
    "a time equals a better world record": setting(
        "results", _BRUNO_2022, time_ms=223_120, mark="3:43.12", codes=["=WR", "PB"]
    ),
    "a fallen man walks in": setting("results", result("dario-lunt", CEDAR), time_ms=600_000, mark="10:00.00"),
    "an older mark is over a distance too short to judge": _mark("400m", 400.0, 43_500, 1, "43.5"),
    "an older mark has hours": _mark("marathon", 42_195.0, 7_501_000, 0, "2:05:01"),
    "an older mark is over two miles": _mark("2miles", 3218.688, 480_000, 2, "8:00.00"),
    "an older mark is to the thousandth": _mark("1500m", 1500.0, 217_123, 3, "3:37.123"),
    "a hand time stops a tenth short of a later record": _older("bruno-falk", 230_300, 1, "3:50.3", 2018),
    "a faster mark is of a later year": _older("abel-thorn", 229_000, 2, "3:49.00", 2023),
    "a faster mark is of the same year, its day unknown": _older("abel-thorn", 229_000, 2, "3:49.00", 2021),
    "a faster mark of another year is no lead": _older("dario-lunt", 229_000, 2, "3:49.00", 2020),
    "a faster countryman has no record": _older("magnus-sund", 229_000, 2, "3:49.00", 1999),
    "a faster record is another nation's": _older("lorn-adair", 229_000, 2, "3:49.00", 1999, codes=["NR"]),
    "a faster mark is an indoor one": _older("abel-thorn", 229_000, 2, "3:49.00", 2019, discipline="mile-indoor"),
    "a passage holds quotation marks and apostrophes": _said("He said “go,” I went: ’twas the runners’"),
    "a passage is in another script": _said("最後の一周 – très vite, Ångström 𝄞!"),
    "a passage has an a-tilde that means it": _said("JoÃo ran, Âme too, ã fine word"),
    "a remark is published on the day it was made": setting("quotes", _RETOLD, said_on=dt.date(2022, 6, 5)),
    "a rounded mark is rounded down": _coarse("3:50"),
    "a rounded mark is rounded up": _coarse("3:51"),
    "a rounded mark is rounded to a tenth": _coarse("3:50.1"),
    "rows stand backwards": backwards,
    "there is nothing but results and races": _without(
        *("splits", "quotes", "athletes", "marks", "sources", "claims", "rulings", "documents")
    ),
    "there is nothing but results": _without(
        *("splits", "quotes", "races", "athletes", "marks", "sources", "claims", "rulings", "documents")
    ),
    "there is nothing but splits": _without(
        *("results", "quotes", "races", "athletes", "marks", "sources", "claims", "rulings", "documents")
    ),
    "there are no older marks": _without("marks"),
}

"""Invented races, with all that the tables can hold, that break no invariant: three, and two more editions of the first.

Tied men, a finish parted within a hundredth, a pacemaker who drops out and one who finishes, a
change of leader, a start missed, a disqualification, hand timing, conflicting claims, and a claim
of every fact that can be computed.
"""

from __future__ import annotations

import datetime as dt

from tests.provenance import Statement, with_digest
from tests.provenance import claimed as _claimed
from tests.tables import Row, Tables, as_table, ordered, rows_of

__all__ = ["ALDER", "ALDER_2019", "ALDER_2022", "BIRCH", "CEDAR", "GAZETTE", "HERALD", "LAWFUL", "LIST", "claimed"]

ALDER, BIRCH, CEDAR = "alder-mile-2021", "birch-1500m-2022", "cedar-mile-2022"
ALDER_2019, ALDER_2022 = "alder-mile-2019", "alder-mile-2022"
GAZETTE, HERALD, LIST = "gazette-2021-07-11-report", "herald-2022-06-05-report", "cedar-2022-results"


def _result(race: str, athlete: str, nation: str, place: int, ms: int, decimals: int, mark: str, *codes: str) -> Row:
    timed = {"place": place, "time_ms": ms, "decimals": decimals, "mark": mark, "codes": list(codes)}
    return {"race_id": race, "athlete_id": athlete, "nation": nation, "role": "athlete", "status": "OK"} | timed


def _absent(race: str, athlete: str, nation: str, status: str, role: str = "athlete") -> Row:
    return {"race_id": race, "athlete_id": athlete, "nation": nation, "role": role, "status": status, "codes": []}


_RESULTS = [
    _result(ALDER_2019, "abel-thorn", "GBR", 1, 233_000, 2, "3:53.00"),
    _result(ALDER_2019, "dario-lunt", "ITA", 2, 234_200, 2, "3:54.20"),
    _result(ALDER_2019, "emil-horn", "DEN", 3, 235_900, 2, "3:55.90"),
    _result(ALDER_2022, "dario-lunt", "ITA", 1, 232_000, 2, "3:52.00"),
    _result(ALDER_2022, "abel-thorn", "GBR", 2, 232_600, 2, "3:52.60"),
    _result(ALDER_2022, "caleb-stroud", "USA", 3, 233_100, 2, "3:53.10"),
    _result(ALDER, "abel-thorn", "GBR", 1, 230_120, 2, "3:50.12", "WL", "PB") | {"points": 8},
    _result(ALDER, "bruno-falk", "SWE", 2, 230_300, 2, "3:50.30", "NR", "PB") | {"points": 7},
    _result(ALDER, "caleb-stroud", "USA", 2, 230_300, 2, "3:50.30", "SB") | {"points": 7},
    _result(ALDER, "dario-lunt", "ITA", 4, 231_000, 2, "3:51.00") | {"points": 5},
    _result(ALDER, "emil-horn", "DEN", 5, 231_000, 2, "3:51.00") | {"points": 4},
    _absent(ALDER, "festus-oyar", "KEN", "DNF", "pacemaker"),
    _absent(ALDER, "gil-marsh", "IRL", "DNS"),
    _result(BIRCH, "hana-brook", "NZL", 1, 245_200, 1, "4:05.2", "MR", "SB"),
    _result(BIRCH, "ines-calder", "POR", 2, 245_900, 1, "4:05.9"),
    _result(BIRCH, "jolene-park", "USA", 3, 247_000, 1, "4:07.0", "=SB"),
    _absent(BIRCH, "kaia-ness", "NOR", "DQ"),
    _result(CEDAR, "bruno-falk", "SWE", 1, 229_870, 2, "3:49.87", "NR", "PB"),
    _result(CEDAR, "abel-thorn", "GBR", 2, 232_410, 2, "3:52.41", "SB"),
    _result(CEDAR, "dario-lunt", "ITA", 3, 242_100, 2, "4:02.10") | {"role": "pacemaker"},
]


def _split(race: str, stretch: str, whose: str, ms: int, decimals: int, mark: str, basis: str = "leader") -> Row:
    begin, end = map(float, stretch.split("-"))
    timed = {"athlete_id": whose or None, "time_ms": ms, "decimals": decimals, "mark": mark}
    return {"race_id": race, "from_m": begin, "to_m": end, "basis": basis} | timed


_SPLITS = [
    _split(ALDER, "0-400", "festus-oyar", 56_100, 2, "56.10"),
    _split(ALDER, "0-800", "festus-oyar", 113_400, 2, "1:53.40"),
    _split(ALDER, "0-1200", "bruno-falk", 172_300, 2, "2:52.30", "athlete"),
    _split(ALDER, "0-1200", "abel-thorn", 172_000, 2, "2:52.00"),
    _split(ALDER, "0-1500", "abel-thorn", 214_600, 2, "3:34.60", "athlete"),
    _split(ALDER, "0-1500", "bruno-falk", 215_100, 2, "3:35.10", "athlete"),
    _split(ALDER, "400-800", "festus-oyar", 57_300, 2, "57.30"),
    _split(ALDER, "800-1200", "", 58_600, 2, "58.60"),
    _split(ALDER, "1200-1609.344", "abel-thorn", 58_100, 1, "58.1", "athlete"),
    _split(ALDER, "1200-1609.344", "bruno-falk", 58_000, 2, "58.00", "athlete"),
    _split(BIRCH, "0-400", "hana-brook", 64_200, 1, "1:04.2"),
    _split(BIRCH, "0-800", "hana-brook", 130_500, 1, "2:10.5"),
    _split(BIRCH, "400-800", "hana-brook", 66_300, 1, "1:06.3"),
    _split(CEDAR, "0-800", "dario-lunt", 114_500, 1, "1:54.5"),
    _split(CEDAR, "0-1200", "bruno-falk", 172_800, 1, "2:52.8"),
]

_MILE: Row = {"discipline": "mile", "distance_m": 1609.344}
_MARKS: list[Row] = [
    {"mark_id": "abel-thorn-mile-2019-rowan", "athlete_id": "abel-thorn", "time_ms": 232_440, "decimals": 2}
    | {"mark": "3:52.44", "year": 2019, "date": dt.date(2019, 6, 1), "venue": "Rowan Park", "place": 3}
    | {"codes": ["PB"]}
    | _MILE,
    {"mark_id": "bruno-falk-mile-indoor-2020", "athlete_id": "bruno-falk", "time_ms": 234_000, "decimals": 0}
    | {"mark": "3:54", "year": 2020, "codes": ["NIR", "=PB"], "discipline": "mile-indoor", "distance_m": 1609.344},
    {"mark_id": "dario-lunt-mile-2021-elm", "athlete_id": "dario-lunt", "time_ms": 232_900, "decimals": 1}
    | {"mark": "3:52.9", "year": 2021, "date": dt.date(2021, 5, 1), "venue": "Elm Road", "codes": []}
    | _MILE,
    {"mark_id": "emil-horn-1500m-2018", "athlete_id": "emil-horn", "time_ms": 217_100, "decimals": 1}
    | {"mark": "3:37.1", "year": 2018, "codes": [], "discipline": "1500m", "distance_m": 1500.0},
    {"mark_id": "magnus-sund-mile-1985", "athlete_id": "magnus-sund", "time_ms": 231_600, "decimals": 1}
    | {"mark": "3:51.6", "year": 1985, "codes": ["NR"]}
    | _MILE,
]


def _race(race: str, name: str, meet: str, series: str, date: dt.date, place: str, event: Row) -> Row:
    venue, city, country = place.split(", ")
    where = {"venue": venue, "city": city, "country": country}
    return {"race_id": race, "name": name, "meet": meet, "series": series, "date": date} | where | event


_RACES = [
    _race(
        *(ALDER_2019, "Alder Mile", "Alder Games", "Invitational", dt.date(2019, 7, 13), "Alder Field, Alderton, GBR"),
        _MILE | {"sex": "M", "coverage": "to-3:56"},
    ),
    _race(
        *(ALDER, "Alder Mile", "Alder Games", "Diamond League", dt.date(2021, 7, 10), "Alder Field, Alderton, GBR"),
        _MILE | {"sex": "M", "coverage": "full", "points_scale": [8, 7, 6, 5, 4, 3, 2, 1]},
    ),
    _race(
        *(ALDER_2022, "Alder Mile", "Alder Games", "Diamond League", dt.date(2022, 7, 9), "Alder Field, Alderton, GBR"),
        _MILE | {"sex": "M", "coverage": "podium", "points_scale": [8, 7, 6, 5, 4, 3, 2, 1]},
    ),
    _race(
        *(BIRCH, "Birch 1500", "Birch Night", "Invitational", dt.date(2022, 6, 4), "Birch Oval, Birchester, NZL"),
        {"discipline": "1500m", "distance_m": 1500.0, "sex": "W", "coverage": "full"},
    ),
    _race(
        *(CEDAR, "Cedar Mile", "Cedar Evening", "Invitational", dt.date(2022, 9, 3), "Cedar Track, Cedarby, SWE"),
        _MILE | {"sex": "M", "coverage": "finishers"},
    ),
]


def _athlete(name: str, nation: str, *more_spellings: str) -> Row:
    given, family = name.split()
    named = {"athlete_id": name.lower().replace(" ", "-"), "name": name, "given_name": given, "family_name": family}
    return named | {"nation": nation, "aliases": sorted([name, *more_spellings])}


_ATHLETES = [
    _athlete("Abel Thorn", "GBR", "Abe Thorn"),
    _athlete("Bruno Falk", "SWE"),
    _athlete("Caleb Stroud", "USA"),
    _athlete("Dario Lunt", "ITA"),
    _athlete("Emil Horn", "DEN"),
    _athlete("Festus Oyar", "KEN"),
    _athlete("Gil Marsh", "IRL"),
    _athlete("Hana Brook", "NZL"),
    _athlete("Ines Calder", "POR"),
    _athlete("Jolene Park", "USA"),
    _athlete("Kaia Ness", "NOR"),
    _athlete("Lorn Adair", "GBR"),
    _athlete("Magnus Sund", "SWE"),
]


def _source(source_id: str, publisher: str, title: str, kind: str, **more: object) -> Row:
    named = {"source_id": source_id, "publisher": publisher, "title": title, "kind": kind}
    return named | {"url": f"https://example.org/{source_id}"} | more


_SOURCES = [
    _source(LIST, "Cedar Evening", "Results of the Cedar Mile", "results list", upstream="timing-hut"),
    _source(
        *(GAZETTE, "Alder Gazette", "Thorn Takes the Alder Mile", "report"),
        author="Ora Quill",
        published_on=dt.date(2021, 7, 11),
    ),
    _source(HERALD, "Birch Herald", "A Night of Firsts", "report", published_on=dt.date(2022, 6, 5)),
]


def _quote(source: str, number: int, utterance: int, saying: str, speaker: str, text: str, **more: object) -> Row:
    ids = {"quote_id": f"{source}-q{number:02}", "utterance_id": f"{source}-u{utterance:02}", "saying_id": saying}
    return ids | {"source_id": source, "speaker_id": speaker, "race_id": ALDER, "text": text, "marks": "double"} | more


_MIXED_ZONE = {"context": "mixed zone", "said_on": dt.date(2021, 7, 10)}
_QUOTES = [
    _quote(GAZETTE, 1, 1, "thorn-every-step", "abel-thorn", "I’d counted every step, été comme hiver,", **_MIXED_ZONE),
    _quote(GAZETTE, 2, 1, "thorn-every-step", "abel-thorn", "and none of them was short.", **_MIXED_ZONE),
    _quote(HERALD, 1, 1, "adair-quiet-legs", "lorn-adair", "Quiet legs win loud races.", context="podcast"),
    _quote(HERALD, 2, 2, "thorn-every-step", "abel-thorn", "I counted every step.", **_MIXED_ZONE),
]


def _says(about: str, key: str, field: str, value: str, verdict: str = "upheld") -> Statement:
    return Statement(GAZETTE, about, key, field, value, verdict)


def _fact(name: str, arguments: str, value: str, verdict: str = "upheld") -> Statement:
    return _says("check", arguments, name, value, verdict)


_ABEL = f"race_id={ALDER} athlete_id=abel-thorn"
_CONFLICTS = (
    _says("athletes", "athlete_id=abel-thorn", "name", "Abe Thorn", "overruled"),
    _says("results", _ABEL, "mark", "3:50"),
    _says("results", _ABEL, "mark", "3:50.2"),
    _says("results", _ABEL, "mark", "3:50.21", "overruled"),
    _says("results", f"race_id={ALDER} athlete_id=festus-oyar", "mark", "3:59.9", "overruled"),
    _says("splits", f"race_id={ALDER} from_m=0 to_m=400 basis=leader", "athlete_id", "abel-thorn", "overruled"),
    _says("splits", f"race_id={ALDER} from_m=800 to_m=1200 basis=leader", "athlete_id", "abel-thorn", "overruled"),
    _says("marks", "mark_id=emil-horn-1500m-2018", "date", "2018-07-01", "unsettled"),
)
_FACTS = (
    _fact("finishers-under", f"race_id={ALDER} under=3:51", "3"),
    _fact("finishers", f"race_id={ALDER}", "5"),
    _fact("starters", f"race_id={ALDER}", "7", "overruled"),
    _fact("starters", f"race_id={ALDER}", "6"),
    _fact("racers", f"race_id={ALDER}", "5"),
    _fact("racers", f"race_id={ALDER} less=2", "3"),
    _fact("nation-count", f"race_id={ALDER} nation=SWE", "1"),
    _fact("nation-count", f"race_id={ALDER} nation=DEN top=4", "0"),
    _fact("men-ahead", f"race_id={ALDER} athlete_id=dario-lunt", "3"),
    _fact("men-ahead", f"race_id={ALDER} athlete_id=dario-lunt nation=USA", "1"),
    _fact("margin", f"race_id={ALDER} athlete_id=abel-thorn behind=bruno-falk", "0.18"),
    _fact("margin", f"race_id={ALDER} athlete_id=abel-thorn behind=bruno-falk", "0.2"),
    _fact("margin", "mark_id=dario-lunt-mile-2021-elm behind=abel-thorn-mile-2019-rowan", "0.46"),
    _fact("years-since", f"mark_id=magnus-sund-mile-1985 race_id={ALDER}", "36"),
    _fact("days-between", "from=2021-07-10 to=2022-09-03", "420"),
    _fact("weeks-between", "from=2021-07-10 to=2022-09-02", "59"),
    _fact("months-between", "from=2021-07 to=2022-09", "14"),
    _fact("converted-mark", f"race_id={ALDER} athlete_id=abel-thorn factor=1.08", "3:33.07"),
    _fact("improved-by", f"race_id={ALDER} athlete_id=abel-thorn", "2.32"),
    _fact("improved-by", f"race_id={ALDER} athlete_id=abel-thorn more_than=2", "2"),
    _fact("record-improved-by", f"race_id={ALDER} athlete_id=bruno-falk mark_id=magnus-sund-mile-1985", "1.30"),
    _fact("rounded-split", f"race_id={ALDER} to_m=400", "57"),
    _fact("finishers-under", f"race_id={CEDAR} under=3:53", "2"),
    _fact("finishers-under", f"race_id={ALDER_2019} under=3:56", "3"),
    _fact("finishers", f"race_id={CEDAR}", "3"),
    _fact("nation-count", f"race_id={CEDAR} nation=GBR top=9", "1"),
    _fact("nation-count", f"race_id={ALDER_2022} nation=GBR top=3", "1"),
    _fact("improved-by", f"race_id={ALDER} athlete_id=emil-horn", "4.90"),
    _fact("margin-within", f"race_id={ALDER} athlete_id=bruno-falk behind=abel-thorn seconds=0.18", "yes"),
    _fact("margin-within", f"race_id={ALDER} athlete_id=abel-thorn behind=bruno-falk seconds=0.1", "no"),
    _fact("wins", "athlete_id=abel-thorn", "2"),
    _fact("wins", f"athlete_id=abel-thorn before={ALDER}", "1"),
    _fact("wins", f"athlete_id=bruno-falk until={ALDER_2022}", "0"),
    _fact("wins", "athlete_id=nobody-known", "0"),
    _fact("times-placed", "athlete_id=abel-thorn place=2", "2"),
    _fact("times-placed", f"athlete_id=abel-thorn place=2 until={ALDER_2022}", "1"),
    _fact("podiums", "athlete_id=dario-lunt", "3"),
    _fact("podiums", f"athlete_id=abel-thorn before={ALDER_2022}", "2"),
    _fact("best-place", "athlete_id=emil-horn", "3"),
    _fact("best-place", f"athlete_id=dario-lunt until={ALDER}", "2"),
    _fact("bowerman-miles-run", "athlete_id=gil-marsh", "0"),
    _fact("bowerman-miles-run", "athlete_id=festus-oyar", "1"),
    _fact("bowerman-miles-run", f"athlete_id=abel-thorn until={ALDER_2022}", "3"),
    _fact("finishes-under", "athlete_id=abel-thorn under=3:53", "3"),
    _fact("finishes-under", f"athlete_id=abel-thorn under=3:53 before={ALDER_2022}", "1"),
    _fact("last-win", "athlete_id=abel-thorn", "2021"),
    _fact("last-win", f"athlete_id=abel-thorn before={ALDER}", "2019"),
    _fact("consecutive-wins", f"race_id={ALDER} athlete_id=abel-thorn", "2"),
    _fact("consecutive-wins", f"race_id={ALDER_2022} athlete_id=dario-lunt", "1"),
    _fact("consecutive-wins", f"race_id={ALDER_2022} athlete_id=abel-thorn", "0"),
    _fact("debut", f"race_id={ALDER} athlete_id=abel-thorn", "no"),
    _fact("debut", f"race_id={ALDER} athlete_id=caleb-stroud", "yes"),
    _fact("debut", f"race_id={ALDER} athlete_id=gil-marsh", "yes"),
    _fact("debut-year", "athlete_id=emil-horn", "2019"),
    _fact("race-record", f"before={ALDER}", "3:53.00"),
    _fact("race-record", f"before={ALDER_2022}", "3:50"),
    _fact("race-record", f"until={ALDER_2022}", "3:50.12"),
    _fact("race-record-age", f"race_id={ALDER}", "2"),
    _fact("race-record-age", f"race_id={ALDER_2022}", "1"),
    _fact("first-edition", "name=alder-mile", "2019"),
    _fact("edition-number", f"race_id={ALDER_2022}", "3"),
    _fact("edition-number", f"race_id={ALDER_2022}", "4", "overruled"),
    _fact("edition-held", "name=alder-mile year=2020", "no"),
    _fact("edition-held", "name=alder-mile year=2021", "yes"),
    _fact("age", "athlete_id=abel-thorn on=2021-07-10", "24", "unsettled"),
    _fact("position", f"race_id={ALDER} athlete_id=emil-horn at_m=500", "1", "overruled"),
    _fact("title", "athlete_id=abel-thorn of=oak-games", "gold"),
    _fact("title", "athlete_id=abel-thorn of=oak-games", "silver", "overruled"),
)


def _ruling(about: str, key: str, field: str, value: str | None, rejected: list[str], rule: str) -> Row:
    ruling_id = f"{about}-{field.replace('_', '-')}-{rule}-{len(key)}"
    settled = {"value": value, "rejected": rejected, "rule": rule, "reason": "The table was read by two people."}
    return {"ruling_id": ruling_id, "about": about, "key": key, "field": field} | settled


_FIRST_LAP, _THIRD_LAP = (f"race_id={ALDER} from_m={lap} basis=leader" for lap in ("0 to_m=400", "800 to_m=1200"))
_RULINGS = [
    _ruling("athletes", "athlete_id=abel-thorn", "name", "Abel Thorn", ["Abe Thorn"], "short-form"),
    _ruling("results", _ABEL, "mark", "3:50.12", ["3:50.21"], "table-over-prose"),
    _ruling("results", f"race_id={ALDER} athlete_id=festus-oyar", "mark", None, ["3:59.9"], "status-over-time"),
    _ruling("splits", _FIRST_LAP, "athlete_id", "festus-oyar", ["abel-thorn"], "attribution"),
    _ruling("splits", _THIRD_LAP, "athlete_id", None, ["abel-thorn"], "attribution"),
    _ruling("marks", "mark_id=emil-horn-1500m-2018", "date", None, [], "no-evidence"),
    _ruling("check", f"race_id={ALDER}", "starters", "6", ["7"], "arithmetic"),
    _ruling("check", f"race_id={ALDER_2022}", "edition-number", "3", ["4"], "arithmetic"),
    _ruling("check", "athlete_id=abel-thorn on=2021-07-10", "age", None, [], "no-evidence"),
    _ruling("check", f"race_id={ALDER} athlete_id=emil-horn at_m=500", "position", None, ["1"], "eyewitness"),
    _ruling("check", "athlete_id=abel-thorn of=oak-games", "title", "gold", ["silver"], "eyewitness"),
]

_ROWS = {
    "results": _RESULTS,
    "splits": _SPLITS,
    "quotes": _QUOTES,
    "races": _RACES,
    "athletes": _ATHLETES,
    "marks": _MARKS,
    "sources": _SOURCES,
    "rulings": _RULINGS,
}


def claimed(tables: Tables, *more: Statement) -> Tables:
    """The tables with claims for all they say, so that a changed value stays a claimed one."""
    source_of = {ALDER: GAZETTE, ALDER_2019: LIST, ALDER_2022: LIST, BIRCH: HERALD, CEDAR: LIST}
    return _claimed(tables, source_of, GAZETTE, frozenset({LIST}), _CONFLICTS + _FACTS + more)


def _identified(tables: Tables) -> Tables:
    ids = {name: [with_digest(name, row) for row in rows_of(tables, name)] for name in ("quotes", "rulings")}
    return tables | {name: as_table(name, rows) for name, rows in ids.items()}


LAWFUL = _identified(claimed({name: as_table(name, ordered(name, rows)) for name, rows in _ROWS.items()}))

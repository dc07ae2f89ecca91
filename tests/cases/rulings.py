"""Bad cases of rulings and verdicts."""

from __future__ import annotations

from collections.abc import Callable

from tests.cases.case import Case, Wrong, case, claim_of, result, shipped, stating, unclaim
from tests.lawful import ALDER, ALDER_2019, ALDER_2022, CEDAR, GAZETTE, LAWFUL
from tests.provenance import Statement, claim_key, with_digest
from tests.tables import Tables, add, change, drop, find, row_key, rows_of

__all__ = ["RULINGS"]

_ABEL, _EMIL, _FESTUS = (result(man) for man in ("abel-thorn", "emil-horn", "festus-oyar"))
_EMILS_MARK = "mark_id=emil-horn-1500m-2018"


def _ruling_of(about: str, key: str, field: str) -> str:
    wanted = (about, key, field)
    (row,) = [r for r in rows_of(LAWFUL, "rulings") if (r["about"], r["key"], r["field"]) == wanted]
    return row_key("rulings", row)


_MARK_RULING = _ruling_of("results", _ABEL, "mark")
_NO_MARK_RULING = _ruling_of("results", _FESTUS, "mark")
_STARTERS_RULING = _ruling_of("check", f"race_id={ALDER}", "starters")
_AGE = ("check", "athlete_id=abel-thorn on=2021-07-10", "age")
_TITLE = ("check", "athlete_id=abel-thorn of=oak-games", "title")


def _ruled(name: str, key: str, column: str, to: object, value: str | None, expected: str) -> Case:
    changed = lambda tables: change(tables, "rulings", key, **{column: to})
    return case(name, "rulings-hold", changed, Wrong("rulings", key, column, value, expected))


def _new_ruling(field: str, value: str | None, about: str, key: str) -> Callable[[Tables], Tables]:
    named = {"ruling_id": "new-ruling", "about": about, "key": key, "field": field, "value": value}
    return lambda t: add(t, "rulings", **named | {"rejected": [], "rule": "no-evidence", "reason": "Nobody says."})


def _renamed(key: str, **cells: object) -> tuple[str, str, str]:
    """The column, the old id and the id that follows from the changed row."""
    row = find(LAWFUL, "rulings", key)
    name = row["ruling_id"].rpartition("-")[0]
    return "ruling_id", row["ruling_id"], with_digest("rulings", row | {"ruling_id": name} | cells)["ruling_id"]


_CONFLICTS = [
    case(
        "a claim is overruled without a ruling",
        "every-conflict-ruled",
        lambda t: drop(t, "rulings", _MARK_RULING),
        Wrong("claims", claim_of("results", _ABEL, "mark", "3:50.21"), "verdict", "overruled", "a ruling"),
    ),
    case(
        "a claim is unsettled without a ruling",
        "every-conflict-ruled",
        lambda t: drop(t, "rulings", _ruling_of(*_AGE)),
        Wrong("claims", claim_of(*_AGE, "24"), "verdict", "unsettled", "a ruling"),
    ),
    _ruled("a ruling gives another value than the table", _MARK_RULING, "value", "3:50.13", "3:50.13", "3:50.12"),
    _ruled("a ruling gives no value where the table has one", _MARK_RULING, "value", None, None, "3:50.12"),
    _ruled("a ruling gives a value where the table has none", _NO_MARK_RULING, "value", "3:59.9", "3:59.9", "null"),
    _ruled("a ruling gives another value than the computation", _STARTERS_RULING, "value", "7", "7", "6"),
    _ruled("a ruling gives no value where one can be computed", _STARTERS_RULING, "value", None, None, "6"),
    case(
        "a ruling gives a value that nobody states",
        "rulings-hold",
        unclaim(*_TITLE, "gold"),
        Wrong("rulings", _ruling_of(*_TITLE), "value", "gold", "a claim that states it"),
    ),
    _ruled("a ruling rejects what nobody states", _STARTERS_RULING, "rejected", ["7", "8"], "8", "a claim, overruled"),
    _ruled("a ruling does not name the value it overrules", _STARTERS_RULING, "rejected", [], "7", "rejected"),
    case(
        "a ruling is about what nobody states",
        "rulings-hold",
        _new_ruling("venue", None, "marks", _EMILS_MARK),
        Wrong("rulings", "ruling_id=new-ruling", "key", _EMILS_MARK, "a claim"),
    ),
    case(
        "a field has two rulings",
        "rulings-hold",
        lambda t: add(t, "rulings", **find(t, "rulings", _STARTERS_RULING) | {"ruling_id": "new-ruling"}),
        Wrong("rulings", _STARTERS_RULING, "key", f"race_id={ALDER}", "one ruling a field"),
        Wrong("rulings", "ruling_id=new-ruling", "key", f"race_id={ALDER}", "one ruling a field"),
    ),
]


_REASON = "The table was read by three people."
_IDS = [
    shipped(
        case(
            "a ruling has another reason and its id does not follow",
            "id-follows-row",
            lambda t: change(t, "rulings", _MARK_RULING, reason=_REASON),
            Wrong("rulings", _MARK_RULING, *_renamed(_MARK_RULING, reason=_REASON)),
        )
    ),
]


def _verdict(name: str, claim: str, to: str, expected: str) -> Case:
    changed = lambda tables: change(tables, "claims", claim, verdict=to)
    return case(name, "verdicts-recompute", changed, Wrong("claims", claim, "verdict", to, expected))


def _mistaken(name: str, expected: str, about: str, key: str, field: str, value: str) -> Case:
    statement = Statement(GAZETTE, about, key, field, value)
    stated = stating(statement)
    new = claim_key(stated(LAWFUL), about, key, field, value)
    return case(name, "verdicts-recompute", stated, Wrong("claims", new, "verdict", "upheld", expected))


_WRONG_FACTS = [
    ("finishers-under", f"race_id={ALDER} under=3:51", "5"),
    ("finishers-under", f"race_id={ALDER} under=3:51.01", "3"),
    ("finishers", f"race_id={ALDER}", "6"),
    ("racers", f"race_id={ALDER}", "6"),
    ("racers", f"race_id={ALDER} less=2", "4"),
    ("nation-count", f"race_id={ALDER} nation=KEN", "1"),
    ("nation-count", f"race_id={ALDER} nation=DEN top=5", "0"),
    ("men-ahead", f"race_id={ALDER} athlete_id=caleb-stroud", "2"),
    ("men-ahead", f"race_id={ALDER} athlete_id=dario-lunt nation=GBR", "3"),
    ("margin", f"race_id={ALDER} athlete_id=abel-thorn behind=bruno-falk", "0.19"),
    ("margin", "mark_id=dario-lunt-mile-2021-elm behind=abel-thorn-mile-2019-rowan", "0.47"),
    ("years-since", f"mark_id=magnus-sund-mile-1985 race_id={ALDER}", "35"),
    ("days-between", "from=2021-07-10 to=2022-09-03", "419"),
    ("weeks-between", "from=2021-07-10 to=2022-09-02", "60"),
    ("months-between", "from=2021-07 to=2022-09", "13"),
    ("converted-mark", f"race_id={ALDER} athlete_id=abel-thorn factor=1.08", "3:33.08"),
    ("improved-by", f"race_id={ALDER} athlete_id=abel-thorn", "2.42"),
    ("improved-by", f"race_id={ALDER} athlete_id=abel-thorn more_than=4", "4"),
    ("record-improved-by", f"race_id={ALDER} athlete_id=bruno-falk mark_id=magnus-sund-mile-1985", "1.20"),
    ("rounded-split", f"race_id={ALDER} to_m=400", "56"),
    ("finishers-under", f"race_id={ALDER_2019} under=3:54", "2"),
    ("finishers", f"race_id={CEDAR}", "2"),
    ("nation-count", f"race_id={ALDER_2022} nation=GBR top=2", "2"),
    ("improved-by", f"race_id={ALDER} athlete_id=emil-horn", "4.80"),
    ("margin-within", f"race_id={ALDER} athlete_id=abel-thorn behind=bruno-falk seconds=0.17", "yes"),
    ("wins", "athlete_id=abel-thorn", "3"),
    ("wins", f"athlete_id=abel-thorn before={ALDER_2019}", "1"),
    ("times-placed", "athlete_id=abel-thorn place=1", "3"),
    ("podiums", f"athlete_id=dario-lunt until={ALDER_2022}", "3"),
    ("best-place", "athlete_id=dario-lunt", "2"),
    ("bowerman-miles-run", "athlete_id=festus-oyar", "0"),
    ("finishes-under", "athlete_id=abel-thorn under=3:53.01", "3"),
    ("last-win", "athlete_id=abel-thorn", "2022"),
    ("consecutive-wins", f"race_id={ALDER_2022} athlete_id=abel-thorn", "2"),
    ("debut", f"race_id={ALDER_2022} athlete_id=caleb-stroud", "yes"),
    ("debut-year", "athlete_id=caleb-stroud", "2022"),
    ("race-record", f"until={ALDER}", "3:50.13"),
    ("race-record", f"until={ALDER_2022}", "3:52"),
    ("race-record-age", f"race_id={ALDER_2022}", "3"),
    ("first-edition", "name=alder-mile", "2021"),
    ("edition-number", f"race_id={ALDER}", "1"),
    ("edition-held", "name=alder-mile year=2019", "no"),
    ("winning-time-under", f"race_id={ALDER} under=3:50", "yes"),
    ("lost-to", f"race_id={ALDER} athlete_id=bruno-falk", "caleb-stroud"),
    ("laps", f"race_id={ALDER}", "3"),
    ("race-year", f"race_id={ALDER}", "2022"),
    ("race-month", f"race_id={ALDER}", "2021-08"),
]
_NOT_COMPUTABLE = [
    ("finishers-under", f"race_id={ALDER} under=fast", "3"),
    ("finishers", "race_id=elm-mile-1999", "3"),
    ("men-ahead", f"race_id={ALDER} athlete_id=festus-oyar", "5"),
    ("margin", f"race_id={ALDER} athlete_id=abel-thorn behind=festus-oyar", "0.18"),
    ("years-since", f"mark_id=nobodys-mile race_id={ALDER}", "36"),
    ("days-between", "from=2021-02-30 to=2022-09-03", "420"),
    ("improved-by", f"race_id={ALDER} athlete_id=caleb-stroud", "1"),
    ("rounded-split", f"race_id={ALDER} to_m=500", "70"),
    ("finishers-under", f"race_id={ALDER_2019} under=3:57", "3"),
    ("finishers-under", f"race_id={ALDER_2022} under=3:53", "2"),
    ("finishers", f"race_id={ALDER_2019}", "3"),
    ("finishers", f"race_id={ALDER} among=all", "5"),
    ("starters", f"race_id={CEDAR}", "3"),
    ("racers", f"race_id={CEDAR}", "2"),
    ("nation-count", f"race_id={CEDAR} nation=SWE", "1"),
    ("nation-count", f"race_id={ALDER_2022} nation=GBR top=4", "1"),
    ("margin-within", f"race_id={ALDER} athlete_id=abel-thorn behind=festus-oyar seconds=1", "yes"),
    ("margin-within", f"race_id={ALDER} athlete_id=abel-thorn behind=bruno-falk seconds=some", "yes"),
    ("wins", f"athlete_id=abel-thorn before={ALDER} until={ALDER}", "1"),
    ("wins", "athlete_id=abel-thorn before=elm-mile-1999", "1"),
    ("wins", f"before={ALDER}", "1"),
    ("times-placed", "athlete_id=abel-thorn place=second", "2"),
    ("times-placed", "athlete_id=abel-thorn place=2.0", "2"),
    ("best-place", "athlete_id=gil-marsh", "1"),
    ("finishes-under", "athlete_id=abel-thorn under=fast", "3"),
    ("last-win", "athlete_id=emil-horn", "2019"),
    ("consecutive-wins", "race_id=elm-mile-1999 athlete_id=abel-thorn", "2"),
    ("consecutive-wins", "athlete_id=abel-thorn", "2"),
    ("debut", f"race_id={ALDER} athlete_id=magnus-sund", "yes"),
    ("debut-year", "athlete_id=gil-marsh", "2021"),
    ("race-record", f"before={ALDER_2019}", "3:53.00"),
    ("race-record-age", f"race_id={ALDER_2019}", "1"),
    ("first-edition", "name=elm-mile", "1999"),
    ("edition-number", "race_id=elm-mile-1999", "1"),
    ("edition-held", "name=alder-mile year=2018", "no"),
    ("edition-held", "name=alder-mile year=2023", "no"),
    ("laps-of-honour", f"race_id={ALDER}", "1"),
]

_VERDICTS = [
    _verdict(
        "a rounded mark that the table bears out is unsettled",
        *(claim_of("results", _ABEL, "mark", "3:50"), "unsettled", "upheld"),
    ),
    _verdict(
        "a claim about an empty cell is upheld",
        *(claim_of("marks", _EMILS_MARK, "date", "2018-07-01"), "upheld", "unsettled"),
    ),
    _verdict("what nothing settles is upheld", claim_of(*_AGE, "24"), "upheld", "unsettled"),
    _mistaken("a mark is a hundredth off", "overruled", "results", _ABEL, "mark", "3:50.13"),
    _mistaken("a rounded mark is more than its rounding off", "overruled", "results", _ABEL, "mark", "3:50.3"),
    _mistaken("a rounded mark is more than a second off", "overruled", "results", _ABEL, "mark", "3:49"),
    _mistaken("a mark is not a mark", "overruled", "results", _ABEL, "mark", "3.50"),
    *[
        _mistaken(f"{fact} of {arguments} is not {value}", "overruled", "check", arguments, fact, value)
        for fact, arguments, value in _WRONG_FACTS
    ],
    *[
        _mistaken(f"{fact} of {arguments} cannot be computed", "unsettled", "check", arguments, fact, value)
        for fact, arguments, value in _NOT_COMPUTABLE
    ],
]

RULINGS = [*_CONFLICTS, *_IDS, *_VERDICTS]

"""Bad cases that any table can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa

from bowerman_data.schemas.columns import COLUMNS
from tests.cases.case import Case, Wrong, adding, case, claim_of, quote_of, reclaim, result, setting, unread
from tests.lawful import BIRCH, CEDAR, HERALD, LAWFUL, LIST, claimed
from tests.tables import Row, Tables, add, as_table, change, find, rows_of

__all__ = ["EVERY_TABLE"]

_INES = result("ines-calder", BIRCH)


def _cast(table: str, column: str, dtype: pa.DataType) -> Callable[[Tables], Tables]:
    def changed(tables: Tables) -> Tables:
        whole = tables[table]
        at = whole.schema.get_field_index(column)
        return {**tables, table: whole.set_column(at, column, whole.column(column).cast(dtype))}

    return changed


def _declared(name: str, table: str, change: Callable[[Tables], Tables], *wrong: str | None) -> Case:
    column, value, expected = wrong
    return case(name, "declared-columns", change, Wrong(table, "", column or "", value, expected))


_RACES = LAWFUL["races"].column_names
_SWAPPED = [_RACES[1], _RACES[0], *_RACES[2:]]
_COLUMNS = [
    _declared(
        "a table lacks a column",
        "splits",
        lambda t: {**t, "splits": t["splits"].drop_columns("mark")},
        "mark",
        None,
        "string",
    ),
    _declared(
        "a column has a wider type", "results", _cast("results", "decimals", pa.int32()), "decimals", "int32", "int16"
    ),
    _declared("a number is text", "marks", _cast("marks", "time_ms", pa.string()), "time_ms", "string", "int32"),
    _declared("a day is text", "quotes", _cast("quotes", "said_on", pa.string()), "said_on", "string", "date"),
    _declared(
        "a table has a column too many",
        "athletes",
        lambda t: {**t, "athletes": t["athletes"].append_column("bib", pa.array(["7"] * t["athletes"].num_rows))},
        *("bib", "bib", None),
    ),
    _declared(
        "columns are in another order",
        "races",
        lambda t: {**t, "races": t["races"].select(_SWAPPED)},
        *("", ", ".join(_SWAPPED), ", ".join(_RACES)),
    ),
]


def _blank(name: str, table: str, key: str, column: str, to: object = None) -> Case:
    return case(
        name, "no-missing-value", setting(table, key, **{column: to}), Wrong(table, key, column, None, "a value")
    )


def _outside(
    name: str,
    table: str,
    key: str,
    column: str,
    to: object,
    expected: str,
    *,
    value: str = "",
    beside: tuple[str, ...] = (),
) -> Case:
    wrong = Wrong(table, key, column, value or str(to), expected)
    changed = lambda tables: change(tables, table, key, **{column: to})
    return case(name, "value-in-domain", changed, wrong, beside=beside)


_QUOTE = quote_of(HERALD, 1)
_OWN = "discipline-is-its-distance"
_CELLS = [
    case(
        "a table is empty",
        "never-empty",
        lambda t: claimed({**t, "quotes": as_table("quotes", [])}),
        Wrong("quotes", "", "", "0 rows", "at least 1 row"),
    ),
    _blank("a race has no venue", "races", f"race_id={CEDAR}", "venue"),
    _blank("a person has no family name", "athletes", "athlete_id=lorn-adair", "family_name"),
    _blank("a list is null", "results", _INES, "codes"),
    _blank("a list has a null among its elements", "results", _INES, "codes", [None]),
    _blank("a remark has no saying", "quotes", _QUOTE, "saying_id"),
    _outside(
        "a value is none of its set", "quotes", _QUOTE, "marks", "triple", "one of double, none, one-sided, single"
    ),
    _outside(
        "a race is covered as none is",
        *("races", f"race_id={CEDAR}", "coverage", "winner", "one of finishers, full, podium, to-3:56"),
        beside=("verdicts-recompute",),  # what is counted needs a full field
    ),
    _outside(
        "a source's figures are of a body with a space in its name",
        *("sources", f"source_id={LIST}", "upstream", "timing hut", f"pattern {COLUMNS['upstream'].pattern}"),
    ),
    _blank("a race has no coverage", "races", f"race_id={BIRCH}", "coverage"),
    _outside("a country is in lower case", "races", f"race_id={CEDAR}", "country", "swe", "pattern [A-Z]{3}"),
    _outside("a country is too long", "races", f"race_id={CEDAR}", "country", "SWED", "pattern [A-Z]{3}"),
    _outside(
        "a title ends in a line break", "sources", f"source_id={LIST}", "title", "Results\n", r"pattern \S(.*\S)?"
    ),
    _outside("a country ends in a line break", "races", f"race_id={CEDAR}", "country", "SWE\n", "pattern [A-Z]{3}"),
    case(
        "a place is zero",
        "value-in-domain",
        setting("marks", "mark_id=abel-thorn-mile-2019-rowan", place=0),
        Wrong("marks", "mark_id=abel-thorn-mile-2019-rowan", "place", "0", "1 to 32767"),
    ),
    _outside(
        "a document is beyond all length",
        *("sources", f"source_id={HERALD}", "characters", 100_000_001, "1 to 100000000"),
    ),
    _outside(
        "a distance is not a number",
        *("marks", "mark_id=emil-horn-1500m-2018", "distance_m", float("nan"), "1 to 1000000"),
        beside=(_OWN,),
    ),
    _outside(
        "a distance is infinite",
        *("marks", "mark_id=emil-horn-1500m-2018", "distance_m", float("inf"), "1 to 1000000"),
        beside=(_OWN,),
    ),
    _outside(
        "a distance is infinitely negative",
        *("marks", "mark_id=emil-horn-1500m-2018", "distance_m", float("-inf"), "1 to 1000000"),
        beside=(_OWN,),
    ),
]


def _twice(table: str, key: str, beside: tuple[str, ...] = ()) -> Case:
    column, value = key.split("=")
    doubled = lambda tables: add(tables, table, **find(tables, table, key))
    wrongs = [Wrong(table, key, column, value, None)] * 2
    return case(f"a row of {table} stands twice", "unique-key", doubled, *wrongs, beside=beside)


_KEYS = [
    _twice("races", f"race_id={CEDAR}"),
    _twice("athletes", "athlete_id=bruno-falk"),
    _twice("marks", "mark_id=magnus-sund-mile-1985"),
    _twice("sources", f"source_id={HERALD}"),
    _twice("quotes", _QUOTE, beside=("quote-span-matches",)),
    _twice("rulings", f"ruling_id={rows_of(LAWFUL, 'rulings')[0]['ruling_id']}", beside=("rulings-hold",)),
    _twice("claims", f"claim_id={rows_of(LAWFUL, 'claims')[0]['claim_id']}"),
]


def _unknown(name: str, table: str, key: str, column: str, target: str, row: str = "") -> Case:
    wrong = Wrong(table, row or key, column, "nobody-known", f"one of {target}.{column}")
    return case(name, "known-reference", setting(table, key, **{column: "nobody-known"}), wrong)


_GONE = "race_id=gone-mile-2020 athlete_id=magnus-sund"
_BY_ADDRESS = claim_of("races", f"race_id={CEDAR}", "date", "2022-09-03")
_REFERENCES = [
    _unknown("a result is nobody's", "results", _INES, "athlete_id", "athletes", result("nobody-known", BIRCH)),
    _unknown("an older mark is nobody's", "marks", "mark_id=magnus-sund-mile-1985", "athlete_id", "athletes"),
    case(
        "a claim is of no source",
        "known-reference",
        lambda t: reclaim(t, _BY_ADDRESS, source_id="gone-list")[0],
        Wrong(
            *("claims", reclaim(LAWFUL, _BY_ADDRESS, source_id="gone-list")[1]),
            *("source_id", "gone-list", "one of sources.source_id"),
        ),
    ),
    _unknown("a remark is about no race", "quotes", _QUOTE, "race_id", "races"),
    case(
        "a result is of no race",
        "known-reference",
        adding(
            "results",
            race_id="gone-mile-2020",
            athlete_id="magnus-sund",
            nation="SWE",
            role="athlete",
            status="OK",
            place=1,
            time_ms=240_000,
            decimals=1,
            mark="4:00.0",
            codes=[],
        ),
        Wrong("results", _GONE, "race_id", "gone-mile-2020", "one of races.race_id"),
    ),
    case(
        "a split is of no race",
        "known-reference",
        lambda t: claimed(
            change(
                t,
                "splits",
                f"race_id={CEDAR} from_m=0 to_m=800 basis=leader athlete_id=dario-lunt",
                race_id="gone-mile",
            )
        ),
        Wrong(
            *("splits", "race_id=gone-mile from_m=0 to_m=800 basis=leader athlete_id=dario-lunt"),
            *("race_id", "gone-mile", "one of races.race_id"),
        ),
        beside=("split-has-an-entrant",),
    ),
    case(
        "a quote is of no source",
        "known-reference",
        lambda t: unread(change(t, "quotes", _QUOTE, source_id="gone-herald")),
        Wrong("quotes", _QUOTE, "source_id", "gone-herald", "one of sources.source_id"),
    ),
]


def _moved(name: str, table: str, order: Callable[[list[Row]], list[Row]], key: str, column: str) -> Case:
    value = str(find(LAWFUL, table, key)[column])
    changed = lambda tables: {**tables, table: as_table(table, order(rows_of(tables, table)))}
    return replace(case(name, "row-order", changed, Wrong(table, key, column, value, None)), shipped=True)


_ORDER = [
    _moved(
        "second stands above first",
        *("results", lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]], result("abel-thorn"), "race_id"),
    ),
    _moved(
        "a man without a place stands above the winner",
        *("results", lambda rows: [*rows[:3], rows[8], *rows[3:8], *rows[9:]], result("abel-thorn"), "race_id"),
    ),
    _moved(
        "a later race stands above an earlier",
        *("races", lambda rows: [*rows[:3], rows[4], rows[3]], f"race_id={BIRCH}", "race_id"),
    ),
    _moved(
        "a document's claims stand in another order",
        "claims",
        lambda rows: [rows[1], rows[0], *rows[2:]],
        f"claim_id={rows_of(LAWFUL, 'claims')[0]['claim_id']}",
        "source_id",
    ),
]

EVERY_TABLE = [*_COLUMNS, *_CELLS, *_KEYS, *_REFERENCES, *_ORDER]

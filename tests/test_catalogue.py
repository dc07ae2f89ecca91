"""The declarations of columns, tables and invariants are sound."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bowerman_data.schemas.catalogue import INVARIANTS, Invariant, invariants_of, violation
from bowerman_data.schemas.columns import COLUMNS, SLUG, Column
from bowerman_data.schemas.tables import TABLES, Table

_ON_TOP = {"documents"}  # no table of ours: what a reader holds beside the tables

_invariants = pytest.mark.parametrize("invariant", INVARIANTS.values(), ids=list(INVARIANTS))
_tables = pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
_columns = pytest.mark.parametrize("column", COLUMNS.values(), ids=list(COLUMNS))


@_columns
def test_no_column_is_declared_and_unused(column: Column) -> None:
    assert [table.name for table in TABLES.values() if column.name in table.columns]


@_columns
def test_a_column_is_described_in_sentences(column: Column) -> None:
    assert re.fullmatch(r"[A-Z].*\.", column.description)


@_columns
def test_a_unit_agrees_with_the_suffix_of_the_name(column: Column) -> None:
    suffixes = {suffix: unit for suffix, unit in (("_ms", "ms"), ("_m", "m")) if column.name.endswith(suffix)}
    assert set(suffixes.values()) <= {column.unit}


@_columns
def test_a_column_has_one_kind_of_domain(column: Column) -> None:
    assert sum([bool(column.values), column.pattern is not None, column.minimum is not None]) <= 1
    assert list(column.values) == sorted(column.values) or column.name == "status"


@_tables
def test_a_key_identifies_and_an_order_sorts(table: Table) -> None:
    assert len(set(table.columns)) == len(table.columns)
    assert table.key and table.order
    assert table.columns[: len(table.key)] == table.key or table.name == "sources"


@_tables
def test_every_null_rule_names_an_invariant_of_its_table(table: Table) -> None:
    for column, rule in table.nulls.items():
        assert table.name in INVARIANTS[rule.invariant].tables, column
        assert rule.sentence.startswith("null exactly where ")


@_tables
def test_every_reference_leads_to_a_key(table: Table) -> None:
    for reference in table.references:
        assert TABLES[reference.table].key == (reference.target,)


@_tables
def test_the_uniqueness_of_a_key_is_judged(table: Table) -> None:
    assert table.name in INVARIANTS[table.unique_key_invariant].tables


@_tables
def test_every_table_has_an_invariant_of_its_own(table: Table) -> None:
    assert [i.slug for i in invariants_of(table.name) if set(i.tables) != set(TABLES)]


def test_a_table_with_a_column_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="table results: not a column of it: wind"):
        replace(TABLES["results"], columns=(*TABLES["results"].columns, "wind"))


def test_a_key_outside_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="table races: not a column of it: athlete_id"):
        replace(TABLES["races"], key=("athlete_id",))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"dtype": "int64"}, "column place: dtype: got 'int64'"),
        ({"maximum": None}, "column place: a number needs a minimum and a maximum"),
        ({"maximum": 40_000}, "column place: maximum 40000 does not fit int16"),
    ],
)
def test_a_column_that_checks_less_than_it_seems_is_refused(bad: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        replace(COLUMNS["place"], **bad)  # type: ignore[arg-type]


@_invariants
def test_a_slug_is_a_slug(invariant: Invariant) -> None:
    assert re.fullmatch(SLUG, invariant.slug)


@_invariants
def test_a_sentence_is_one_sentence(invariant: Invariant) -> None:
    for text in (invariant.sentence, invariant.reason):
        assert re.fullmatch(r"[A-Z][^.]*(\d\.\d[^.]*)*\.", text), text


@_invariants
def test_an_invariant_says_where_it_is_from(invariant: Invariant) -> None:
    assert invariant.source and not invariant.source.endswith(".")


@_invariants
def test_an_invariant_judges_reads_and_uses_tables_that_exist(invariant: Invariant) -> None:
    assert invariant.tables
    assert {*invariant.tables} <= TABLES.keys()
    assert {*invariant.reads, *invariant.uses} <= TABLES.keys() | _ON_TOP


@_invariants
def test_what_is_needed_is_not_also_optional(invariant: Invariant) -> None:
    assert {*invariant.reads} & {*invariant.uses} == set()
    assert {*invariant.tables} & {*invariant.reads, *invariant.uses} == set() or invariant.slug == "known-reference"


def test_only_plausibility_is_a_warning() -> None:
    assert [i.slug for i in INVARIANTS.values() if i.severity == "warning"] == ["humanly-plausible"]


def test_a_message_says_where_what_was_got_what_was_expected_and_why() -> None:
    found = violation("mark-is-its-time", "results", "race_id=a athlete_id=b", "mark", "4:07.1", "4:07.0", "gx")
    assert found.message == (
        "results race_id=a athlete_id=b: mark is 4:07.1, expected 4:07.0. " + INVARIANTS["mark-is-its-time"].sentence
    )
    assert (found.severity, found.engine) == ("error", "gx")


def test_a_message_about_a_whole_table_names_no_row() -> None:
    found = violation("never-empty", "races", "", "", "0 rows", "at least 1 row", "pandera")
    assert found.message == "races: got 0 rows, expected at least 1 row. A table has rows."

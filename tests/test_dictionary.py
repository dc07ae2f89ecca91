from __future__ import annotations

from pathlib import Path

import pytest

import bowerman_data as bd
from bowerman_data._dictionary_page import main, page
from bowerman_data.errors import UnknownName
from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES

PAGE = Path(__file__).parents[1] / "DICTIONARY.md"


def test_the_page_is_what_the_declarations_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "stale: run nox -s docs"


def test_writing_the_page_writes_the_page(tmp_path: Path) -> None:
    assert main([str(tmp_path / "page.md")]) == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == page()


def test_the_page_has_every_table_column_and_invariant() -> None:
    for table in TABLES:
        assert f"\n## {table}\n" in page()
    for column in COLUMNS:
        assert f"\n| `{column}` |" in page()
    for slug, invariant in INVARIANTS.items():
        assert f"\n### {slug}\n\n{invariant.sentence}\n" in page()


def test_every_null_rule_names_an_invariant_of_the_catalogue() -> None:
    assert {rule.invariant for table in TABLES.values() for rule in table.nulls.values()} <= INVARIANTS.keys()


@pytest.mark.parametrize("name", TABLES)
def test_a_dictionary_describes_the_columns_that_the_table_has(name: str) -> None:
    described = bd.dictionary(name)
    assert [column.name for column in described.columns] == bd.load(name).column_names
    assert tuple(column.name for column in described.columns if column.in_key) == tuple(
        column for column in TABLES[name].columns if column in described.key
    )


def test_a_dictionary_tells_units_null_rules_and_references() -> None:
    columns = {column.name: column for column in bd.dictionary("results").columns}
    assert columns["time_ms"].unit == "ms"
    assert columns["time_ms"].null_when == "null exactly where status is DNF, DQ or DNS"
    assert columns["athlete_id"].references == "athletes.athlete_id"
    assert columns["status"].domain == "one of OK, DNF, DQ, DNS"
    assert columns["place"].domain == "1 to 32,767"


@pytest.mark.parametrize("name", TABLES)
def test_a_printed_dictionary_names_every_column_and_fits_a_terminal(name: str) -> None:
    lines = str(bd.dictionary(name)).splitlines()
    assert [line.split()[0] for line in lines[3:] if line and not line.startswith(" ")] == list(TABLES[name].columns)
    assert [line for line in lines if len(line) > 88 and "pattern" not in line] == []


def test_a_dictionary_of_nothing_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"unknown table 'split'; did you mean 'splits'\?"):
        bd.dictionary("split")

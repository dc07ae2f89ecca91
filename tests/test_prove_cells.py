"""Single cells are changed one by one, and who misses one is told."""

from __future__ import annotations

import pytest

from bowerman_data._proof import Setting, spread, stratified
from bowerman_data._proof_cells import handfuls, judge_cells, judge_cells_whole
from bowerman_data._proof_sums import cell_figures, failures, whole_figures
from bowerman_data._quick import BY_ROW, Quick
from bowerman_data._single_cells import CHANGES, JUDGED, OWN_WORDS, changed_value, with_cells
from bowerman_data.schemas.tables import TABLES
from tests.proof import PANDERA, SHIPPED, blind_to, cells, fate, plant


def test_every_cell_that_has_a_value_is_changed() -> None:
    changed = {(one.table, one.row, one.column) for one in cells()}
    for table in JUDGED:
        for row, held in enumerate(SHIPPED.rows(table)):
            assert all((table, row, column) in changed for column, value in held.items() if value not in (None, []))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_a_cell_changes_that_cell_alone(change: str) -> None:
    drawn = stratified([one for one in cells() if one.change == change], 60, seed=0)
    assert drawn
    for one in drawn:
        table = SHIPPED.tables[one.table]
        value = changed_value(one, table[one.column].to_pylist(), 0)
        new = with_cells(table, [(one.row, one.column, value)]).to_pylist()
        pairs = enumerate(zip(table.to_pylist(), new, strict=True))
        found = [(row, column) for row, (old, now) in pairs for column in old if old[column] != now[column]]
        assert found == [(one.row, one.column)]


def test_a_sample_is_spread_over_every_column_and_change() -> None:
    strata = {(one.table, one.column, one.change) for one in cells()}
    drawn = stratified(cells(), len(strata), seed=0)
    assert {(one.table, one.column, one.change) for one in drawn} == strata


def test_a_handful_holds_one_change_of_a_row_and_all_handfuls_every_change() -> None:
    drawn = stratified(cells(), 2000, seed=3)
    some = handfuls(drawn, 50)
    assert sorted(map(str, drawn)) == sorted(str(one) for handful in some for one in handful)
    for handful in some:
        assert len(handful) <= 50
        assert len({one.table for one in handful}) == 1
        assert len({one.row for one in handful}) == len(handful)


def test_a_change_in_a_handful_is_judged_as_it_is_by_itself() -> None:
    setting = Setting({"shipped": SHIPPED}, PANDERA).judged()
    drawn = stratified(cells(), 600, seed=2)
    together = [fate for some in spread(setting, judge_cells, handfuls(drawn), jobs=1) for fate in some]
    picked = [fate for fate in together if fate.by in BY_ROW][::40]
    alone = [fate for some in spread(setting, judge_cells, [(f.change,) for f in picked], jobs=1) for fate in some]
    assert len(alone) > 10
    assert alone == picked


@pytest.mark.parametrize("table", JUDGED)
def test_invariants_by_row_accuse_no_row_that_was_not_changed(table: str) -> None:
    quick, rows = Quick.of(SHIPPED.tables, None), set(range(len(SHIPPED.tables[table])))
    for column in TABLES[table].columns:
        values = SHIPPED.values(table, column)
        changed = {row for row in sorted(rows)[::3] if values[row] is not None}
        for new in (None, next((value for value in values if value is not None), None)):
            corrupted = with_cells(SHIPPED.tables[table], [(row, column, new) for row in changed])
            assert quick.by_row(table, corrupted, rows).keys() <= changed, column


def test_the_quick_way_says_what_whole_runs_say() -> None:
    setting = Setting({"shipped": SHIPPED}, PANDERA).judged()
    drawn = handfuls(stratified(cells(), 60, seed=1))
    quick = [fate for some in spread(setting, judge_cells, drawn, jobs=1) for fate in some]
    whole = [fate for some in spread(setting, judge_cells_whole, drawn, jobs=1) for fate in some]
    assert [one.by is None for one in quick] == [one.by is None for one in whole]


def test_a_blind_engine_is_noticed_on_single_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = plant(monkeypatch, blind_to("known-codes"))
    setting = Setting({"shipped": SHIPPED}, engines).judged()
    drawn = [one for one in cells() if (one.table, one.column, one.change) == ("results", "codes", "digit")]
    drawn += [one for one in cells() if (one.table, one.column, one.change) == ("results", "codes", "case")][:2]
    fates = [fate for some in spread(setting, judge_cells_whole, handfuls(drawn), jobs=1) for fate in some]
    assert whole_figures(fates, engines)["disagreements"]


def test_an_engine_that_misses_a_cell_has_not_noticed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = plant(monkeypatch, blind_to("id-follows-row"))
    setting = Setting({"shipped": SHIPPED}, engines).judged()
    drawn = [one for one in cells() if (one.table, one.column, one.change) == ("rulings", "reason", "letter")][:2]
    fates = [fate for some in spread(setting, judge_cells_whole, handfuls(drawn), jobs=1) for fate in some]
    figures = whole_figures(fates, engines)
    assert (figures["noticed"], len(figures["survivors"])) == (0, 2)
    assert "whole: letter survived in rulings.reason (2)" in failures({"whole": figures})


def test_what_the_documents_alone_noticed_is_counted_apart() -> None:
    figures = cell_figures([fate("text", "letter", None, False), fate("text", "digit", "id-follows-row", None)])
    assert (figures["changes"], figures["noticed"], figures["noticed_with_documents"]) == (2, 1, 2)
    assert failures({"cells": figures}) == ["cells: letter survived in quotes.text (1)"]


def test_a_cell_that_nobody_notices_fails_the_proof() -> None:
    proof = {"cells": cell_figures([fate("mark", "digit", None, None, "results")])}
    assert failures(proof) == ["cells: digit survived in results.mark (1)"]


def test_own_words_are_columns_of_the_tables() -> None:
    assert all(column in TABLES[table].columns for table, column in OWN_WORDS)

"""The proof itself is proven: operators change what they say, and an engine that is blind, mute or falls over is noticed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

import bowerman_data
from bowerman_data import prove
from bowerman_data._kills import ENGINES, sentence
from bowerman_data._lawful_draw import drawn_plan
from bowerman_data._mutants import Base, Mutant, Row, operators
from bowerman_data._proof import Setting, judge_lawful, judge_operator, spread, stratified
from bowerman_data._proof_cells import CellFate, handfuls, judge_cells, judge_cells_whole
from bowerman_data._proof_page import headline, matrix, page
from bowerman_data._proof_record import block, record
from bowerman_data._proof_sums import cell_figures, failures, lawful_figures, operator_figures, whole_figures
from bowerman_data._quick import BY_ROW, Quick
from bowerman_data._single_cells import CHANGES, JUDGED, OWN_WORDS, CellChange, cell_changes, changed_value, with_cells
from bowerman_data.schemas.catalogue import INVARIANTS, violation
from bowerman_data.schemas.engine import run as pandera
from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Verdict, Violation
from bowerman_data.testing import Tables, lawful_race

FIGURES = Path(__file__).parent / "figures"
SHIPPED = Base("shipped", {name: bowerman_data.load(name) for name in TABLES}, shipped=True)
MADE = Base("made", lawful_race(seed=3, field=10, dnf=1, scored=True))
BASES = {base.name: base for base in (SHIPPED, *prove.generated(3, seed=0))}
Run = Callable[..., list[Verdict]]


def _plant(monkeypatch: pytest.MonkeyPatch, run: Run) -> dict[str, str]:
    """Engines of which one is planted beside the real one."""
    module = ModuleType("planted_engine")
    module.run = run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "planted_engine", module)
    return {"pandera": ENGINES["pandera"], "planted": "planted_engine"}


def _blind_to(slug: str) -> Run:
    def run(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        seen = (
            replace(v, outcome="pass", failed=0, violations=()) if v.invariant == slug else v
            for v in pandera(tables, shipped=shipped, cap=cap)
        )
        return list(seen)

    return run


def _judged(engines: dict[str, str], slug: str, base: Base = MADE) -> dict[str, Any]:
    """The figures of one operator on one base."""
    setting = Setting({base.name: base}, engines, sites=2).judged()
    done = list(spread(setting, judge_operator, [(slug, base.name)], jobs=1))
    return operator_figures(done[0], {slug: operators()[slug]}, engines)


def _mutants(slug: str, most: int = 3) -> list[tuple[Base, Mutant]]:
    return [(base, mutant) for base in BASES.values() for mutant in operators()[slug].mutants(base, 0, most)]


@pytest.mark.parametrize("slug", operators())
def test_an_operator_applies_somewhere_and_changes_only_what_it_says(slug: str) -> None:
    mutants = _mutants(slug)
    assert mutants
    for base, mutant in mutants:
        tables = mutant.tables(base)
        assert all(tables[name] is base.tables[name] for name in tables.keys() - mutant.changed.keys())
        assert all(not tables[name].equals(base.tables[name]) for name in mutant.changed)


@pytest.mark.parametrize("slug", operators())
def test_an_operator_says_what_it_does_and_who_is_to_notice(slug: str) -> None:
    operator = operators()[slug]
    assert operator.sentence.endswith(".")
    assert operator.meant
    assert set(operator.meant) <= INVARIANTS.keys()
    assert operator.unseen.keys() <= {"shipped", "generated"}


def test_every_invariant_has_an_operator_that_is_meant_for_it() -> None:
    assert {slug for one in operators().values() for slug in one.meant} == INVARIANTS.keys()


def _pairs(base: Base, mutant: Mutant) -> list[tuple[Row, Row]]:
    """Each row of the one changed table before and after."""
    ((table, rows),) = mutant.changed.items()
    assert isinstance(rows, list)
    return list(zip(base.rows(table), rows, strict=True))


def _changed_cells(base: Base, mutant: Mutant) -> set[str]:
    return {column for one, other in _pairs(base, mutant) for column in one if one[column] != other[column]}


@pytest.mark.parametrize(
    ("slug", "columns"),
    [
        ("hundredth-off", {"time_ms", "mark"}),
        ("minute-slip", {"time_ms", "mark"}),
        ("iso-nation", {"nation"}),
        ("unit-slip", {"time_ms"}),
        ("points-off", {"points"}),
        ("unknown-code", {"codes"}),
        ("dnf-given-a-time", {"time_ms", "decimals", "mark"}),
        ("leaders-split-to-the-winner", {"athlete_id"}),
        ("shifted-span", {"start_char", "end_char", "quote_id"}),
        ("word-misheard", {"text", "quote_id"}),
        ("verdict-flipped", {"verdict"}),
        ("claim-edited", {"printed"}),
        ("printed-misread", {"printed", "claim_id"}),
        ("wrong-year", {"year"}),
        ("rejection-lost", {"rejected", "ruling_id"}),
    ],
)
def test_an_operator_of_cells_changes_these_columns(slug: str, columns: set[str]) -> None:
    for base, mutant in _mutants(slug):
        assert _changed_cells(base, mutant) == columns


def test_a_hundredth_off_is_one_unit_of_the_last_decimal() -> None:
    for base, mutant in _mutants("hundredth-off"):
        ((one, other),) = [pair for pair in _pairs(base, mutant) if pair[0] != pair[1]]
        assert abs(one["time_ms"] - other["time_ms"]) == 10 ** (3 - one["decimals"])


def test_transposed_digits_are_the_same_digits() -> None:
    for base, mutant in _mutants("transpose-digits"):
        pairs = _pairs(base, mutant)
        assert all(sorted(one["mark"] or "") == sorted(other["mark"] or "") for one, other in pairs)


def test_the_same_seed_draws_the_same_mutants_and_another_others() -> None:
    def drawn(seed: int) -> list[str]:
        return [mutant.where for mutant in operators()["hundredth-off"].mutants(SHIPPED, seed, 5)]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_an_honest_engine_kills_what_is_meant_for_it() -> None:
    figures = _judged({"pandera": ENGINES["pandera"]}, "iso-nation")
    assert figures["operators"][0]["fates"]["pandera"] == {
        "killed": 2,
        "killed by another": 0,
        "survived": 0,
        "crashed": 0,
    }


def test_a_blind_engine_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = _judged(_plant(monkeypatch, _blind_to("known-nation")), "iso-nation")
    assert figures["operators"][0]["fates"]["planted"]["survived"] == 2
    found = failures({"operators": figures})
    assert "iso-nation survived in generated tables, undeclared (2)" in found
    assert "known-nation: planted noticed nothing that it alone is for (1)" in found
    assert "operators: disagreements (2)" in found


def test_a_kill_by_another_invariant_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = _judged(_plant(monkeypatch, _blind_to("every-value-claimed")), "nought-lost", SHIPPED)
    assert figures["operators"][0]["fates"]["pandera"]["killed"] == 2
    figures = _judged(_plant(monkeypatch, _blind_to("ordered-finish-times")), "swap-neighbours", SHIPPED)
    assert figures["operators"][0]["fates"]["planted"]["killed by another"] == 2


def test_an_engine_that_falls_over_has_killed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        raise ZeroDivisionError("a bug")

    figures = _judged(_plant(monkeypatch, fall), "iso-nation")
    assert figures["operators"][0]["fates"]["planted"] == {
        "killed": 0,
        "killed by another": 0,
        "survived": 0,
        "crashed": 2,
    }
    assert figures["crashes"][0]["planted"] == "ZeroDivisionError: a bug"
    assert "operators: crashes (2)" in failures({"operators": figures})


def test_an_invariant_that_could_not_run_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        return [replace(v, outcome="error", reason="a bug") for v in pandera(tables, shipped=shipped, cap=cap)]

    figures = _judged(_plant(monkeypatch, stumble), "iso-nation")
    assert figures["operators"][0]["fates"]["planted"]["crashed"] == 2


def test_a_table_that_is_not_as_declared_stops_others_without_a_crash() -> None:
    figures = _judged({"pandera": ENGINES["pandera"]}, "column-lost")
    fates = figures["operators"][0]["fates"]["pandera"]
    assert (fates["crashed"], fates["survived"]) == (0, 0)


def _with(violation: Violation, field: str) -> Violation:
    changed: dict[str, Any] = {field: "else"}
    return replace(violation, **changed)


@pytest.mark.parametrize("field", ["key", "column", "value", "expected"])
def test_engines_that_differ_in_a_field_disagree(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    def other(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        said = pandera(tables, shipped=shipped, cap=cap)
        return [replace(v, violations=tuple(_with(x, field) for x in v.violations)) for v in said]

    figures = _judged(_plant(monkeypatch, other), "iso-nation")
    assert len(figures["disagreements"]) == 2


def test_what_was_wrong_before_is_no_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = operators()["iso-nation"].mutants(MADE, 0, 1)[0].tables(MADE)
    base = Base("broken", broken)
    assert list(Setting({"broken": base}, {"pandera": ENGINES["pandera"]}).judged().unclean())
    figures = _judged({"pandera": ENGINES["pandera"]}, "name-misspelt", base)
    assert figures["operators"][0]["fates"]["pandera"]["survived"] == 2


@pytest.mark.parametrize("base", BASES)
def test_a_base_breaks_no_rule_before_it_is_corrupted(base: str) -> None:
    said = sentence(ENGINES["pandera"], BASES[base].tables, shipped=BASES[base].shipped)
    assert (dict(said.findings), said.crash) == ({}, None)


CELLS = list(cell_changes(SHIPPED.tables, seed=0))


def test_every_cell_that_has_a_value_is_changed() -> None:
    changed = {(one.table, one.row, one.column) for one in CELLS}
    for table in JUDGED:
        for row, cells in enumerate(SHIPPED.rows(table)):
            assert all((table, row, column) in changed for column, value in cells.items() if value not in (None, []))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_a_cell_changes_that_cell_alone(change: str) -> None:
    drawn = stratified([one for one in CELLS if one.change == change], 60, seed=0)
    assert drawn
    for one in drawn:
        table = SHIPPED.tables[one.table]
        value = changed_value(one, table[one.column].to_pylist(), 0)
        new = with_cells(table, [(one.row, one.column, value)]).to_pylist()
        pairs = enumerate(zip(table.to_pylist(), new, strict=True))
        found = [(row, column) for row, (old, now) in pairs for column in old if old[column] != now[column]]
        assert found == [(one.row, one.column)]


def test_a_sample_is_spread_over_every_column_and_change() -> None:
    strata = {(one.table, one.column, one.change) for one in CELLS}
    drawn = stratified(CELLS, len(strata), seed=0)
    assert {(one.table, one.column, one.change) for one in drawn} == strata


PANDERA = {"pandera": ENGINES["pandera"]}


def test_a_handful_holds_one_change_of_a_row_and_all_handfuls_every_change() -> None:
    drawn = stratified(CELLS, 2000, seed=3)
    some = handfuls(drawn, 50)
    assert sorted(map(str, drawn)) == sorted(str(one) for handful in some for one in handful)
    for handful in some:
        assert len(handful) <= 50
        assert len({one.table for one in handful}) == 1
        assert len({one.row for one in handful}) == len(handful)


def test_a_change_in_a_handful_is_judged_as_it_is_by_itself() -> None:
    setting = Setting({"shipped": SHIPPED}, PANDERA).judged()
    drawn = stratified(CELLS, 600, seed=2)
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
    drawn = handfuls(stratified(CELLS, 60, seed=1))
    quick = [fate for some in spread(setting, judge_cells, drawn, jobs=1) for fate in some]
    whole = [fate for some in spread(setting, judge_cells_whole, drawn, jobs=1) for fate in some]
    assert [one.by is None for one in quick] == [one.by is None for one in whole]


def test_a_blind_engine_is_noticed_on_single_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = _plant(monkeypatch, _blind_to("known-codes"))
    setting = Setting({"shipped": SHIPPED}, engines).judged()
    drawn = [one for one in CELLS if (one.table, one.column, one.change) == ("results", "codes", "digit")]
    drawn += [one for one in CELLS if (one.table, one.column, one.change) == ("results", "codes", "case")][:2]
    fates = [fate for some in spread(setting, judge_cells_whole, handfuls(drawn), jobs=1) for fate in some]
    assert whole_figures(fates, engines)["disagreements"]


def test_an_engine_that_misses_a_cell_has_not_noticed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = _plant(monkeypatch, _blind_to("id-follows-row"))
    setting = Setting({"shipped": SHIPPED}, engines).judged()
    drawn = [one for one in CELLS if (one.table, one.column, one.change) == ("rulings", "reason", "letter")][:2]
    fates = [fate for some in spread(setting, judge_cells_whole, handfuls(drawn), jobs=1) for fate in some]
    figures = whole_figures(fates, engines)
    assert (figures["noticed"], len(figures["survivors"])) == (0, 2)
    assert "whole: letter survived in rulings.reason (2)" in failures({"whole": figures})


def _fate(column: str, change: str, by: str | None, resolved: bool | None, table: str = "quotes") -> CellFate:
    return CellFate(CellChange(table, 0, column, change), by, resolved)


def test_what_the_documents_alone_noticed_is_counted_apart() -> None:
    figures = cell_figures([_fate("text", "letter", None, False), _fate("text", "digit", "id-follows-row", None)])
    assert (figures["changes"], figures["noticed"], figures["noticed_with_documents"]) == (2, 1, 2)
    assert failures({"cells": figures}) == ["cells: letter survived in quotes.text (1)"]


def test_a_cell_that_nobody_notices_fails_the_proof() -> None:
    proof = {"cells": cell_figures([_fate("mark", "digit", None, None, "results")])}
    assert failures(proof) == ["cells: digit survived in results.mark (1)"]


def test_own_words_are_columns_of_the_tables() -> None:
    assert all(column in TABLES[table].columns for table, column in OWN_WORDS)


def test_the_readme_tells_the_figures_of_the_last_proof() -> None:
    figures = json.loads((FIGURES / "proof.json").read_text(encoding="utf-8"))
    stale = "stale: python -m bowerman_data._proof_record tests/figures/proof.json README.md"
    assert block(figures) in (FIGURES.parents[1] / "README.md").read_text(encoding="utf-8"), stale


def test_a_part_that_was_not_run_keeps_its_figures(tmp_path: Path) -> None:
    kept = tmp_path / "proof.json"
    record({"on": "2024-05-25", "engines": ["gx"], "lawful": lawful_figures(20, [])}, kept)
    record({"on": "2024-05-26", "engines": ["gx"], "cells": cell_figures([_fate("text", "case", "a", None)])}, kept)
    figures = json.loads(kept.read_text(encoding="utf-8"))
    assert (figures["lawful"]["on"], figures["lawful"]["races"], figures["cells"]["noticed"]) == ("2024-05-25", 20, 1)


def test_a_share_is_all_only_where_it_is_all() -> None:
    fates = [_fate("mark", "digit", "mark-is-its-time", None, "results")] * 99_999
    proof = {"engines": [], "cells": cell_figures([*fates, _fate("mark", "digit", None, None, "results")])}
    assert "99,999 of 100,000 (99.99 %)" in headline(proof)


def test_a_page_shows_what_the_figures_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = _plant(monkeypatch, _blind_to("known-nation"))
    proof = {"made": "Made today.", "engines": list(engines), "operators": _judged(engines, "iso-nation")}
    text = page(proof)
    assert "iso-nation survived in generated tables, undeclared (2)" in text
    assert "| iso-nation | A nation has its ISO code" in text
    assert "2 / 0 / 0 / 0 | 0 / 0 / 2 / 0" in text
    assert "planted" in matrix(proof)


def test_the_command_writes_a_proof(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = "--engine pandera --only cells --sample 9 --whole 3 --races 0 --jobs 1 --out"
    code = prove.main([*given.split(), str(tmp_path / "proof")])
    proof = json.loads((tmp_path / "proof" / "proof.json").read_text(encoding="utf-8"))
    assert (proof["cells"]["changes"], proof["whole"]["changes"]) == (9, 3)
    assert code == int(bool(failures(proof)))
    assert "9 single-cell changes" in capsys.readouterr().out
    assert (tmp_path / "proof" / "proof.md").exists()


def test_the_command_ends_with_2_where_the_tables_break_rules_to_begin_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = SHIPPED.tables | operators()["iso-nation"].mutants(SHIPPED, 0, 1)[0].tables(SHIPPED)
    monkeypatch.setattr(bowerman_data, "load", broken.__getitem__)
    assert prove.main(["--engine", "pandera", "--races", "0", "--out", str(tmp_path)]) == 2
    assert "known-nation results race_id=bowerman-mile-" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_lawful_races_are_let_pass_and_counted() -> None:
    setting = Setting({}, {"pandera": ENGINES["pandera"]})
    (refusals,) = spread(setting, judge_lawful, [(0, 20)], jobs=1)
    assert lawful_figures(20, refusals) == {"races": 20, "refused": []}


def test_an_engine_that_refuses_a_lawful_race_fails_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def strict(tables: Tables, *, shipped: bool = False, cap: int = 1000) -> list[Verdict]:
        wrong = violation("known-nation", "results", "race_id=a athlete_id=b", "nation", "GBR", None, "pandera")
        return [replace(v, violations=(wrong,)) for v in pandera(tables, shipped=shipped, cap=cap)[:1]]

    setting = Setting({}, _plant(monkeypatch, strict))
    (refusals,) = spread(setting, judge_lawful, [(0, 2)], jobs=1)
    (found,) = failures({"lawful": lawful_figures(2, refusals)})
    assert found.startswith("planted refused lawful races: known-nation results")


def test_drawn_races_are_of_every_sort() -> None:
    plans = [drawn_plan(Random(i), f"Race {i}") for i in range(400)]
    assert {plan.sex for plan in plans} == {"M", "W", "X"}
    assert {plan.decimals for plan in plans} == {0, 1, 2, 3}
    assert {plan.splits for plan in plans} == {"none", "leader", "athletes", "both"}
    assert all(any(getattr(plan, odd) for plan in plans) for odd in ("ties", "dead_heat", "dq", "dns", "world_record"))


def test_two_processes_find_what_one_does() -> None:
    setting = Setting({"made": MADE}, {"pandera": ENGINES["pandera"]}, sites=1).judged()
    tasks = [("iso-nation", "made"), ("man-twice", "made")]
    found = [sorted(j.where for some in spread(setting, judge_operator, tasks, jobs) for j in some) for jobs in (1, 2)]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "slug", ["iso-nation", "swap-neighbours", "leaders-split-to-the-winner", "quote-to-the-other-man"]
)
def test_both_engines_kill_a_sample_and_agree(slug: str) -> None:
    for base in (SHIPPED, MADE):
        figures = _judged(ENGINES, slug, base)
        assert figures["disagreements"] == []
        assert figures["crashes"] == []

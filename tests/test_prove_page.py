"""The proof is told as it came out, and the command ends as it says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import bowerman_data
from bowerman_data import prove
from bowerman_data._mutants import operators
from bowerman_data._proof_page import headline, matrix, page
from bowerman_data._proof_record import block, record
from bowerman_data._proof_sums import cell_figures, failures, lawful_figures
from tests.proof import SHIPPED, blind_to, fate, judged, plant

FIGURES = Path(__file__).parent / "figures"


def test_the_readme_tells_the_figures_of_the_last_proof() -> None:
    figures = json.loads((FIGURES / "proof.json").read_text(encoding="utf-8"))
    stale = "stale: python -m bowerman_data._proof_record tests/figures/proof.json README.md"
    assert block(figures) in (FIGURES.parents[1] / "README.md").read_text(encoding="utf-8"), stale


def test_a_part_that_was_not_run_keeps_its_figures(tmp_path: Path) -> None:
    kept = tmp_path / "proof.json"
    record({"on": "2024-05-25", "engines": ["gx"], "lawful": lawful_figures(20, [])}, kept)
    record({"on": "2024-05-26", "engines": ["gx"], "cells": cell_figures([fate("text", "case", "a", None)])}, kept)
    figures = json.loads(kept.read_text(encoding="utf-8"))
    assert (figures["lawful"]["on"], figures["lawful"]["races"], figures["cells"]["noticed"]) == ("2024-05-25", 20, 1)


def test_a_share_is_all_only_where_it_is_all() -> None:
    fates = [fate("mark", "digit", "mark-is-its-time", None, "results")] * 99_999
    proof = {"engines": [], "cells": cell_figures([*fates, fate("mark", "digit", None, None, "results")])}
    assert "99,999 of 100,000 (99.99 %)" in headline(proof)


def test_a_page_shows_what_the_figures_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = plant(monkeypatch, blind_to("known-nation"))
    proof = {"made": "Made today.", "engines": list(engines), "operators": judged(engines, "iso-nation")}
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

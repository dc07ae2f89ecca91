"""Data Docs: the site of Great Expectations, whole, safe and alone in its folder."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from bowerman_data._docs import write_docs
from bowerman_data.cli import main
from bowerman_data.errors import InputError
from bowerman_data.schemas.catalogue import INVARIANTS, violation
from bowerman_data.schemas.verdicts import Verdict
from bowerman_data.validation import EngineChoice, validate

EVIL = "<script>alert(1)</script> $table {batch}"
LIST = "Place,Name,Nat,Time\n1,Ann Able,DEU,4:11.22\n2,Bea Best,USA,4:10.11\n"


def meet(folder: Path) -> Path:
    (folder / "meet.csv").write_text(LIST, encoding="utf-8")
    return folder / "meet.csv"


def pages(site: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html")))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    validate(files=[meet(folder)], engine="gx", data_docs=folder / "site")
    return folder / "site"


def test_a_site_begins_with_its_index(site: Path) -> None:
    assert "bowerman-results" in (site / "index.html").read_text(encoding="utf-8")


def test_each_expectation_is_its_sentence_with_the_rows_that_offend(site: Path) -> None:
    shown = unescape(pages(site))
    assert INVARIANTS["ordered-finish-times"].sentence in shown
    assert "race_id=meet athlete_id=bea-best" in shown


def test_what_was_not_given_is_skipped_in_the_site_as_in_the_report(site: Path) -> None:
    assert "skipped: no points given" in pages(site)


def test_a_site_leaves_nothing_beside_it(site: Path) -> None:
    assert sorted(path.name for path in site.parent.iterdir()) == ["meet.csv", "site"]


def test_an_earlier_site_is_replaced(site: Path) -> None:
    (site / "stray.html").write_text("old", encoding="utf-8")
    write_docs(site, [Verdict("never-empty", "splits", "gx", "pass", 4, 0, 0.0)])
    assert not (site / "stray.html").exists()
    assert "bowerman-splits" in (site / "index.html").read_text(encoding="utf-8")


def test_values_that_are_html_are_shown_and_not_run(tmp_path: Path) -> None:
    found = violation("known-nation", "results", EVIL, "nation", EVIL, EVIL, "gx")
    broken = Verdict("known-nation", "results", "gx", "fail", 3, 1, 0.1, (found,))
    skipped = Verdict("known-codes", "results", "gx", "skipped", 0, 0, 0.0, reason=EVIL)
    write_docs(tmp_path / "site", [broken, skipped])
    assert "<script>alert" not in pages(tmp_path / "site")
    assert "&lt;script&gt;alert" in pages(tmp_path / "site")


def test_somebody_s_folder_is_not_replaced(tmp_path: Path) -> None:
    path = meet(tmp_path)
    with pytest.raises(InputError, match="holds other things"):
        validate(files=[path], engine="gx", data_docs=tmp_path)
    assert path.read_text(encoding="utf-8") == LIST


def test_pandera_alone_writes_no_data_docs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["validate", str(meet(tmp_path)), "--engine", "pandera", "--data-docs", str(tmp_path / "site")]
    assert main(words) == 2
    assert "expected gx or both" in capsys.readouterr().err


@pytest.mark.parametrize("engine", ["gx"])
def test_more_broken_cells_than_rows_are_a_failure_and_no_error(engine: EngineChoice) -> None:
    report = validate(results={"name": ["Ann"], "time": ["soon"], "place": [1]}, engine=engine)
    assert {verdict.outcome for verdict in report.verdicts} <= {"pass", "fail", "skipped"}

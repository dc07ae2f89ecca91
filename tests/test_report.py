"""The report: what it says, and what it never lets through."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bowerman_data.report import Place, Report
from bowerman_data.schemas.catalogue import violation
from bowerman_data.schemas.verdicts import Engine, Outcome, Verdict

EVIL = "<script>alert(1)</script>' OR 1=1; DROP TABLE results;--"


def verdict(engine: Engine, outcome: Outcome = "pass", slug: str = "places-count-up", failed: int = 0) -> Verdict:
    found = tuple(
        violation(slug, "results", f"race_id=a athlete_id=m{n}", "place", "3", "2", engine) for n in range(failed)
    )
    return Verdict(slug, "results", engine, outcome, 16, failed, 0.01, found)


def report(*verdicts: Verdict) -> Report:
    return Report({"results": 16}, verdicts)


BROKEN = report(verdict("pandera", "fail", failed=2), verdict("gx", "fail", failed=2))


def test_all_that_hold_are_ok() -> None:
    assert report(verdict("pandera"), verdict("gx")).ok


def test_a_broken_invariant_is_not_ok() -> None:
    assert not BROKEN.ok


def test_a_warning_leaves_a_report_ok() -> None:
    found = report(verdict("pandera", "fail", "humanly-plausible", 1), verdict("gx", "fail", "humanly-plausible", 1))
    assert found.ok
    assert "1 warning" in found.headline()


def test_a_check_that_could_not_run_is_not_ok() -> None:
    assert not report(replace(verdict("pandera", "error"), reason="out of memory")).ok


def test_skipped_checks_are_ok_and_say_why() -> None:
    found = report(replace(verdict("pandera", "skipped"), reason="needs races"))
    assert found.ok
    assert "needs races: places-count-up (results)" in str(found)


@pytest.mark.parametrize(
    "other",
    [
        verdict("gx", "fail", failed=1),
        verdict("gx", "skipped"),
        verdict("gx", "error"),
    ],
)
def test_engines_that_disagree_are_not_ok_and_loud(other: Verdict) -> None:
    found = report(verdict("pandera"), other)
    assert not found.ok
    assert found.headline().startswith("NOT OK: the engines disagree")
    assert "THE ENGINES DISAGREE" in str(found)


def test_different_violations_of_one_count_are_a_disagreement() -> None:
    one, other = verdict("pandera", "fail", failed=1), verdict("gx", "fail", failed=1)
    moved = replace(other, violations=(replace(other.violations[0], value="9"),))
    assert report(one, moved).disagreements


def test_a_check_that_one_engine_left_out_is_a_disagreement() -> None:
    assert report(verdict("pandera"), verdict("gx"), verdict("pandera", slug="known-codes")).disagreements


def test_the_json_has_the_shape_of_the_contract() -> None:
    found = json.loads(BROKEN.to_json())
    assert (found["ok"], found["rows"]) == (False, {"results": 16})
    assert {"invariant", "engine", "outcome"} <= found["checked"][0].keys()
    named = {"invariant", "severity", "table", "key", "column", "value", "message", "engine"}
    assert all(named <= entry.keys() for entry in found["violations"])
    assert len(found["violations"]) == 4


def test_both_engines_are_one_line_for_a_reader() -> None:
    assert str(BROKEN).count("athlete_id=m0") == 1


def test_a_long_list_is_cut_with_its_exact_count() -> None:
    found = replace(verdict("pandera", "fail", failed=30), failed=4_321)
    assert "4,321 found" in str(report(found))
    assert "... and 4,301 more" in str(report(found))


def test_a_row_read_from_a_file_is_shown_with_its_line() -> None:
    at = (Place("heat.csv", 7),)
    found = Report({"results": 16}, BROKEN.verdicts, (), {("results", "race_id=a athlete_id=m0"): at})
    assert "heat.csv:7: race_id=a athlete_id=m0: place is 3, expected 2" in str(found)
    assert found.to_dict()["violations"][0]["line"] == 7


def test_milliseconds_are_shown_with_their_mark() -> None:
    slow = violation("ordered-finish-times", "results", "k", "time_ms", "249220", "at least 250110", "gx")
    found = report(replace(verdict("gx", "fail", "ordered-finish-times", 1), violations=(slow,)))
    shown = "time_ms is 249220 (4:09.22), expected at least 250110 (4:10.11)"
    assert (shown in str(found), shown in found.to_html()) == (True, True)


def test_one_row_is_a_row() -> None:
    assert Report({"results": 1}, ()).summary().endswith("(results 1 row)")


def test_a_terminal_is_not_obeyed() -> None:
    one = verdict("pandera", "fail", failed=1)
    evil = replace(one, violations=(replace(one.violations[0], value="\x1b[2J\nOK"),))
    assert "\x1b" not in str(report(evil))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action")]


def _evil_page() -> str:
    one = verdict("pandera", "fail", failed=1)
    bad = replace(one.violations[0], key=EVIL, value=EVIL, expected=EVIL, message=EVIL)
    skipped = replace(verdict("pandera", "skipped", "known-codes"), reason=EVIL)
    at = (Place(EVIL, 3),)
    return Report({EVIL: 1}, (replace(one, violations=(bad,)), skipped), (EVIL,), {("results", EVIL): at}).to_html()


def test_a_page_has_no_script_and_no_address_outside_itself() -> None:
    tags = _Tags()
    tags.feed(_evil_page())
    assert not {"script", "img", "link", "iframe", "svg"} & set(tags.tags)
    assert tags.addresses == []
    assert "http" not in _evil_page()


def test_names_that_are_html_are_shown_and_not_run() -> None:
    assert "<script" not in _evil_page()
    assert "&lt;script&gt;" in _evil_page()


def test_a_page_says_what_the_text_says() -> None:
    page = BROKEN.to_html()
    assert "NOT OK: 1 of 1 check broken" in page
    assert "place is 3, expected 2" in page

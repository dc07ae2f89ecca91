"""Pass, fail, error and skipped, in both engines: never silence, never an exception."""

from __future__ import annotations

import pyarrow as pa
import pytest

from bowerman_data.schemas.catalogue import INVARIANTS, invariants_of
from bowerman_data.schemas.verdicts import Verdict
from tests.engines import ENGINES, outcomes, run
from tests.judged import judged
from tests.lawful import BIRCH, LAWFUL
from tests.tables import Tables, as_table, rows_of

_engines = pytest.mark.parametrize("engine", ENGINES)


def _only(*names: str) -> Tables:
    return {name: LAWFUL[name] for name in names}


def _of(verdicts: list[Verdict] | tuple[Verdict, ...], slug: str, table: str) -> Verdict:
    (found,) = [v for v in verdicts if (v.invariant, v.table) == (slug, table)]
    return found


def _mistyped() -> Tables:
    results = LAWFUL["results"]
    at = results.schema.get_field_index("time_ms")
    return LAWFUL | {"results": results.set_column(at, "time_ms", results["time_ms"].cast(pa.int64()))}


def _disqualified_in(place: int, times: int) -> Tables:
    rows = [{"race_id": BIRCH, "athlete_id": f"nobody-{n}", "nation": "NOR"} for n in range(times)]
    wrong = {"role": "athlete", "status": "DQ", "place": place, "codes": []}
    return {"results": as_table("results", [*rows_of(LAWFUL, "results"), *(row | wrong for row in rows)])}


@_engines
def test_a_missing_table_is_named_as_the_reason(engine: str) -> None:
    verdicts = run(engine, _only("results"))
    for slug in ("points-follow-scale", "nation-of-its-day", "humanly-possible", "humanly-plausible"):
        verdict = _of(verdicts, slug, "results")
        assert (verdict.outcome, verdict.reason) == ("skipped", "needs races")


@_engines
def test_every_missing_table_is_named(engine: str) -> None:
    verdict = _of(run(engine, _only("splits")), "split-before-finish", "splits")
    assert verdict.outcome == "skipped"
    assert verdict.reason == "needs results, races"


@_engines
def test_a_table_that_only_sharpens_may_be_missing(engine: str) -> None:
    verdicts = run(engine, _only("splits"))
    for slug in ("laps-add-up", "pace-is-human", "within-the-distance"):
        assert _of(verdicts, slug, "splits").outcome == "pass"


@_engines
def test_every_invariant_of_a_given_table_has_a_verdict(engine: str) -> None:
    said = [(v.invariant, v.table) for v in run(engine, _only("results", "races"))]
    assert len(said) == len(set(said))
    assert set(said) == {(i.slug, table) for table in ("results", "races") for i in invariants_of(table)}


@_engines
def test_promises_of_the_shipped_tables_are_skipped_for_others(engine: str) -> None:
    verdict = _of(run(engine, _only("races")), "row-order", "races")
    assert (verdict.outcome, verdict.reason) == ("skipped", "a promise of the shipped tables only")


@_engines
def test_an_empty_table_fails_once_and_is_judged_no_further(engine: str) -> None:
    verdicts = [v for v in judged(engine, "a table is empty") if v.table == "quotes"]
    told = {"never-empty", "declared-columns"} | {slug for slug, one in INVARIANTS.items() if one.shipped_only}
    others = [v for v in verdicts if v.invariant not in told]
    assert _of(verdicts, "never-empty", "quotes").outcome == "fail"
    assert {(v.outcome, v.reason) for v in others} == {("skipped", "no rows")}


@_engines
def test_a_mistyped_table_stops_what_judges_reads_or_uses_it(engine: str) -> None:
    verdicts = run(engine, _mistyped())
    stopped = {v.invariant for v in verdicts if v.outcome == "error"}
    touched = [i for i in INVARIANTS.values() if "results" in {*i.tables, *i.reads, *i.uses}]
    alone = {i.slug for i in touched if not i.shipped_only} - {"declared-columns"}
    assert stopped == alone
    assert {v.reason for v in verdicts if v.outcome == "error"} == {"results does not have its declared columns"}


@_engines
def test_all_violations_are_counted_and_the_first_are_listed(engine: str) -> None:
    verdict = _of(run(engine, _disqualified_in(4, times=12), cap=5), "status-explains-nulls", "results")
    assert (verdict.outcome, verdict.failed, verdict.rows) == ("fail", 12, 32)
    keys = [violation.key for violation in verdict.violations]
    assert keys == sorted(f"race_id={BIRCH} athlete_id=nobody-{n}" for n in range(12))[:5]


@_engines
def test_a_warning_is_a_warning(engine: str) -> None:
    verdict = _of(judged(engine, "a time is a jogger's"), "humanly-plausible", "results")
    assert verdict.outcome == "fail"
    assert [violation.severity for violation in verdict.violations] == ["warning"]


@_engines
def test_a_violation_carries_the_sentence_of_its_invariant(engine: str) -> None:
    (found,) = _of(judged(engine, "a place is left out"), "places-count-up", "results").violations
    assert found.message.endswith(f"place is 4, expected 3. {INVARIANTS['places-count-up'].sentence}")
    assert found.engine == engine


@_engines
def test_verdicts_stand_in_catalogue_order(engine: str) -> None:
    slugs = list(dict.fromkeys(v.invariant for v in judged(engine, "lawful")))
    assert slugs == list(INVARIANTS)


@pytest.mark.parametrize(
    "names", [("results",), ("splits",), ("quotes",), ("marks", "athletes"), ("claims", "rulings")]
)
def test_engines_agree_on_what_they_cannot_judge(names: tuple[str, ...]) -> None:
    pandera, gx = (outcomes(run(engine, _only(*names))) for engine in ENGINES)
    assert pandera == gx


@_engines
def test_no_table_at_all_gives_no_verdict(engine: str) -> None:
    assert run(engine, {}) == []


@_engines
def test_a_split_of_a_marathon_is_at_a_human_pace(engine: str) -> None:
    row = {"race_id": "alder-marathon-2024", "from_m": 0.0, "to_m": 40_000.0, "basis": "leader", "athlete_id": None}
    split = row | {"time_ms": 7_500_000, "decimals": 0, "mark": "2:05:00"}
    tables = {"splits": as_table("splits", [split])}
    assert _of(run(engine, tables), "pace-is-human", "splits").outcome == "pass"

"""Two engines written apart say the same, whatever is wrong and however the rows stand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from bowerman_data.schemas.tables import TABLES
from tests.cases import CASES, Case
from tests.engines import ENGINES, findings, outcomes, run
from tests.judged import judged
from tests.lawful import ALDER, ALDER_2019, LAWFUL
from tests.oddities import backwards
from tests.tables import Tables, as_table, rows_of

_RESTS_ON_ORDER = {
    "ordered-finish-times",
    "places-count-up",
    "record-beats-record",
    "at-most-one-world-lead",
    "one-split-per-stretch",
    "splits-increase",
    "laps-add-up",
    "leader-is-fastest",
    "lap-belongs-to-its-leader",
    "quote-span-matches",
    "one-speaker-per-utterance",
    "names-are-printed",
}
_ordered = [case for case in CASES if case.invariant in _RESTS_ON_ORDER]
_Slip = tuple[str, int, str, object]


@pytest.mark.parametrize("case", _ordered, ids=lambda case: case.name.replace(" ", "-"))
@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_said_does_not_depend_on_how_rows_stand(engine: str, case: Case) -> None:
    assert findings(run(engine, backwards(case.change(LAWFUL)))) == findings(judged(engine, case.name))


def _slipped(value: object) -> list[object]:
    """What a slip of the hand makes of a cell."""
    if isinstance(value, dt.date):
        return [None, value + dt.timedelta(days=1), value.replace(year=value.year - 1)]
    if isinstance(value, list):
        return [None, [], value[::-1], value + value[:1], [*value, None]]
    if isinstance(value, str):
        return [None, value[:-1], value + "1", value.upper(), value[::-1], ""]
    if isinstance(value, (int, float)):
        return [None, 0, 1, value + 1, value - 1, value * 10 % 30_000]
    return []


@st.composite
def _slips(draw: st.DrawFn) -> _Slip:
    """A table, a row, a column, and what comes to stand there: a slip, or another row's cell."""
    name = draw(st.sampled_from(list(TABLES)))
    column = draw(st.sampled_from(TABLES[name].columns))
    rows = rows_of(LAWFUL, name)
    index = draw(st.integers(0, len(rows) - 1))
    return name, index, column, draw(st.sampled_from([*_slipped(rows[index][column]), *(r[column] for r in rows)]))


def _with(slips: list[_Slip]) -> Tables:
    tables = dict(LAWFUL)
    for name, index, column, value in slips:
        rows = rows_of(tables, name)
        rows[index][column] = value
        tables[name] = as_table(name, rows)
    return tables


# Shrinking runs both engines for minutes; the drawn slips are few and say enough.
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(_slips(), min_size=1, max_size=4))
@example([("results", 0, "race_id", None), ("races", 0, "distance_m", None), ("splits", 2, "to_m", None)])
@example([("results", 0, "time_ms", None), ("results", 1, "place", None), ("marks", 0, "decimals", None)])
@example([("claims", 5, "key", None), ("rulings", 0, "field", None), ("athletes", 0, "aliases", [])])
@example([("rulings", 0, "ruling_id", None), ("rulings", 1, "key", None), ("splits", 0, "basis", None)])
@example([("marks", 2, "mark_id", "magnus-sund-mile-1985"), ("results", 4, "athlete_id", "abel-thorn")])
@example([("claims", 134, "value", None), ("claims", 75, "value", None), ("claims", 0, "printed", None)])
@example([("rulings", 3, "field", "edition-number"), ("rulings", 3, "key", "race_id=alder-mile-2022")])
@example([("claims", 139, "field", "lost-to"), ("results", 6, "place", -2), ("races", 1, "race_id", ALDER_2019)])
@example([("races", 0, "race_id", "nowhere-mile"), ("sources", 1, "source_id", ALDER)])
def test_engines_agree_on_slips_of_the_hand(slips: list[_Slip]) -> None:
    pandera, gx = (run(engine, _with(slips), shipped=True) for engine in ENGINES)
    assert findings(pandera) == findings(gx)
    assert outcomes(pandera) == outcomes(gx)

from __future__ import annotations

import mile_report
import polars as pl
import pytest
from pandera.errors import SchemaErrors


def test_the_podium_is_read_with_polars() -> None:
    assert mile_report.podium() == ["josh-kerr 3:45.34", "jakob-ingebrigtsen 3:45.60", "yared-nuguse 3:46.22"]


def test_the_margins_are_read_with_pandas_and_stay_whole() -> None:
    margins = mile_report.margins()
    assert margins["jakob-ingebrigtsen"] == 260
    assert str(margins.dtype) in ("int32[pyarrow]", "int64[pyarrow]")


def test_the_laps_are_read_with_duckdb() -> None:
    assert mile_report.laps().fetchall() == [(800.0, "56.83", "abraham-alvarado"), (1200.0, "57.96", None)]


def test_the_finishers_are_read_with_arrow() -> None:
    assert mile_report.finishers() == 14


def test_views_join_on_one_connection() -> None:
    assert mile_report.dark_horses()[0] == ("Josh Kerr", "3:45.34")


def test_an_overruled_time_is_named_with_its_publisher() -> None:
    assert mile_report.reasons("josh-kerr") == ["Shoes and Spikes: 3:45.32", "Today Times Live: 3:45.36"]


def test_a_race_of_ones_own_is_judged_by_the_same_schema() -> None:
    assert mile_report.judged(mile_report.own_race()).height == 3


def test_a_slip_in_a_race_of_ones_own_is_caught() -> None:
    slipped = mile_report.own_race().with_columns(mark=pl.Series(["4:11.3", "4:19.1", None]))
    with pytest.raises(SchemaErrors, match="mark-is-its-time"):
        mile_report.judged(slipped)

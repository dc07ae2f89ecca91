"""What validation writes beside its report: rows parted in two, and every violation."""

from __future__ import annotations

import csv
from dataclasses import asdict, fields
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from bowerman_data.errors import InputError
from bowerman_data.schemas.verdicts import Violation
from tests.reading import LIST, NAMELESS, judged, written


def test_the_quarantine_gives_a_row_its_own_reasons(tmp_path: Path) -> None:
    judged(files=[written(tmp_path, NAMELESS)], quarantine=tmp_path)
    with (tmp_path / "heat-fails.csv").open(encoding="utf-8") as fails:
        reasons = [row["reason"] for row in csv.DictReader(fails)]
    assert [("'soon'" in reason, "'late'" in reason) for reason in reasons] == [(True, False), (False, True)]


def test_quarantine_parts_every_row_once(tmp_path: Path) -> None:
    path = written(tmp_path, "Place,Name,Time\n1,A A,4:12.00\n2,B B,4:65.00\n3,C C,4:11.00\n,D D,DNF\n")
    judged(files=[path], quarantine=tmp_path / "out")
    holds = list(csv.DictReader((tmp_path / "out" / "heat-holds.csv").open(encoding="utf-8")))
    fails = list(csv.DictReader((tmp_path / "out" / "heat-fails.csv").open(encoding="utf-8")))
    assert [row["Name"] for row in holds] == ["A A", "D D"]
    assert [(row["Name"], row["line"], row["invariant"]) for row in fails] == [
        ("B B", "3", "cell-readable"),
        ("C C", "4", "ordered-finish-times"),
    ]
    assert all(row["reason"] for row in fails)


def test_quarantine_leaves_nothing_unfinished_behind(tmp_path: Path) -> None:
    judged(files=[written(tmp_path, "Name,Time\nA A,4:12.00\n")], quarantine=tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["heat-fails.csv", "heat-holds.csv"]


def many(folder: Path) -> Path:
    """More rows than a report lists, each with a nation that is none."""
    return written(folder, "Name,Nat,Time\n" + "".join(f"R{n} R,DEU,4:10.11\n" for n in range(1_234)))


def test_every_violation_goes_to_parquet_in_the_order_of_the_report(tmp_path: Path) -> None:
    report = judged(files=[many(tmp_path)], violations=tmp_path / "all.parquet")
    rows = pq.read_table(tmp_path / "all.parquet").to_pylist()
    nations = [row for row in rows if row["invariant"] == "known-nation"]
    assert len(nations) == 1_234
    assert nations[:1_000] == [asdict(v) for v in report.violations if v.invariant == "known-nation"]


def test_violations_of_a_list_without_any_are_a_table_of_no_rows(tmp_path: Path) -> None:
    judged(files=[written(tmp_path, "Name,Time\nA A,4:10.11\n")], violations=tmp_path / "all.parquet")
    table = pq.read_table(tmp_path / "all.parquet")
    assert (table.num_rows, table.column_names) == (0, [field.name for field in fields(Violation)])


@pytest.mark.parametrize("target", ["", "no/such/folder/all.parquet"])
def test_violations_that_cannot_be_written_are_refused_before_the_work(tmp_path: Path, target: str) -> None:
    with pytest.raises(InputError, match=r"expected a file|there is no folder"):
        judged(files=[written(tmp_path, LIST)], violations=tmp_path / target)


def test_no_output_is_left_half_written(tmp_path: Path) -> None:
    judged(files=[many(tmp_path)], violations=tmp_path / "all.parquet", quarantine=tmp_path / "parted")
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert found == ["all.parquet", "heat.csv", "parted", "parted/heat-fails.csv", "parted/heat-holds.csv"]

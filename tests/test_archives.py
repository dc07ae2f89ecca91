"""Parquet in our own columns that is too large to be held: judged in place, its rows found again, parted as it is read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import bowerman_data as bd
from bowerman_data import _archive
from bowerman_data.errors import InputError
from bowerman_data.report import Report
from bowerman_data.validation import EngineChoice, validate


@pytest.fixture(autouse=True)
def _nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line between what is held and what is not, drawn where the shipped tables are beyond it."""
    monkeypatch.setattr(_archive, "HELD", 0)


def swapped() -> pa.Table:
    """The shipped results with a nation that is none in every tenth row."""
    table = bd.load("results")
    nations = ["DEU" if row % 10 == 0 else nation for row, nation in enumerate(table["nation"].to_pylist())]
    field = table.schema.field("nation")
    return table.set_column(table.schema.names.index("nation"), field, pa.array(nations, pa.string()))


def parts(folder: Path, table: pa.Table, pieces: int = 2) -> Path:
    """A table as a folder of files, each of several row groups."""
    (folder / "results").mkdir()
    size = -(-table.num_rows // pieces)
    for piece in range(pieces):
        pq.write_table(table.slice(piece * size, size), folder / "results" / f"{piece}.parquet", row_group_size=40)
    return folder / "results"


def judged(path: Path, engine: EngineChoice = "pandera", quarantine: Path | None = None) -> Report:
    return validate(files=[path], engine=engine, quarantine=quarantine)


def named(report: Report) -> set[tuple[str, str]]:
    return {(violation.invariant, violation.key) for violation in report.violations}


@pytest.mark.parametrize("engine", ["pandera", "gx"])
def test_an_archive_is_judged_where_it_is_as_it_is_in_memory(tmp_path: Path, engine: EngineChoice) -> None:
    report = judged(parts(tmp_path, swapped()), engine)
    assert report.rows == {"results": bd.load("results").num_rows}
    assert named(report) == named(validate(results=swapped(), engine=engine))


def test_each_violation_is_told_with_its_file_and_row(tmp_path: Path) -> None:
    path = parts(tmp_path, swapped())
    report = judged(path)
    first = bd.load("results").num_rows // 2
    keys = [f"race_id={r['race_id']} athlete_id={r['athlete_id']}" for r in swapped().to_pylist()]
    told = {violation.key: report.where(violation) for violation in report.violations}
    wanted = {key: f"{path}/{row // first}.parquet:{row % first + 1}" for row, key in enumerate(keys) if row % 10 == 0}
    assert {key: told[key] for key in wanted} == wanted


def test_quarantine_parts_every_row_of_an_archive_once(tmp_path: Path) -> None:
    judged(parts(tmp_path, swapped()), quarantine=tmp_path / "out")
    holds, fails = (pq.read_table(tmp_path / "out" / f"results-{part}.parquet") for part in ("holds", "fails"))
    assert holds.num_rows + fails.num_rows == bd.load("results").num_rows
    assert set(fails["nation"].to_pylist()) >= {"DEU"}
    assert "DEU" not in holds["nation"].to_pylist()
    why = fails.filter(pc.field("nation") == "DEU")["invariant"].to_pylist()
    assert all("known-nation" in str(invariants) for invariants in why)


def test_the_rows_of_an_archive_that_holds_come_back_unchanged(tmp_path: Path) -> None:
    judged(parts(tmp_path, bd.load("results")), quarantine=tmp_path / "out")
    assert pq.read_table(tmp_path / "out" / "results-holds.parquet").to_pylist() == bd.load("results").to_pylist()


def test_files_that_are_not_one_table_are_refused_by_name(tmp_path: Path) -> None:
    path = parts(tmp_path, bd.load("results"))
    pq.write_table(bd.load("results").drop_columns("points"), path / "1.parquet")
    with pytest.raises(InputError, match=r"1\.parquet: its columns differ"):
        judged(path)


def test_a_second_file_of_an_archive_belongs_into_its_folder(tmp_path: Path) -> None:
    pq.write_table(bd.load("results"), tmp_path / "results.parquet")
    with pytest.raises(InputError, match="expected them in one folder"):
        validate(files=[tmp_path / "results.parquet", parts(tmp_path, bd.load("results"))], engine="pandera")


@pytest.mark.parametrize("engine", ["pandera", "gx"])
def test_an_archive_whose_pages_are_broken_cannot_be_used(tmp_path: Path, engine: EngineChoice) -> None:
    path = tmp_path / "results.parquet"
    pq.write_table(bd.load("results"), path)
    content = bytearray(path.read_bytes())
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    content[4:footer] = bytes(footer - 4)
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        judged(path, engine)


def test_names_that_read_like_keys_are_found_all_the_same(tmp_path: Path) -> None:
    table = swapped()
    evil = [f"a athlete_id=b race_id={n}" for n in range(table.num_rows)]
    table = table.set_column(0, table.schema.field(0), pa.array(evil, pa.string()))
    report = judged(parts(tmp_path, table))
    assert all(report.where(violation) for violation in report.violations if violation.key)

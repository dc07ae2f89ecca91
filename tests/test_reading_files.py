"""Files of every kind: read as they are, or refused with the reason."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyarrow import feather

import bowerman_data as bd
from bowerman_data.errors import InputError
from tests.reading import column, found, read, written


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet", "arrow"])
def test_the_shipped_results_come_back_unchanged(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"results.{suffix}"
    if suffix == "arrow":
        feather.write_feather(bd.load("results"), path, compression="uncompressed")
    else:
        bd.export(tmp_path, "json" if suffix == "jsonl" else suffix)  # type: ignore[arg-type]
    reading = read(path)
    assert not reading.read_by_heading
    assert reading.table.to_pylist() == bd.load("results").to_pylist()
    assert reading.table.schema.types == bd.load("results").schema.types


def test_a_folder_of_parquet_files_is_one_table(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    for part in range(2):
        pq.write_table(bd.load("results").slice(part * 8, 8), folder / f"part-{part}.parquet")
    assert read(folder).table.num_rows == 16


def test_json_lines_with_other_columns_are_read_by_their_names(tmp_path: Path) -> None:
    reading = read(written(tmp_path, '{"name": "Ann Able", "time": "4:10.11", "rank": 1}\n', "heat.jsonl"))
    assert (column(reading, "place"), column(reading, "time_ms")) == ([1], [250_110])


def test_a_cell_of_the_wrong_type_in_our_own_columns_is_named_and_the_rest_is_judged(tmp_path: Path) -> None:
    bd.export(tmp_path, "csv")
    path = tmp_path / "results.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("225340", "22534o"), encoding="utf-8")
    reading = read(path)
    assert found(reading) == [("cell-readable", "time_ms", "22534o")]
    kerr = bd.load("results")["time_ms"].to_pylist().index(225_340)
    assert column(reading, "time_ms")[kerr : kerr + 2] == [None, 225_600]
    assert reading.table.schema.types == bd.load("results").schema.types


def test_a_column_of_numbers_and_words_in_json_is_read_as_text(tmp_path: Path) -> None:
    lines = '{"name": "Ann Able", "time": 250.11, "rank": 1}\n{"name": "Bea Best", "time": "DNF", "rank": "-"}\n'
    reading = read(written(tmp_path, lines, "heat.jsonl"))
    assert (column(reading, "time_ms"), column(reading, "status")) == ([250_110, None], ["OK", "DNF"])


UNUSABLE = {
    "empty.csv": (b"", "empty"),
    "blank.csv": (b"\n\n  \n", "blank"),
    "nul.csv": (b"Name,Time\nAnn\x00,4:10.11\n", "nul.csv:2.*NUL"),
    "twice.csv": (b"Name,Time,Time\nAnn,4:10.11,4:10.12\n", "'Time' twice"),
    "wide.csv": (b"Name,Time\nAnn,4:10,11\n", "wide.csv:2: got 3 cells, expected 2"),
    "open.csv": (b'Name,Time\n"Ann,4:10.11\n' + b"x" * 200_000, "open.csv:2: .*never closed"),
    "open.txt": (b'Name,Time,Note\nAnn,4:10.11,\nBea,4:11.22,"fell\nCay,4:12.33,\n', "open.txt:3: .*never closed"),
    "long.csv": (b"Name,Time\nAnn," + b"x" * 1_100_000, "long.csv:2: got a line"),
    "strangers.csv": (b"a,b\n1,2\n", "--map"),
    "headless.csv": (b"1,Ann Able,KEN,4:10.11\n", "got '1', .*expected headings such as Place, Name, Time"),
    "packed.csv": (gzip.compress(b"Name,Time\nAnn,4:10.11\n"), "a compressed file"),
    "cut.parquet": (b"PAR1\x00\x01", "cannot be read"),
    "book.xlsx": (b"PK\x03\x04....", "spreadsheet"),
    "bad.jsonl": (b'{"name": \n', "bad.jsonl:1.*JSON"),
    "list.jsonl": (b"[1, 2]\n", "expected an object"),
    "cut.arrow": (b"ARROW1\x00\x00", "cannot be read"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, name: str) -> None:
    content, message = UNUSABLE[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read(tmp_path / name)


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "heat.csv")
    with pytest.raises(InputError, match="got a pipe or a device"):
        read(tmp_path / "heat.csv")


def test_of_very_many_columns_that_were_not_used_some_are_named(tmp_path: Path) -> None:
    strays = ",".join(f"c{n}" for n in range(10_000))
    note = read(written(tmp_path, f"Name,Time,{strays}\nAnn,4:10.11\n")).notes[0]
    assert (len(note) < 400, note.endswith("'c19' and 9,980 more")) == (True, True)


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_parquet_file_cannot_be_used(tmp_path: Path, keep: float) -> None:
    bd.export(tmp_path, "parquet")
    path = tmp_path / "results.parquet"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(InputError, match=r"results\.parquet"):
        read(path)

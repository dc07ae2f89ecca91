from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bowerman_data.build import BuildError, build, differences, main, tables_from
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.tables import TABLES

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"
SHIPPED = ROOT / "dataset/tables"


@pytest.fixture(scope="module")
def rebuilt() -> dict[str, pa.Table]:
    return tables_from(SEEDS)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SEEDS, tmp_path / "seeds"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def shuffled(text: str, order: random.Random) -> str:
    """A seed file with the lines of each of its lists in another order."""

    def blocks() -> Iterator[str]:
        block: list[str] = []
        for line in text.splitlines():
            if line.startswith("  {"):
                block.append(line)
                continue
            order.shuffle(block)
            yield from block
            block = []
            yield line

    return "\n".join(blocks()) + "\n"


def test_the_shipped_tables_are_those_that_the_seeds_give(rebuilt: dict[str, pa.Table]) -> None:
    assert differences(rebuilt, SHIPPED) == []


def test_every_table_has_its_declared_schema_with_descriptions() -> None:
    for name in TABLES:
        shipped, declared = pq.read_schema(SHIPPED / f"{name}.parquet"), arrow_schema(name)
        assert shipped.metadata == declared.metadata
        assert [(f.name, f.type, f.nullable, f.metadata) for f in shipped] == [
            (f.name, f.type, f.nullable, f.metadata) for f in declared
        ]


def test_the_manifest_tells_rows_and_digests() -> None:
    manifest = json.loads((SHIPPED / "manifest.json").read_text(encoding="utf-8"))
    rows = {name: entry["rows"] for name, entry in manifest["tables"].items()}
    assert rows == {name: pq.read_metadata(SHIPPED / f"{name}.parquet").num_rows for name in TABLES}


def test_the_tables_are_compressed_with_zstd() -> None:
    column = pq.read_metadata(SHIPPED / "claims.parquet").row_group(0).column(0)
    assert column.compression == "ZSTD"


def test_two_builds_write_the_same_bytes_for_any_order_of_the_seeds(seeds: Path, tmp_path: Path) -> None:
    build(seeds, tmp_path / "first")
    for path in seeds.rglob("*.toml"):
        path.write_text(shuffled(path.read_text(encoding="utf-8"), random.Random(7)), encoding="utf-8")
    build(seeds, tmp_path / "second")
    assert files(tmp_path / "first") == files(tmp_path / "second")


def test_a_changed_digit_in_a_shipped_table_is_a_difference(rebuilt: dict[str, pa.Table], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "tables"))
    results = pq.read_table(folder / "results.parquet").to_pylist()
    results[0]["time_ms"] += 10
    pq.write_table(pa.Table.from_pylist(results, arrow_schema("results")), folder / "results.parquet")
    assert differences(rebuilt, folder) == ["results.parquet: not the bytes that the manifest names"]


def test_tables_that_break_a_rule_are_not_written(seeds: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(SHIPPED, tmp_path / "tables"))
    before = files(out)
    for path in seeds.rglob("*.toml"):
        path.write_text(path.read_text(encoding="utf-8").replace('"3:45.60"', '"3:45.20"'), encoding="utf-8")
    with pytest.raises(BuildError, match=r"ordered-finish-times"):
        build(seeds, out)
    assert files(out) == before
    assert not list(tmp_path.glob(".tables-*"))


def test_a_fault_of_the_seeds_leaves_the_tables_alone(
    seeds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    races = seeds / "races.toml"
    races.write_text(races.read_text(encoding="utf-8").replace('"Hayward Field"', '" Hayward Field"'), encoding="utf-8")
    assert main(["--seeds", str(seeds), "--out", str(tmp_path / "out")]) == 1
    assert "races.toml: races 1: venue: got ' Hayward Field'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()

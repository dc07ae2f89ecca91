from __future__ import annotations

import json
import statistics
import subprocess
import sys

import bowerman_data as bd

HEAVY = ("polars", "pandas", "pandera", "great_expectations", "duckdb", "pyarrow", "numpy", "importlib.metadata")


def seconds(module: str) -> float:
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)


def loaded_by(code: str) -> set[str]:
    script = (
        f"import json, sys; before = set(sys.modules); {code}; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(json.loads(run.stdout.splitlines()[-1]))


def opened_by(code: str) -> str:
    script = f"import sys; sys.addaudithook(lambda e, a: e == 'open' and print(a[0], file=sys.stderr)); {code}"
    return subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stderr


def test_an_import_loads_no_library() -> None:
    assert loaded_by("import bowerman_data") & set(HEAVY) == set()


def test_an_import_reads_no_table() -> None:
    opened = opened_by("import bowerman_data")
    assert "bowerman_data" in opened
    assert ".parquet" not in opened


def test_an_import_costs_less_than_a_third_of_pandas() -> None:
    # Five each, in turn, so that a busy machine slows both.
    pairs = [(seconds("bowerman_data"), seconds("pandas")) for _ in range(5)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert ours < theirs / 3


def test_a_table_is_loaded_without_any_engine() -> None:
    engines = {"polars", "pandas", "pandera", "great_expectations", "duckdb"}
    assert loaded_by("import bowerman_data; bowerman_data.load('results')") & engines == set()
    assert loaded_by("import bowerman_data; bowerman_data.dictionary('results')") & engines == set()


def test_the_public_names_are_all_there_and_documented() -> None:
    assert dir(bd) == bd.__all__ == sorted(bd.__all__)
    for name in set(bd.__all__) - {"__version__"}:
        assert getattr(bd, name).__doc__, name


def test_the_version_is_that_of_the_installed_package() -> None:
    assert bd.__version__ == "0.1.0"


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    try:
        bd.laod  # noqa: B018
    except AttributeError as error:
        assert "no attribute 'laod'" in str(error)
    else:
        raise AssertionError("no error")

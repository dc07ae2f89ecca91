from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from bowerman_data._dictionary_page import coverage
from bowerman_data.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```\n```text\n(.*?)\n```\n", README, flags=re.DOTALL)
CONSOLE = re.findall(r"```console\n\$ bowerman-data ([^\n]*)\n(.*?)\n```\n", README, flags=re.DOTALL)


def printed_by_python(code: str, names: dict[str, object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, names)  # noqa: S102 -- the page is ours
    return out.getvalue().rstrip()


def test_the_python_in_the_readme_prints_what_the_readme_says() -> None:
    names: dict[str, object] = {}
    assert len(PYTHON) == README.count("```python")
    assert [printed_by_python(code, names) for code, _ in PYTHON] == [output for _, output in PYTHON]


@pytest.mark.parametrize(("arguments", "output"), CONSOLE, ids=[arguments for arguments, _ in CONSOLE])
def test_the_commands_in_the_readme_print_what_the_readme_says(
    arguments: str, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(arguments)) == 0
    assert capsys.readouterr().out.rstrip() == output


def test_the_readme_tells_the_rows_of_every_table() -> None:
    import bowerman_data as bd

    told = {
        name: int(rows.replace(",", ""))
        for name, rows in re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", README, re.MULTILINE)
    }
    assert told == {table.name: table.rows for table in bd.tables()}


def test_the_readme_tells_the_coverage_of_every_year() -> None:
    assert coverage() in README, "stale: python -m bowerman_data._dictionary_page prints the same into DICTIONARY.md"

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
LOOKING = [(arguments, output) for arguments, output in CONSOLE if not arguments.startswith("validate")]
MEETS = re.findall(
    r"`(\w+\.csv)`:\n\n```csv\n(.*?)```\n\n```console\n\$ bowerman-data (validate [^\n]*)\n(.*?)\n```\n",
    README,
    flags=re.DOTALL,
)
SECONDS = re.compile(r" +\d+\.\d{3}$", re.MULTILINE)


def printed_by_python(code: str, names: dict[str, object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(code, names)  # noqa: S102 -- the page is ours
    return out.getvalue().rstrip()


def test_the_python_in_the_readme_prints_what_the_readme_says() -> None:
    names: dict[str, object] = {}
    assert len(PYTHON) == README.count("```python")
    assert [printed_by_python(code, names) for code, _ in PYTHON] == [output for _, output in PYTHON]


@pytest.mark.parametrize(("arguments", "output"), LOOKING, ids=[arguments for arguments, _ in LOOKING])
def test_the_commands_in_the_readme_print_what_the_readme_says(
    arguments: str, output: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(shlex.split(arguments)) == 0
    assert capsys.readouterr().out.rstrip() == output


@pytest.mark.parametrize(("name", "text", "arguments", "output"), MEETS, ids=[name for name, *_ in MEETS])
def test_the_verdict_on_the_meet_in_the_readme_is_what_the_readme_says(
    name: str,
    text: str,
    arguments: str,
    output: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(arguments)) == 1
    assert SECONDS.sub("", capsys.readouterr().out.rstrip()) == SECONDS.sub("", output)


def test_every_command_of_the_readme_is_tried() -> None:
    assert len(LOOKING) + len(MEETS) == len(CONSOLE) == README.count("```console")


def test_the_readme_tells_the_rows_of_every_table() -> None:
    import bowerman_data as bd

    told = {
        name: int(rows.replace(",", ""))
        for name, rows in re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", README, re.MULTILINE)
    }
    assert told == {table.name: table.rows for table in bd.tables()}


def test_the_readme_tells_the_coverage_of_every_year() -> None:
    assert coverage() in README, "stale: python -m bowerman_data._dictionary_page prints the same into DICTIONARY.md"

"""The command line: what it prints, how it exits, and that no input brings a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bowerman_data as bd
from bowerman_data.cli import main

Capture = pytest.CaptureFixture[str]
GOOD = "Place,Name,Time\n1,Ann Able,4:10.11\n2,Bea Best,4:11.22\n"
BAD = "Place,Name,Time\n1,Ann Able,4:11.22\n2,Bea Best,4:10.11\n"


def written(folder: Path, text: str) -> str:
    path = folder / "heat.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def run(*words: str) -> int:
    """The exit code, also where argparse exits by itself."""
    try:
        return main(words)
    except SystemExit as stop:
        return int(stop.code or 0)


def test_tables_lists_every_table(capsys: Capture) -> None:
    assert run("tables") == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()][:2] == ["results", "splits"]


def test_show_prints_an_aligned_table(capsys: Capture) -> None:
    assert run("show", "results", "--edition", "2024", "--limit", "2") == 0
    head, first, second, more = capsys.readouterr().out.splitlines()
    assert head.index("nation") == first.index("GBR") == second.index("NOR")
    assert more.startswith("... and 14 more rows")


def test_show_writes_json_lines(capsys: Capture) -> None:
    assert run("show", "results", "--format", "json", "--limit", "0") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == bd.load("results").num_rows


def test_show_writes_csv(capsys: Capture) -> None:
    assert run("show", "results", "--edition", "2024", "--format", "csv", "--limit", "1") == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("bowerman-mile-2024,josh-kerr,GBR")


def test_why_takes_an_id_and_a_field(capsys: Capture) -> None:
    assert run("why", "results", "josh-kerr", "time_ms") == 0
    assert "225340" in capsys.readouterr().out


def test_why_takes_column_and_value(capsys: Capture) -> None:
    assert run("why", "splits", "edition=2024", "from_m=0", "to_m=800", "basis=leader", "athlete_id") == 0
    assert "athlete_id" in capsys.readouterr().out


def test_an_id_misspelt_offers_the_nearest(capsys: Capture) -> None:
    assert run("why", "results", "josh-ker", "time_ms") == 2
    assert "did you mean 'josh-kerr'" in capsys.readouterr().err


def test_dictionary_and_cite_print_their_pages(capsys: Capture) -> None:
    assert (run("dictionary", "splits"), run("cite")) == (0, 0)
    out = capsys.readouterr().out
    assert "from_m" in out
    assert "bowerman-data" in out


def test_export_lists_what_it_wrote(tmp_path: Path, capsys: Capture) -> None:
    assert run("export", str(tmp_path / "out"), "--format", "csv") == 0
    assert (tmp_path / "out" / "results.csv").is_file()
    assert "results.csv" in capsys.readouterr().out


def test_the_version_is_that_of_the_package(capsys: Capture) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"bowerman-data {bd.__version__}\n"


@pytest.mark.parametrize("command", ["tables", "show", "why", "dictionary", "cite", "validate", "export"])
def test_every_command_has_help_with_an_example(command: str, capsys: Capture) -> None:
    assert run(command, "--help") == 0
    assert f"  bowerman-data {command}" in capsys.readouterr().out


def test_a_race_that_holds_exits_with_0(tmp_path: Path) -> None:
    assert run("validate", written(tmp_path, GOOD), "--engine", "pandera") == 0


def test_a_race_that_does_not_hold_exits_with_1_and_names_the_row(tmp_path: Path, capsys: Capture) -> None:
    assert run("validate", written(tmp_path, BAD), "--engine", "pandera") == 1
    assert "heat.csv:3: race_id=heat athlete_id=bea-best" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("validate", "nowhere.csv"),
        ("validate", "--map", "mark"),
        ("validate", "--map", "mark=Time", "--map", "mark=Zeit"),
        ("validate", "--engine", "spork"),
        ("validate", "--json", "no/such/folder/report.json"),
        ("validate", "--json", "-", "--html", "-"),
        ("show", "result"),
        ("show", "results", "--limit", "-1"),
        ("why", "results", "josh-kerr", "shoe"),
        ("why", "check", "josh-kerr", "finishers-under"),
        ("dictionary", "nothing"),
        ("launch",),
    ],
)
def test_what_cannot_be_used_exits_with_2_and_says_why(words: tuple[str, ...], capsys: Capture) -> None:
    assert run(*words) == 2
    assert capsys.readouterr().err.strip()


def test_json_goes_to_the_terminal_alone(tmp_path: Path, capsys: Capture) -> None:
    run("validate", written(tmp_path, GOOD), "--engine", "pandera", "--json", "-")
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_reports_and_quarantine_go_to_files(tmp_path: Path) -> None:
    outputs = {name: tmp_path / f"report.{name}" for name in ("json", "html")}
    words = [word for name, path in outputs.items() for word in (f"--{name}", str(path))]
    code = run("validate", written(tmp_path, BAD), "--engine", "pandera", *words, "--quarantine", str(tmp_path / "q"))
    assert code == 1
    assert json.loads(outputs["json"].read_text(encoding="utf-8"))["ok"] is False
    assert outputs["html"].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "q" / "heat-fails.csv").is_file()


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        run("validate", written(tmp_path, GOOD), "--engine", "pandera", "--json", str(tmp_path / "pipe"))
        assert (tmp_path / "pipe").is_fifo()
        assert json.loads(reader.communicate(timeout=30)[0])["ok"] is True


def test_what_a_link_points_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "report.json")
    run("validate", written(tmp_path, GOOD), "--engine", "pandera", "--json", str(tmp_path / "link.json"))
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["ok"] is True


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_report_on_a_full_disk_names_the_file(tmp_path: Path, capsys: Capture) -> None:
    assert run("validate", written(tmp_path, GOOD), "--engine", "pandera", "--json", "/dev/full") == 2
    assert "/dev/full: cannot be written: No space left" in capsys.readouterr().err


def test_an_option_names_the_table_of_a_file(tmp_path: Path, capsys: Capture) -> None:
    assert run("validate", "--results", written(tmp_path, GOOD), "--engine", "pandera") == 0
    assert "results 2 rows" in capsys.readouterr().out


def test_mapping_and_facts_come_from_options(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, GOOD.replace("Time", "Quux"))
    words = ("--map", "mark=Quux", "--discipline", "mile", "--sex", "W", "--date", "2024-05-25")
    assert run("validate", path, "--engine", "pandera", *words) == 0
    assert "humanly-possible" in capsys.readouterr().out


def test_both_engines_agree_on_a_broken_race(tmp_path: Path, capsys: Capture) -> None:
    text = "Place,Name,Nat,Time\n1,Ann Able,DEU,4:11.22\n2,Bea Best,USA,4:10.11\n4,Cay Cole,GBR,4:65.00\n"
    assert run("validate", written(tmp_path, text), "--json", "-") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["disagreements"] == []
    assert {entry["engine"] for entry in report["violations"]} == {"pandera", "gx", "reader"}


def test_a_reader_that_has_enough_is_no_error() -> None:
    command = f"{sys.executable} -m bowerman_data show claims --limit 0 | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_leaves_nothing_on_stderr(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "bowerman_data", "validate", written(tmp_path, GOOD), "--engine", "gx"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_looking_at_a_table_loads_no_engine() -> None:
    code = "import sys; from bowerman_data.cli import main; main(['show', 'results']); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"'pandera'", "'great_expectations'", "'polars'", "'duckdb'"} & set(done.stdout.split(", "))


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bd, "tables", interrupted, raising=False)
    assert main(["tables"]) == 130
    assert capsys.readouterr().err == ""

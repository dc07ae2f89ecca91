"""What each command of the command line does; each returns its exit code."""

from __future__ import annotations

import argparse
import csv
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import bowerman_data as bd
from bowerman_data._aside import written_aside
from bowerman_data._printed import aligned, clean
from bowerman_data.errors import InputError, NoSuchRow, nearest
from bowerman_data.schemas.tables import TABLES

__all__ = ["cite", "dictionary", "export", "show", "tables", "validate", "why", "winners"]

Options = argparse.Namespace
_WIDEST = 48


def tables(options: Options) -> int:
    """List the tables."""
    print(bd.tables())
    return 0


def dictionary(options: Options) -> int:
    """Describe a table's columns."""
    print(bd.dictionary(options.table))
    return 0


def cite(options: Options) -> int:
    """Say how to cite."""
    print(bd.cite())
    return 0


def winners(options: Options) -> int:
    """List who won."""
    print(bd.winners())
    return 0


def export(options: Options) -> int:
    """Write every table into a folder."""
    for path in bd.export(options.folder, options.format, edition=options.edition, force=options.force):
        print(path)
    return 0


def show(options: Options) -> int:
    """Print rows of a table."""
    table = bd.load(options.table, edition=options.edition)
    rows = table.slice(0, options.limit or table.num_rows).to_pylist()
    _SHOW[options.format](table.column_names, rows)
    left = table.num_rows - len(rows)
    if left and options.format == "text":
        print(f"... and {left:,} more rows; --limit 0 prints them all")
    return 0


def _show_text(headings: list[str], rows: list[dict[str, Any]]) -> None:
    numbers = {i for i, name in enumerate(headings) if any(isinstance(row[name], int | float) for row in rows)}
    print(aligned([tuple(headings), *(tuple(_short(row[name]) for name in headings) for row in rows)], right=numbers))


def _show_csv(headings: list[str], rows: list[dict[str, Any]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row.values()] for row in rows)


def _show_json(headings: list[str], rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(json.dumps(row, ensure_ascii=False, default=str))


_SHOW = {"text": _show_text, "csv": _show_csv, "json": _show_json}


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)


def _short(value: object) -> str:
    text = clean(_cell(value))
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


def why(options: Options) -> int:
    """Tell why a value is what it is: words that name the row, then the field."""
    *words, field = options.words
    key = dict(_pair(options.table, word) for word in words)
    print(bd.why(options.table, field, **key))
    return 0


def _pair(table: str, word: str) -> tuple[str, str | None]:
    """`column=value` as it stands; a bare word is an id, of whichever column has it."""
    column, sign, value = word.partition("=")
    if sign:
        return column, None if value == "null" else value
    if table == "check":
        raise InputError(f"why check: got {word!r}, expected argument=value")
    return _column_of(table, word), word


def _column_of(table: str, word: str) -> str:
    data = bd.load(table)
    ids = {c: set(data.column(c).to_pylist()) for c in TABLES[table].columns if c.endswith("_id")}
    for column, values in ids.items():
        if word in values:
            return column
    known = sorted({value for values in ids.values() for value in values if value})
    raise NoSuchRow(
        f"{table}: no row has the id {word!r}{nearest(word, known)} Write column=value for any other column"
    )


def validate(options: Options) -> int:
    """Judge, write what is asked for, and print; 0 where all invariants hold, 1 where some do not."""
    outputs = {name: getattr(options, name) for name in ("json", "html") if getattr(options, name)}
    if list(outputs.values()).count("-") > 1:
        raise InputError("--json and --html: got - for both, expected a file for one of them")
    for path in outputs.values():
        _check_output(path)
    with _progress(f"validating with {_engines(options.engine)}"):
        report = bd.validate(**_call(options))
    texts = {"json": report.to_json, "html": report.to_html}
    for name, path in outputs.items():
        _write(path, texts[name]())
    if "-" not in outputs.values():
        print(report)
    return 0 if report.ok else 1


def _engines(choice: str) -> str:
    return (
        "Pandera and Great Expectations"
        if choice == "both"
        else {"gx": "Great Expectations", "pandera": "Pandera", "spark": "Great Expectations on Spark"}[choice]
    )


def _call(options: Options) -> dict[str, Any]:
    given = {name: getattr(options, f"table_{name}") for name in TABLES}
    return {
        "engine": options.engine,
        "edition": options.edition,
        "documents": options.documents,
        "files": options.files,
        "mapping": _mapping(options.map),
        "discipline": options.discipline,
        "sex": options.sex,
        "date": options.date,
        "quarantine": options.quarantine,
        **_master(options),
        "violations": options.violations,
        "data_docs": options.data_docs,
        **{name: Path(path) for name, path in given.items() if path},
    }


def _master(options: Options) -> dict[str, str]:
    if options.spark_master is None:
        return {}
    if options.engine != "spark":
        raise InputError(f"--spark-master: got --engine {options.engine}, expected --engine spark")
    return {"spark_master": options.spark_master}


def _mapping(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        ours, sign, theirs = pair.partition("=")
        if not (sign and ours and theirs):
            raise InputError(f"--map: got {pair!r}, expected ours=theirs, such as mark=Leistung")
        if ours.strip() in found:
            raise InputError(f"--map: got {ours.strip()} twice, expected each column of ours once")
        found[ours.strip()] = theirs.strip()
    return found


def _check_output(path: str) -> None:
    """A report that cannot be written is known before the work, not after it."""
    parent = Path(path).parent
    if path != "-" and (not parent.is_dir() or Path(path).is_dir()):
        raise InputError(
            f"{path}: cannot be written: {'it is a folder' if Path(path).is_dir() else f'there is no folder {parent}'}"
        )


def _write(path: str, text: str) -> None:
    if path == "-":
        sys.stdout.write(text + "\n")
        return
    try:
        with written_aside(Path(path)) as aside:
            aside.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


@contextmanager
def _progress(label: str) -> Iterator[None]:
    """On a terminal, after two seconds, say what is going on and for how long; in a pipe, nothing."""
    done = threading.Event()
    watcher = threading.Thread(target=_tick, args=(label, done), daemon=True)
    if sys.stderr.isatty():
        watcher.start()
    try:
        yield
    finally:
        done.set()
        if watcher.ident is not None:
            watcher.join()


def _tick(label: str, done: threading.Event) -> None:
    started, wait = monotonic(), 2.0
    while not done.wait(wait):
        print(f"\r{label}: {monotonic() - started:.0f} s", end="", file=sys.stderr, flush=True)
        wait = 1.0
    if wait != 2.0:
        print("\r\033[K", end="", file=sys.stderr, flush=True)

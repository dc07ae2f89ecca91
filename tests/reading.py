"""Somebody else's file, written, read and judged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bowerman_data.reading import Facts, Reading, read_everything
from bowerman_data.report import Report
from bowerman_data.validation import validate

LIST = "Place,Name,Nat,Time\n1,Ann Able,KEN,4:10.11\n2,Bea Best,USA,4:11.22\n3,Cay Cole,GBR,4:12.33\n"
NAMELESS = "Place,Name,Time\n1,Ann Able,4:10.11\n2,,soon\n3,,late\n"
"""Two rows of which nobody knows whose they are."""


def written(folder: Path, text: str, name: str = "heat.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding, newline="")
    return path


def read(path: Path, **facts: object) -> Reading:
    given: dict[str, Any] = {"mapping": {}, "discipline": None, "sex": None, "date": None} | facts
    return read_everything({}, [path], Facts.of(**given))[0]


def column(reading: Reading, name: str) -> list[Any]:
    return reading.table.column(name).to_pylist()


def found(reading: Reading) -> list[tuple[str, str, str | None]]:
    return [(violation.invariant, violation.column, violation.value) for violation in reading.found]


def judged(**given: Any) -> Report:  # noqa: ANN401  (frames of any library)
    return validate(engine="pandera", **given)

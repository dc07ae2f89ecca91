"""The reference lists behind the invariants, read once from the CSV files beside this module."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = [
    "Bound",
    "Nation",
    "PointsScale",
    "RecordCode",
    "bounds",
    "legal_nations",
    "nations",
    "points_scales",
    "record_codes",
]


LEGAL_KINDS = {"member", "special", "historical", "superseded"}
"""Kinds of nations whose code may stand beside an individual."""


@dataclass(frozen=True, slots=True)
class Nation:
    """A World Athletics code, the ISO code that is mistaken for it, and the years in which it may stand."""

    code: str
    name: str
    kind: str
    iso_alpha3: str | None
    from_year: int | None
    until_year: int | None
    use_instead: str | None


@dataclass(frozen=True, slots=True)
class RecordCode:
    """A record or best code, its equalled form, and the codes that it strictly implies."""

    code: str
    name: str
    kind: str
    equal_form: str
    implies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """Finish times of one discipline and sex, in ms: beyond `hard` impossible, beyond `warn` unlikely."""

    discipline: str
    sex: str
    hard_min_ms: int
    warn_min_ms: int
    warn_max_ms: int
    hard_max_ms: int


@dataclass(frozen=True, slots=True)
class PointsScale:
    """The points by place of a series in its seasons, first and last included; empty where it gave none."""

    series: str
    from_year: int
    until_year: int
    points: tuple[int, ...]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("bowerman_data.schemas").joinpath("reference", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _year(text: str) -> int | None:
    return int(text) if text else None


@cache
def nations() -> tuple[Nation, ...]:
    """Every code of the list, in its order: members, historical codes, and those that may not stand."""
    return tuple(
        Nation(
            row["code"],
            row["name"],
            row["kind"],
            row["iso_alpha3"] or None,
            _year(row["from_year"]),
            _year(row["until_year"]),
            row["use_instead"] or None,
        )
        for row in _rows("nations.csv")
    )


@cache
def legal_nations() -> frozenset[str]:
    """The codes that may stand beside an individual."""
    return frozenset(nation.code for nation in nations() if nation.kind in LEGAL_KINDS)


@cache
def record_codes() -> tuple[RecordCode, ...]:
    """The codes in order of rank."""
    return tuple(
        RecordCode(row["code"], row["name"], row["kind"], row["equal_form"], tuple(row["implies"].split()))
        for row in _rows("record_codes.csv")
    )


@cache
def bounds() -> tuple[Bound, ...]:
    """The bounds by discipline and sex."""
    return tuple(
        Bound(
            row["discipline"],
            row["sex"],
            int(row["hard_min_ms"]),
            int(row["warn_min_ms"]),
            int(row["warn_max_ms"]),
            int(row["hard_max_ms"]),
        )
        for row in _rows("bounds.csv")
    )


@cache
def points_scales() -> tuple[PointsScale, ...]:
    """The scales by series and season; no two of a series overlap."""
    return tuple(
        PointsScale(
            row["series"], int(row["from_year"]), int(row["until_year"]), tuple(map(int, row["points"].split()))
        )
        for row in _rows("points_scales.csv")
    )

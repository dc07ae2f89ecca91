"""What is said of a race beside its results: discipline, sex, date; and the races table it makes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import pyarrow as pa

from bowerman_data._headings import ours_named
from bowerman_data.errors import InputError
from bowerman_data.schemas.arrow import arrow_schema

__all__ = [
    "LAPS",
    "Facts",
    "RaceFacts",
    "crossings",
    "date_of",
    "discipline_of",
    "metres",
    "on_road",
    "races_table",
    "sex_of",
]

MILE = Decimal("1609.344")
_MILES = {"mile": ("mile", MILE), "2miles": ("2miles", 2 * MILE), "marathon": ("marathon", Decimal(42195))}
_MILE = re.compile(r"(?:\b(?:1|one|the)\s*)?\bmi(?:le|glio|lla|l)\b", re.IGNORECASE)
_METRES = re.compile(r"\b([1-9][0-9 ,']*)\s*(?:m|metres?|meters?|metri|metros|meter)?\b", re.IGNORECASE)
_MARATHON = re.compile(r"(?!.*(?:half|halb|semi|mini|ultra)).*\bmarathon\b", re.DOTALL)
_FARTHEST = 10**6
LAPS = (400, 200)
"""The laps of a track in metres, outdoors and indoors."""
# A crossing this soon after the start is the start: nobody times the first 9.344 m of a mile.
_FIRST = 50
_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %b %Y", "%d %B %Y", "%Y/%m/%d")
UNKNOWN_DATE = dt.date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the caller says of files: which of their columns is ours, and what no column tells."""

    mapping: Mapping[str, str]
    discipline: str | None = None
    sex: str | None = None
    date: dt.date | None = None

    @classmethod
    def of(cls, mapping: Any, discipline: Any, sex: Any, date: Any) -> Facts:  # noqa: ANN401  (what a caller gives)
        """Facts from what a person writes; raises InputError for what is none."""
        if not isinstance(mapping, Mapping):
            raise InputError(f"mapping: got {mapping!r}, expected ours to theirs, such as {{'mark': 'Leistung'}}")
        if discipline is not None and not (
            isinstance(discipline, str) and (discipline_of(discipline) or on_road(discipline))
        ):
            raise InputError(f"discipline: got {discipline!r}, expected mile, 1500m, 2miles or the like")
        if sex is not None and not (isinstance(sex, str) and sex_of(sex)):
            raise InputError(f"sex: got {sex!r}, expected M, W or X")
        day = date_of(date) if isinstance(date, str) else date
        if date is not None and not isinstance(day, dt.date):
            raise InputError(f"date: got {date!r}, expected a day such as 2024-05-25")
        return cls(_ours(mapping), discipline, sex and sex_of(sex), day)


def _ours(mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping with our own names for our columns; raises InputError where one is named twice."""
    found: dict[str, str] = {}
    for name, theirs in mapping.items():
        ours = ours_named(name)
        if ours in found:
            raise InputError(f"mapping: got {found[ours]!r} and {theirs!r} for {ours}, expected one of them")
        found[ours] = theirs
    return found


@dataclass(frozen=True, slots=True)
class RaceFacts:
    """What is known of one race."""

    discipline: str
    distance_m: float
    sex: str | None
    date: dt.date | None


def discipline_of(text: str) -> tuple[str, Decimal] | None:
    """A discipline by the name people give it, with its distance in metres.

    >>> discipline_of("Men's 1 Mile"), discipline_of("1500 metres")
    (('mile', Decimal('1609.344')), ('1500m', Decimal('1500')))
    """
    plain = text.strip().lower()
    indoor = "-indoor" if re.search(r"indoor|\(i\)|\bsh\b|short track|halle", plain) else ""
    found = _outdoors(plain)
    return (found[0] + indoor, found[1]) if found else None


def _outdoors(plain: str) -> tuple[str, Decimal] | None:
    if _MARATHON.match(plain):
        return _MILES["marathon"]
    if re.search(r"\b(2|two)[ -]?miles?\b|3218\.688", plain):
        return _MILES["2miles"]
    if _MILE.search(plain) or re.search(r"\b1609(\.34\d*)?\b", plain):
        return None if re.search(r"\b([3-9]|\d\d+)\s*mile", plain) else _MILES["mile"]
    found = _METRES.search(plain)
    distance = re.sub(r"[^0-9]", "", found[1]) if found else ""
    return (f"{distance}m", Decimal(distance)) if distance and int(distance) >= 60 else None


@cache
def on_road(text: str) -> bool:
    """Whether a discipline is one whose times have hours and no decimals: a marathon, or a half.

    >>> on_road("Halbmarathon"), discipline_of("Halbmarathon")
    (True, None)
    """
    return re.search(r"marath?[o\u00f3]n", text.lower()) is not None


@cache
def metres(text: str) -> Decimal | None:
    """A distance in metres as a number; `1 Mile` and `1500m` too."""
    try:
        found = Decimal(re.sub(r"\s*m$", "", text.strip()))
    except InvalidOperation:
        known = discipline_of(text)
        return known[1] if known else None
    return found if found.is_finite() and 0 < found < _FARTHEST else None


def crossings(total: Decimal, lap: int) -> list[Decimal]:
    """Where the finish line of a track is crossed in a race of so many metres, the finish last.

    >>> [f"{metre:g}" for metre in crossings(Decimal(1500), 400)]
    ['300', '700', '1100', '1500']
    """
    first = total % lap
    first += lap if first < _FIRST else 0
    return [first + lap * n for n in range(int((total - first) // lap) + 1)]


def sex_of(text: str) -> str | None:
    """M, W or X by the words that people write.

    >>> sex_of("Women"), sex_of("m"), sex_of("mixed")
    ('W', 'M', 'X')
    """
    words = {
        "M": "m male man men boys boy h hommes homme herren manner maenner uomini hombres u",
        "W": "w f female woman women girls girl femmes femme frauen damen donne mujeres d k",
        "X": "x mixed mixte gemischt",
    }
    plain = text.strip().lower().removesuffix("'s")
    return next((sex for sex, known in words.items() if plain in known.split()), None)


def date_of(text: str) -> dt.date | None:
    """A day by the usual ways to write one; of 03/04 the first is the day."""
    plain = text.strip().split("T")[0].removesuffix(" 00:00:00")
    for pattern in _DAYS:
        try:
            return dt.datetime.strptime(plain, pattern).date()
        except ValueError:
            continue
    return None


def races_table(races: Mapping[str, RaceFacts]) -> pa.Table:
    """A races table of what is known; the rest is filled in and not judged."""
    rows = [_row(race_id, facts) for race_id, facts in sorted(races.items())]
    return pa.Table.from_pylist(rows, schema=arrow_schema("races"))


def _row(race_id: str, facts: RaceFacts) -> dict[str, object]:
    unknown = dict.fromkeys(("name", "meet", "series", "venue", "city"), "not given")
    return {
        "race_id": race_id,
        **unknown,
        "date": facts.date or UNKNOWN_DATE,
        "country": "INT",
        "discipline": facts.discipline,
        "distance_m": facts.distance_m,
        "sex": facts.sex or "X",
        # Nobody is accused of a list cut short: full claims least of what is not there.
        "coverage": "full",
        "points_scale": None,
    }

"""Cells as people write them, read into ours: places, names, nations, codes, points, days."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import re
import unicodedata
from collections.abc import Collection, Iterable
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa

from bowerman_data.marks import format_mark
from bowerman_data.schemas.reference import nations, record_codes

__all__ = [
    "MOST",
    "athlete_name",
    "codes_of",
    "known_code",
    "nation_of",
    "place_of",
    "points_of",
    "ranked",
    "record_code",
    "slug",
    "text_in",
    "texts",
    "whole",
]

MOST = 2**15 - 1
"""The most that a column of places or points holds."""
_BLANK = frozenset({"", "nan", "nat", "null", "none", "n/a", "na", "<na>"})
# What people call nations whose name in the list is another.
_ALSO_CALLED = {
    "czechia": "CZE",
    "great britain": "GBR",
    "gb": "GBR",
    "holland": "NED",
    "ivory coast": "CIV",
    "south korea": "KOR",
    "the netherlands": "NED",
    "turkey": "TUR",
    "u.s.a.": "USA",
    "uk": "GBR",
    "united kingdom": "GBR",
    "united states of america": "USA",
    "us": "USA",
    "usa": "USA",
}
_PLAIN_LETTERS = str.maketrans(
    {"\u00f8": "o", "\u00d8": "O", "\u00e6": "ae", "\u00df": "ss", "\u0142": "l", "\u0141": "L"}
)
_APOSTROPHES = re.compile(r"['\u2019`]")
_APART = re.compile(r"[^a-z0-9]+")
_PLACE = re.compile(r"(?:=|T-?)?([0-9]{1,5})(?:\.0*|\)|=|T|st|nd|rd|th|er|e|\u00ba|\u00aa|\u00b0)?", re.IGNORECASE)


def texts(values: pa.ChunkedArray[Any], *, names: bool = False) -> list[str | None]:
    """Each cell as the text a person would write, None where it is blank.

    Among names, `Null` and `Na` are people.
    """
    blank = frozenset({""}) if names else _BLANK
    if not pa.types.is_string(values.type):
        return [_unless_blank(text_in(value), blank) for value in _values(values)]
    # Most cells of a column stand in many rows.
    encoded = values.combine_chunks().dictionary_encode()
    distinct = [*(_unless_blank(text, blank) for text in encoded.dictionary.to_pylist()), None]
    return [distinct[index] for index in encoded.indices.fill_null(-1).to_numpy().tolist()]


def _unless_blank(text: str | None, blank: Collection[str]) -> str | None:
    stripped = text and text.strip()
    return stripped if stripped and stripped.casefold() not in blank else None


def _values(values: pa.ChunkedArray[Any]) -> list[Any]:
    try:
        return values.to_pylist()
    except (OverflowError, ValueError):  # days and durations beyond what Python knows
        return [_value(scalar) for scalar in values]


def _value(scalar: Any) -> Any:  # noqa: ANN401  (an Arrow scalar)
    try:
        return scalar.as_py()
    except (OverflowError, ValueError):
        return f"{scalar.value} {scalar.type}"


def text_in(value: Any) -> str | None:  # noqa: ANN401  (a cell of any type)
    """A cell as the text a person would write.

    >>> text_in(1.0), text_in(250.1), text_in(dt.time(0, 4, 10, 110_000))
    ('1', '250.10', '4:10.11')
    """
    match value:
        case None:
            return None
        case str():
            return value.strip()
        case bool():
            return "true" if value else "false"
        case float():
            return _number(value)
        case dt.datetime():
            return value.isoformat(sep=" ").removesuffix(" 00:00:00")
        case dt.timedelta():
            return _clock(value // dt.timedelta(microseconds=1))
        case dt.time():
            return _clock(((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond)
        case pa.MonthDayNano() if not value.months:  # an interval of DuckDB
            return _clock(value.days * 86_400_000_000 + value.nanoseconds // 1000)
        case list():
            # A list within the list is no cell of anybody's, and may be deep.
            return " ".join(filter(None, (str(one) if isinstance(one, list) else text_in(one) for one in value)))
        case _:
            return str(value).strip()


def _number(value: float) -> str | None:
    """A float as a person writes it; two decimals at least, since a float loses its noughts."""
    if not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if value.is_integer():
        return str(int(value))
    exact = Decimal(repr(value))
    near = round(exact, 3)
    shown = near if abs(near - exact) < Decimal("1e-6") else exact
    return f"{shown:.2f}" if shown == round(shown, 2) else str(shown)


def _clock(microseconds: int) -> str:
    ms, rest = divmod(microseconds, 1000)
    return format_mark(ms, 3 if ms % 10 else 2) if ms > 0 and not rest else f"{microseconds} microseconds"


@cache
def slug(text: str) -> str:
    """A text as a lower-case ASCII slug; letters that have none become a digest.

    >>> slug("José Díaz"), slug("Kerr, Josh")
    ('jose-diaz', 'kerr-josh')
    """
    plain = text.lower() if text.isascii() else _without_accents(text)
    found = _APART.sub("-", _APOSTROPHES.sub("", plain)).strip("-")
    lost = not plain.isascii() and any(c.isalpha() and not c.isascii() for c in plain)
    if found and not lost:
        return found
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{found}-{digest}" if found else f"x-{digest}"


def _without_accents(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.translate(_PLAIN_LETTERS))
    return "".join(c for c in folded if not unicodedata.combining(c)).lower()


def athlete_name(athlete: str | None, family: str | None, given: str | None, bib: str | None) -> str | None:
    """A full name of what there is: `Kerr, Josh` turned round, family and given name joined, or the bib."""
    # Beside a given name, a column called name holds the family name, and the other way round.
    first = given or (athlete if family else None)
    last = family or (athlete if given else None)
    if first and last and first != last:
        return last if first in last.split() and " " in last else f"{first} {last}"
    whole = athlete or family or given
    if whole and whole.count(",") == 1:
        return " ".join(reversed([part.strip() for part in whole.split(",")])).strip()
    return whole or (f"bib {bib}" if bib else None)


@cache
def place_of(text: str) -> tuple[int | None, bool]:
    """A place, and whether it was written with anything beside the number; None where it is none.

    >>> place_of("1"), place_of("=2"), place_of("2h3")
    ((1, False), (2, True), (None, False))
    """
    found = _PLACE.fullmatch(text.strip())
    if found is None or int(found[1]) > MOST:
        return None, False
    return int(found[1]), found[1] != text.strip()


def whole(text: str) -> str:
    """A number without the nought that a column of floats leaves behind it.

    >>> whole("225340.0"), whole("1.50")
    ('225340', '1.50')
    """
    return re.sub(r"(?<=[0-9])\.0+$", "", text)


def points_of(text: str) -> int | None:
    """Points as a whole number; 0 where there are none; None where the text is no number."""
    found = re.fullmatch(r"([0-9]{1,5})(?:[.,]0+)?", text)
    return int(found[1]) if found else None


@cache
def known_code(text: str) -> bool:
    """Whether a text is a nation's code that may stand, or its ISO code: then the column is of nations."""
    codes = {nation.code for nation in nations()} | {nation.iso_alpha3 for nation in nations()}
    return text in codes


@cache
def nation_of(text: str) -> tuple[str, bool]:
    """A nation's code, and whether its name or small letters were written instead."""
    if re.fullmatch(r"[A-Z]{3}", text):
        return text, False
    bare = text.strip("() ")
    code = _by_name().get(bare.casefold(), bare.upper() if re.fullmatch(r"[A-Za-z]{3}", bare) else text)
    return code, code != text


@cache
def _by_name() -> dict[str, str]:
    return {nation.name.casefold(): nation.code for nation in nations()} | _ALSO_CALLED


@cache
def codes_of(text: str) -> tuple[str, ...]:
    """Record codes, however they are parted."""
    return tuple(code for code in re.split(r"[\s,;/|]+", text) if code)


def ranked(codes: Iterable[str]) -> list[str]:
    """Codes in order of rank, in which nobody need write them; those that are none come last."""
    rank = _ranks()
    return sorted(codes, key=lambda code: rank.get(code, len(rank)))


@cache
def _ranks() -> dict[str, int]:
    return {form: rank for rank, code in enumerate(record_codes()) for form in (code.code, code.equal_form)}


@cache
def record_code(text: str) -> bool:
    """Whether a text is a record or best code, or its equalled form."""
    return any(text in (code.code, code.equal_form) for code in record_codes())

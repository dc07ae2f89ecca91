"""Made-up people for made-up races: names, nations, and how a nation changes with the years."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from bowerman_data.schemas.reference import nations

__all__ = ["CROWD", "Person", "Sex", "person", "slug"]

Sex = Literal["M", "W", "X"]

_GIVEN = {
    "M": [
        "Abel",
        "Björn",
        "Caleb",
        "Dário",
        "Émile",
        "Festus",
        "Gösta",
        "Hugo",
        "Iñaki",
        "João",
        "Kálmán",
        "Lars-Erik",
        "Márton",
        "Noël",
        "Otto",
    ],
    "W": [
        "Ada",
        "Beáta",
        "Chloë",
        "Dóra",
        "Élise",
        "Freja",
        "Gitte",
        "Hana",
        "Inês",
        "Jytte",
        "Kaia",
        "Lærke",
        "Mireia",
        "Noémie",
        "Olga",
    ],
}
_FAMILY = [
    "Ågren",
    "Brook",
    "Calder",
    "D'Arcy",
    "El Hachimi",
    "Falk",
    "García",
    "Horn",
    "Ibáñez",
    "Jørgensen",
    "Kiprono",
    "Lunt",
    "Müller",
    "Ness",
    "O'Dowd",
    "Park",
    "Quill",
    "Rowan",
    "Sánchez-Vidal",
    "Thorn",
    "Ude",
    "van der Meer",
    "Wójcik",
    "Yıldız",
    "Zatopil",
]

CROWD = len(_GIVEN["M"]) * len(_FAMILY)
"""How many people of each sex there are to draw from."""

# A German of 1985 ran for one of two nations, and a Yugoslav of 2004 for a third one: (until, code).
_BEFORE: dict[str, tuple[tuple[int, str], ...]] = {
    "CZE": ((1992, "TCH"),),
    "RUS": ((1991, "URS"), (1992, "EUN")),
    "SRB": ((2002, "YUG"), (2006, "SCG")),
    "GER": ((1990, "FRG"),),
    "UKR": ((1991, "URS"), (1992, "EUN")),
}
_MOVED_IN = 2015


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the crowd: always the same name for the same number."""

    number: int
    athlete_id: str
    given_name: str
    family_name: str

    @property
    def nation(self) -> str:
        """The nation of today."""
        return _home(self.number + 1) if self._moved() else _home(self.number)

    def nation_in(self, year: int) -> str:
        """The nation of a year: of those days, and before a change of allegiance the one left."""
        home = self.nation if year >= _MOVED_IN else _home(self.number)
        if home == "GER" and year <= 1990 and self.number % 2:
            return "GDR"
        return next((code for until, code in _BEFORE.get(home, ()) if year <= until), home)

    def _moved(self) -> bool:
        return self.number % 11 == 5


@cache
def _members() -> tuple[str, ...]:
    return tuple(nation.code for nation in nations() if nation.kind == "member" and nation.from_year is None)


def _home(number: int) -> str:
    members = _members()
    # Those with a history come up often, or no test would ever meet one.
    often = sorted(_BEFORE)
    return often[number // 3 % len(often)] if number % 3 == 0 else members[number * 37 % len(members)]


@cache
def person(number: int, sex: Sex) -> Person:
    """Somebody of the crowd by number, from 0; of a mixed race every other one is a woman."""
    whose = sex if sex != "X" else "MW"[number % 2]
    given = _GIVEN[whose][number % len(_GIVEN[whose])]
    family = _FAMILY[number // len(_GIVEN[whose]) % len(_FAMILY)]
    return Person(number, slug(f"{given} {family}"), given, family)


_PLAIN = {ord(char): plain for char, plain in (("ø", "o"), ("Ø", "O"), ("ı", "i"), ("ł", "l"), ("æ", "ae"))}


def slug(text: str) -> str:
    """Lower-case ASCII with hyphens.

    >>> slug("Lars-Erik D'Arcy"), slug("Björn Jørgensen")
    ('lars-erik-d-arcy', 'bjorn-jorgensen')
    """
    plain = text.translate(_PLAIN)
    folded = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "-".join("".join(char if char.isalnum() else " " for char in folded).lower().split())

"""What a slug in a report means: an invariant of the catalogue, or a rule of reading people's files."""

from __future__ import annotations

from typing import NamedTuple

from bowerman_data.schemas.catalogue import INVARIANTS
from bowerman_data.schemas.verdicts import Severity

__all__ = ["READING", "ReadingRule", "sentence_of", "severity_of"]


class ReadingRule(NamedTuple):
    """A rule of reading, which comes before every invariant."""

    slug: str
    sentence: str
    severity: Severity


READING = {
    rule.slug: rule
    for rule in (
        ReadingRule("cell-readable", "A cell is blank or can be read in one way.", "error"),
        ReadingRule("read-leniently", "A cell is written as the rules of the sport write it.", "warning"),
    )
}


def severity_of(slug: str) -> Severity:
    """The severity of an invariant or a rule of reading."""
    return READING[slug].severity if slug in READING else INVARIANTS[slug].severity


def sentence_of(slug: str) -> str:
    """The sentence that a user reads."""
    return READING[slug].sentence if slug in READING else INVARIANTS[slug].sentence

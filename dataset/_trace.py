"""What `why` returns: a value, the ruling on it, and every claim with its words; printed, a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bowerman_data._layout import WIDTH, aligned, wrapped

__all__ = ["Cell", "Claim", "Passage", "Ruling", "Source", "Verdict", "Why"]

Verdict = Literal["upheld", "unsettled", "overruled"]

Cell = str | int | float | dt.date | list[str] | list[int] | None
"""A value as a table holds it."""

_SIGNS: dict[Verdict, str] = {"upheld": "+", "unsettled": "?", "overruled": "x"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where words were read: publisher, title, address, day of publication and whose figures, if known."""

    source_id: str
    publisher: str
    title: str
    url: str
    published_on: dt.date | None
    upstream: str | None = None

    def __str__(self) -> str:
        """Publisher, title and day."""
        day = f", {self.published_on:%Y-%m-%d}" if self.published_on else ""
        return f'{self.publisher}, "{self.title}"{day}'


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of the value: what was printed, where, what it says, and what became of it.

    `line` counts from 1; characters count from 0 in Unicode code points, the end exclusive. All
    three are None where the source is known by its address alone.
    """

    claim_id: str
    source: Source
    part: str
    line: int | None
    start_char: int | None
    end_char: int | None
    printed: str
    value: str
    verdict: Verdict

    @property
    def where(self) -> str:
        """Part, line and characters of the source."""
        if self.line is None:
            return self.part
        return f"{self.part}, line {self.line}, characters {self.start_char}-{self.end_char}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of direct speech: a row of quotes."""

    quote_id: str
    source: Source
    text: str
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class Ruling:
    """Why the table says what it says: the value that stands, those rejected, the rule, the reason."""

    ruling_id: str
    value: str | None
    rejected: tuple[str, ...]
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Why:
    """One value and everything that was said about it; upheld claims first, overruled ones last.

    `value` is the cell as the table holds it. `mark` is the time as a person writes it where the
    value is one of time_ms, decimals and mark. For quotes, `passages` are the one asked for and then
    all other passages of the same remark. `note` says how a value came about that no source states
    in words.
    """

    table: str
    field: str
    key: str
    value: Cell
    mark: str | None
    ruling: Ruling | None
    claims: tuple[Claim, ...]
    passages: tuple[Passage, ...]
    note: str | None

    @property
    def upheld(self) -> tuple[Claim, ...]:
        """The claims that stand."""
        return tuple(claim for claim in self.claims if claim.verdict == "upheld")

    @property
    def overruled(self) -> tuple[Claim, ...]:
        """The claims that do not stand."""
        return tuple(claim for claim in self.claims if claim.verdict == "overruled")

    @property
    def unsettled(self) -> tuple[Claim, ...]:
        """The claims of which nobody can tell."""
        return tuple(claim for claim in self.claims if claim.verdict == "unsettled")

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source that is cited, once, in the order of the claims."""
        cited = [passage.source for passage in self.passages] + [claim.source for claim in self.claims]
        return tuple(dict.fromkeys(cited))

    @property
    def stated_by(self) -> tuple[Source, ...]:
        """The sources whose claims stand, each once."""
        return tuple(dict.fromkeys(claim.source for claim in self.upheld))

    @property
    def independent(self) -> int:
        """How many of those have figures of their own: sources that share an upstream count once."""
        return len({source.upstream or source.publisher for source in self.stated_by})

    def __repr__(self) -> str:
        """Print the page that str() gives, since this is read at a prompt."""
        return "\n".join(_page(self))


def _page(why: Why) -> Iterator[str]:
    yield f"{why.table} {why.field}: {_headline(why)}"
    yield from wrapped(why.key, indent=2)
    if why.stated_by:
        yield f"  stated by {_counted(len(why.stated_by), 'source')}, {why.independent} independent"
    if why.ruling:
        yield ""
        yield from wrapped(f"Ruled ({why.ruling.rule}): {why.ruling.reason}", hang=2)
    if why.note:
        yield ""
        yield from wrapped(why.note)
    for passage in why.passages:
        yield from ("", *_said(passage, why))
    yield from _claims(why)
    yield from _sources(why)


def _headline(why: Why) -> str:
    text = "null" if why.value is None else _text(why.value)
    if why.mark is not None and why.field != "mark":
        return f"{text} ({why.mark})"
    return text


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _text(value: Cell) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _said(passage: Passage, why: Why) -> list[str]:
    place = f"characters {passage.start_char}-{passage.end_char}  [{_number(why, passage.source)}]"
    return [*wrapped(f'"{passage.text}"', indent=2, hang=3), f"  {passage.quote_id}, {place}"]


def _number(why: Why, source: Source) -> int:
    return why.sources.index(source) + 1


def _claims(why: Why) -> Iterator[str]:
    groups: dict[Verdict, tuple[Claim, ...]]
    groups = {"upheld": why.upheld, "unsettled": why.unsettled, "overruled": why.overruled}
    lines = iter(_rows(why, [claim for group in groups.values() for claim in group]))
    for verdict, group in groups.items():
        if group:
            yield from ("", f"{verdict.capitalize()} ({len(group)})")
            for _ in group:
                yield from next(lines)


def _rows(why: Why, claims: list[Claim]) -> list[list[str]]:
    """Each claim on one line, or on two where the longest would not fit."""
    if not claims:
        return []
    rows = [(_SIGNS[c.verdict], c.value, f'"{c.printed}"', c.where, f"[{_number(why, c.source)}]") for c in claims]
    widest = 2 + sum(max(map(len, column)) + 2 for column in zip(*rows, strict=True)) - 2
    if widest <= WIDTH:
        return [[line] for line in aligned(rows, indent=2)]
    return [[*wrapped(f"{s} {v}  {p}", 2, 4), *wrapped(f"{where}  {n}", 6)] for s, v, p, where, n in rows]


def _sources(why: Why) -> Iterator[str]:
    if why.sources:
        yield from ("", "Sources")
    for number, source in enumerate(why.sources, start=1):
        mark = f"[{number}] "
        yield from wrapped(f"{mark}{source}", indent=2, hang=2 + len(mark))
        yield " " * (2 + len(mark)) + source.url

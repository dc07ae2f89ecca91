"""The report as text: one table of checks, then what is broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bowerman_data._layout import wrapped
from bowerman_data._rules import sentence_of, severity_of
from bowerman_data.marks import format_mark
from bowerman_data.schemas.verdicts import Outcome, Verdict, Violation

__all__ = [
    "SHOWN",
    "Line",
    "Reported",
    "aligned",
    "by_check",
    "clean",
    "printed",
    "said",
    "skipped_by_reason",
    "summed",
]

# A person reads the first few of a kind; the rest are in the JSON.
SHOWN = 20
_MS = re.compile(r"(?<![-.\w])[0-9]{4,9}(?![.\w])")


@dataclass(frozen=True, slots=True)
class Line:
    """One invariant on those tables on which it came out the same."""

    invariant: str
    outcomes: Mapping[str, Outcome]
    tables: tuple[str, ...]
    rows: int
    failed: int
    seconds: float

    def named(self) -> str:
        """The tables, or how many they are."""
        return ", ".join(self.tables) if len(self.tables) < 3 else f"{len(self.tables)} tables"


class Reported(Protocol):
    """What a report shows of itself, as text or as a page."""

    @property
    def ok(self) -> bool: ...
    @property
    def rows(self) -> Mapping[str, int]: ...
    @property
    def verdicts(self) -> tuple[Verdict, ...]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...
    @property
    def disagreements(self) -> tuple[str, ...]: ...
    def headline(self) -> str: ...
    def summary(self) -> str: ...
    def listed(self) -> list[tuple[Verdict, tuple[Violation, ...]]]: ...
    def where(self, violation: Violation) -> str: ...


def printed(report: Reported) -> str:
    """The report as text."""
    judged = tuple(verdict for verdict in report.verdicts if verdict.outcome != "skipped")
    parts = (
        report.summary(),
        "\n".join(clean(note) for note in report.notes),
        _table(judged),
        _skipped(report.verdicts),
        *(_section(report, verdict, violations) for verdict, violations in report.listed()),
        _loud(report.disagreements),
    )
    return "\n\n".join(part for part in parts if part)


def said(violation: Violation) -> str:
    """What the row has and should have, without the invariant's sentence."""
    absent = "blank" if violation.engine == "reader" else "null"
    value = absent if violation.value is None else violation.value
    if violation.invariant == "read-leniently":
        return f"{violation.key}: {violation.column} is {value}, read as {violation.expected}"
    got = f"{violation.column} is {value}" if violation.column else f"got {value}"
    wanted = f", expected {violation.expected}" if violation.expected is not None else ""
    if violation.column == "time_ms":
        got, wanted = _MS.sub(_beside, got), _MS.sub(_beside, wanted)
    return f"{violation.key}: {got}{wanted}" if violation.key else f"{got}{wanted}"


def _beside(ms: re.Match[str]) -> str:
    """Milliseconds with the mark that a person knows them by."""
    return f"{ms[0]} ({format_mark(int(ms[0]), 3 if int(ms[0]) % 10 else 2)})"


def clean(text: str | None) -> str:
    """One line, with nothing in it that a terminal would obey."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text or "")


def by_check(verdicts: Iterable[Verdict]) -> list[list[Verdict]]:
    """The verdicts on each check, in the order in which the checks come."""
    found: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts:
        found.setdefault((verdict.invariant, verdict.table), []).append(verdict)
    return list(found.values())


def summed(verdicts: Iterable[Verdict]) -> list[Line]:
    """The verdicts as few lines: tables on which an invariant came out the same are one."""
    groups: dict[tuple[str, str], list[list[Verdict]]] = {}
    for both in by_check(verdicts):
        outcome = " ".join(f"{verdict.engine}={verdict.outcome}" for verdict in both)
        groups.setdefault((both[0].invariant, outcome), []).append(both)
    return [_line_of(checks) for checks in groups.values()]


def _line_of(checks: list[list[Verdict]]) -> Line:
    return Line(
        checks[0][0].invariant,
        {str(verdict.engine): verdict.outcome for verdict in checks[0]},
        tuple(both[0].table for both in checks),
        sum(both[0].rows for both in checks),
        sum(max(verdict.failed for verdict in both) for both in checks),
        sum(verdict.seconds for both in checks for verdict in both),
    )


def aligned(rows: list[tuple[str, ...]], *, right: Iterable[int] = ()) -> str:
    """Rows of text in columns as wide as their widest cell, two spaces apart.

    >>> print(aligned([("place", "mark"), ("1", "3:45.34")], right={0}))
    place  mark
        1  3:45.34
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    numbers = set(right)
    lines = (
        "  ".join(cell.rjust(width) if i in numbers else cell.ljust(width) for i, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    )
    return "\n".join(line.rstrip() for line in lines)


def _table(verdicts: tuple[Verdict, ...]) -> str:
    engines = list(dict.fromkeys(str(verdict.engine) for verdict in verdicts if verdict.engine != "reader"))
    head = ("invariant", "tables", *engines, "rows", "violations", "seconds")
    rows = [head, *(_row(line, engines) for line in summed(verdicts))]
    return aligned(rows, right={len(engines) + offset for offset in (2, 3, 4)})


def _row(line: Line, engines: list[str]) -> tuple[str, ...]:
    # What the reader finds comes before either engine, and counts for both.
    shown = [line.outcomes.get(engine, line.outcomes.get("reader", "")) for engine in engines]
    return (line.invariant, line.named(), *shown, f"{line.rows:,}", f"{line.failed:,}", f"{line.seconds:.3f}")


def skipped_by_reason(verdicts: Iterable[Verdict]) -> dict[str, list[str]]:
    """Each reason for which checks were skipped, with those checks; of tables nobody gave, how many."""
    found: dict[str, dict[str, None]] = {}
    absent: dict[str, set[str]] = {}
    for verdict in verdicts:
        if verdict.outcome == "skipped" and verdict.reason == f"no {verdict.table} given":
            absent.setdefault(verdict.table, set()).add(verdict.invariant)
        elif verdict.outcome == "skipped":
            found.setdefault(verdict.reason or "", {})[f"{verdict.invariant} ({verdict.table})"] = None
    tables = [f"{table} ({len(slugs)} checks)" for table, slugs in absent.items()]
    return {reason: list(checks) for reason, checks in found.items()} | ({"tables not given": tables} if tables else {})


def _skipped(verdicts: Iterable[Verdict]) -> str:
    lines = [
        line
        for reason, checks in skipped_by_reason(verdicts).items()
        for line in wrapped(f"{clean(reason)}: {', '.join(checks)}", indent=2, hang=4)
    ]
    return "\n".join(["skipped:", *lines]) if lines else ""


def _section(report: Reported, verdict: Verdict, violations: tuple[Violation, ...]) -> str:
    if verdict.outcome == "error":
        return f"could not run: {verdict.invariant} in {verdict.table} ({verdict.engine}): {clean(verdict.reason)}"
    head = f"{severity_of(verdict.invariant)}: {verdict.invariant} in {verdict.table}: {verdict.failed:,} found"
    lines = [f"    {_line(report, violation)}" for violation in violations[:SHOWN]]
    rest = verdict.failed - len(verdict.violations) + len(violations) - len(lines)
    more = [f"    ... and {rest:,} more"] if rest > 0 else []
    return "\n".join([head, f"  {sentence_of(verdict.invariant)}", *lines, *more])


def _line(report: Reported, violation: Violation) -> str:
    where = report.where(violation)
    return clean(f"{where}: {said(violation)}" if where else said(violation))


def _loud(disagreements: tuple[str, ...]) -> str:
    if not disagreements:
        return ""
    lines = "\n".join(f"  {clean(sentence)}" for sentence in disagreements)
    return f"THE ENGINES DISAGREE. The fault is in bowerman-data, not in your rows; please report it.\n{lines}"

"""The report: what both engines found, as a table that a person can read and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from bowerman_data._page import page
from bowerman_data._printed import by_check, printed
from bowerman_data._rules import severity_of
from bowerman_data.schemas.verdicts import Outcome, Verdict, Violation

__all__ = ["Checked", "Place", "Report"]


class Place(NamedTuple):
    """Where a row was read: the file, and the line or row in it."""

    file: str
    line: int

    def __str__(self) -> str:
        """`results.csv:7`, which editors and terminals open."""
        return f"{self.file}:{self.line}"


class Checked(NamedTuple):
    """One invariant, one table, one engine, and what came of it."""

    invariant: str
    table: str
    engine: str
    outcome: Outcome


@dataclass(frozen=True)
class Report:
    """What validation found.

    `rows` counts the rows of each table; `verdicts` has one entry for each invariant, table and
    engine; `notes` say how files were understood; `places` are the lines from which the rows of
    violations were read, by table and key, or by the violation itself where its cell is known. Printing it shows a table.
    """

    rows: Mapping[str, int]
    verdicts: tuple[Verdict, ...]
    notes: tuple[str, ...] = ()
    places: Mapping[tuple[str, str] | Violation, tuple[Place, ...]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every invariant of severity error holds, and the engines agree."""
        return not self.disagreements and not any(map(_breaks, self.verdicts))

    @property
    def checked(self) -> tuple[Checked, ...]:
        """Every invariant with its outcome, in each engine."""
        return tuple(Checked(v.invariant, v.table, v.engine, v.outcome) for v in self.verdicts)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Every violation listed, of each engine; `failed` of a verdict has the exact count."""
        return tuple(violation for verdict in self.verdicts for violation in verdict.violations)

    @property
    def disagreements(self) -> tuple[str, ...]:
        """A sentence for each invariant on which the engines differ: a fault of ours, not of the data."""
        return tuple(_differences(self.verdicts))

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values, in the shape of the JSON."""
        return {
            "ok": self.ok,
            "rows": dict(self.rows),
            "checked": [_checked(verdict) for verdict in self.verdicts],
            "violations": [self._violation(violation) for violation in self.violations],
            "disagreements": list(self.disagreements),
            "notes": list(self.notes),
        }

    def to_json(self) -> str:
        """The report as JSON, indented, in UTF-8 characters."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)

    def to_html(self) -> str:
        """The report as one self-contained page."""
        return page(self)

    def __str__(self) -> str:
        """The report as a table, then what is broken."""
        return printed(self)

    def summary(self) -> str:
        """One line: what was looked at, and whether it holds."""
        tables = ", ".join(f"{name} {count:,}" for name, count in self.rows.items())
        rows = "row" if sum(self.rows.values()) == 1 else "rows"
        return f"{self.headline()} ({tables} {rows})" if tables else self.headline()

    def headline(self) -> str:
        """Whether it holds, in a sentence."""
        checks = {(v.invariant, v.table) for v in self.verdicts}
        judged = {(v.invariant, v.table) for v in self.verdicts if v.outcome != "skipped"}
        broken = {(v.invariant, v.table) for v in self.verdicts if _breaks(v)}
        warned = {(v.invariant, v.table) for v in self.verdicts if v.outcome == "fail"} - broken
        warnings = f", {_count(len(warned), 'warning')}" if warned else ""
        if self.disagreements:
            return f"NOT OK: the engines disagree on {_count(len(self.disagreements), 'check')}{warnings}"
        if broken:
            return f"NOT OK: {len(broken)} of {_count(len(judged), 'check')} broken{warnings}"
        skipped = f", {len(checks - judged)} skipped" if checks - judged else ""
        return f"OK: all {_count(len(judged), 'check')} hold{warnings}{skipped}"

    def listed(self) -> list[tuple[Verdict, tuple[Violation, ...]]]:
        """Each broken check once, with the violations that either engine lists."""
        found = []
        for both in by_check(self.verdicts):
            failing = [verdict for verdict in both if verdict.outcome in ("fail", "error")]
            if failing:
                once = {replace(v, engine="reader"): v for verdict in failing for v in verdict.violations}
                found.append((failing[0], tuple(once.values())))
        return sorted(found, key=lambda pair: severity_of(pair[0].invariant))

    def where(self, violation: Violation) -> str:
        """The lines from which the row was read, or nothing."""
        return ", ".join(str(place) for place in self._places(violation)[:3])

    def _places(self, violation: Violation) -> tuple[Place, ...]:
        return self.places.get(violation) or self.places.get((violation.table, violation.key), ())

    def _violation(self, violation: Violation) -> dict[str, Any]:
        places = self._places(violation)
        first = {"file": places[0].file, "line": places[0].line} if places else {}
        names = ("invariant", "severity", "table", "key", "column", "value", "message", "engine", "expected")
        return {name: getattr(violation, name) for name in names} | first


def _breaks(verdict: Verdict) -> bool:
    if verdict.outcome == "error":
        return True
    return verdict.outcome == "fail" and severity_of(verdict.invariant) == "error"


def _differences(verdicts: tuple[Verdict, ...]) -> list[str]:
    """A sentence for each check on which the two engines differ; none where one engine ran alone."""
    if not {"pandera", "gx"} <= {verdict.engine for verdict in verdicts}:
        return []
    engines = [[v for v in both if v.engine != "reader"] for both in by_check(verdicts)]
    return [sentence for both in engines if both and (sentence := _difference(both))]


def _difference(both: list[Verdict]) -> str | None:
    one, other = both[0], both[-1]
    name = f"{one.invariant} in {one.table}"
    if len(both) != 2:
        return f"{name}: {one.engine} alone judged it"
    if one.outcome != other.outcome:
        return f"{name}: {one.engine} says {one.outcome}, {other.engine} says {other.outcome}"
    if one.failed != other.failed:
        return f"{name}: {one.engine} counts {one.failed:,} violations, {other.engine} {other.failed:,}"
    if _facts(one) != _facts(other):
        return f"{name}: the two engines list different violations"
    return None


def _facts(verdict: Verdict) -> list[tuple[str, str, str, str]]:
    return sorted((v.key, v.column, str(v.value), str(v.expected)) for v in verdict.violations)


def _checked(verdict: Verdict) -> dict[str, Any]:
    names = ("invariant", "engine", "outcome", "table", "rows", "failed", "seconds", "reason")
    return {name: getattr(verdict, name) for name in names}


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"

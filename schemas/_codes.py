"""The invariants of record and best codes: each distinct list of codes is judged once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import polars as pl

from bowerman_data.schemas._clauses import Finding, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas.reference import record_codes

__all__ = ["implying"]

Fault = tuple[str, str]
"""The value that is wrong, and what is expected instead."""


@cache
def _rank() -> dict[str, int]:
    forms = ((code.code, code.equal_form) for code in record_codes())
    return {form: rank for rank, pair in enumerate(forms) for form in pair}


@cache
def _implied() -> dict[str, tuple[str, ...]]:
    return {code.code: code.implies for code in record_codes()}


def implying(code: str) -> list[str]:
    """The code and those that imply it."""
    return [code, *(one for one, implied in _implied().items() if code in implied)]


def unknown_or_unordered(codes: Sequence[str]) -> Iterator[Fault]:
    """Elements that are no code, a list with a code twice, and a list out of the order of rank."""
    yield from ((code, "a record or best code") for code in dict.fromkeys(codes) if code not in _rank())
    text = ", ".join(codes)
    if len(set(codes)) < len(codes):
        yield text, "each code once"
    ranks = [_rank()[code] for code in codes if code in _rank()]
    if ranks != sorted(ranks):
        yield text, "order of rank"


def contradictory(codes: Sequence[str]) -> Iterator[Fault]:
    """An equalled form beside the code itself, or beside one that implies the code."""
    present = set(codes)
    for code in sorted(present & _implied().keys()):
        for weaker in (code, *_implied()[code]):
            if f"={weaker}" in present:
                yield f"={weaker}", f"not beside {code}"


@rule("known-codes", "results", "marks")
def known_codes(frames: Frames, table: str) -> Iterator[Finding]:
    """Codes are known, each once, in order of rank."""
    yield _judged(frames, table, unknown_or_unordered)


@rule("consistent-codes", "results", "marks")
def consistent_codes(frames: Frames, table: str) -> Iterator[Finding]:
    """No code contradicts another."""
    yield _judged(frames, table, contradictory)


def _judged(frames: Frames, table: str, faults_of: Callable[[Sequence[str]], Iterator[Fault]]) -> Finding:
    lists = frames.values(table, "codes")
    found = [
        (codes, value, wanted)
        for codes in lists.to_list()
        for value, wanted in faults_of([code for code in codes if code is not None])
    ]
    schema = pl.Schema([("codes", pl.List(pl.String())), ("#value", pl.String()), ("#expected", pl.String())])
    faults = pl.LazyFrame(found, schema, orient="row")
    # Without a faulty list there is nothing to join.
    rows = frames[table].join(faults, on="codes") if found else frames[table].head(0).join(faults, on="codes")
    return Finding.of(rows, table, "codes", pl.col("#expected"), pl.col("#value"))

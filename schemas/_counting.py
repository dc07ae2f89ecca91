"""Counts the clauses of a table's invariants in one scan, and fetches rows only where it counted some."""

from __future__ import annotations

import time
from collections.abc import Mapping

import polars as pl

from bowerman_data.schemas._clauses import PREPARE, RULES, Clause, Finding, described
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._listing import Listing
from bowerman_data.schemas._tally import ENGINE_ERRORS, Found, Report, Tallies, one_line
from bowerman_data.schemas._text import cell, pairs
from bowerman_data.schemas.tables import TABLES

__all__ = ["report"]

Term = Clause | Finding
Terms = Mapping[str, list[Term]]


def report(frames: Frames, table: str, tallies: Tallies) -> Report:
    """What these frames hold against the invariants of a table that are still open."""
    begin = time.perf_counter()
    found = {slug: Found() for slug, tally in tallies.items() if tally.is_open}
    terms = {slug: _terms(frames, table, slug, one) for slug, one in found.items()}
    terms = {slug: listed for slug, listed in terms.items() if listed}
    failing: list[tuple[str, Term]] = []
    for slug, counts in _counted(frames, table, terms, found).items():
        found[slug].failed = sum(counts)
        failing += [(slug, term) for term, count in zip(terms[slug], counts, strict=True) if count]
    _list(frames, table, failing, found, tallies)
    return Report(found, time.perf_counter() - begin)


def _list(
    frames: Frames, table: str, failing: list[tuple[str, Term]], found: Mapping[str, Found], tallies: Tallies
) -> None:
    first = _first_key(frames, table) if failing else ""
    listings = ((slug, term, tallies[slug].listing) for slug, term in failing)
    wanted = [(slug, term, one) for slug, term, one in listings if one is not None and not one.is_settled(first)]
    plans = [_listed(frames, table, term, listing) for _, term, listing in wanted]
    for (slug, term, _), rows in zip(wanted, pl.collect_all(plans, engine="in-memory") if plans else (), strict=True):
        explained = term.explain(rows) if isinstance(term, Finding) and term.explain else rows
        found[slug].listed.append(explained)


def _first_key(frames: Frames, table: str) -> str:
    """The least that a row has in the first column of its key, as keys begin."""
    column, *_ = TABLES[table].key
    least = frames[table].select(cell(column).fill_null("null").min().alias(column))
    first: str = least.select(pairs((column,))).collect(engine="streaming").item()
    return first


def _terms(frames: Frames, table: str, slug: str, found: Found) -> list[Term]:
    try:
        return list(RULES[slug, table](frames, table))
    except ENGINE_ERRORS as error:
        found.error = one_line(error)
        return []


def _counted(frames: Frames, table: str, terms: Terms, found: Mapping[str, Found]) -> dict[str, list[int]]:
    try:
        return _count(frames, table, terms)
    except ENGINE_ERRORS:
        # One at a time, so that only the invariant that cannot run is in error.
        return {slug: _count_alone(frames, table, slug, terms[slug], found[slug]) for slug in terms}


def _count_alone(frames: Frames, table: str, slug: str, terms: list[Term], found: Found) -> list[int]:
    try:
        return _count(frames, table, {slug: terms})[slug]
    except ENGINE_ERRORS as error:
        found.error = one_line(error)
        return [0] * len(terms)


def _count(frames: Frames, table: str, terms: Terms) -> dict[str, list[int]]:
    """The count of each term: one query for a prepared frame with all its clauses, all queries at once."""
    flat = [term for listed in terms.values() for term in listed]
    counts = iter(_counts(frames, table, flat))
    return {slug: [next(counts) for _ in listed] for slug, listed in terms.items()}


def _counts(frames: Frames, table: str, terms: list[Term]) -> list[int]:
    parts = list(dict.fromkeys(term.part for term in terms if isinstance(term, Clause)))
    scans = [_scan(frames, table, part, terms) for part in parts if _has_rows(frames, table, part)]
    single = [(i, term.rows.select(pl.len())) for i, term in enumerate(terms) if isinstance(term, Finding)]
    found = pl.collect_all([*scans, *(query for _, query in single)], engine="streaming")
    counts = [0] * len(terms)
    for frame in found[: len(scans)]:
        for name, count in frame.row(0, named=True).items():
            counts[int(name)] = count
    for (i, _), frame in zip(single, found[len(scans) :], strict=True):
        counts[i] = frame.item()
    return counts


def _scan(frames: Frames, table: str, part: str, terms: list[Term]) -> pl.LazyFrame:
    clauses = [(i, term) for i, term in enumerate(terms) if isinstance(term, Clause) and term.part == part]
    prepared = _prepared(frames, table, part).lazy()
    return prepared.select(clause.fails.fill_null(False).sum().alias(str(i)) for i, clause in clauses)


def _has_rows(frames: Frames, table: str, part: str) -> bool:
    prepared = _prepared(frames, table, part)
    return isinstance(prepared, pl.LazyFrame) or prepared.height > 0


def _prepared(frames: Frames, table: str, part: str) -> pl.LazyFrame | pl.DataFrame:
    prepare = PREPARE.get((table, part))
    return frames.once(f"{table} {part}", lambda: prepare(frames) if prepare else frames[table])


def _listed(frames: Frames, table: str, term: Term, listing: Listing) -> pl.LazyFrame:
    if isinstance(term, Finding):
        return listing.least(term.rows)
    rows = listing.likely(_prepared(frames, table, term.part).lazy().filter(term.fails))
    return listing.least(rows.select(*described(table, term.column, term.expected, term.value)))

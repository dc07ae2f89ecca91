"""Editions: the races of one year, and how much of each the tables hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from bowerman_data._files import read
from bowerman_data.errors import UnknownName

__all__ = ["Coverage", "coverage_by_year", "independent", "of_edition", "race_ids"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of an edition is held: rows of the results, of them with a time; splits; sources with a claim."""

    year: int
    coverage: str
    results: int
    timed: int
    splits: int
    sources: int
    independent: int


def race_ids(edition: int | str) -> set[str]:
    """The races of a year; raises UnknownName, with the editions that there are, for any other."""
    races = read("races").select(["race_id", "date"]).to_pylist()
    found = {race["race_id"] for race in races if str(race["date"].year) == str(edition)}
    if not found:
        raise UnknownName("edition", str(edition), sorted({str(race["date"].year) for race in races}))
    return found


def of_edition(table: pa.Table, edition: int | None) -> pa.Table:
    """The rows of the races of a year; a table whose rows belong to no race is whole."""
    if edition is None:
        return table
    ids = race_ids(edition)
    if "race_id" not in table.column_names:
        return table
    kept = [row for row, race in enumerate(table.column("race_id").to_pylist()) if race in ids]
    return table.take(pa.array(kept, pa.int64()))


def independent(sources: Iterable[Row]) -> int:
    """How many sources have figures of their own: those that share an upstream count once."""
    return len({source["upstream"] or source["publisher"] for source in sources})


def coverage_by_year() -> list[Coverage]:
    """What is held of each edition, first to last."""
    sources = {source["source_id"]: source for source in read("sources").to_pylist()}
    told: dict[str, set[str]] = {}
    for claim in read("claims").select(["source_id", "key"]).to_pylist():
        told.setdefault(_race(claim["key"]), set()).add(claim["source_id"])
    results, splits = read("results").to_pylist(), read("splits").to_pylist()
    rows, times = Counter(row["race_id"] for row in results), Counter(row["race_id"] for row in results if row["mark"])
    stretches = Counter(row["race_id"] for row in splits)
    return [
        Coverage(
            race["date"].year,
            race["coverage"],
            rows[race["race_id"]],
            times[race["race_id"]],
            stretches[race["race_id"]],
            len(told.get(race["race_id"], ())),
            independent(sources[one] for one in told.get(race["race_id"], ())),
        )
        for race in sorted(read("races").to_pylist(), key=lambda race: race["date"])
    ]


def _race(key: str) -> str:
    """The race that a claim's key names, if any."""
    return dict(pair.split("=", 1) for pair in key.split(" ")).get("race_id", "")

"""Record and best codes for made-up results: each one true of all the races that are given."""

from __future__ import annotations

from itertools import groupby
from random import Random
from typing import Any

from bowerman_data._lawful import Row
from bowerman_data.schemas.reference import bounds, record_codes

__all__ = ["with_codes"]

# A discipline, a column, and the athlete, the nation or the year in it.
Of = tuple[str, str, Any]


def with_codes(seed: int, races: list[Row], results: list[Row]) -> None:
    """Write codes into the results, day by day; not every code that holds is printed."""
    by_race: dict[str, list[Row]] = {}
    for row in results:
        if row["status"] == "OK":
            by_race.setdefault(row["race_id"], []).append(row)
    bests: dict[Of, int] = {}
    for _, day in groupby(sorted(races, key=lambda race: (race["date"], race["race_id"])), lambda race: race["date"]):
        timed = [(race, by_race.get(race["race_id"], [])) for race in day]
        for race, rows in timed:
            _write(seed, race, rows, bests)
        # Whoever runs twice on a day beats the best of the days before.
        _remember(bests, timed)


def _write(seed: int, race: Row, rows: list[Row], bests: dict[Of, int]) -> None:
    rng = Random(f"codes {seed} {race['race_id']}")
    best = min((row["time_ms"] for row in rows), default=0)
    for row in rows:
        row["codes"] = _ranked(_codes(rng, race, row, bests, best))


def _remember(bests: dict[Of, int], timed: list[tuple[Row, list[Row]]]) -> None:
    for race, row in ((race, row) for race, rows in timed for row in rows):
        of = ["athlete_id", "date", *(["nation"] if _is_national(row) else [])]
        for key in (_of(column, race, row) for column in of):
            bests[key] = min(row["time_ms"], bests.get(key, row["time_ms"]))


def _of(column: str, race: Row, row: Row) -> Of:
    """Of whom or when a best is in a discipline: an athlete, a nation, or the year of a date."""
    return race["discipline"], column, race["date"].year if column == "date" else row[column]


def _codes(rng: Random, race: Row, row: Row, bests: dict[Of, int], best: int) -> list[str]:
    """The codes of one result."""
    time_ms: int = row["time_ms"]
    own, national, season = (bests.get(_of(of, race, row), time_ms + 1) for of in ("athlete_id", "nation", "date"))
    codes = []
    if _is_record(race, time_ms):
        codes.append("WR")
    if time_ms < national and rng.random() < 0.2:
        codes.append("NR")
    if time_ms == best:
        codes += [code for code, chance in (("MR", 0.2), ("WL", 0.5)) if rng.random() < chance]
    if "WL" in codes and time_ms >= season:
        codes.remove("WL")
    return [*codes, *_personal(rng, time_ms, own, codes)]


def _personal(rng: Random, time_ms: int, best: int, codes: list[str]) -> list[str]:
    """PB where it beats all before, =PB where it equals the best of them; seldom SB."""
    if rng.random() < 0.3:
        return []
    if time_ms < best:
        return ["PB"]
    return ["=PB"] if time_ms == best and "WR" not in codes else []


def _is_national(row: Row) -> bool:
    implying = {"NR", *(code.code for code in record_codes() if "NR" in code.implies)}
    return bool(implying & set(row["codes"]))


def _is_record(race: Row, time_ms: int) -> bool:
    of = (race["discipline"].removesuffix("-indoor"), race["sex"])
    return any((bound.discipline, bound.sex) == of and time_ms < bound.warn_min_ms for bound in bounds())


def _ranked(codes: list[str]) -> list[str]:
    rank = {form: i for i, code in enumerate(record_codes()) for form in (code.code, code.equal_form)}
    return sorted(codes, key=lambda code: rank[code])

"""Record and best codes for made-up results: each one true of all the races that are given."""

from __future__ import annotations

from random import Random

from bowerman_data._lawful import Row
from bowerman_data.schemas.reference import bounds, record_codes

__all__ = ["with_codes"]


def with_codes(seed: int, races: list[Row], results: list[Row]) -> None:
    """Write codes into the results, race by race in order of date; not every code that holds is printed."""
    by_race: dict[str, list[Row]] = {}
    for row in results:
        by_race.setdefault(row["race_id"], []).append(row)
    earlier: list[tuple[Row, Row]] = []
    for race in sorted(races, key=lambda race: (race["date"], race["race_id"])):
        rng = Random(f"codes {seed} {race['race_id']}")
        before = [pair for pair in earlier if pair[0]["date"] < race["date"]]
        timed = [row for row in by_race.get(race["race_id"], []) if row["status"] == "OK"]
        best = min((row["time_ms"] for row in timed), default=0)
        for row in timed:
            row["codes"] = _ranked(_codes(rng, race, row, before, best))
        earlier += [(race, row) for row in timed]


def _codes(rng: Random, race: Row, row: Row, earlier: list[tuple[Row, Row]], best: int) -> list[str]:
    """The codes of one result."""
    time_ms: int = row["time_ms"]
    alike = [(when, other) for when, other in earlier if when["discipline"] == race["discipline"]]
    own = [other["time_ms"] for _, other in alike if other["athlete_id"] == row["athlete_id"]]
    national = [o["time_ms"] for _, o in alike if o["nation"] == row["nation"] and _is_national(o)]
    season = [o["time_ms"] for when, o in alike if when["date"].year == race["date"].year]
    codes = []
    if _is_record(race, time_ms):
        codes.append("WR")
    if time_ms < min(national, default=time_ms + 1) and rng.random() < 0.2:
        codes.append("NR")
    if time_ms == best:
        codes += [code for code, chance in (("MR", 0.2), ("WL", 0.5)) if rng.random() < chance]
    if "WL" in codes and time_ms >= min(season, default=time_ms + 1):
        codes.remove("WL")
    return [*codes, *_personal(rng, time_ms, own, codes)]


def _personal(rng: Random, time_ms: int, own: list[int], codes: list[str]) -> list[str]:
    """PB where it beats all before, =PB where it equals the best of them; seldom SB."""
    best = min(own, default=time_ms + 1)
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

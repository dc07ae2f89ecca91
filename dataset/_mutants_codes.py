"""How nations and codes go wrong: other lists, other days, bests that are none."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bowerman_data._mutants import Base, Row, Site, operator
from bowerman_data._mutants_results import finishers, put_result
from bowerman_data.schemas.reference import nations, record_codes

__all__: list[str] = []


_LAWFUL = "the result is itself a lawful race, and only a source could tell it from the true one"


@operator("iso-nation", "known-nation")
def iso_nation(base: Base, rng: Random) -> Iterator[Site]:
    """A nation has its ISO code, which World Athletics does not use."""
    legal = {nation.code for nation in nations()}
    iso = {n.code: n.iso_alpha3 for n in nations() if n.iso_alpha3 is not None and n.iso_alpha3 not in legal}
    for i, row in enumerate(base.rows("results")):
        yield put_result(base, i, nation=iso.get(row["nation"], "DEU"))


@operator("nation-of-another-day", "nation-of-its-day")
def nation_of_another_day(base: Base, rng: Random) -> Iterator[Site]:
    """A nation did not exist any more, or not yet."""
    for i, row in enumerate(base.rows("results")):
        year = base.race(row["race_id"])["date"].year
        yield put_result(base, i, nation="EUN" if year != 1992 else "SCG")


@operator("another-nation", "every-value-claimed", "verdicts-recompute", generated=_LAWFUL)
def another_nation(base: Base, rng: Random) -> Iterator[Site]:
    """A man runs for another nation of the race."""
    codes = sorted({row["nation"] for row in base.rows("results")} - {"EUN", "URS", "GDR", "FRG", "TCH", "YUG", "SCG"})
    for i, row in enumerate(base.rows("results")):
        others = [code for code in codes if code != row["nation"]]
        if others and not row["codes"]:
            yield put_result(base, i, nation=rng.choice(others))


def _coded(codes: list[str], *more: str) -> list[str]:
    """The codes and some more, each once, in order of rank."""
    rank = {form: i for i, code in enumerate(record_codes()) for form in (code.code, code.equal_form)}
    return sorted({*codes, *more}, key=lambda code: rank[code])


@operator("pb-that-is-not", "record-beats-record")
def pb_that_is_not(base: Base, rng: Random) -> Iterator[Site]:
    """A PB stands beside a time that the man has beaten before."""
    for i, row in finishers(base):
        race, codes = base.race(row["race_id"]), [code for code in row["codes"] if code not in ("SB", "=PB")]
        if "PB" not in codes and any(mark <= row["time_ms"] for mark in _earlier(base, row, race)):
            yield put_result(base, i, codes=_coded(codes, "PB"))


def _earlier(base: Base, row: Row, race: Row) -> list[int]:
    """The man's earlier times over the distance."""
    marks = [mark for mark in base.rows("marks") if _own(mark, row) and mark["discipline"] == race["discipline"]]
    known = [mark["time_ms"] for mark in marks if mark["year"] < race["date"].year]
    for other in base.rows("results"):
        before = base.race(other["race_id"])
        alike = before["discipline"] == race["discipline"] and before["date"] < race["date"]
        if alike and _own(other, row) and other["time_ms"] is not None:
            known.append(other["time_ms"])
    return known


def _own(one: Row, other: Row) -> bool:
    return bool(one["athlete_id"] == other["athlete_id"])


@operator("pb-invented", "every-value-claimed", generated="nothing in the tables contradicts it")
def pb_invented(base: Base, rng: Random) -> Iterator[Site]:
    """A PB that nobody stated stands beside a time."""
    for i, row in finishers(base):
        race = base.race(row["race_id"])
        if not {"PB", "=PB", "SB", "=SB"} & set(row["codes"]) and not _earlier(base, row, race):
            yield put_result(base, i, codes=_coded(row["codes"], "PB"))


@operator("lead-behind-a-faster-man", "at-most-one-world-lead")
def lead_behind_a_faster_man(base: Base, rng: Random) -> Iterator[Site]:
    """A WL stands beside a time slower than the winner's."""
    for i, row in finishers(base):
        best = min(one["time_ms"] for _, one in finishers(base) if one["race_id"] == row["race_id"])
        if row["time_ms"] > best:
            yield put_result(base, i, codes=_coded([c for c in row["codes"] if c not in ("=SB",)], "WL"))


@operator("unknown-code", "known-codes")
def unknown_code(base: Base, rng: Random) -> Iterator[Site]:
    """A code is misread."""
    for i, row in finishers(base):
        yield put_result(base, i, codes=[*row["codes"], rng.choice(("P8", "NRR", "5B", "pb", "N R"))])


@operator("code-twice", "known-codes")
def code_twice(base: Base, rng: Random) -> Iterator[Site]:
    """A code stands twice, or codes stand out of order."""
    for i, row in finishers(base):
        if row["codes"]:
            yield put_result(base, i, codes=[*row["codes"], row["codes"][-1]])
        if len(row["codes"]) > 1:
            yield put_result(base, i, codes=row["codes"][::-1])


@operator("equalled-and-beaten", "consistent-codes")
def equalled_and_beaten(base: Base, rng: Random) -> Iterator[Site]:
    """A code stands beside its equalled form."""
    for i, row in finishers(base):
        for code in row["codes"]:
            if not code.startswith("="):
                yield put_result(base, i, codes=_coded(row["codes"], f"={code}"))

"""How results go wrong: slips of the hand, of the eye and of the spreadsheet (RULES section 8)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from random import Random

from bowerman_data._mutants import Base, Row, Site, named, operator, put, remarked, retimed, without
from bowerman_data.marks import MarkError
from bowerman_data.schemas.reference import bounds, nations, record_codes

__all__: list[str] = []

_WITHIN = "the new time lies between the neighbours', and only a source could tell it from the true one"
_LAWFUL = "the result is itself a lawful race, and only a source could tell it from the true one"


def _finishers(base: Base) -> Iterator[tuple[int, Row]]:
    return ((i, row) for i, row in enumerate(base.rows("results")) if row["status"] == "OK")


def _stopped(base: Base) -> Iterator[tuple[int, Row]]:
    return ((i, row) for i, row in enumerate(base.rows("results")) if row["status"] != "OK")


def _neighbours(base: Base) -> Iterator[tuple[int, Row, Row]]:
    """Each finisher with the one behind, by the position of the first."""
    rows = base.rows("results")
    for (i, one), (_, other) in pairwise(enumerate(rows)):
        if one["race_id"] == other["race_id"] and one["status"] == other["status"] == "OK":
            yield i, one, other


def _put(base: Base, i: int, **cells: object) -> Site:
    rows = base.rows("results")
    what = ", ".join(f"{column} {rows[i][column]} -> {value}" for column, value in cells.items())
    return f"{named('results', rows[i])}: {what}", {"results": put(rows, i, **cells)}


@operator("transpose-digits", "every-value-claimed", "ordered-finish-times", generated=_WITHIN)
def transpose_digits(base: Base, rng: Random) -> Iterator[Site]:
    """Two neighbouring digits of a mark change places."""
    for i, row in _finishers(base):
        mark = row["mark"]
        for at in range(len(mark) - 1):
            if mark[at].isdigit() and mark[at + 1].isdigit() and mark[at] != mark[at + 1]:
                try:
                    cells = remarked(mark[:at] + mark[at + 1] + mark[at] + mark[at + 2 :])
                except MarkError:
                    continue
                yield _put(base, i, **cells)


@operator("hundredth-off", "every-value-claimed", "ordered-finish-times", generated=_WITHIN)
def hundredth_off(base: Base, rng: Random) -> Iterator[Site]:
    """A time is one unit of its last decimal more or less."""
    for i, row in _finishers(base):
        unit = 10 ** (3 - row["decimals"])
        for step in (-unit, unit):
            yield _put(base, i, **retimed(row["time_ms"] + step, row["decimals"]))


@operator("minute-slip", "ordered-finish-times", "humanly-possible", "every-value-claimed", generated=_WITHIN)
def minute_slip(base: Base, rng: Random) -> Iterator[Site]:
    """A time loses a minute."""
    for i, row in _finishers(base):
        if row["time_ms"] > 60_000:
            yield _put(base, i, **retimed(row["time_ms"] - 60_000, row["decimals"]))


@operator("swap-neighbours", "ordered-finish-times")
def swap_neighbours(base: Base, rng: Random) -> Iterator[Site]:
    """Two neighbours have each other's times."""
    for i, one, other in _neighbours(base):
        if one["time_ms"] != other["time_ms"] and one["place"] != other["place"]:
            yield _exchange(base, i, "time_ms", "decimals", "mark")


def _exchange(base: Base, i: int, *columns: str) -> Site:
    """A finisher and the one behind have each other's values."""
    rows = base.rows("results")
    one, other = ({column: rows[k][column] for column in columns} for k in (i, i + 1))
    return f"{named('results', rows[i])} and the one behind", {"results": put(put(rows, i, **other), i + 1, **one)}


@operator("swap-men", "every-value-claimed", "verdicts-recompute", generated=_LAWFUL)
def swap_men(base: Base, rng: Random) -> Iterator[Site]:
    """Two neighbours have each other's lines, name and nation apart."""
    for i, one, other in _neighbours(base):
        if one["place"] != other["place"]:
            yield _exchange(base, i, "athlete_id", "nation")


@operator("man-twice", "one-time-per-athlete")
def man_twice(base: Base, rng: Random) -> Iterator[Site]:
    """A man stands a second time at the end of the list, where everything else about the line is lawful."""
    for _, row in _finishers(base):
        race = [one for one in base.rows("results") if one["race_id"] == row["race_id"]]
        places = [one["place"] for one in race if one["place"] is not None]
        slowest = max(one["time_ms"] for one in race if one["time_ms"] is not None)
        scale = base.race(row["race_id"])["points_scale"] or []
        points = scale[len(places)] if len(places) < len(scale) else None
        again = row | {"place": len(places) + 1, "codes": [], "points": points} | retimed(slowest, row["decimals"])
        yield named("results", row), {"results": _ordered([*base.rows("results"), again])}


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["race_id"], row["place"] is None, row["place"], row["athlete_id"]))


@operator("row-lost", "places-count-up")
def row_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A finisher's line is lost, and somebody came in behind."""
    for i, one, other in _neighbours(base):
        if one["place"] != other["place"]:
            yield named("results", one), {"results": without(base.rows("results"), i)}


@operator(
    "last-row-lost",
    "verdicts-recompute",
    "split-has-an-entrant",
    generated="a race with one man fewer is a lawful race",
)
def last_row_lost(base: Base, rng: Random) -> Iterator[Site]:
    """The line of the last man, or of one who did not finish, is lost."""
    rows = base.rows("results")
    for i, row in enumerate(rows):
        behind = [one for one in rows[i + 1 :] if one["race_id"] == row["race_id"] and one["status"] == "OK"]
        if not behind and len(rows) > 1:
            yield named("results", row), {"results": without(rows, i)}


@operator("place-skipped", "places-count-up")
def place_skipped(base: Base, rng: Random) -> Iterator[Site]:
    """From some man on, every place is one too high."""
    rows = base.rows("results")
    for _i, row in _finishers(base):
        later = [
            one | {"place": one["place"] + 1}
            if one["race_id"] == row["race_id"] and one["place"] is not None and one["place"] >= row["place"]
            else one
            for one in rows
        ]
        yield f"{named('results', row)}: from here on", {"results": later}


@operator("tie-not-counted", "places-count-up")
def tie_not_counted(base: Base, rng: Random) -> Iterator[Site]:
    """Two men share a place and have two times."""
    for i, one, other in _neighbours(base):
        if one["time_ms"] != other["time_ms"]:
            yield _put(base, i + 1, place=one["place"])


@operator("dnf-given-a-time", "status-explains-nulls")
def dnf_given_a_time(base: Base, rng: Random) -> Iterator[Site]:
    """One who did not finish has a time, from some other day."""
    for i, _row in _stopped(base):
        yield _put(base, i, **retimed(235_460, 2))


@operator("finisher-without-a-time", "status-explains-nulls")
def finisher_without_a_time(base: Base, rng: Random) -> Iterator[Site]:
    """A finisher's time is lost, his place is not."""
    for i, _ in _finishers(base):
        yield _put(base, i, time_ms=None, decimals=None, mark=None)


@operator("dnf-is-dns", "verdicts-recompute", "split-has-an-entrant", "every-value-claimed", generated=_LAWFUL)
def dnf_is_dns(base: Base, rng: Random) -> Iterator[Site]:
    """One who stopped on the way is said not to have started."""
    for i, row in _stopped(base):
        if row["status"] != "DNS":
            yield _put(base, i, status="DNS")


@operator("pacemaker-is-athlete", "verdicts-recompute", "every-value-claimed", generated=_LAWFUL)
def pacemaker_is_athlete(base: Base, rng: Random) -> Iterator[Site]:
    """A pacemaker is listed as one who raced, or the other way round."""
    for i, row in enumerate(base.rows("results")):
        yield _put(base, i, role="athlete" if row["role"] == "pacemaker" else "pacemaker")


@operator("iso-nation", "known-nation")
def iso_nation(base: Base, rng: Random) -> Iterator[Site]:
    """A nation has its ISO code, which World Athletics does not use."""
    legal = {nation.code for nation in nations()}
    iso = {n.code: n.iso_alpha3 for n in nations() if n.iso_alpha3 is not None and n.iso_alpha3 not in legal}
    for i, row in enumerate(base.rows("results")):
        yield _put(base, i, nation=iso.get(row["nation"], "DEU"))


@operator("nation-of-another-day", "nation-of-its-day")
def nation_of_another_day(base: Base, rng: Random) -> Iterator[Site]:
    """A nation did not exist any more, or not yet."""
    for i, row in enumerate(base.rows("results")):
        year = base.race(row["race_id"])["date"].year
        yield _put(base, i, nation="EUN" if year != 1992 else "SCG")


@operator("another-nation", "every-value-claimed", "verdicts-recompute", generated=_LAWFUL)
def another_nation(base: Base, rng: Random) -> Iterator[Site]:
    """A man runs for another nation of the race."""
    codes = sorted({row["nation"] for row in base.rows("results")} - {"EUN", "URS", "GDR", "FRG", "TCH", "YUG", "SCG"})
    for i, row in enumerate(base.rows("results")):
        others = [code for code in codes if code != row["nation"]]
        if others and not row["codes"]:
            yield _put(base, i, nation=rng.choice(others))


def _coded(codes: list[str], *more: str) -> list[str]:
    """The codes and some more, each once, in order of rank."""
    rank = {form: i for i, code in enumerate(record_codes()) for form in (code.code, code.equal_form)}
    return sorted({*codes, *more}, key=lambda code: rank[code])


@operator("pb-that-is-not", "record-beats-record")
def pb_that_is_not(base: Base, rng: Random) -> Iterator[Site]:
    """A PB stands beside a time that the man has beaten before."""
    for i, row in _finishers(base):
        race, codes = base.race(row["race_id"]), [code for code in row["codes"] if code not in ("SB", "=PB")]
        if "PB" not in codes and any(mark <= row["time_ms"] for mark in _earlier(base, row, race)):
            yield _put(base, i, codes=_coded(codes, "PB"))


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
    for i, row in _finishers(base):
        race = base.race(row["race_id"])
        if not {"PB", "=PB", "SB", "=SB"} & set(row["codes"]) and not _earlier(base, row, race):
            yield _put(base, i, codes=_coded(row["codes"], "PB"))


@operator("lead-behind-a-faster-man", "at-most-one-world-lead")
def lead_behind_a_faster_man(base: Base, rng: Random) -> Iterator[Site]:
    """A WL stands beside a time slower than the winner's."""
    for i, row in _finishers(base):
        best = min(one["time_ms"] for _, one in _finishers(base) if one["race_id"] == row["race_id"])
        if row["time_ms"] > best:
            yield _put(base, i, codes=_coded([c for c in row["codes"] if c not in ("=SB",)], "WL"))


@operator("unknown-code", "known-codes")
def unknown_code(base: Base, rng: Random) -> Iterator[Site]:
    """A code is misread."""
    for i, row in _finishers(base):
        yield _put(base, i, codes=[*row["codes"], rng.choice(("P8", "NRR", "5B", "pb", "N R"))])


@operator("code-twice", "known-codes")
def code_twice(base: Base, rng: Random) -> Iterator[Site]:
    """A code stands twice, or codes stand out of order."""
    for i, row in _finishers(base):
        if row["codes"]:
            yield _put(base, i, codes=[*row["codes"], row["codes"][-1]])
        if len(row["codes"]) > 1:
            yield _put(base, i, codes=row["codes"][::-1])


@operator("equalled-and-beaten", "consistent-codes")
def equalled_and_beaten(base: Base, rng: Random) -> Iterator[Site]:
    """A code stands beside its equalled form."""
    for i, row in _finishers(base):
        for code in row["codes"]:
            if not code.startswith("="):
                yield _put(base, i, codes=_coded(row["codes"], f"={code}"))


@operator("points-off", "points-follow-scale")
def points_off(base: Base, rng: Random) -> Iterator[Site]:
    """Points are one too many, or given to a place that earns none."""
    for i, row in _finishers(base):
        places = [one["place"] for _, one in _finishers(base) if one["race_id"] == row["race_id"]]
        if places.count(row["place"]) == 1:
            yield _put(base, i, points=(row["points"] or 0) + 1)


@operator("unit-slip", "mark-is-its-time")
def unit_slip(base: Base, rng: Random) -> Iterator[Site]:
    """A time stands in seconds or hundredths where milliseconds are due."""
    for i, row in _finishers(base):
        yield _put(base, i, time_ms=row["time_ms"] // rng.choice((10, 1000)))


@operator("decimal-lost", "mark-is-its-time")
def decimal_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A mark has lost its last digit, the time has not."""
    for i, row in _finishers(base):
        if row["decimals"]:
            yield _put(base, i, mark=row["mark"][:-1].rstrip("."))


@operator(
    "nought-lost",
    "every-value-claimed",
    generated="3:49.1 is how a time by hand is written; RULES: never infer hand timing from a spreadsheet",
)
def nought_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A spreadsheet took the trailing nought, so that the time seems timed by hand."""
    for i, row in _finishers(base):
        if row["mark"].endswith("0") and row["decimals"]:
            yield _put(base, i, **retimed(row["time_ms"], row["decimals"] - 1))


@operator("beyond-human", "humanly-possible")
def beyond_human(base: Base, rng: Random) -> Iterator[Site]:
    """The last man of the race went at a stroll, or the winner ran a record that nobody can."""
    for i, row in _last(base):
        # 1 m/s; a mile at that pace is beyond its slowest bound too.
        yield _put(base, i, **retimed(round(base.race(row["race_id"])["distance_m"]) * 1000, row["decimals"]))
    for i, row in _finishers(base):
        bound = _bound(base, row)
        if row["place"] == 1 and bound and [r["place"] for _, r in _finishers(base)].count(1) == 1:
            yield _put(base, i, codes=["WR"], **retimed(bound[0] - 1000, row["decimals"]))


@operator("a-jog", "humanly-plausible", "every-value-claimed")
def a_jog(base: Base, rng: Random) -> Iterator[Site]:
    """The last man is as slow as a jogger, which has happened."""
    for i, row in _last(base):
        if _bound(base, row):
            yield _put(base, i, **retimed(_bound(base, row)[1] + 10_000, row["decimals"]))


def _bound(base: Base, row: Row) -> tuple[int, ...]:
    """The fastest possible and the slowest plausible time of the race, nothing where none are known."""
    race = base.race(row["race_id"])
    of = (race["discipline"].removesuffix("-indoor"), race["sex"])
    return next(((b.hard_min_ms, b.warn_max_ms) for b in bounds() if (b.discipline, b.sex) == of), ())


def _last(base: Base) -> Iterator[tuple[int, Row]]:
    """Those in whose race nobody came in behind or with them."""
    for i, row in _finishers(base):
        race = [one for _, one in _finishers(base) if one["race_id"] == row["race_id"]]
        if all(one["place"] < row["place"] for one in race if one is not row):
            yield i, row


@operator("races-merged", "one-time-per-athlete", "places-count-up", "ordered-finish-times")
def races_merged(base: Base, rng: Random) -> Iterator[Site]:
    """Two races of one meeting are read as one."""
    ids = sorted({row["race_id"] for row in base.rows("results") if row["status"] == "OK"})
    for one, other in pairwise(ids):
        merged = [row | {"race_id": one} if row["race_id"] == other else row for row in base.rows("results")]
        yield f"{other} read as {one}", {"results": _ordered(merged)}

"""How splits go wrong: the wrong man, the wrong lap, the wrong distance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from bowerman_data._mutants import Base, Row, Site, named, operator, put, retimed

__all__: list[str] = []

_UNKNOWN = "no other split of the race contradicts it, and only a source could"


def _splits(base: Base, basis: str, lap: bool | None = None) -> Iterator[tuple[int, Row]]:
    """The splits of a basis: laps, or times from the start, or both."""
    for i, row in enumerate(base.rows("splits")):
        if row["basis"] == basis and lap in (None, row["from_m"] > 0):
            yield i, row


def _put(base: Base, i: int, **cells: object) -> Site:
    rows = base.rows("splits")
    what = ", ".join(f"{column} {rows[i][column]} -> {value}" for column, value in cells.items())
    return f"{named('splits', rows[i])}: {what}", {"splits": put(rows, i, **cells)}


def _result(base: Base, race_id: str, athlete_id: str | None) -> Row | None:
    return next(
        (r for r in base.rows("results") if (r["race_id"], r["athlete_id"]) == (race_id, athlete_id)),
        None,
    )


def _winner(base: Base, race_id: str) -> str | None:
    return next((r["athlete_id"] for r in base.rows("results") if r["race_id"] == race_id and r["place"] == 1), None)


@operator("leaders-split-to-the-winner", "every-value-claimed", "lap-belongs-to-its-leader", generated=_UNKNOWN)
def leaders_split_to_the_winner(base: Base, rng: Random) -> Iterator[Site]:
    """The race clock at a mark is credited to the man who won in the end."""
    for i, row in _splits(base, "leader", lap=False):
        winner = _winner(base, row["race_id"])
        if winner is not None and winner != row["athlete_id"]:
            yield _put(base, i, athlete_id=winner)


@operator("leaders-lap-to-the-winner", "lap-belongs-to-its-leader", generated=_UNKNOWN)
def leaders_lap_to_the_winner(base: Base, rng: Random) -> Iterator[Site]:
    """A lap of the race is credited to the winner, though another led at one of its ends."""
    for i, row in _splits(base, "leader", lap=True):
        winner = _winner(base, row["race_id"])
        if winner is not None and winner != row["athlete_id"]:
            yield _put(base, i, athlete_id=winner)


@operator("lap-that-does-not-add-up", "laps-add-up", "every-value-claimed", generated=_UNKNOWN)
def lap_that_does_not_add_up(base: Base, rng: Random) -> Iterator[Site]:
    """A lap is some seconds longer than the times at its ends say."""
    for basis in ("leader", "athlete"):
        for i, row in _splits(base, basis, lap=True):
            yield _put(base, i, **retimed(row["time_ms"] + 4000, row["decimals"]))


@operator(
    "split-slips-a-minute", "splits-increase", "laps-add-up", "pace-is-human", "every-value-claimed", generated=_UNKNOWN
)
def split_slips_a_minute(base: Base, rng: Random) -> Iterator[Site]:
    """A time from the start loses a minute."""
    for basis in ("leader", "athlete"):
        for i, row in _splits(base, basis, lap=False):
            if row["time_ms"] > 60_000:
                yield _put(base, i, **retimed(row["time_ms"] - 60_000, row["decimals"]))


@operator("split-in-the-wrong-row", "splits-increase")
def split_in_the_wrong_row(base: Base, rng: Random) -> Iterator[Site]:
    """A time from the start is that of the mark before."""
    for i, one, other in _consecutive(base):
        yield _put(base, i, **retimed(other["time_ms"], one["decimals"]))


@operator("clock-stood-still", "splits-increase", "every-value-claimed")
def clock_stood_still(base: Base, rng: Random) -> Iterator[Site]:
    """Late in the race a time from the start is that of the mark before, and no lap of the race was taken."""
    for i, one, other in _consecutive(base):
        if other["to_m"] > 0.7 * one["to_m"]:
            still = one | retimed(other["time_ms"], one["decimals"])
            rows = put(base.rows("splits"), i, **still)
            kept = [row for row in rows if row["race_id"] != one["race_id"] or row["from_m"] == 0]
            yield named("splits", one), {"splits": kept}


def _consecutive(base: Base) -> Iterator[tuple[int, Row, Row]]:
    for basis in ("leader", "athlete"):
        for i, row in _splits(base, basis, lap=False):
            before = [o for _, o in _splits(base, basis, lap=False) if _same(o, row, basis) and o["to_m"] < row["to_m"]]
            same_unit = [other for other in before if other["decimals"] == row["decimals"]]
            if same_unit:
                yield i, row, max(same_unit, key=lambda other: other["to_m"])


def _same(one: Row, other: Row, basis: str) -> bool:
    return one["race_id"] == other["race_id"] and (basis == "leader" or one["athlete_id"] == other["athlete_id"])


@operator("split-after-the-finish", "split-before-finish")
def split_after_the_finish(base: Base, rng: Random) -> Iterator[Site]:
    """A man's last time on the way is his time at the finish."""
    for i, row in _splits(base, "athlete", lap=False):
        own = [o["to_m"] for _, o in _splits(base, "athlete", lap=False) if _same(o, row, "athlete")]
        result = _result(base, row["race_id"], row["athlete_id"])
        if row["to_m"] == max(own) and result is not None and result["time_ms"] is not None:
            yield _put(base, i, **retimed(result["time_ms"], result["decimals"]))


@operator("ahead-of-the-leader", "leader-is-fastest", "splits-increase")
def ahead_of_the_leader(base: Base, rng: Random) -> Iterator[Site]:
    """A man passes a mark seconds before the leader."""
    led = {(row["race_id"], row["to_m"]): row["time_ms"] for _, row in _splits(base, "leader", lap=False)}
    for i, row in _splits(base, "athlete", lap=False):
        time_ms = led.get((row["race_id"], row["to_m"]))
        if time_ms is not None:
            yield _put(base, i, **retimed(time_ms // 1000 * 1000 - 2000, row["decimals"]))


@operator("two-men-on-one-split", "every-value-claimed", generated=_UNKNOWN)
def two_men_on_one_split(base: Base, rng: Random) -> Iterator[Site]:
    """A man's own time differs from the leader's, and he is named the leader."""
    own = {(r["race_id"], r["to_m"]): r["athlete_id"] for _, r in _splits(base, "athlete", lap=False)}
    for i, row in _splits(base, "leader", lap=False):
        other = own.get((row["race_id"], row["to_m"]))
        if other is not None and other != row["athlete_id"]:
            yield _put(base, i, athlete_id=other)


@operator("half-the-distance", "pace-is-human", "laps-add-up", "every-value-claimed")
def half_the_distance(base: Base, rng: Random) -> Iterator[Site]:
    """A lap of 400 m is labelled as one of 800."""
    for i, row in _splits(base, "leader"):
        if row["to_m"] - row["from_m"] == 400 and row["from_m"] == 0:
            yield _put(base, i, time_ms=row["time_ms"] // 10, mark=retimed(row["time_ms"] // 10, 3)["mark"], decimals=3)


@operator("stretch-from-too-far", "pace-is-human")
def stretch_from_too_far(base: Base, rng: Random) -> Iterator[Site]:
    """A closing stretch of 400 m is labelled as one of 1000 m."""
    for i, row in _splits(base, "athlete", lap=True):
        distance = base.race(row["race_id"])["distance_m"]
        if row["to_m"] == distance and abs(row["to_m"] - row["from_m"] - 400) < 0.001 and row["from_m"] > 601:
            yield _put(base, i, from_m=round(row["from_m"] - 600.0, 3))


@operator("beyond-the-finish", "within-the-distance")
def beyond_the_finish(base: Base, rng: Random) -> Iterator[Site]:
    """A stretch ends after the race, or before it begins."""
    for i, row in enumerate(base.rows("splits")):
        yield _put(base, i, to_m=base.race(row["race_id"])["distance_m"] + 400)
        if row["from_m"] > 0:
            yield _put(base, i, to_m=row["from_m"])


@operator("last-split-too-far", "within-the-distance", "every-value-claimed")
def last_split_too_far(base: Base, rng: Random) -> Iterator[Site]:
    """The last time from the start is said to be taken a little behind the finish."""
    for basis in ("leader", "athlete"):
        for i, row in _splits(base, basis, lap=False):
            own = [other["to_m"] for _, other in _splits(base, basis, lap=False) if _same(other, row, basis)]
            if row["to_m"] == max(own):
                yield _put(base, i, to_m=base.race(row["race_id"])["distance_m"] + 1)


@operator("split-of-a-stranger", "split-has-an-entrant")
def split_of_a_stranger(base: Base, rng: Random) -> Iterator[Site]:
    """A split belongs to somebody who is not in the race."""
    ran = {(row["race_id"], row["athlete_id"]) for row in base.rows("results") if row["status"] != "DNS"}
    people = [row["athlete_id"] for row in base.rows("athletes")]
    for i, row in _splits(base, "athlete"):
        strangers = [one for one in people if (row["race_id"], one) not in ran]
        if strangers:
            yield _put(base, i, athlete_id=rng.choice(strangers))


@operator("split-twice", "one-split-per-stretch")
def split_twice(base: Base, rng: Random) -> Iterator[Site]:
    """A stretch is timed twice, the second time a unit off."""
    for basis in ("leader", "athlete"):
        for i, row in _splits(base, basis):
            again = row | retimed(row["time_ms"] + 10 ** (3 - row["decimals"]), row["decimals"])
            rows = base.rows("splits")
            yield named("splits", row), {"splits": [*rows[: i + 1], again, *rows[i + 1 :]]}


@operator("nobodys-own-split", "lap-belongs-to-its-leader")
def nobodys_own_split(base: Base, rng: Random) -> Iterator[Site]:
    """An athlete's own split is nobody's."""
    for i, _ in _splits(base, "athlete", None):
        yield _put(base, i, athlete_id=None)


@operator("leader-forgotten", "null-where-unclaimed", "rulings-hold", generated="nobody needs to know who led")
def leader_forgotten(base: Base, rng: Random) -> Iterator[Site]:
    """Who led at a mark is lost, though a source tells it."""
    for i, row in _splits(base, "leader", lap=False):
        if row["athlete_id"] is not None:
            yield _put(base, i, athlete_id=None)


def _by(change: Callable[[Row], int]) -> Callable[[Base], Iterator[Site]]:
    return lambda base: (
        _put(base, i, time_ms=change(row)) for basis in ("leader", "athlete") for i, row in _splits(base, basis)
    )


@operator("split-unit-slip", "mark-is-its-time")
def split_unit_slip(base: Base, rng: Random) -> Iterator[Site]:
    """A split stands in hundredths where milliseconds are due."""
    yield from _by(lambda row: row["time_ms"] // 10)(base)


@operator("split-a-unit-off", "every-value-claimed", generated=_UNKNOWN)
def split_a_unit_off(base: Base, rng: Random) -> Iterator[Site]:
    """A split is one unit of its last decimal more."""
    for basis in ("leader", "athlete"):
        for i, row in _splits(base, basis):
            yield _put(base, i, **retimed(row["time_ms"] + 10 ** (3 - row["decimals"]), row["decimals"]))

"""The tables of an archive, of who ran and in what time."""

from __future__ import annotations

import datetime as dt

import polars as pl

__all__ = ["MILE_M", "POINTS_M", "athletes", "day", "front", "named", "own", "races", "results"]

MILE_M = 1609.344
POINTS_M = (400.0, 800.0, 1200.0)
NATIONS = ("KEN", "ETH", "GBR", "USA", "NOR", "NED", "GER", "SUI", "RSA", "AUS", "ESP", "FRA")
GIVEN = ("Abel", "Bruno", "Dario", "Emil", "Festus", "Gil", "Hugo", "Ivo", "Jonas", "Karim", "Levi", "Milo")
FAMILY = ("Thorn", "Falk", "Lunt", "Horn", "Oyar", "Marsh", "Brook", "Calder", "Park", "Ness", "Alder", "Quist")
TOWNS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse", "Hazel", "Ivy", "Juniper")
BEGAN = dt.date(1990, 5, 1)
RACES_A_DAY = 60


def day(race: pl.Expr) -> pl.Expr:
    """The date of a race."""
    return pl.lit(BEGAN) + pl.duration(days=race // RACES_A_DAY)


def named(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        race_id=_race_id(pl.col("race")),
        athlete_id=_athlete_id(pl.col("person")),
        nation=_one_of(NATIONS, pl.col("person")),
    )


def _one_of(words: tuple[str, ...], number: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(words)).gather((number % len(words)).cast(pl.UInt32))


def _race_id(race: pl.Expr) -> pl.Expr:
    town = _one_of(tuple(town.lower() for town in TOWNS), race)
    return pl.concat_str(town, pl.lit("-mile-"), race.cast(pl.String).str.zfill(8))


def _athlete_id(person: pl.Expr) -> pl.Expr:
    given = _one_of(tuple(name.lower() for name in GIVEN), person)
    family = _one_of(tuple(name.lower() for name in FAMILY), person // len(GIVEN))
    return pl.concat_str(given, family, person.cast(pl.String), separator="-")


def _mark(hundredths: pl.Expr) -> pl.Expr:
    minutes, rest = hundredths // 6000, hundredths % 6000
    seconds = (rest // 100).cast(pl.String)
    tail = "." + (rest % 100).cast(pl.String).str.zfill(2)
    whole = pl.concat_str(minutes.cast(pl.String), pl.lit(":"), seconds.str.zfill(2))
    return pl.when(minutes > 0).then(whole).otherwise(seconds) + tail


def results(runs: pl.DataFrame) -> pl.DataFrame:
    ran, nothing = ~pl.col("paces"), pl.lit([], pl.List(pl.String))
    pb = pl.col("pb") & (pl.col("person") % 4 == 0)  # printed for one in four
    return runs.select(
        "race_id",
        "athlete_id",
        "nation",
        role=pl.when("paces").then(pl.lit("pacemaker")).otherwise(pl.lit("athlete")),
        status=pl.when("paces").then(pl.lit("DNF")).otherwise(pl.lit("OK")),
        place=pl.when(ran).then("place"),
        time_ms=pl.when(ran).then(pl.col("finish") * 10),
        decimals=pl.when(ran).then(2),
        mark=pl.when(ran).then(_mark(pl.col("finish"))),
        codes=pl.when(pl.col("wl") & pb)
        .then(["WL", "PB"])
        .when("wl")
        .then(["WL"])
        .when(pb)
        .then(["PB"])
        .otherwise(nothing),
        points=pl.lit(None, pl.Int16),
    )


def _split(from_m: float, to_m: float, basis: str, hundredths: pl.Expr, in_race: pl.Expr) -> list[pl.Expr]:
    return [
        pl.col("race"),
        in_race.alias("in_race"),
        pl.col("race_id"),
        pl.lit(from_m).alias("from_m"),
        pl.lit(to_m).alias("to_m"),
        pl.lit(basis).alias("basis"),
        pl.col("athlete_id"),
        (hundredths * 10).alias("time_ms"),
        pl.lit(2).alias("decimals"),
        _mark(hundredths).alias("mark"),
    ]


def own(runs: pl.DataFrame) -> pl.DataFrame:
    """Each runner's times; the pacemaker steps off after 800 m."""
    ran, parts = runs.filter(~pl.col("paces")), []
    for metres in POINTS_M:
        who = runs if metres <= 800 else ran
        parts.append(who.select(_split(0.0, metres, "athlete", pl.col(f"at_{metres:g}"), pl.col("place"))))
    last = pl.col("finish") - pl.col("at_1200")
    return pl.concat([*parts, ran.select(_split(1200.0, MILE_M, "athlete", last, pl.col("place")))])


def front(runs: pl.DataFrame) -> pl.DataFrame:
    """The race clock: the least of all times at each point."""
    parts = []
    for metres in POINTS_M:
        here = runs if metres <= 800 else runs.filter(~pl.col("paces"))
        first = here.sort("race", f"at_{metres:g}").unique("race", keep="first", maintain_order=True)
        parts.append(first.select(_split(0.0, metres, "leader", pl.col(f"at_{metres:g}"), pl.lit(0, pl.Int64))))
    return pl.concat(parts)


def races(first: int, races: int) -> pl.DataFrame:
    race = pl.col("race")
    town = _one_of(TOWNS, race)
    return pl.select(race=pl.int_range(first, first + races)).select(
        race_id=_race_id(race),
        name=pl.concat_str(town, pl.lit(" Mile "), race.cast(pl.String)),
        meet=pl.concat_str(town, pl.lit(" Games")),
        series=pl.lit("Invitational"),
        date=day(race),
        venue=pl.concat_str(town, pl.lit(" Field")),
        city=pl.concat_str(town, pl.lit("ton")),
        country=pl.lit("GBR"),
        discipline=pl.lit("mile"),
        distance_m=pl.lit(MILE_M),
        sex=pl.lit("M"),
        coverage=pl.lit("full"),
        points_scale=pl.lit(None, pl.List(pl.Int16)),
    )


def athletes(people: int) -> pl.DataFrame:
    person = pl.col("person")
    given, family = _one_of(GIVEN, person), _one_of(FAMILY, person // len(GIVEN))
    name = pl.concat_str(given, family, separator=" ")
    return pl.select(person=pl.int_range(people)).select(
        athlete_id=_athlete_id(person),
        name=name,
        given_name=given,
        family_name=family,
        nation=_one_of(NATIONS, person),
        aliases=pl.concat_list(name),
    )

"""The rules of quotes, of races, and of distances."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._results import LISTED_TO_MS
from bowerman_data.expectations._sql import Clause, Relation, any_of, case, extract, literal, number, row_key
from bowerman_data.expectations._sql import joined as listed
from bowerman_data.schemas.reference import points_scales

__all__ = ["clauses", "relations"]

_NOTHING = "CAST(NULL AS STRING)"
_DATED = ("mixed zone", "press conference", "breakout session")
_QUOTATION_MARKS = ('"', "\u201c", "\u201d", "\u00ab", "\u00bb", "\u201e")
# What UTF-8 becomes when it is read as Windows-1252: A-tilde or A-circumflex before a continuation byte.
_GARBLED = "\ufffd|\u00e2\u20ac|[\u00c3\u00c2][\u0080-\u00bf]"
_CONTROL = "[\u0001-\u001f\u007f-\u009f]"

_QUOTES = (
    "SELECT t.*, s.published_on, max(t.end_char) OVER (PARTITION BY t.source_id ORDER BY t.start_char, t.end_char "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ends_before, "
    f"CAST(t.start_char AS BIGINT) + length(t.text) AS ends_at, {row_key('quotes')} AS row_key "
    "FROM {quotes} t LEFT JOIN (SELECT source_id, max(published_on) AS published_on FROM {sources} GROUP BY source_id) s "
    "ON t.source_id = s.source_id"
)

_UNKNOWN_SPEAKERS = (
    f"SELECT t.*, {row_key('quotes')} AS row_key FROM {{quotes}} t LEFT JOIN (SELECT DISTINCT athlete_id FROM {{athletes}}) a "
    "ON t.speaker_id = a.athlete_id WHERE a.athlete_id IS NULL AND t.speaker_id IS NOT NULL"
)


# Races with results, and whether these show somebody whom a list cut short would not.
_SHOWN = (
    f"SELECT t.*, {row_key('races')} AS row_key, s.shown FROM {{races}} t JOIN (SELECT race_id, "
    f"max(CASE WHEN status IN ('DNF', 'DNS', 'DQ') OR time_ms > {LISTED_TO_MS} THEN 1 ELSE 0 END) AS shown "
    "FROM {results} GROUP BY race_id) s ON t.race_id = s.race_id"
)


def _speakers(group: str) -> Relation:
    several = f"SELECT {group} FROM {{quotes}} GROUP BY {group} HAVING count(DISTINCT speaker_id) > 1"
    sql = f"SELECT t.*, {row_key('quotes')} AS row_key FROM {{quotes}} t JOIN ({several}) g ON t.{group} = g.{group}"
    return Relation(f"speakers_of_{group}", "quotes", sql)


def relations() -> Iterator[Relation]:
    """Quotes beside their source and the passages before them; races; groups with two speakers."""
    yield Relation("quotes", "quotes", _QUOTES)
    yield Relation("unknown_speakers", "quotes", _UNKNOWN_SPEAKERS)
    yield _speakers("utterance_id")
    yield _speakers("saying_id")
    yield Relation("races", "races", f"SELECT t.*, {row_key('races')} AS row_key FROM {{races}} t")
    yield Relation("races_shown", "races", _SHOWN)


def _spans() -> Iterator[Clause]:
    slug, end = "quote-span-matches", "CAST(end_char AS STRING)"
    yield Clause(slug, "quotes", "end_char <> ends_at", "end_char", end, "CAST(ends_at AS STRING)")
    wanted = "concat('at least ', CAST(ends_before AS STRING))"
    yield Clause(slug, "quotes", "start_char < ends_before", "start_char", "CAST(start_char AS STRING)", wanted)


def _clean() -> Iterator[Clause]:
    slug, last = "clean-text", "substring(text, length(text), 1)"
    outer = f"{any_of('substring(text, 1, 1)', _QUOTATION_MARKS)} OR (length(text) > 0 AND {any_of(last, _QUOTATION_MARKS)})"
    yield Clause(slug, "quotes", outer, "text", "text", literal("no quotation mark around it"))
    # A pattern cannot hold U+0000 as itself, so it is looked for as a character.
    control = f"regexp_like(text, {literal(_CONTROL)}) OR instr(text, chr(0)) > 0"
    yield Clause(slug, "quotes", control, "text", "text", literal("no control characters"))
    yield Clause(
        slug, "quotes", f"regexp_like(text, {literal(_GARBLED)})", "text", "text", literal("no garbled encoding")
    )


def _said() -> Iterator[Clause]:
    day = "CAST(said_on AS STRING)"
    published = "concat('at most ', CAST(published_on AS STRING))"
    yield Clause("said-before-published", "quotes", "said_on > published_on", "said_on", day, published)
    slug, dated = "said-on-where-dated", any_of("context", _DATED)
    yield Clause(slug, "quotes", f"{dated} AND said_on IS NULL", "said_on", _NOTHING, literal("a day"))
    yield Clause(slug, "quotes", f"NOT ({dated}) AND said_on IS NOT NULL", "said_on", day, literal("null"))


def _speaker() -> Iterator[Clause]:
    yield Clause(
        "quote-has-a-speaker",
        "unknown_speakers",
        "TRUE",
        "speaker_id",
        "speaker_id",
        literal("one of athletes.athlete_id"),
    )
    for group in ("utterance_id", "saying_id"):
        yield Clause(
            "one-speaker-per-utterance",
            f"speakers_of_{group}",
            "TRUE",
            "speaker_id",
            "speaker_id",
            f"concat('one speaker in ', {group})",
        )


def _distance() -> Iterator[Clause]:
    event = "replace(discipline, '-indoor', '')"
    metres = f"TRY_CAST({extract(event, '^([0-9]+)m$', 1)} AS DOUBLE)"
    named = {"mile": "1609.344e0", "2miles": "3218.688e0", "marathon": "42195e0"}
    wanted = case({f"{event} = {literal(name)}": distance for name, distance in named.items()}, metres)
    for table in ("races", "marks"):
        where = f"abs(distance_m - ({wanted})) > 0.0005e0"
        yield Clause(
            "discipline-is-its-distance", table, where, "distance_m", number("distance_m"), number(f"({wanted})")
        )


def _seasons() -> dict[str, tuple[int, ...]]:
    """The points by place of each series in its seasons."""
    season = "series = {0} AND year(date) BETWEEN {1} AND {2}"
    return {season.format(literal(s.series), s.from_year, s.until_year): s.points for s in points_scales()}


def _scale() -> Iterator[Clause]:
    known = f"coalesce({' OR '.join(f'({season})' for season in _seasons())}, FALSE)"
    given = {season: literal(", ".join(map(str, points))) for season, points in _seasons().items() if points}
    scale, wanted = listed("points_scale"), case(given)
    differs = f"{known} AND {scale} IS DISTINCT FROM {wanted}"
    expected = f"coalesce({wanted}, 'null')"
    yield Clause("scale-follows-season", "races", differs, "points_scale", scale, expected)
    stray = f"NOT {known} AND points_scale IS NOT NULL"
    yield Clause("no-other-scale", "races", stray, "points_scale", scale, literal("null"))


def _shown() -> Clause:
    another = literal("another, or somebody who did not finish")
    where = "coverage = 'full' AND shown = 0"
    return Clause("full-shows-all", "races_shown", where, "coverage", "coverage", another)


def clauses() -> Iterator[Clause]:
    """The rules of quotes and races, and of the distance that a discipline names."""
    yield from _spans()
    yield from _clean()
    yield from _said()
    yield from _speaker()
    yield from _distance()
    yield from _scale()
    yield _shown()

"""Which races can break a rule of results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bowerman_data.expectations._query import breaks_alone, clauses_on
from bowerman_data.expectations._sql import any_of, literal
from bowerman_data.schemas.reference import nations, record_codes

__all__ = ["RELATIONS", "queries"]

RELATIONS = frozenset(
    [
        "results",
        "raced",
        "ranked",
        "leads",
        "results_twice",
        "results_race_id_stray",
        "results_athlete_id_stray",
        "results_codes",
        "results_code_lists",
        "results_codes_beside",
    ]
)

# Places count up and times do not fall if, as the rows stand, each man's place is the next after that of the man above
# him, and his time no less: as many places as the last then begin with the first. What is above is told by the hash
# of its race: two races of one hash are taken for one, which makes suspects only.
_BELOW = (
    "SELECT *, lag(place) OVER () AS place_above, lag(time_ms) OVER () AS time_above, hash(race_id) AS race, "
    "lag(hash(race_id)) OVER () AS race_above FROM {results} t"
)
_FALLS = (
    "race = race_above AND place IS NOT NULL AND "
    "(place = place_above::INTEGER + 1 AND time_ms >= time_above) IS NOT TRUE"
)

# A race that has points, or in which not as many have a place as the last place says, or are timed, may break a rule
# of places or points; one where a man with a WL is not the fastest, that of the lead.
_BY_RACE = (
    "SELECT race, count(place) AS placed, coalesce(max(place), 0) AS last, "
    "count(CASE WHEN place IS NOT NULL THEN time_ms END) AS timed, count(points) AS scored, min(time_ms) AS soonest, "
    "max(time_ms) AS latest, max(CASE WHEN list_contains(codes, 'WL') THEN time_ms END) AS led, "
    "coalesce(bool_or(status <> 'OK'), FALSE) AS unfinished, "
    f"bool_or({_FALLS}) AS falls, bool_or({breaks_alone('results')}) AS wrong FROM ({_BELOW}) t GROUP BY race"
)
_UNRANKED = "falls OR placed <> last OR placed <> timed OR scored > 0 OR led > soonest"

_RUNNER = "hash(race_id, athlete_id)"  # rows of one runner have one hash; those of two may too
_TWICE = (
    "SELECT hash(race_id) AS race FROM {results} t SEMI JOIN "
    f"(SELECT {_RUNNER} AS runner FROM {{results}} t GROUP BY 1 HAVING count(*) > 1) d ON {_RUNNER} = d.runner"
)

_STRANGER = "SELECT hash(race_id) AS race FROM {results} t SEMI JOIN {strangers} s ON t.athlete_id = s.athlete_id"

# A race at its extremes: with the least of its times and with the most, the last of its places, and a man who did not
# finish, if one did. A rule of one row beside its race that a row breaks is broken by one of these.
_EXTREMES = (
    "SELECT race, unnest([soonest, latest]) AS time_ms, last AS place, CASE WHEN unfinished THEN 'DNF' ELSE 'OK' "
    "END AS status, []::VARCHAR[] AS codes, r.* EXCLUDE (race) FROM by_race b JOIN {races} r USING (race)"
)


def _codes() -> str:
    """The races with lists that are not known codes in order of rank, or that have an equalled form beside another."""
    ranked = ", ".join(f"{literal(c.code)}, {literal(c.equal_form)}" for c in record_codes())
    ranks = f"list_transform(codes, lambda code: list_position([{ranked}], code))"
    wrong = f"list_sort(list_distinct({ranks})) <> {ranks} OR (many > 1 AND listed LIKE '%=%')"
    # As text, since that is compared in a quarter of the time. A code with a space in it makes the list longer.
    listed = "hash(race_id) AS race, array_to_string(codes, ' ') AS listed, len(codes) AS many"
    rows = f"SELECT {listed} FROM {{results}} t WHERE len(codes) > 0"
    split = f"SELECT *, string_split(listed, ' ') AS codes FROM (SELECT listed, many FROM ({rows}) r GROUP BY listed, many) d"
    lists = f"SELECT listed, many FROM ({split}) l WHERE len(codes) <> many OR ({wrong}) IS NOT FALSE"
    return f"SELECT race FROM ({rows}) t SEMI JOIN ({lists}) w ON t.listed = w.listed AND t.many = w.many"


def _beside_races() -> Iterator[str]:
    """The races that are not known, and those that with what is known of them break a rule."""
    by_nation = [clause.where for clause in clauses_on("raced") if clause.invariant == "nation-of-its-day"]
    others = [clause.where for clause in clauses_on("raced") if clause.invariant != "nation-of-its-day"]
    yield "SELECT race FROM by_race b ANTI JOIN {races} r USING (race)"
    yield f"SELECT race FROM ({_EXTREMES}) e WHERE {' OR '.join(f'({where})' for where in others)}"
    dated = any_of("nation", (n.code for n in nations() if n.from_year is not None or n.until_year is not None))
    yield (
        f"SELECT race FROM (SELECT hash(race_id) AS race, nation FROM {{results}} t WHERE {dated}) t "
        f"JOIN {{races}} r USING (race) WHERE {' OR '.join(by_nation)}"
    )


def queries(there: Mapping[str, str]) -> Iterator[str]:
    """The races of which results can break a rule that looks beyond a row."""
    by_race = [
        f"SELECT race FROM by_race WHERE wrong OR {_UNRANKED}",
        *(_beside_races() if "races" in there else ()),
    ]
    yield f"SELECT race FROM (WITH by_race AS MATERIALIZED ({_BY_RACE}) {' UNION ALL '.join(by_race)}) b"
    yield from (_TWICE, _codes())
    if "strangers" in there:
        yield _STRANGER

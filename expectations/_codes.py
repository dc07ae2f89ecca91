"""The rules of record and best codes, of results and of marks."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._sql import Clause, Relation, case, literal, row_key, unit, values
from bowerman_data.schemas.reference import record_codes

__all__ = ["clauses", "relations"]

_TABLES = ("results", "marks")


def _rank() -> str:
    ranks = {
        f"code IN ({literal(c.code)}, {literal(c.equal_form)})": str(rank) for rank, c in enumerate(record_codes())
    }
    return case(ranks)


def _elements(table: str) -> Relation:
    """Each code of each row, how many times it has stood so far, and the known codes' ranks."""
    rows = (
        f"SELECT *, monotonically_increasing_id() AS row_id, {row_key(table)} AS row_key "
        f"FROM {{{table}}} t WHERE size(codes) > 0"
    )
    spread = f"SELECT row_id, row_key, codes, explode(sequence(0, size(codes) - 1)) AS i FROM ({rows}) r"
    coded = f"SELECT row_id, row_key, codes, i, get(codes, CAST(i AS INT)) AS code FROM ({spread}) s"
    return Relation(
        f"{table}_codes",
        table,
        f"SELECT c.*, {_rank()} AS rank, row_number() OVER (PARTITION BY row_id, code ORDER BY i) AS nth "
        f"FROM ({coded}) c WHERE code IS NOT NULL",
        by_race=table == "results",
    )


def _lists(table: str) -> Relation:
    """Each row with codes: whether one stands twice, and whether the known ones fall in rank."""
    falls = "CASE WHEN rank < lag(rank) OVER (PARTITION BY row_id, rank IS NULL ORDER BY i) THEN 1 ELSE 0 END"
    return Relation(
        f"{table}_code_lists",
        table,
        "SELECT row_id, max(row_key) AS row_key, max(array_join(codes, ', ')) AS listed, max(nth) AS most, "
        f"max(falls) AS falls FROM (SELECT e.*, {falls} AS falls FROM {{{table}_codes}} e) f GROUP BY row_id",
        by_race=table == "results",
    )


def _beside(table: str) -> Relation:
    """Each code that stands with the equalled form of itself, or of one that it implies."""
    pairs = [(c.code, f"={other}") for c in record_codes() for other in (c.code, *c.implies)]
    return Relation(
        f"{table}_codes_beside",
        table,
        f"SELECT {row_key(table)} AS row_key, p.code, p.equalled FROM {{{table}}} t "
        f"JOIN {values(pairs, 'p(code, equalled)')} ON array_contains(t.codes, p.code) "
        "AND array_contains(t.codes, p.equalled) WHERE size(t.codes) > 1",
        by_race=table == "results",
    )


# What a PB, NR or WL of a result has to beat. A mark without its day is known by its year. Each code reads it by a
# name of its own: of what one reads alone no engine keeps the rows, which are all results.
_CLAIMED = ("PB", "NR", "WL")
_PERFORMANCES = (
    "SELECT m.athlete_id, a.nation, m.discipline, m.date, CAST(m.year AS INT) AS year, m.time_ms, m.decimals, m.mark, "
    "m.codes, CAST(NULL AS STRING) AS sex FROM {marks} m LEFT JOIN (SELECT athlete_id, max(nation) AS nation FROM {athletes} GROUP BY athlete_id) a "
    "ON m.athlete_id = a.athlete_id UNION ALL "
    "SELECT t.athlete_id, t.nation, r.discipline, r.date, CAST(year(r.date) AS INT) AS year, t.time_ms, t.decimals, "
    "t.mark, t.codes, r.sex FROM {results} t JOIN {one_race} r ON t.race_id = r.race_id"
)


def _record(code: str, same: str) -> str:
    beaten = f"e.time_ms + CASE WHEN e.decimals < 2 THEN {unit('e.decimals')} ELSE 0 END"
    earlier = "CASE WHEN e.date IS NOT NULL THEN e.date < c.date ELSE e.year < year(c.date) END"
    return (
        f"SELECT c.row_id, c.row_key, {literal(code)} AS code, e.time_ms, e.mark FROM {{record_claimants}} c "
        f"JOIN {{performances_{code.lower()}}} e ON c.discipline = e.discipline AND {same} WHERE array_contains(c.codes, {literal(code)}) "
        f"AND {earlier} AND e.time_ms IS NOT NULL AND c.time_ms >= {beaten}"
    )


def _records() -> Relation:
    national = ["NR", *(c.code for c in record_codes() if "NR" in c.implies)]
    held = " OR ".join(f"array_contains(e.codes, {literal(code)})" for code in national)
    # Whether a man or a woman ran a mark, nothing tells: it counts for races of either.
    sex = "(e.sex IS NULL OR e.sex = c.sex)"
    unbeaten = " UNION ALL ".join(
        (
            _record("PB", "c.athlete_id = e.athlete_id"),
            _record("NR", f"c.nation = e.nation AND ({held}) AND {sex}"),
            _record("WL", f"e.year = year(c.date) AND {sex}"),
        )
    )
    return Relation(
        "records",
        "results",
        "SELECT row_id, row_key, code, coalesce(mark, 'null') AS mark FROM (SELECT u.*, row_number() OVER "
        f"(PARTITION BY row_id, code ORDER BY time_ms, mark DESC NULLS LAST) AS n FROM ({unbeaten}) u) v WHERE n = 1",
    )


# A number of each row in order would keep the reading of all to one core.
_CLAIMANTS = (
    "SELECT t.*, r.discipline, r.date, r.sex FROM (SELECT race_id, athlete_id, nation, time_ms, codes, "
    f"uuid() AS row_id, {row_key('results')} AS row_key FROM {{results}} t "
    "WHERE status = 'OK' AND time_ms IS NOT NULL AND size(codes) > 0) t "
    "JOIN {one_race} r ON t.race_id = r.race_id"
)


def relations() -> Iterator[Relation]:
    """The codes of each row, spread, and the records that were not beaten."""
    for table in _TABLES:
        yield _elements(table)
        yield _lists(table)
        yield _beside(table)
    yield Relation("record_claimants", "results", _CLAIMANTS)
    for code in _CLAIMED:
        yield Relation(f"performances_{code.lower()}", "results", _PERFORMANCES)
    yield _records()


def _of(table: str) -> Iterator[Clause]:
    unknown, lists = "rank IS NULL AND nth = 1", f"{table}_code_lists"
    yield Clause("known-codes", f"{table}_codes", unknown, "codes", "code", literal("a record or best code"))
    yield Clause("known-codes", lists, "most > 1", "codes", "listed", literal("each code once"))
    yield Clause("known-codes", lists, "falls = 1", "codes", "listed", literal("order of rank"))
    beside = f"{table}_codes_beside"
    yield Clause("consistent-codes", beside, "TRUE", "codes", "equalled", "concat('not beside ', code)")


def clauses() -> Iterator[Clause]:
    """The rules of codes."""
    for table in _TABLES:
        yield from _of(table)
    yield Clause("record-beats-record", "records", "TRUE", "codes", "code", "concat('faster than ', mark)")

"""The rule of rulings: the tables follow them, and what they reject is claimed and overruled."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._facts import MARK_FACTS
from bowerman_data.expectations._sql import Clause, Relation, any_of, literal, row_key

__all__ = ["clauses", "relations"]

_SAME = "{0}.about = {1}.about AND {0}.key = {1}.key AND {0}.field = {1}.field"
# A ruling by what it is about: an id may be null, or stand twice.
_OF_RULING = f"{_SAME} AND {{0}}.value IS NOT DISTINCT FROM {{1}}.value"
_MARKLIKE = f"((r.about <> 'check' AND r.field = 'mark') OR (r.about = 'check' AND {any_of('r.field', MARK_FACTS)}))"


def _consistent(other: str) -> str:
    rounded = f"r.decimals <> {other}.decimals AND abs(r.ms - {other}.ms) < greatest(r.unit, {other}.unit)"
    return f"(r.value = {other}.value OR ({_MARKLIKE} AND {rounded}))"


_CELLS = (
    "SELECT r.about, r.key, r.field, r.value, min(k.value) AS cell, max(CASE WHEN k.value = r.value THEN 1 ELSE 0 END) AS found "
    f"FROM {{rulings}} r JOIN {{cells}} k ON {_SAME.format('r', 'k')} GROUP BY r.about, r.key, r.field, r.value"
)

_CLAIMED = (
    "SELECT r.about, r.key, r.field, r.value, count(*) AS claims, "
    f"max(CASE WHEN {_consistent('c')} THEN 1 ELSE 0 END) AS stated "
    f"FROM {{parsed_rulings}} r JOIN {{parsed_claims}} c ON {_SAME.format('r', 'c')} "
    "GROUP BY r.about, r.key, r.field, r.value"
)

_RULINGS = (
    f"SELECT r.*, {row_key('rulings', 'r')} AS row_key, k.cell, coalesce(k.found, 0) AS found, "
    "coalesce(c.claims, 0) AS claims, coalesce(c.stated, 0) AS stated, f.value AS fact, "
    f"coalesce({_consistent('f')}, FALSE) AS computed, "
    "count(*) OVER (PARTITION BY r.about, r.key, r.field) AS rulings "
    f"FROM {{parsed_rulings}} r LEFT JOIN {{ruled_cells}} k ON {_OF_RULING.format('k', 'r')} "
    f"LEFT JOIN {{ruled_claims}} c ON {_OF_RULING.format('c', 'r')} "
    f"LEFT JOIN {{facts}} f ON {_SAME.format('r', 'f')}"
)

_REJECTED = (
    "SELECT x.row_key, x.element FROM (SELECT about, key, field, explode(rejected) AS element, "
    f"{row_key('rulings')} AS row_key FROM {{rulings}} t WHERE size(rejected) > 0) x "
    "LEFT JOIN (SELECT DISTINCT about, key, field, value FROM {claims} WHERE verdict = 'overruled') c "
    f"ON {_SAME.format('x', 'c')} AND x.element = c.value WHERE c.about IS NULL AND x.element IS NOT NULL"
)

_UNREJECTED = (
    f"SELECT DISTINCT {row_key('rulings')} AS row_key, t.ruling_id, c.value AS claimed FROM {{rulings}} t "
    f"JOIN {{claims}} c ON {_SAME.format('t', 'c')} WHERE c.verdict = 'overruled' AND c.value IS NOT NULL "
    "AND coalesce(array_contains(t.rejected, c.value), FALSE) = FALSE"
)


def relations() -> Iterator[Relation]:
    """Rulings beside the cell, the fact and the claims that they are about; what they reject."""
    yield Relation("ruled_cells", "rulings", _CELLS)
    yield Relation("ruled_claims", "rulings", _CLAIMED)
    yield Relation("rulings", "rulings", f"SELECT t.*, {row_key('rulings')} AS row_key FROM {{rulings}} t")
    yield Relation("judged_rulings", "rulings", _RULINGS)
    yield Relation("rejected", "rulings", _REJECTED)
    yield Relation("unrejected", "rulings", _UNREJECTED)


def clauses() -> Iterator[Clause]:
    """The clauses of rulings-hold, in the contract's order: the table, the fact, the claims, what is rejected."""
    slug, check = "rulings-hold", "about = 'check'"
    cell = "coalesce(cell, 'null')"
    yield Clause(slug, "judged_rulings", f"NOT ({check}) AND value IS NOT NULL AND found = 0", "value", "value", cell)
    yield Clause(
        slug, "judged_rulings", f"NOT ({check}) AND value IS NULL AND cell IS NOT NULL", "value", "value", "cell"
    )
    yield Clause(slug, "judged_rulings", f"{check} AND fact IS NOT NULL AND NOT computed", "value", "value", "fact")
    # Whose a lap after the first is, follows from who led at its ends.
    follows = "about = 'splits' AND field = 'athlete_id' AND key NOT LIKE '% from_m=0 %'"
    unstated = f"value IS NOT NULL AND stated = 0 AND (NOT ({check}) OR fact IS NULL) AND NOT ({follows})"
    yield Clause(slug, "judged_rulings", unstated, "value", "value", literal("a claim that states it"))
    yield Clause(slug, "rejected", "TRUE", "rejected", "element", literal("a claim, overruled"))
    yield Clause(slug, "unrejected", "TRUE", "rejected", "claimed", literal("rejected"))
    yield Clause(slug, "judged_rulings", "claims = 0", "key", "key", literal("a claim"))
    yield Clause(slug, "judged_rulings", "rulings > 1", "key", "key", literal("one ruling a field"))

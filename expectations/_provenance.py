"""The rules of claims, rulings, sources and spans: every value traced, every conflict ruled on."""

from __future__ import annotations

from collections.abc import Iterator

from bowerman_data.expectations._cells import LEADER_KEY
from bowerman_data.expectations._facts import MARK_FACTS, parsed_decimals, parsed_ms
from bowerman_data.expectations._sql import Clause, Relation, any_of, cell, literal, row_key, unit
from bowerman_data.schemas.columns import COLUMNS
from bowerman_data.schemas.tables import TABLES

__all__ = ["clauses", "relations"]

_NOTHING = "CAST(NULL AS STRING)"
_LAST_PART = r"-[^-]*\z"
_MARKLIKE = f"((c.about <> 'check' AND c.field = 'mark') OR (c.about = 'check' AND {any_of('c.field', MARK_FACTS)}))"


def _parsed(column: str) -> str:
    decimals = parsed_decimals(column)
    return f"{parsed_ms(column)} AS ms, {decimals} AS decimals, {unit(decimals)} AS unit"


def _consistent(other: str) -> str:
    """Whether a claim says the same as another value: for marks, within the coarser's last decimal."""
    rounded = f"c.decimals <> {other}.decimals AND abs(c.ms - {other}.ms) < greatest(c.unit, {other}.unit)"
    return f"(c.value = {other}.value OR ({_MARKLIKE} AND {rounded}))"


_SAME = "c.about = {0}.about AND c.key = {0}.key AND c.field = {0}.field"
_FIELD = "about, key, field"

# Of several rulings on one field, that of the first id counts.
_RULED = (
    "SELECT * FROM (SELECT r.*, row_number() OVER (PARTITION BY about, key, field ORDER BY ruling_id NULLS LAST, value NULLS LAST) AS nth "
    "FROM {rulings} r) r WHERE nth = 1"
)

_SUPPORTED = (
    "SELECT DISTINCT c.about, c.key, c.field, c.value FROM {parsed_claims} c JOIN {parsed_cells} k "
    f"ON {_SAME.format('k')} AND {_consistent('k')} WHERE c.about <> 'check'"
)

_RECOMPUTED = (
    "SELECT c.*, CASE WHEN c.about <> 'check' THEN CASE WHEN s.about IS NOT NULL THEN 'upheld' "
    "WHEN r.about IS NOT NULL AND r.value IS NULL AND coalesce(array_contains(r.rejected, c.value), FALSE) = FALSE "
    "THEN 'unsettled' ELSE 'overruled' END "
    f"WHEN f.value IS NOT NULL THEN CASE WHEN {_consistent('f')} THEN 'upheld' ELSE 'overruled' END "
    "WHEN r.value IS NOT NULL THEN CASE WHEN r.value = c.value THEN 'upheld' ELSE 'overruled' END "
    "WHEN r.about IS NOT NULL AND array_contains(r.rejected, c.value) THEN 'overruled' ELSE 'unsettled' END AS recomputed "
    f"FROM {{parsed_claims}} c LEFT JOIN {{supported}} s ON {_SAME.format('s')} AND c.value = s.value "
    f"LEFT JOIN {{facts}} f ON {_SAME.format('f')} LEFT JOIN {{ruled}} r ON {_SAME.format('r')} "
    "WHERE c.value IS NOT NULL"
)


def _unclaimed(table: str) -> Relation:
    return Relation(
        f"{table}_unclaimed",
        table,
        f"SELECT k.* FROM {{{table}_cells}} k LEFT JOIN (SELECT DISTINCT about, key, field, value FROM {{claims}}) c "
        f"ON {_SAME.format('k')} AND c.value = k.value WHERE c.about IS NULL",
    )


def _empty_cells(table: str, fields: tuple[str, ...]) -> str:
    key = f"{table[:-1]}_id"
    return " UNION ALL ".join(
        f"SELECT '{table}' AS about, concat('{key}=', coalesce(t.{key}, 'null')) AS key, '{field}' AS field, "
        f"{cell(COLUMNS[field], f't.{field}')} AS value, {row_key(table)} AS row_key FROM {{{table}}} t"
        for field in fields
    )


# A leader's lap after the first follows from who led at its ends; who led at a point is told, or is not.
_UNLED = (
    f"SELECT 'splits' AS about, {LEADER_KEY} AS key, 'athlete_id' AS field, t.athlete_id AS value, "
    f"{row_key('splits')} AS row_key FROM {{splits}} t WHERE t.basis = 'leader' AND t.from_m = 0 AND t.athlete_id IS NULL"
)


def _told(table: str, cells: str) -> Relation:
    """Cells that may be null, beside what claims say of them and whether anybody ruled."""
    claimed = f"SELECT {_FIELD}, min(value) AS claimed FROM {{claims}} GROUP BY {_FIELD}"
    return Relation(
        f"{table}_told",
        table,
        f"SELECT k.*, c.claimed, r.about AS ruled, v.value AS stated FROM ({cells}) k "
        f"LEFT JOIN ({claimed}) c ON {_SAME.format('k')} "
        "LEFT JOIN (SELECT DISTINCT about, key, field FROM {rulings}) r "
        "ON r.about = k.about AND r.key = k.key AND r.field = k.field "
        "LEFT JOIN (SELECT DISTINCT about, key, field, value FROM {claims}) v "
        "ON v.about = k.about AND v.key = k.key AND v.field = k.field AND v.value = k.value",
    )


_UNCREDITED = (
    f"SELECT t.*, {row_key('quotes')} AS row_key FROM {{quotes}} t LEFT JOIN (SELECT DISTINCT key, value FROM {{claims}} "
    "WHERE about = 'quotes' AND field = 'speaker_id') c ON c.key = concat('utterance_id=', t.utterance_id) "
    "AND c.value = t.speaker_id WHERE c.key IS NULL AND t.speaker_id IS NOT NULL"
)

_UNRULED = (
    f"SELECT c.*, {row_key('claims', 'c')} AS row_key FROM {{claims}} c LEFT JOIN "
    f"(SELECT DISTINCT about, key, field FROM {{rulings}}) r ON {_SAME.format('r')} WHERE r.about IS NULL"
)

_CLAIM_ID = (
    "source_id || '-' || substring(sha2(concat("
    + ", '|', ".join(
        f"coalesce({cell(COLUMNS[name])}, '')"
        for name in ("part", "line", "start_char", "end_char", "printed", "about", "key", "field", "value")
    )
    + "), 256), 1, 10)"
)


def _with_digest(table: str) -> str:
    """The id that a row ought to have: the part before its last hyphen, and a digest of that and of all other cells."""
    own, *others = TABLES[table].columns
    name = f"regexp_replace({own}, {literal(_LAST_PART)}, '')"
    cells = "".join(f", '|', coalesce({cell(COLUMNS[other])}, '')" for other in others)
    return f"concat({name}, '-', substring(sha2(concat({name}{cells}), 256), 1, 10))"


_CLAIMS = (
    "SELECT t.*, s.source_id AS known_source, s.sha256, lag(t.line) OVER (PARTITION BY t.source_id, "
    "t.start_char IS NULL ORDER BY t.start_char, t.line NULLS LAST) AS line_before, "
    f"CAST(t.start_char AS BIGINT) + length(t.printed) AS ends_at, {row_key('claims')} AS row_key FROM {{claims}} t "
    "LEFT JOIN (SELECT source_id, max(sha256) AS sha256 FROM {sources} GROUP BY source_id) s ON t.source_id = s.source_id"
)

_SOURCES = (
    f"SELECT t.*, e.ends_at, {row_key('sources')} AS row_key FROM {{sources}} t LEFT JOIN (SELECT source_id, "
    "max(end_char) AS ends_at FROM (SELECT source_id, end_char FROM {claims} UNION ALL SELECT source_id, end_char "
    "FROM {quotes}) p GROUP BY source_id) e ON t.source_id = e.source_id"
)

_ATHLETES = (
    f"SELECT t.*, coalesce(array_join(p.spellings, ', '), '') AS wanted, CASE WHEN p.key IS NULL THEN size(t.aliases) > 0 "
    f"ELSE t.aliases <> p.spellings END AS differ, "
    f"t.given_name || ' ' || t.family_name AS full_name, {row_key('athletes')} AS row_key FROM {{athletes}} t LEFT JOIN (SELECT key, array_sort(collect_set(printed)) AS "
    "spellings FROM {claims} WHERE about = 'athletes' AND field = 'name' AND printed IS NOT NULL GROUP BY key) p "
    "ON p.key = concat('athlete_id=', t.athlete_id)"
)


def _in_document(table: str, more: str) -> Relation:
    """Passages beside what the document has at their offsets."""
    at = "substring(d.text, t.start_char + 1, greatest(t.end_char - t.start_char, 0))"
    return Relation(
        f"{table}_in_document",
        table,
        f"SELECT t.*, {at} AS there{more}, {row_key(table)} AS row_key FROM {{{table}}} t JOIN {{documents}} d "
        "ON t.source_id = d.source_id WHERE t.end_char IS NOT NULL AND t.start_char >= 0",
    )


def _documents() -> Iterator[Relation]:
    before = "substring(d.text, 1, t.start_char)"
    yield _in_document("claims", f", length({before}) - length(replace({before}, chr(10), '')) + 1 AS line_there")
    yield _in_document("quotes", "")
    yield Relation(
        "sources_in_document",
        "sources",
        f"SELECT t.*, d.sha256 AS there, {row_key('sources')} AS row_key FROM {{sources}} t JOIN {{documents}} d "
        "ON t.source_id = d.source_id",
    )


def relations() -> Iterator[Relation]:
    """Claims beside cells, facts, rulings, sources and documents."""
    claims = f"SELECT c.*, {_parsed('c.value')}, {row_key('claims', 'c')} AS row_key FROM {{claims}} c"
    yield Relation("parsed_claims", "claims", claims)
    yield Relation(
        "parsed_cells", "claims", f"SELECT k.about, k.key, k.field, k.value, {_parsed('k.value')} FROM {{cells}} k"
    )
    rulings = f"SELECT r.*, {_parsed('r.value')} FROM {{rulings}} r"
    yield Relation("parsed_rulings", "rulings", rulings)
    yield Relation("ruled", "rulings", _RULED)
    yield Relation("supported", "claims", _SUPPORTED)
    yield Relation("recomputed", "claims", _RECOMPUTED)
    for table in ("results", "splits", "marks"):
        yield _unclaimed(table)
    yield _told("splits", _UNLED)
    for table in ("marks", "sources"):
        yield _told(table, _empty_cells(table, _TOLD_FIELDS[table]))
    yield Relation("uncredited", "quotes", _UNCREDITED)
    yield Relation("unruled", "claims", _UNRULED)
    yield Relation("claims", "claims", _CLAIMS)
    yield Relation("sources", "sources", _SOURCES)
    yield Relation("athletes", "athletes", _ATHLETES)
    yield from _documents()


_CLAIMED_FIELDS = {
    "results": ("nation", "role", "status", "place", "mark", "codes", "points"),
    "splits": ("mark", "athlete_id"),
    "marks": ("athlete_id", "mark", "year", "date", "venue", "place", "codes"),
}


_TOLD_FIELDS = {
    "splits": ("athlete_id",),
    "marks": ("date", "venue", "place"),
    "sources": ("author", "published_on"),
}


def _claimed() -> Iterator[Clause]:
    slug = "every-value-claimed"
    for table, fields in _CLAIMED_FIELDS.items():
        for field in fields:
            # Whose a lap after the first is, follows from who led at its ends.
            stated = " AND key LIKE '% from_m=0 %'" if (table, field) == ("splits", "athlete_id") else ""
            where = f"field = '{field}'{stated}"
            yield Clause(slug, f"{table}_unclaimed", where, field, "value", literal("a claim"))
    slug = "null-where-unclaimed"
    for table, fields in _TOLD_FIELDS.items():
        for field in fields:
            where = f"field = '{field}' AND value IS NULL AND claimed IS NOT NULL AND ruled IS NULL"
            yield Clause(slug, f"{table}_told", where, field, "value", "claimed")
    for field in ("author", "published_on"):
        where = f"field = '{field}' AND value IS NOT NULL AND stated IS NULL"
        yield Clause(slug, "sources_told", where, field, "value", literal("a claim"))


def _verdicts() -> Iterator[Clause]:
    yield Clause("verdicts-recompute", "recomputed", "verdict <> recomputed", "verdict", "verdict", "recomputed")
    credit = literal("a claim that credits this speaker")
    yield Clause("quote-credited", "uncredited", "TRUE", "speaker_id", "speaker_id", credit)
    lost = "verdict IN ('overruled', 'unsettled')"
    yield Clause("every-conflict-ruled", "unruled", lost, "verdict", "verdict", literal("a ruling"))


def _offsets() -> Iterator[Clause]:
    slug = "offsets-need-a-document"
    for name in ("line", "start_char", "end_char"):
        text, known = cell(COLUMNS[name]), "known_source IS NOT NULL"
        stray = f"{known} AND sha256 IS NULL AND {name} IS NOT NULL"
        yield Clause(slug, "claims", stray, name, text, literal("null"))
        yield Clause(slug, "claims", f"sha256 IS NOT NULL AND {name} IS NULL", name, _NOTHING, literal("a value"))
    wanted = "CAST(ends_at AS STRING)"
    yield Clause(slug, "claims", "end_char <> ends_at", "end_char", "CAST(end_char AS STRING)", wanted)
    least = "concat('at least ', CAST(line_before AS STRING))"
    yield Clause(slug, "claims", "line < line_before", "line", "CAST(line AS STRING)", least)
    yield Clause("claim-id-follows-claim", "claims", f"claim_id <> {_CLAIM_ID}", "claim_id", "claim_id", _CLAIM_ID)
    for table, name in (("quotes", "quote_id"), ("rulings", "ruling_id")):
        wanted = _with_digest(table)
        yield Clause("id-follows-row", table, f"{name} <> {wanted}", name, name, wanted)


def _length() -> Iterator[Clause]:
    slug, text = "document-has-hash-and-length", "CAST(characters AS STRING)"
    missing = "sha256 IS NOT NULL AND characters IS NULL"
    yield Clause(slug, "sources", missing, "characters", _NOTHING, literal("a value"))
    yield Clause(slug, "sources", "sha256 IS NULL AND characters IS NOT NULL", "characters", text, literal("null"))
    least = "concat('at least ', CAST(ends_at AS STRING))"
    yield Clause(slug, "sources", "ends_at > characters", "characters", text, least)


def _names() -> Iterator[Clause]:
    yield Clause("names-are-printed", "athletes", "differ", "aliases", "array_join(aliases, ', ')", "wanted")
    yield Clause("names-are-printed", "athletes", "name <> full_name", "name", "name", "full_name")


def _resolve() -> Iterator[Clause]:
    slug = "spans-resolve"
    yield Clause(slug, "sources_in_document", "sha256 <> there", "sha256", "sha256", "there")
    yield Clause(slug, "claims_in_document", "printed <> there", "printed", "printed", "there")
    line, wanted = "CAST(line AS STRING)", "CAST(line_there AS STRING)"
    yield Clause(slug, "claims_in_document", "line <> line_there", "line", line, wanted)
    yield Clause(slug, "quotes_in_document", "text <> there", "text", "text", "there")


def clauses() -> Iterator[Clause]:
    """The rules of claims, sources and spans; those of rulings stand by themselves."""
    yield from _claimed()
    yield from _verdicts()
    yield from _offsets()
    yield from _length()
    yield from _names()
    yield from _resolve()

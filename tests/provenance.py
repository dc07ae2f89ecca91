"""Documents that state what the tables say, and the claims read from them.

A document is a title, its quotes, then a line for each claim, so offsets follow from the tables
and a changed value can take its claims along.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from tests.tables import Row, Tables, as_table, cell_text, ordered, row_key, rows_of

__all__ = ["Statement", "claim_key", "claimed", "with_digest", "with_id"]


class Statement(NamedTuple):
    """What a source says about one field, and what should become of it."""

    source_id: str
    about: str
    key: str
    field: str
    value: str
    verdict: str = "upheld"
    printed: str | None = None
    part: str = "prose"


_IDENTIFIED_BY = ("part", "line", "start_char", "end_char", "printed", "about", "key", "field", "value")
_ALWAYS = {
    "results": ("nation", "place", "mark", "codes", "points"),
    "splits": ("mark",),
    "marks": ("athlete_id", "mark", "year", "date", "venue", "place", "codes"),
    "races": ("date",),
    "athletes": ("name",),
    "sources": ("author", "published_on"),
}


def with_id(claim: Row) -> Row:
    """A claim under the id that follows from what it states."""
    text = "|".join("" if claim[column] is None else str(claim[column]) for column in _IDENTIFIED_BY)
    return claim | {"claim_id": f"{claim['source_id']}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"}


def with_digest(name: str, row: Row) -> Row:
    """A quote or a ruling, whose id is a name so far, under the id that the whole row gives it."""
    own, *others = as_table(name, []).column_names
    cells = ["" if row.get(column) is None else cell_text(row[column]) for column in others]
    digest = hashlib.sha256("|".join([row[own], *cells]).encode()).hexdigest()[:10]
    return row | {own: f"{row[own]}-{digest}"}


def _stated_fields(name: str, row: Row) -> Iterator[str]:
    yield from _ALWAYS[name]
    if name == "results":
        yield from ["role"] * (row["role"] == "pacemaker") + ["status"] * (row["status"] != "OK")
    if name == "splits" and row["basis"] == "leader":
        yield "athlete_id"


def _claimed_key(name: str, row: Row) -> str:
    key = row_key(name, row)
    return key.rsplit(" ", 1)[0] if name == "splits" and row["basis"] == "leader" else key


def _cells(name: str, row: Row) -> Iterator[tuple[str, str]]:
    for field in _stated_fields(name, row):
        for value in row[field] if isinstance(row[field], list) else [row[field]]:
            if value is not None:
                yield field, cell_text(value)


def _from_tables(tables: Tables, source_of: dict[str, str], otherwise: str) -> Iterator[Statement]:
    for name in _ALWAYS:
        for row in rows_of(tables, name):
            source = row["source_id"] if name == "sources" else source_of.get(row.get("race_id", ""), otherwise)
            for field, value in _cells(name, row):
                yield Statement(source, name, _claimed_key(name, row), field, value, part="table")


def _credits(tables: Tables) -> Iterator[Statement]:
    credits = {(q["source_id"], q["utterance_id"], q["speaker_id"]): None for q in rows_of(tables, "quotes")}
    for source, utterance, speaker in credits:
        yield Statement(source, "quotes", f"utterance_id={utterance}", "speaker_id", speaker)


class _Document:
    """A text that grows, and knows where each piece of it went."""

    def __init__(self, title: str) -> None:
        self.text = f"{title} \N{EN DASH} \N{MUSICAL SYMBOL G CLEF}\n"

    def put(self, before: str, words: str, after: str) -> Row:
        start = len(self.text) + len(before)
        line = self.text.count("\n") + 1 + before.count("\n")
        self.text += before + words + after
        return {"line": line, "start_char": start, "end_char": start + len(words)}


def _claim(statement: Statement, document: _Document | None) -> Row:
    printed = statement.printed or statement.value
    place = document.put("- ", printed, "\n") if document else dict.fromkeys(("line", "start_char", "end_char"))
    return with_id(statement._asdict() | {"printed": printed} | place)


def _hashed(source: Row, document: _Document | None) -> Row:
    if document is None:
        return source
    digest = hashlib.sha256(document.text.encode()).hexdigest()
    return source | {"sha256": digest, "characters": len(document.text)}


def _quoted(quote: Row, documents: dict[str, _Document]) -> Row:
    place = documents[quote["source_id"]].put('"', quote["text"], '"\n')
    return quote | {column: place[column] for column in ("start_char", "end_char")}


def _document_rows(documents: dict[str, _Document]) -> list[Row]:
    texts = {source: document.text for source, document in documents.items()}
    return [
        {"source_id": source, "sha256": hashlib.sha256(text.encode()).hexdigest(), "text": text}
        for source, text in texts.items()
    ]


def claimed(
    tables: Tables, source_of: dict[str, str], otherwise: str, by_address: frozenset[str], more: tuple[Statement, ...]
) -> Tables:
    """The tables with documents, quote offsets, hashes and claims that agree with them."""
    sources = rows_of(tables, "sources")
    documents = {s["source_id"]: _Document(s["title"]) for s in sources if s["source_id"] not in by_address}
    quotes = [_quoted(quote, documents) for quote in rows_of(tables, "quotes")]
    statements = [*_from_tables(tables, source_of, otherwise), *_credits(tables), *more]
    claims = [_claim(statement, documents.get(statement.source_id)) for statement in statements]
    return {
        **tables,
        "quotes": as_table("quotes", quotes),
        "sources": as_table("sources", [_hashed(s, documents.get(s["source_id"])) for s in sources]),
        "claims": as_table("claims", ordered("claims", claims)),
        "documents": as_table("documents", _document_rows(documents)),
    }


def claim_key(tables: Tables, about: str, key: str, field: str, value: str) -> str:
    """The row key of the one claim that states a value."""
    wanted = (about, key, field, value)
    found = [c for c in rows_of(tables, "claims") if (c["about"], c["key"], c["field"], c["value"]) == wanted]
    (claim,) = found
    return f"claim_id={claim['claim_id']}"

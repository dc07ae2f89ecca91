"""spans-resolve: hash, offsets, lines and words against the documents themselves."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Finding, rule
from bowerman_data.schemas._frames import Frames

__all__: list[str] = []

start, end = pl.col("start_char"), pl.col("end_char")
document = pl.col("document")


def _with_document(frames: Frames, table: str) -> pl.LazyFrame:
    documents = frames["documents"].unique("source_id", keep="first", maintain_order=True)
    columns = documents.select("source_id", document="text", document_sha256="sha256")
    return frames[table].join(columns, on="source_id")


def _words() -> pl.Expr:
    length = pl.max_horizontal(end.cast(pl.Int64) - start, pl.lit(0))
    return pl.when(start.is_not_null() & end.is_not_null()).then(document.str.slice(start, length))


@rule("spans-resolve", "sources")
def documents_are_the_ones_read(frames: Frames, table: str) -> Iterator[Finding]:
    """The hash is that of the document."""
    rows = _with_document(frames, table)
    wrong = rows.filter(pl.col("sha256") != pl.col("document_sha256"))
    yield Finding.of(wrong, table, "sha256", pl.col("document_sha256"))


@rule("spans-resolve", "quotes")
def quotes_are_in_the_document(frames: Frames, table: str) -> Iterator[Finding]:
    """The document has these words at this place."""
    rows = _with_document(frames, table).with_columns(words=_words())
    yield Finding.of(rows.filter(pl.col("text") != pl.col("words")), table, "text", pl.col("words"))


@rule("spans-resolve", "claims")
def claims_are_in_the_document(frames: Frames, table: str) -> Iterator[Finding]:
    """The document has these words at this place, on this line."""
    before = document.str.slice(0, start)
    line = pl.when(start.is_not_null()).then(before.str.count_matches("\n", literal=True).cast(pl.Int64) + 1)
    rows = _with_document(frames, table).with_columns(words=_words(), on_line=line)
    yield Finding.of(rows.filter(pl.col("printed") != pl.col("words")), table, "printed", pl.col("words"))
    yield Finding.of(rows.filter(pl.col("line") != pl.col("on_line")), table, "line", pl.col("on_line").cast(pl.String))

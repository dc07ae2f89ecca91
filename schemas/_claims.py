"""The invariants of provenance: claims, rulings, sources, and the documents behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Clause, Finding, prepares, rule
from bowerman_data.schemas._frames import ROW, Frames
from bowerman_data.schemas._text import cell, filled, pairs
from bowerman_data.schemas.provenance import CELL, LATER_LAP, cells_of, claim_key, verdicts_of
from bowerman_data.schemas.tables import TABLES

__all__: list[str] = []

DIGEST_OF = ("part", "line", "start_char", "end_char", "printed", "about", "key", "field", "value")
start, end = pl.col("start_char"), pl.col("end_char")
sha256 = pl.col("sha256")


@rule("every-value-claimed", "results", "splits", "marks")
def every_value_claimed(frames: Frames, table: str) -> Iterator[Finding]:
    """Some claim states the cell in full."""
    # The discipline of a mark is how it was looked up, and seldom stated beside it.
    held = cells_of(frames, table, without=("discipline",) if table == "marks" else ())
    unclaimed = held.filter(~LATER_LAP).join(frames["claims"], on=[*CELL, "value"], how="anti")
    yield Finding(unclaimed.select(ROW, key="row_key", column="field", value="value", expected=pl.lit("a claim")))


UNSTATED = {
    "splits": ("athlete_id",),
    "marks": ("date", "venue", "place"),
    "sources": ("author", "published_on"),
}
"""The columns that are null where nobody states them."""


@rule("null-where-unclaimed", *UNSTATED)
def null_where_unclaimed(frames: Frames, table: str) -> Iterator[Finding]:
    """A cell is null only where nobody fills it, and a source's author and day only where nobody states them."""
    for name in UNSTATED[table]:
        rows = frames[table].with_columns(about=pl.lit(table), stated_key=claim_key(table), field=pl.lit(name))
        stated = _unruled(frames).group_by(CELL).agg(stated=pl.col("value").min())
        on = ["about", "stated_key", "field"]
        led = (pl.col("basis") == "leader") & (pl.col("from_m") == 0) if table == "splits" else pl.lit(True)
        filled = rows.filter(led & pl.col(name).is_null()).join(stated, left_on=on, right_on=CELL)
        yield Finding.of(filled, table, name, pl.col("stated"))
        if table == "sources":
            told = rows.with_columns(told=pl.col(name).cast(pl.String)).filter(pl.col("told").is_not_null())
            unsaid = told.join(frames["claims"], left_on=[*on, "told"], right_on=[*CELL, "value"], how="anti")
            yield Finding.of(unsaid, table, name, "a claim")


def _unruled(frames: Frames) -> pl.LazyFrame:
    return frames["claims"].join(frames["rulings"], on=CELL, how="anti") if "rulings" in frames else frames["claims"]


@rule("quote-credited", "quotes")
def quote_credited(frames: Frames, table: str) -> Iterator[Finding]:
    """A claim credits the speaker with the utterance."""
    rows = frames[table].with_columns(stated_key=pairs(("utterance_id",)))
    credits = frames["claims"].filter((pl.col("about") == "quotes") & (pl.col("field") == "speaker_id"))
    wrong = rows.filter(pl.col("speaker_id").is_not_null()).join(
        credits, left_on=["stated_key", "speaker_id"], right_on=["key", "value"], how="anti"
    )
    yield Finding.of(wrong, table, "speaker_id", "a claim that credits this speaker")


@rule("every-conflict-ruled", "claims")
def every_conflict_ruled(frames: Frames, table: str) -> Iterator[Finding]:
    """What did not stand has a ruling."""
    lost = frames[table].filter(pl.col("verdict").is_in(["overruled", "unsettled"]))
    yield Finding.of(lost.join(frames["rulings"], on=CELL, how="anti"), table, "verdict", "a ruling")


@rule("verdicts-recompute", "claims")
def verdicts_recompute(frames: Frames, table: str) -> Iterator[Finding]:
    """The verdict is the one recomputed; a claim of nothing has none."""
    recomputed = verdicts_of(frames).lazy().select(ROW, recomputed="verdict")
    rows = frames[table].join(recomputed, on=ROW)
    wrong = rows.filter(pl.col("value").is_not_null() & (pl.col("verdict") != pl.col("recomputed")))
    yield Finding.of(wrong, table, "verdict", pl.col("recomputed"))


@prepares("claims")
def prepare_claims(frames: Frames) -> pl.LazyFrame:
    """Claims with the hash of their source, and with the line before in its document."""
    frame = frames["claims"]
    if "sources" not in frames:
        return frame
    sources = frames["sources"].unique("source_id", keep="first").select("source_id", "sha256", in_sources=pl.lit(True))
    return frame.join(sources, on="source_id", how="left", maintain_order="left")


@prepares("claims", "in order")
def claims_in_order(frames: Frames) -> pl.LazyFrame:
    """Claims as they stand in their documents, each with the line of the one before."""
    placed = frames["claims"].filter(start.is_not_null())
    ordered = placed.sort("source_id", "start_char", "line", nulls_last=True)
    return ordered.with_columns(line_before=pl.col("line").shift().over("source_id"))


@rule("offsets-need-a-document", "claims", fixed=True)
def offsets_need_a_document(frames: Frames, table: str) -> Iterator[Clause]:
    """A claim has its place exactly where its source is a document, and the places agree with each other."""
    for name in ("line", "start_char", "end_char"):
        value, listed = pl.col(name), pl.col("in_sources")
        yield Clause(name, listed & sha256.is_null() & value.is_not_null(), "null")
        yield Clause(name, listed & sha256.is_not_null() & value.is_null(), "a value")
    length = pl.col("printed").str.len_chars().cast(pl.Int64)
    yield Clause("end_char", end.cast(pl.Int64) - start != length, (start + length).cast(pl.String))
    before = pl.col("line_before")
    yield Clause("line", pl.col("line") < before, filled("at least {}", before), part="in order")


@rule("claim-id-follows-claim", "claims")
def claim_id_follows_claim(frames: Frames, table: str) -> Iterator[Finding]:
    """The id is the source and the digest of where and what is stated."""
    stated = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in DIGEST_OF], separator="|")
    rows = frames[table].with_columns(stated=stated).collect()
    digests = pl.Series("digest", [_digest(text) for text in rows["stated"]], pl.String)
    wanted = filled("{}-{}", "source_id", "digest")
    wrong = rows.with_columns(digests).filter(pl.col("claim_id") != wanted)
    yield Finding.of(wrong.lazy(), table, "claim_id", wanted)


@rule("id-follows-row", "quotes", "rulings")
def id_follows_row(frames: Frames, table: str) -> Iterator[Finding]:
    """The id is a name, and the digest of that name and of every other cell in its order."""
    column, *others = TABLES[table].columns
    name = pl.col(column).str.replace("-[^-]*$", "")
    said = pl.concat_str([name, *(cell(other).fill_null("") for other in others)], separator="|")
    rows = frames[table].with_columns(name=name, said=said).collect()
    digests = pl.Series("digest", [_digest(text) for text in rows["said"]], pl.String)
    wanted = filled("{}-{}", "name", "digest")
    wrong = rows.with_columns(digests).filter(pl.col(column) != wanted)
    yield Finding.of(wrong.lazy(), table, column, wanted)


def _digest(text: str | None) -> str | None:
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()[:10]


@prepares("sources")
def prepare_sources(frames: Frames) -> pl.LazyFrame:
    """Sources with the end of the last passage or claim in them."""
    if "claims" not in frames or "quotes" not in frames:
        return frames["sources"]
    spans = pl.concat(frames[name].select("source_id", "end_char") for name in ("claims", "quotes"))
    last = spans.group_by("source_id").agg(last_char=end.max())
    return frames["sources"].join(last, on="source_id", how="left", maintain_order="left")


@rule("document-has-hash-and-length", "sources", fixed=True)
def document_has_hash_and_length(frames: Frames, table: str) -> Iterator[Clause]:
    """A document has both, an address neither; and nothing in it ends after it does."""
    characters, last = pl.col("characters"), pl.col("last_char")
    yield Clause("characters", sha256.is_not_null() & characters.is_null(), "a value")
    yield Clause("characters", sha256.is_null() & characters.is_not_null(), "null")
    yield Clause("characters", last > characters, filled("at least {}", last))


@prepares("athletes")
def prepare_athletes(frames: Frames) -> pl.LazyFrame:
    """Athletes with the spellings that claims print."""
    if "claims" not in frames:
        return frames["athletes"]
    named = frames["claims"].filter((pl.col("about") == "athletes") & (pl.col("field") == "name"))
    spellings = named.group_by("key").agg(spellings=pl.col("printed").drop_nulls().unique().sort())
    keyed = frames["athletes"].with_columns(stated_key=pairs(("athlete_id",)))
    joined = keyed.join(spellings, left_on="stated_key", right_on="key", how="left", maintain_order="left")
    return joined.with_columns(pl.col("spellings").fill_null(pl.lit([], pl.List(pl.String))))


@rule("names-are-printed", "athletes", fixed=True)
def names_are_printed(frames: Frames, table: str) -> Iterator[Clause]:
    """Aliases are what claims print, and the name is given name and family name."""
    aliases, spellings = pl.col("aliases"), pl.col("spellings")
    yield Clause("aliases", aliases != spellings, spellings.list.join(", "))
    whole = pl.concat_str("given_name", pl.lit(" "), "family_name")
    yield Clause("name", pl.col("name") != whole, whole)

"""The invariants of quotes."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from bowerman_data.schemas._clauses import Clause, prepares, rule
from bowerman_data.schemas._frames import Frames
from bowerman_data.schemas._text import filled

__all__: list[str] = []

DATED = ("mixed zone", "press conference", "breakout session")
MARKS_AROUND = '["\u201c\u201d\u00ab\u00bb\u201e]'
"""Double quotation marks; a single one may be an apostrophe or belong to a nested quote."""
CONTROL = "[\\x{0000}-\\x{001F}\\x{007F}-\\x{009F}]"
GARBLED = "\ufffd|\u00c3[\\x{0080}-\\x{00BF}]|\u00e2\u20ac|\u00c2[\\x{0080}-\\x{00BF}]"
"""What UTF-8 read as a one-byte encoding turns into."""

text, start, end = pl.col("text"), pl.col("start_char"), pl.col("end_char")
said_on = pl.col("said_on")


@prepares("quotes")
def prepare(frames: Frames) -> pl.LazyFrame:
    """Quotes with the day of publication of their source."""
    frame = frames["quotes"]
    if "sources" not in frames:
        return frame
    published = frames["sources"].unique("source_id", keep="first").select("source_id", "published_on")
    return frame.join(published, on="source_id", how="left", maintain_order="left")


@prepares("quotes", "passages")
def passages_in_order(frames: Frames) -> pl.LazyFrame:
    """Passages in order within their source, each with the end of what came before."""
    ordered = frames["quotes"].sort("source_id", "start_char", "end_char", nulls_last=True)
    return ordered.with_columns(before=end.cum_max().forward_fill().shift().over("source_id"))


@rule("quote-span-matches", "quotes", fixed=True)
def quote_span_matches(frames: Frames, table: str) -> Iterator[Clause]:
    """A passage is as long as its offsets say, and begins after those before it have ended."""
    length = text.str.len_chars().cast(pl.Int64)
    yield Clause("end_char", end.cast(pl.Int64) - start != length, (start + length).cast(pl.String))
    before = pl.col("before")
    yield Clause("start_char", start < before, filled("at least {}", before), part="passages")


@rule("clean-text", "quotes", fixed=True)
def clean_text(frames: Frames, table: str) -> Iterator[Clause]:
    """No quotation mark around the text, no control character, no garbled encoding."""
    around = text.str.contains(rf"\A{MARKS_AROUND}|{MARKS_AROUND}\z")
    yield Clause("text", around, "no quotation mark around it")
    yield Clause("text", text.str.contains(CONTROL), "no control characters")
    yield Clause("text", text.str.contains(GARBLED), "no garbled encoding")


@rule("said-before-published", "quotes", fixed=True)
def said_before_published(frames: Frames, table: str) -> Iterator[Clause]:
    """A remark is no later than its publication."""
    published = pl.col("published_on")
    yield Clause("said_on", said_on > published, filled("at most {}", published.cast(pl.String)))


@rule("said-on-where-dated", "quotes", fixed=True)
def said_on_where_dated(frames: Frames, table: str) -> Iterator[Clause]:
    """What was said at the meeting has its day, and nothing else has."""
    dated = pl.col("context").is_in(DATED)
    yield Clause("said_on", dated & said_on.is_null(), "a day")
    yield Clause("said_on", ~dated & said_on.is_not_null(), "null")


@rule("one-speaker-per-utterance", "quotes", fixed=True)
def one_speaker_per_utterance(frames: Frames, table: str) -> Iterator[Clause]:
    """An utterance, and a remark in all its transcripts, has one speaker."""
    for name in ("utterance_id", "saying_id"):
        speakers = pl.col("speaker_id").drop_nulls().n_unique().over(name)
        several = pl.col(name).is_not_null() & (speakers > 1)
        yield Clause("speaker_id", several, filled("one speaker in {}", name))

"""How quotes go wrong: the wrong man, the wrong words, the wrong place."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator
from random import Random

from bowerman_data._mutants import Base, Row, Site, named, operator, put, reidentified

__all__: list[str] = []

_LETTERS = "what was misread before the build, and has its id in agreement, only the document tells"


def _put(base: Base, i: int, **cells: object) -> Site:
    """A quote that says something else, its id in agreement."""
    return _edited(base, i, **reidentified("quotes", base.rows("quotes")[i] | cells))


def _edited(base: Base, i: int, **cells: object) -> Site:
    rows = base.rows("quotes")
    changed = [column for column in cells if cells[column] != rows[i][column]]
    return f"{named('quotes', rows[i])}: {', '.join(changed)}", {"quotes": put(rows, i, **cells)}


def _spoken(base: Base, i: int, text: str) -> Site:
    """Other words in the same place, the offsets kept true."""
    return _put(base, i, text=text, end_char=base.rows("quotes")[i]["start_char"] + len(text))


def _quotes(base: Base) -> Iterator[tuple[int, Row]]:
    return enumerate(base.rows("quotes"))


@operator("mojibake", "clean-text")
def mojibake(base: Base, rng: Random) -> Iterator[Site]:
    """UTF-8 is read as Windows Western, the offsets follow."""
    for i, row in _quotes(base):
        garbled = "".join(_garbled(char) for char in row["text"])
        if garbled != row["text"] and _has_room(base, row, len(garbled)):
            yield _spoken(base, i, garbled)


def _garbled(char: str) -> str:
    return char.encode().decode("cp1252", errors="replace") if ord(char) > 127 else char


def _has_room(base: Base, row: Row, length: int) -> bool:
    """Whether so long a passage would not run into the next one of its source, nor past the end."""
    starts = [o["start_char"] for o in base.rows("quotes") if o["source_id"] == row["source_id"]]
    ends = [s["characters"] for s in base.rows("sources") if s["source_id"] == row["source_id"]]
    limit = min([s for s in [*starts, *ends] if s is not None and s > row["start_char"]], default=0)
    return bool(row["start_char"] + length <= limit)


@operator("quotation-mark-kept", "clean-text")
def quotation_mark_kept(base: Base, rng: Random) -> Iterator[Site]:
    """The quotation mark at the end is taken for a part of the words."""
    for i, row in _quotes(base):
        if _has_room(base, row, len(row["text"]) + 1):
            yield _spoken(base, i, row["text"] + "”")


@operator("control-character", "clean-text")
def control_character(base: Base, rng: Random) -> Iterator[Site]:
    """A space has become a control character."""
    for i, row in _quotes(base):
        if " " in row["text"]:
            yield _spoken(base, i, row["text"].replace(" ", "\x00", 1))


@operator("diacritic-dropped", "spans-resolve", shipped=_LETTERS)
def diacritic_dropped(base: Base, rng: Random) -> Iterator[Site]:
    """A letter has lost its accent, or a curly apostrophe its curl."""
    for i, row in _quotes(base):
        plain = "".join(_plain(char) for char in row["text"])
        if plain != row["text"] and len(plain) == len(row["text"]):
            yield _spoken(base, i, plain)


def _plain(char: str) -> str:
    return "'" if char in "’‘" else unicodedata.normalize("NFD", char)[0]


@operator("word-misheard", "spans-resolve", shipped=_LETTERS)
def word_misheard(base: Base, rng: Random) -> Iterator[Site]:
    """A letter is another one."""
    for i, row in _quotes(base):
        at = rng.choice([k for k, char in enumerate(row["text"]) if char.isalpha()])
        yield _spoken(base, i, row["text"][:at] + ("x" if row["text"][at] != "x" else "y") + row["text"][at + 1 :])


@operator("quote-edited", "id-follows-row")
def quote_edited(base: Base, rng: Random) -> Iterator[Site]:
    """A word, the day, the delimiters or the remark of a quote were edited and its id was not."""
    rows = base.rows("quotes")
    for i, row in _quotes(base):
        yield _edited(base, i, text=row["text"].swapcase())
        yield _edited(base, i, marks=rng.choice([one for one in ("double", "single", "none") if one != row["marks"]]))
        if row["said_on"] is not None:
            yield _edited(base, i, said_on=row["said_on"] - dt.timedelta(days=1))
        own = {one["saying_id"] for one in rows if one["speaker_id"] == row["speaker_id"]} - {row["saying_id"]}
        if own:
            yield _edited(base, i, saying_id=rng.choice(sorted(own)))


@operator("word-dropped", "quote-span-matches")
def word_dropped(base: Base, rng: Random) -> Iterator[Site]:
    """The last word is missing."""
    for i, row in _quotes(base):
        if " " in row["text"]:
            yield _put(base, i, text=row["text"].rsplit(" ", 1)[0])


@operator("shifted-offset", "quote-span-matches")
def shifted_offset(base: Base, rng: Random) -> Iterator[Site]:
    """One end of a passage is some characters off."""
    for i, row in _quotes(base):
        yield _put(base, i, start_char=row["start_char"] + 1)
        yield _put(base, i, end_char=row["end_char"] + rng.choice((-1, 1, 10)))


@operator(
    "shifted-span", "spans-resolve", "quote-span-matches", shipped="where a passage stands only the document tells"
)
def shifted_span(base: Base, rng: Random) -> Iterator[Site]:
    """Both ends of a passage are one character off."""
    for i, row in _quotes(base):
        yield _put(base, i, start_char=row["start_char"] + 1, end_char=row["end_char"] + 1)


@operator("overlapping-spans", "quote-span-matches")
def overlapping_spans(base: Base, rng: Random) -> Iterator[Site]:
    """A passage begins inside the one before."""
    rows = base.rows("quotes")
    for i, row in _quotes(base):
        if i and rows[i - 1]["source_id"] == row["source_id"]:
            start = rows[i - 1]["end_char"] - 1
            yield _put(base, i, start_char=start, end_char=start + len(row["text"]))


@operator("quote-to-the-other-man", "quote-credited", "one-speaker-per-utterance")
def quote_to_the_other_man(base: Base, rng: Random) -> Iterator[Site]:
    """A passage is credited to another of those quoted."""
    speakers = sorted({row["speaker_id"] for row in base.rows("quotes")})
    for i, row in _quotes(base):
        yield _put(base, i, speaker_id=rng.choice([one for one in speakers if one != row["speaker_id"]]))


@operator("remark-to-the-other-man", "quote-credited")
def remark_to_the_other_man(base: Base, rng: Random) -> Iterator[Site]:
    """A whole remark, in all its passages, is credited to another of those quoted."""
    rows = base.rows("quotes")
    speakers = sorted({row["speaker_id"] for row in rows})
    for saying in sorted({row["saying_id"] for row in rows}):
        said = {row["utterance_id"] for row in rows if row["saying_id"] == saying}
        other = rng.choice(speakers)
        moved = [_credited(row, other) if row["utterance_id"] in said else row for row in rows]
        if moved != rows:
            yield f"quotes saying_id={saying}: speaker_id -> {other}", {"quotes": moved}


def _credited(row: Row, speaker: str) -> Row:
    return reidentified("quotes", row | {"speaker_id": speaker})


@operator("credit-lost", "quote-credited")
def credit_lost(base: Base, rng: Random) -> Iterator[Site]:
    """Nobody says any more whose words a remark is."""
    claims = base.rows("claims")
    for utterance in sorted({row["utterance_id"] for row in base.rows("quotes")}):
        credits = {"about": "quotes", "key": f"utterance_id={utterance}", "field": "speaker_id"}
        kept = [claim for claim in claims if any(claim[name] != said for name, said in credits.items())]
        yield f"claims: who spoke {utterance}", {"claims": kept}


@operator("two-remarks-in-one", "one-speaker-per-utterance")
def two_remarks_in_one(base: Base, rng: Random) -> Iterator[Site]:
    """Remarks of two men are taken for transcripts of one."""
    rows = base.rows("quotes")
    for i, row in _quotes(base):
        others = [one["saying_id"] for one in rows if one["speaker_id"] != row["speaker_id"]]
        yield _put(base, i, saying_id=rng.choice(others))


@operator("speaker-unknown", "quote-has-a-speaker")
def speaker_unknown(base: Base, rng: Random) -> Iterator[Site]:
    """A speaker is misspelt into somebody who does not exist."""
    for i, row in _quotes(base):
        yield _put(base, i, speaker_id=row["speaker_id"][:-1])


@operator("said-after-it-was-printed", "said-before-published")
def said_after_it_was_printed(base: Base, rng: Random) -> Iterator[Site]:
    """A remark is dated after the day of its publication."""
    days = {row["source_id"]: row["published_on"] for row in base.rows("sources")}
    for i, row in _quotes(base):
        if row["said_on"] is not None and days[row["source_id"]] is not None:
            yield _put(base, i, said_on=days[row["source_id"]] + dt.timedelta(days=1))


@operator("day-lost", "said-on-where-dated")
def day_lost(base: Base, rng: Random) -> Iterator[Site]:
    """The day of a remark is lost, or one is made up."""
    for i, row in _quotes(base):
        yield _put(base, i, said_on=None if row["said_on"] is not None else dt.date(2024, 1, 1))

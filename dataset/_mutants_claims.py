"""How the trace to the sources goes wrong: claims, rulings, sources, marks, names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from random import Random

from bowerman_data._mutants import Base, Row, Site, named, operator, put, reidentified, retimed, without
from bowerman_data.fuse import claim_id

__all__: list[str] = []


def _put(base: Base, table: str, i: int, **cells: object) -> Site:
    rows = base.rows(table)
    return f"{named(table, rows[i])}: {', '.join(cells)}", {table: put(rows, i, **cells)}


def _cell(row: Row) -> tuple[str, str, str]:
    return row["about"], row["key"], row["field"]


def _restated(base: Base, i: int, **cells: object) -> Site:
    """A claim that states something else, its id in agreement."""
    claim = base.rows("claims")[i] | cells
    claim["claim_id"] = claim_id(claim)
    return _put(base, "claims", i, **claim)


def _reruled(base: Base, i: int, **cells: object) -> Site:
    """A ruling that says something else, its id in agreement."""
    return _put(base, "rulings", i, **reidentified("rulings", base.rows("rulings")[i] | cells))


@operator("speaker-respelt", "quote-has-a-speaker")
def speaker_respelt(base: Base, rng: Random) -> Iterator[Site]:
    """A speaker is misspelt alike in the quotes and in the claims that credit him."""
    for speaker in sorted({row["speaker_id"] for row in base.rows("quotes")}):
        quotes = [reidentified("quotes", _respelt(row, "speaker_id", speaker)) for row in base.rows("quotes")]
        claims = [_respelt(row, "value", speaker) if row["about"] == "quotes" else row for row in base.rows("claims")]
        claims = [row | {"claim_id": claim_id(row)} for row in claims]
        yield f"quotes and claims: {speaker}", {"quotes": quotes, "claims": claims}


def _respelt(row: Row, column: str, name: str) -> Row:
    return row | {column: f"{name}n"} if row[column] == name else row


@operator("verdict-flipped", "verdicts-recompute")
def verdict_flipped(base: Base, rng: Random) -> Iterator[Site]:
    """A verdict is an opinion."""
    for i, row in enumerate(base.rows("claims")):
        verdicts = [one for one in ("overruled", "unsettled", "upheld") if one != row["verdict"]]
        yield _put(base, "claims", i, verdict=rng.choice(verdicts))


@operator("ruling-lost", "every-conflict-ruled", "verdicts-recompute")
def ruling_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A ruling that a losing claim needs is lost."""
    rows = base.rows("rulings")
    needy = {_cell(claim) for claim in base.rows("claims") if claim["verdict"] != "upheld"}
    for i, row in enumerate(rows):
        if _cell(row) in needy:
            yield named("rulings", row), {"rulings": without(rows, i)}


@operator("ruling-says-otherwise", "rulings-hold")
def ruling_says_otherwise(base: Base, rng: Random) -> Iterator[Site]:
    """A ruling says what the tables do not."""
    for i, row in enumerate(base.rows("rulings")):
        if row["value"] is not None:
            yield _reruled(base, i, value=f"{row['value']}0")


@operator("rejection-lost", "rulings-hold")
def rejection_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A ruling does not say what it rejects, or rejects what nobody claims."""
    for i, row in enumerate(base.rows("rulings")):
        yield _reruled(base, i, rejected=row["rejected"][1:] or ["nobody said this"])


@operator("ruling-edited", "id-follows-row")
def ruling_edited(base: Base, rng: Random) -> Iterator[Site]:
    """The reason or the rule of a ruling was edited and its id was not."""
    rules = sorted({row["rule"] for row in base.rows("rulings")})
    for i, row in enumerate(base.rows("rulings")):
        yield _put(base, "rulings", i, reason=f"{row['reason']} So it is.")
        yield _put(base, "rulings", i, rule=rng.choice([rule for rule in rules if rule != row["rule"]]))


@operator(
    "claim-lost", "every-value-claimed", "null-where-unclaimed", "names-are-printed", "rulings-hold", "quote-credited"
)
def claim_lost(base: Base, rng: Random) -> Iterator[Site]:
    """The only claim of a value is lost."""
    rows = base.rows("claims")
    cells = [_cell(row) for row in rows]
    for i, row in enumerate(rows):
        if cells.count(_cell(row)) == 1 and row["about"] in ("results", "splits", "quotes"):
            yield named("claims", row), {"claims": without(rows, i)}


@operator("claim-edited", "claim-id-follows-claim")
def claim_edited(base: Base, rng: Random) -> Iterator[Site]:
    """The printed words of a claim were edited and its id was not."""
    for i, row in enumerate(base.rows("claims")):
        printed = row["printed"]
        if len(printed) > 1 and printed.swapcase() != printed and row["about"] != "athletes":
            yield _put(base, "claims", i, printed=printed.swapcase())


@operator("printed-misread", "spans-resolve", shipped="what a document prints at a place only the document tells")
def printed_misread(base: Base, rng: Random) -> Iterator[Site]:
    """A claim quotes other words of a document, of the same length, its id in agreement."""
    for i, row in enumerate(base.rows("claims")):
        if row["start_char"] is not None and _is_misread(row):
            yield _restated(base, i, printed=row["printed"].swapcase())


@operator(
    "address-misread",
    "spans-resolve",
    shipped="what an address showed is not kept, and only the address tells",
    documents="what an address showed is not kept, and only the address tells",
)
def address_misread(base: Base, rng: Random) -> Iterator[Site]:
    """A claim quotes other words of an address, its id in agreement."""
    for i, row in enumerate(base.rows("claims")):
        if row["start_char"] is None and _is_misread(row):
            yield _restated(base, i, printed=row["printed"].swapcase())


def _is_misread(row: Row) -> bool:
    return bool(row["printed"].swapcase() != row["printed"]) and row["about"] != "athletes"


@operator("claim-misread", "verdicts-recompute", "every-value-claimed", "every-conflict-ruled", "rulings-hold")
def claim_misread(base: Base, rng: Random) -> Iterator[Site]:
    """A claim of a mark states another one, its id in agreement."""
    for i, row in enumerate(base.rows("claims")):
        if row["field"] == "mark" and row["verdict"] == "upheld":
            digit = str((int(row["value"][-1]) + 5) % 10)
            yield _restated(base, i, value=row["value"][:-1] + digit)


@operator(
    "line-off",
    "offsets-need-a-document",
    "spans-resolve",
    shipped="between two claims only the document tells the line",
)
def line_off(base: Base, rng: Random) -> Iterator[Site]:
    """A claim stands one line further on than it says, its id in agreement."""
    for i, row in enumerate(base.rows("claims")):
        if row["line"] is not None:
            yield _restated(base, i, line=row["line"] + 1)


@operator("claim-span-shortened", "offsets-need-a-document")
def claim_span_shortened(base: Base, rng: Random) -> Iterator[Site]:
    """A claim's span is shorter than its words, its id in agreement."""
    for i, row in enumerate(base.rows("claims")):
        if row["end_char"] is not None:
            yield _restated(base, i, end_char=row["end_char"] - 1)


@operator("hash-lost", "document-has-hash-and-length")
def hash_lost(base: Base, rng: Random) -> Iterator[Site]:
    """A document's length is lost, or too short for what is quoted from it."""
    for i, row in enumerate(base.rows("sources")):
        if row["characters"] is not None:
            yield _put(base, "sources", i, characters=rng.choice((None, 100)))


@operator(
    "another-document", "spans-resolve", shipped="of a digest every digit is as good as another without the bytes"
)
def another_document(base: Base, rng: Random) -> Iterator[Site]:
    """A hash is that of another document."""
    for i, row in enumerate(base.rows("sources")):
        if row["sha256"] is not None:
            yield _put(base, "sources", i, sha256=row["sha256"][::-1])


@operator("author-invented", "null-where-unclaimed")
def author_invented(base: Base, rng: Random) -> Iterator[Site]:
    """A source has an author whom nobody names."""
    for i, _ in enumerate(base.rows("sources")):
        yield _put(base, "sources", i, author="Anon Y. Mous")


@operator("venue-lost", "null-where-unclaimed")
def venue_lost(base: Base, rng: Random) -> Iterator[Site]:
    """The venue or place of an earlier mark is lost."""
    for i, row in enumerate(base.rows("marks")):
        for column in ("venue", "place", "date"):
            if row[column] is not None:
                yield _put(base, "marks", i, **{column: None})


@operator("mark-a-hundredth-off", "every-value-claimed")
def mark_a_hundredth_off(base: Base, rng: Random) -> Iterator[Site]:
    """An earlier mark is a unit of its last decimal off."""
    for i, row in enumerate(base.rows("marks")):
        yield _put(base, "marks", i, **retimed(row["time_ms"] + 10 ** (3 - row["decimals"]), row["decimals"]))


@operator("wrong-year", "every-value-claimed")
def wrong_year(base: Base, rng: Random) -> Iterator[Site]:
    """An earlier mark is said to be of the year before or after."""
    for i, row in enumerate(base.rows("marks")):
        yield _put(base, "marks", i, year=row["year"] + rng.choice((-1, 1)))


@operator("mark-beyond-human", "humanly-possible")
def mark_beyond_human(base: Base, rng: Random) -> Iterator[Site]:
    """An earlier mark has lost a minute."""
    for i, row in enumerate(base.rows("marks")):
        yield _put(base, "marks", i, **retimed(row["time_ms"] - 60_000, row["decimals"]))


@operator("mark-of-the-other-man", "every-value-claimed")
def mark_of_the_other_man(base: Base, rng: Random) -> Iterator[Site]:
    """An earlier mark is credited to another man."""
    people = [row["athlete_id"] for row in base.rows("athletes")]
    for i, row in enumerate(base.rows("marks")):
        yield _put(base, "marks", i, athlete_id=rng.choice([one for one in people if one != row["athlete_id"]]))


@operator("alias-without-accents", "names-are-printed")
def alias_without_accents(base: Base, rng: Random) -> Iterator[Site]:
    """A spelling has lost its accents, or is one that nobody prints."""
    for i, row in enumerate(base.rows("athletes")):
        if base.rows("claims"):
            plain = unicodedata.normalize("NFD", row["name"]).encode("ascii", "ignore").decode()
            yield _put(base, "athletes", i, aliases=sorted({*row["aliases"], plain, plain.upper()}))


@operator(
    "name-misspelt", "names-are-printed", "rulings-hold", "verdicts-recompute", generated="any name is a lawful name"
)
def name_misspelt(base: Base, rng: Random) -> Iterator[Site]:
    """A family name has lost a letter, wherever it stands in the row."""
    for i, row in enumerate(base.rows("athletes")):
        family = row["family_name"][:-1]
        if len(family) > 1:
            yield _put(base, "athletes", i, family_name=family, name=f"{row['given_name']} {family}")

"""Bad cases of sources and of the names they print."""

from __future__ import annotations

from tests.cases.case import Case, Wrong, case, quote_of, unclaim, unread
from tests.lawful import HERALD, LAWFUL, LIST
from tests.tables import Tables, add, change, find, rows_of

__all__ = ["SOURCES"]

_END = str(max(c["end_char"] for c in rows_of(LAWFUL, "claims") if c["source_id"] == HERALD))


def _late_quote(tables: Tables) -> Tables:
    quote = find(tables, "quotes", quote_of(HERALD, 2))
    late = {"quote_id": f"{HERALD}-q03", "start_char": 90_000, "end_char": 90_000 + len(quote["text"])}
    return unread(add(tables, "quotes", **quote | late))


_ENDS_AT = 90_000 + len(find(LAWFUL, "quotes", quote_of(HERALD, 2))["text"])
_LENGTH = str(find(LAWFUL, "sources", f"source_id={HERALD}")["characters"])


def _sized(name: str, source: str, characters: int | None, expected: str) -> Case:
    key = f"source_id={source}"
    value = None if characters is None else str(characters)
    changed = lambda tables: change(tables, "sources", key, characters=characters)
    return case(name, "document-has-hash-and-length", changed, Wrong("sources", key, "characters", value, expected))


_LENGTHS = [
    _sized("a document has a hash and no length", HERALD, None, "a value"),
    _sized("a source has a length and no hash", LIST, 100, "null"),
    _sized("a claim ends after its document", HERALD, int(_END) - 1, f"at least {_END}"),
    case(
        "a quote ends after its document",
        "document-has-hash-and-length",
        _late_quote,
        Wrong("sources", f"source_id={HERALD}", "characters", _LENGTH, f"at least {_ENDS_AT}"),
    ),
]


def _named(name: str, athlete: str, column: str, value: str, expected: str, **cells: object) -> Case:
    key = f"athlete_id={athlete}"
    changed = lambda tables: change(tables, "athletes", key, **cells)
    return case(name, "names-are-printed", changed, Wrong("athletes", key, column, value, expected))


_BOTH = "Abe Thorn, Abel Thorn"
_NAMES = [
    _named("a printed spelling is not an alias", "abel-thorn", "aliases", "Abel Thorn", _BOTH, aliases=["Abel Thorn"]),
    _named(
        "aliases are not in order",
        *("abel-thorn", "aliases", "Abel Thorn, Abe Thorn", _BOTH),
        aliases=["Abel Thorn", "Abe Thorn"],
    ),
    _named(
        "an alias is nowhere printed",
        *("emil-horn", "aliases", "Emil Horn, Emile Horn", "Emil Horn"),
        aliases=["Emil Horn", "Emile Horn"],
    ),
    _named("a name has another given name", "emil-horn", "name", "Emil Horn", "Emile Horn", given_name="Emile"),
    case(
        "nobody prints a name that stands as an alias",
        "names-are-printed",
        unclaim("athletes", "athlete_id=lorn-adair", "name", "Lorn Adair"),
        Wrong("athletes", "athlete_id=lorn-adair", "aliases", "Lorn Adair", ""),
    ),
]

SOURCES = [*_LENGTHS, *_NAMES]

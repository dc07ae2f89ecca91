"""The tables: which columns each has, its key, its order, its references, and when a cell is null."""

from __future__ import annotations

from dataclasses import dataclass, field

from bowerman_data.schemas.columns import COLUMNS, Column

__all__ = ["TABLES", "NullRule", "Reference", "Table"]


@dataclass(frozen=True, slots=True)
class NullRule:
    """When a cell is null, as a sentence, and the invariant that holds it."""

    sentence: str
    invariant: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A column whose every non-null value stands in a column of another table."""

    column: str
    table: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    `order` is the declared row order: ascending by these columns, nulls last, text by code point.
    `key` columns together are unique and never null, save the athlete of a leader's split.
    """

    name: str
    description: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    order: tuple[str, ...]
    nulls: dict[str, NullRule] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    unique_key_invariant: str = "unique-key"

    def __post_init__(self) -> None:
        """Refuse a table that names a column nobody declared."""
        named = {*self.columns, *self.key, *self.order, *self.nulls, *(r.column for r in self.references)}
        unknown = sorted(named - COLUMNS.keys()) + sorted(named - set(self.columns))
        if unknown:
            raise ValueError(f"table {self.name}: not a column of it: {', '.join(unknown)}")

    def declared(self) -> tuple[Column, ...]:
        """The declarations of its columns, in order."""
        return tuple(COLUMNS[name] for name in self.columns)


_UNPLACED = NullRule("null exactly where status is DNF, DQ or DNS", "status-explains-nulls")
_UNSTATED = NullRule("null exactly where no source states it", "null-where-unclaimed")
_NO_DOCUMENT = NullRule("null exactly where the source is known by address alone", "offsets-need-a-document")

_DECLARED = (
    Table(
        "results",
        "One row for each person on the start list of a race.",
        (
            "race_id",
            "athlete_id",
            "nation",
            "role",
            "status",
            "place",
            "time_ms",
            "decimals",
            "mark",
            "codes",
            "points",
        ),
        key=("race_id", "athlete_id"),
        order=("race_id", "place", "athlete_id"),
        nulls={
            "place": _UNPLACED,
            "time_ms": _UNPLACED,
            "decimals": _UNPLACED,
            "mark": _UNPLACED,
            "points": NullRule(
                "null exactly where the place earns none on the race's scale, or nobody prints the points of the race",
                "points-follow-scale",
            ),
        },
        references=(Reference("race_id", "races", "race_id"), Reference("athlete_id", "athletes", "athlete_id")),
        unique_key_invariant="one-time-per-athlete",
    ),
    Table(
        "splits",
        "One row for each stretch of track that somebody timed.",
        ("race_id", "from_m", "to_m", "basis", "athlete_id", "time_ms", "decimals", "mark"),
        key=("race_id", "from_m", "to_m", "basis", "athlete_id"),
        order=("race_id", "from_m", "to_m", "basis", "athlete_id"),
        nulls={
            "athlete_id": NullRule(
                "null exactly where a leader's stretch began and ended with different leaders, "
                "or no claim that stands names who led",
                "lap-belongs-to-its-leader",
            )
        },
        references=(Reference("race_id", "races", "race_id"), Reference("athlete_id", "athletes", "athlete_id")),
        unique_key_invariant="one-split-per-stretch",
    ),
    Table(
        "quotes",
        "One row for each unbroken passage of direct speech.",
        (
            "quote_id",
            "utterance_id",
            "saying_id",
            "speaker_id",
            "source_id",
            "race_id",
            "text",
            "context",
            "said_on",
            "marks",
            "start_char",
            "end_char",
        ),
        key=("quote_id",),
        order=("source_id", "start_char"),
        nulls={
            "said_on": NullRule(
                "null exactly where it was said away from the meeting, and the source does not tell the day",
                "said-on-where-dated",
            )
        },
        references=(Reference("source_id", "sources", "source_id"), Reference("race_id", "races", "race_id")),
    ),
    Table(
        "races",
        "One row for each race.",
        (
            "race_id",
            "name",
            "meet",
            "series",
            "date",
            "venue",
            "city",
            "country",
            "discipline",
            "distance_m",
            "sex",
            "coverage",
            "points_scale",
        ),
        key=("race_id",),
        order=("race_id",),
        nulls={
            "points_scale": NullRule(
                "null exactly where the series gave no points that season, or its scale is not known",
                "scale-follows-season",
            )
        },
    ),
    Table(
        "athletes",
        "Everybody named in another table.",
        ("athlete_id", "name", "given_name", "family_name", "nation", "aliases"),
        key=("athlete_id",),
        order=("athlete_id",),
    ),
    Table(
        "marks",
        "Performances outside the races that the sources cite.",
        (
            "mark_id",
            "athlete_id",
            "discipline",
            "distance_m",
            "time_ms",
            "decimals",
            "mark",
            "year",
            "date",
            "venue",
            "place",
            "codes",
        ),
        key=("mark_id",),
        order=("mark_id",),
        nulls={"date": _UNSTATED, "venue": _UNSTATED, "place": _UNSTATED},
        references=(Reference("athlete_id", "athletes", "athlete_id"),),
    ),
    Table(
        "sources",
        "One row for each source, read as a document or known by address.",
        (
            "source_id",
            "publisher",
            "title",
            "author",
            "url",
            "kind",
            "upstream",
            "published_on",
            "sha256",
            "characters",
        ),
        key=("source_id",),
        order=("source_id",),
        nulls={
            "author": _UNSTATED,
            "upstream": NullRule("null exactly where nothing says that the figures are another's", "value-in-domain"),
            "published_on": _UNSTATED,
            "sha256": NullRule(
                "null exactly where characters is: known by address alone", "document-has-hash-and-length"
            ),
            "characters": NullRule(
                "null exactly where sha256 is: known by address alone", "document-has-hash-and-length"
            ),
        },
    ),
    Table(
        "claims",
        "One row for each value that a source states.",
        (
            "claim_id",
            "source_id",
            "part",
            "line",
            "start_char",
            "end_char",
            "printed",
            "about",
            "key",
            "field",
            "value",
            "verdict",
        ),
        key=("claim_id",),
        order=("source_id", "start_char", "end_char", "about", "key", "field", "value"),
        nulls={"line": _NO_DOCUMENT, "start_char": _NO_DOCUMENT, "end_char": _NO_DOCUMENT},
        references=(Reference("source_id", "sources", "source_id"),),
    ),
    Table(
        "rulings",
        "One row for each field on which claims differ, or where a claim cannot stand.",
        ("ruling_id", "about", "key", "field", "value", "rejected", "rule", "reason"),
        key=("ruling_id",),
        order=("about", "key", "field"),
        nulls={
            "value": NullRule("null exactly where the table's cell is null, or nothing can settle it", "rulings-hold")
        },
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _DECLARED}

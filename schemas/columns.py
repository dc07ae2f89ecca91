"""The columns: each declared once, with its type, unit, description and domain.

The Arrow schema, the Pandera schemas, the column expectations, the data dictionary and the
metadata inside the Parquet files all follow from these declarations. A table in
`bowerman_data.schemas.tables` lists columns by name and says when one of them may be null.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["COLUMNS", "Column", "DType"]

DType = Literal["string", "int16", "int32", "float64", "date", "list<string>", "list<int16>"]

SLUG = "[a-z0-9]+(-[a-z0-9]+)*"
_BIGGEST = {"int16": 32_767, "int32": 2_147_483_647}


@dataclass(frozen=True, slots=True)
class Column:
    """One column, the same in every table that lists it.

    `pattern` is matched against the whole value. `minimum` and `maximum` are inclusive, and every
    number has both, so that neither infinity nor NaN passes.
    """

    name: str
    dtype: DType
    description: str
    unit: str | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        """Refuse a declaration that would check less than it seems to."""
        if self.dtype not in get_args(DType):
            raise ValueError(f"column {self.name}: dtype: got {self.dtype!r}, expected one of {get_args(DType)}")
        if self.dtype in ("int16", "int32", "float64") and None in (self.minimum, self.maximum):
            raise ValueError(f"column {self.name}: a number needs a minimum and a maximum")
        if self.maximum is not None and self.maximum > _BIGGEST.get(self.dtype, float("inf")):
            raise ValueError(f"column {self.name}: maximum {self.maximum} does not fit {self.dtype}")


def _slug(name: str, description: str) -> Column:
    return Column(name, "string", description, pattern=SLUG)


def _text(name: str, description: str) -> Column:
    return Column(name, "string", description, pattern=r"\S(.*\S)?")


_DECLARED = (
    # Ids
    _slug("race_id", "Race: the slug of its name and year."),
    _slug("athlete_id", "Athlete: the slug of the name he or she is known by."),
    _slug("source_id", "Source: publisher, date and kind as a slug."),
    _slug("quote_id", "Passage of direct speech: source, number in reading order, and a digest of the row."),
    _slug("utterance_id", "Utterance: passages that the writer interrupted share one."),
    _slug("saying_id", "Remark: all passages that transcribe the same one share it, in one document or several."),
    _slug("speaker_id", "Who spoke: an athlete_id."),
    _slug("mark_id", "Performance outside the races: athlete, discipline, year and venue as a slug."),
    _slug("claim_id", "Claim: its source and a digest of where and what it states."),
    _slug("ruling_id", "Ruling: a name for what it is about, and a digest of the row."),
    # Results
    Column("nation", "string", "Nation represented on the day, as a World Athletics code.", pattern="[A-Z]{3}"),
    Column(
        "role",
        "string",
        "Why the person started: to race or, where a source says so, to pace.",
        values=("athlete", "pacemaker"),
    ),
    Column(
        "status",
        "string",
        "OK finished and placed, DNF did not finish, DQ disqualified, DNS did not start.",
        values=("OK", "DNF", "DQ", "DNS"),
    ),
    Column("place", "int16", "Place at the finish; those who tie share one.", minimum=1, maximum=32_767),
    Column("points", "int16", "Points won for the place.", unit="points", minimum=1, maximum=999),
    Column("codes", "list<string>", "Record and best codes, in order of rank: NR, WL, PB, SB and others."),
    # Times and distances
    Column("time_ms", "int32", "Time.", unit="ms", minimum=1, maximum=86_400_000),
    Column("decimals", "int16", "Decimals of a second to which the time was given.", minimum=0, maximum=3),
    Column(
        "mark",
        "string",
        "The time as a person writes it: time_ms to so many decimals.",
        pattern=r"(([1-9]\d?:[0-5]\d|[1-9]\d?):[0-5]\d|[1-9]?\d)(\.\d{1,3})?",
    ),
    Column("distance_m", "float64", "Distance; the mile is 1609.344.", unit="m", minimum=1, maximum=1_000_000),
    Column("from_m", "float64", "Where the stretch begins, from the start.", unit="m", minimum=0, maximum=1_000_000),
    Column("to_m", "float64", "Where the stretch ends, from the start.", unit="m", minimum=1, maximum=1_000_000),
    Column(
        "basis",
        "string",
        "Whose clock: leader, the race clock at the front; athlete, one runner's own.",
        values=("athlete", "leader"),
    ),
    # Races and athletes
    _text("name", "Full name, in the spelling ruled right."),
    _text("meet", "Meeting at which the race was run."),
    _text("series", "Series the meeting belonged to."),
    Column("date", "date", "Day of the performance, local."),
    Column("year", "int16", "Year of the performance.", minimum=1850, maximum=2100),
    _text("venue", "Stadium, or the town where no stadium is known."),
    _text("city", "Town of the venue."),
    Column("country", "string", "Country of the venue, as a World Athletics code.", pattern="[A-Z]{3}"),
    Column(
        "discipline",
        "string",
        "Event: distance name, with -indoor for marks made indoors.",
        pattern=r"(mile|2miles|[1-9]\d*m|marathon)(-indoor)?",
    ),
    Column("sex", "string", "Men's (M), women's (W) or mixed (X) race.", values=("M", "W", "X")),
    Column(
        "coverage",
        "string",
        "Who stands in the results: full, everybody who started; finishers, all of those and nobody else; "
        "to-3:56, the finishers to 3:56.00; podium, the first three.",
        values=("finishers", "full", "podium", "to-3:56"),
    ),
    Column("points_scale", "list<int16>", "Points at stake by place, from first place on.", unit="points"),
    _text("given_name", "Given name or names."),
    _text("family_name", "Family name."),
    Column("aliases", "list<string>", "Every spelling of the name that a source prints, in alphabetical order."),
    # Quotes
    Column(
        "text", "string", "The words, to the letter, without the quotation marks around them.", pattern=r"(?s)\S(.*\S)?"
    ),
    _text("context", "Where it was said, in our words."),
    Column("said_on", "date", "Day it was said, local."),
    Column(
        "marks",
        "string",
        "How the source delimits the passage.",
        values=("double", "none", "one-sided", "single"),
    ),
    Column(
        "start_char",
        "int32",
        "First character in the source, from 0, in code points.",
        unit="characters",
        minimum=0,
        maximum=100_000_000,
    ),
    Column(
        "end_char",
        "int32",
        "Character after the last in the source, in code points.",
        unit="characters",
        minimum=1,
        maximum=100_000_000,
    ),
    # Provenance
    _text("publisher", "Who published the source."),
    _text("title", "Title of the source."),
    _text("author", "Author, where the source prints one."),
    Column("url", "string", "Address of the source.", pattern=r"https?://\S+"),
    Column(
        "kind",
        "string",
        "What sort of source.",
        values=("news", "press release", "preview", "ranking list", "report", "results list"),
    ),
    _slug("upstream", "Whose figures the source carries: sources that share one count as one."),
    Column("published_on", "date", "Day of publication, where the source tells it."),
    Column("sha256", "string", "SHA-256 of the document's bytes.", pattern="[0-9a-f]{64}"),
    Column("characters", "int32", "Length of the document.", unit="characters", minimum=1, maximum=100_000_000),
    Column(
        "part",
        "string",
        "Part of the document.",
        values=("caption", "headline", "prose", "speech", "table"),
    ),
    Column("line", "int32", "Line of the document on which the words begin, from 1.", minimum=1, maximum=10_000_000),
    _text("printed", "The few characters that state the value, to the letter."),
    Column(
        "about",
        "string",
        "The table the value belongs to; check for a fact computed from the tables.",
        values=("athletes", "check", "marks", "quotes", "races", "results", "sources", "splits"),
    ),
    Column(
        "key",
        "string",
        "The row there, as column=value pairs; for a check, its arguments.",
        pattern=r"[a-z_]+=\S+( [a-z_]+=\S+)*",
    ),
    Column("field", "string", "The column there; for a check, the name of the fact.", pattern="[a-z][a-z0-9_-]*"),
    _text("value", "The value, normalised."),
    Column("verdict", "string", "What became of the claim.", values=("overruled", "unsettled", "upheld")),
    Column("rejected", "list<string>", "Values that claims state and that do not stand, in alphabetical order."),
    Column(
        "rule",
        "string",
        "Why the ruling goes as it does, as a short code.",
        values=(
            "arithmetic",
            "attribution",
            "coincidence",
            "convention",
            "eyewitness",
            "nation-on-the-day",
            "no-evidence",
            "rounding",
            "short-form",
            "single-source",
            "spelling",
            "status-over-time",
            "table-over-prose",
        ),
    ),
    _text("reason", "The reasoning, in our words, with the arithmetic."),
)

COLUMNS: dict[str, Column] = {column.name: column for column in _DECLARED}

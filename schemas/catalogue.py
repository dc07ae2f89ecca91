"""The invariant catalogue: what must be true of a race, why, and who says so.

Both engines implement each of these, independently; `reads` names every table an invariant needs.
The sentence is what a user reads when the invariant fires.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bowerman_data.schemas.tables import TABLES
from bowerman_data.schemas.verdicts import Engine, Severity, Violation

__all__ = ["INVARIANTS", "Invariant", "invariants_of", "violation"]


@dataclass(frozen=True, slots=True)
class Invariant:
    """One rule.

    `tables` are those whose rows are judged, each by itself; `reads` those that are needed beside
    the judged one, `also_reads` those needed beside one of them only, `uses` those that sharpen the judgement where they are there. `shipped_only`
    marks promises of this dataset that nobody else's tables owe.
    """

    slug: str
    sentence: str
    tables: tuple[str, ...]
    source: str
    reason: str
    reads: tuple[str, ...] = ()
    also_reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    uses: tuple[str, ...] = ()
    severity: Severity = "error"
    shipped_only: bool = False

    def needs(self, table: str) -> tuple[str, ...]:
        """The tables without which it cannot judge this one."""
        return (*self.reads, *self.also_reads.get(table, ()))


_ALL = tuple(TABLES)
_DESIGN = "bowerman-data: a promise of the tables"
_MEASURED = "36,052 adjacent pairs in World Athletics lists"

_DECLARED = (
    # Every table
    Invariant(
        "declared-columns",
        "A table has exactly its declared columns, in their order, with their types.",
        _ALL,
        _DESIGN,
        "A column that changes its type is read as something else.",
    ),
    Invariant("never-empty", "A table has rows.", _ALL, _DESIGN, "An empty table would pass every other rule."),
    Invariant(
        "no-missing-value",
        "A column that may not be null has a value in every row.",
        _ALL,
        _DESIGN,
        "A hole is a fact lost.",
    ),
    Invariant(
        "value-in-domain",
        "A value is one of the column's allowed values, of its pattern, and within its bounds.",
        _ALL,
        _DESIGN,
        "A slip of a unit, a stray character or an infinite number shows here first.",
    ),
    Invariant(
        "unique-key",
        "No two rows have the same key.",
        tuple(name for name, table in TABLES.items() if table.unique_key_invariant == "unique-key"),
        _DESIGN,
        "A row that stands twice is counted twice.",
    ),
    Invariant(
        "known-reference",
        "A value that refers to another table stands there.",
        tuple(name for name, table in TABLES.items() if table.references),
        _DESIGN,
        "A reference to nothing cannot be followed.",
        also_reads={
            name: tuple(dict.fromkeys(reference.table for reference in table.references))
            for name, table in TABLES.items()
            if table.references
        },
    ),
    Invariant(
        "row-order",
        "Rows stand in the table's declared order.",
        _ALL,
        _DESIGN,
        "The same data are the same bytes, and a change is a small diff.",
        shipped_only=True,
    ),
    # Results
    Invariant(
        "one-time-per-athlete",
        "An athlete stands once in a race.",
        ("results",),
        "TR19.3: every finisher has one time",
        "A man listed twice takes a place from somebody.",
    ),
    Invariant(
        "ordered-finish-times",
        "Finish times do not decrease from place to place; equal times with different places are lawful.",
        ("results",),
        f"TR18.2, TR19; {_MEASURED}",
        "The photo finish decides the order and gives the times, so the two agree; it may part two men within a hundredth.",
    ),
    Invariant(
        "places-count-up",
        "Places count up from 1; those who tie have equal times and take the places they fill (1, 2, 2, 4).",
        ("results",),
        f"TR21; {_MEASURED}",
        "A gap is a row lost, a doubled place with two times is a row from another race.",
    ),
    Invariant(
        "status-explains-nulls",
        "Place, time, decimals and mark stand exactly where status is OK; DNF, DQ and DNS have no points and no codes.",
        ("results",),
        "CR25.4",
        "A time beside a DNF is a time from some other day.",
    ),
    Invariant(
        "mark-is-its-time",
        "The mark is what time_ms and decimals format to, and time_ms has no more decimals than that.",
        ("results", "splits", "marks"),
        "TR19.23: hundredths on the track, automatic; tenths by hand",
        "Two ways to write one time cannot differ.",
    ),
    Invariant(
        "points-follow-scale",
        "Where a race has points, they are those of the place on its scale, and null where it has none; "
        "tied places are not judged.",
        ("results",),
        "Diamond League scales by season",
        "Points are computed by the meeting from the places.",
        reads=("races",),
    ),
    Invariant(
        "known-nation",
        "A nation is a World Athletics code that may stand beside an individual's name.",
        ("results", "athletes"),
        "World Athletics member federations",
        "ISO codes differ for 88 of 214 nations.",
    ),
    Invariant(
        "nation-of-its-day",
        "A nation that no longer exists, or not yet, stands only in results of its years.",
        ("results",),
        "World Athletics lists: URS, GDR, FRG and others by year",
        "The nation is that of the day, so a later one is an anachronism.",
        reads=("races",),
    ),
    Invariant(
        "known-codes",
        "Codes are known record and best codes, each once, in order of rank.",
        ("results", "marks"),
        "IAAF Terms and Abbreviations 2013; World Athletics terms 2023",
        "An unknown code is a misreading.",
    ),
    Invariant(
        "consistent-codes",
        "A code and its equalled form do not stand together, nor a code with the equalled form of one that it implies.",
        ("results", "marks"),
        "IAAF Terms and Abbreviations 2013",
        "A personal best is faster than any mark of the season before, so it cannot merely equal the season's best.",
    ),
    Invariant(
        "humanly-possible",
        "A time is one that a human can run over the distance.",
        ("results", "marks"),
        "World records less 3 %; at most 7.5 m/s and at least 1.3 m/s over other distances",
        "A minute or a unit slipped.",
        also_reads={"results": ("races",)},
    ),
    Invariant(
        "humanly-plausible",
        "A time faster than the world record carries a WR, and none is as slow as a jog.",
        ("results",),
        "World records of 2025: mile 3:43.13 and 4:07.64, 1500 m 3:26.00 and 3:48.68",
        "Real races have broken it: a record on the day, a fallen runner who walks in.",
        reads=("races",),
        severity="warning",
    ),
    Invariant(
        "record-beats-record",
        "An NR, PB or WL is faster than every earlier mark in the tables that it claims to beat.",
        ("results",),
        "IAAF Terms and Abbreviations 2013",
        "Either the code is wrong or one of the two times.",
        reads=("races", "athletes"),
        uses=("marks",),
    ),
    Invariant(
        "at-most-one-world-lead",
        "Nobody in a race is faster than a man with a WL.",
        ("results",),
        "IAAF Terms and Abbreviations 2013",
        "A world lead is the fastest of the year so far, so only the winner, or those who tie with him, can have it.",
    ),
    Invariant(
        "discipline-is-its-distance",
        "The distance is that of the discipline.",
        ("races", "marks"),
        "1 mile = 1609.344 m",
        "A pace over the wrong distance is wrong everywhere.",
    ),
    Invariant(
        "scale-follows-season",
        "The scale of points is the one of the series in that season, and null where it gave none.",
        ("races",),
        "Diamond League rules by season; no points at its final since 2017",
        "A season's scale is known, so another one is a slip.",
    ),
    Invariant(
        "no-other-scale",
        "A race has a scale of points only where the scale of its series is known for the season.",
        ("races",),
        _DESIGN,
        "Nobody's points are guessed.",
        shipped_only=True,
    ),
    Invariant(
        "coverage-holds",
        "Of a race known by its finishers nobody else stands; known to 3:56.00, nobody slower; by its podium, three places.",
        ("results",),
        _DESIGN,
        "Who reads that a list ends somewhere relies on it.",
        reads=("races",),
    ),
    Invariant(
        "full-shows-all",
        "A race told in full has somebody who did not finish, or a time over 3:56.00.",
        ("races",),
        _DESIGN,
        "A list cut short would count too few starters.",
        reads=("results",),
        shipped_only=True,
    ),
    # Splits
    Invariant(
        "one-split-per-stretch",
        "A stretch is timed once for the leader and once for an athlete.",
        ("splits",),
        "TR19.3",
        "Two times for one stretch are two claims, of which one stands.",
    ),
    Invariant(
        "splits-increase",
        "Times from the start increase with the distance.",
        ("splits",),
        "Time runs one way",
        "A split in the wrong row, or a digit slipped.",
    ),
    Invariant(
        "laps-add-up",
        "A lap is the difference of the times at its ends, within the rounding of all three.",
        ("splits",),
        "TR19.23: each of the three is rounded by itself",
        "A lap that does not add up belongs to somebody else, or was measured elsewhere.",
        uses=("results", "races"),
    ),
    Invariant(
        "split-before-finish",
        "An athlete's time on the way is less than at the finish.",
        ("splits",),
        "Time runs one way",
        "A split from another race, or a digit slipped.",
        reads=("results", "races"),
    ),
    Invariant(
        "leader-is-fastest",
        "Nobody passes a point before the leader.",
        ("splits",),
        "The leader is who passes first",
        "A leader's time given to somebody behind, or the other way round.",
    ),
    Invariant(
        "pace-is-human",
        "A stretch is run at between 43 and 300 seconds a 400 m; women's at 47.6 or more.",
        ("splits",),
        "World records over 400 m: 43.03 and 47.60",
        "A lap measured over another distance, or a digit slipped.",
        uses=("races",),
    ),
    Invariant(
        "split-has-an-entrant",
        "Whoever has a split stands in the results of the race and started.",
        ("splits",),
        "Only starters are timed",
        "A split from another race or of a man misnamed.",
        reads=("results",),
    ),
    Invariant(
        "within-the-distance",
        "A stretch begins before it ends, and ends within the race.",
        ("splits",),
        "Geometry",
        "A split with the wrong distance has the wrong pace.",
        uses=("races",),
    ),
    Invariant(
        "lap-belongs-to-its-leader",
        "A leader's lap belongs to the one who led at both its ends; where two did, to nobody; an athlete's stretch, to him.",
        ("splits",),
        "Differences of the leader's times are the race's laps, not one runner's",
        "Reports credit the winner with laps that a pacemaker led.",
    ),
    # Quotes
    Invariant(
        "quote-has-a-speaker",
        "Whoever is quoted is a known person.",
        ("quotes",),
        "A quotation has an author",
        "Words without a speaker cannot be cited.",
        reads=("athletes",),
    ),
    Invariant(
        "quote-span-matches",
        "A passage is as long as its offsets say, and passages of one source do not overlap.",
        ("quotes",),
        "W3C Web Annotation: text position selector",
        "A shifted offset points at other words.",
    ),
    Invariant(
        "clean-text",
        "A passage has no stray quotation mark around it, no control character and no garbled encoding.",
        ("quotes",),
        "Quotes are verbatim",
        "Garbled words are nobody's words.",
    ),
    Invariant(
        "said-before-published",
        "A remark was made no later than it was published.",
        ("quotes",),
        "Time runs one way",
        "A wrong day on one of the two.",
        reads=("sources",),
    ),
    Invariant(
        "said-on-where-dated",
        "A remark has its day exactly where it was made at the meeting: mixed zone, press conference, breakout session.",
        ("quotes",),
        _DESIGN,
        "Of what was said elsewhere the sources do not tell the day.",
    ),
    Invariant(
        "one-speaker-per-utterance",
        "One utterance, and one remark in all its transcripts, has one speaker.",
        ("quotes",),
        "An utterance is one person's",
        "A passage credited to the other man.",
    ),
    # Provenance
    Invariant(
        "every-value-claimed",
        "A value that a source could state is stated by a claim that stands.",
        ("results", "splits", "marks"),
        _DESIGN,
        "A value nobody stated was made up or mistyped.",
        reads=("claims",),
    ),
    Invariant(
        "null-where-unclaimed",
        "A cell is null exactly where no claim that stands states it.",
        ("splits", "marks", "sources"),
        _DESIGN,
        "What a source tells is told here too.",
        reads=("claims",),
        uses=("rulings",),
    ),
    Invariant(
        "quote-credited",
        "The speaker is the one whom the source's own words credit.",
        ("quotes",),
        _DESIGN,
        "A quote credited to the other man.",
        reads=("claims",),
    ),
    Invariant(
        "every-conflict-ruled",
        "A claim that is overruled or unsettled has a ruling.",
        ("claims",),
        _DESIGN,
        "Whoever is contradicted is owed a reason.",
        reads=("rulings",),
    ),
    Invariant(
        "rulings-hold",
        "The table says what the ruling says, a claim or a computation says it too, and what it rejects is claimed and overruled.",
        ("rulings",),
        _DESIGN,
        "A ruling that the tables do not follow is no ruling.",
        reads=("results", "splits", "quotes", "races", "athletes", "marks", "sources", "claims"),
    ),
    Invariant(
        "verdicts-recompute",
        "A claim's verdict is what comparing it with the tables, or computing the fact it states, gives.",
        ("claims",),
        _DESIGN,
        "A verdict is an outcome, never an opinion.",
        reads=("results", "splits", "quotes", "races", "athletes", "marks", "sources", "rulings"),
    ),
    Invariant(
        "offsets-need-a-document",
        "Line and offsets stand exactly where the source was read as a document, and lie within it; "
        "they are as long as the printed words, and lines rise with them.",
        ("claims",),
        "W3C Web Annotation: text position selector",
        "A shifted offset points at other words.",
        reads=("sources",),
    ),
    Invariant(
        "claim-id-follows-claim",
        "A claim's id is its source and the digest of where and what it states.",
        ("claims",),
        _DESIGN,
        "An id that follows from the claim never changes unless the claim does.",
    ),
    Invariant(
        "id-follows-row",
        "The id of a quote and of a ruling ends in the digest of the whole row: its name and all that stands beside it.",
        ("quotes", "rulings"),
        _DESIGN,
        "Whoever cites the id cites these words, this speaker, this reason; under it nothing else can come to stand.",
        shipped_only=True,
    ),
    Invariant(
        "document-has-hash-and-length",
        "A source has a hash exactly where it has a length, and its passages and claims end within it.",
        ("sources",),
        _DESIGN,
        "A document is identified by its bytes.",
        reads=("quotes", "claims"),
    ),
    Invariant(
        "names-are-printed",
        "A person's aliases are the spellings that claims print, in alphabetical order, and the name is given name and family name.",
        ("athletes",),
        _DESIGN,
        "A spelling nobody prints helps nobody find a person.",
        reads=("claims",),
    ),
    Invariant(
        "spans-resolve",
        "Hash, offsets, lines and printed words agree with the document.",
        ("quotes", "claims", "sources"),
        "W3C Web Annotation: text position and text quote selectors",
        "Every value can be traced to the words it was read from.",
        reads=("documents",),
    ),
)

INVARIANTS: dict[str, Invariant] = {invariant.slug: invariant for invariant in _DECLARED}


def invariants_of(table: str) -> tuple[Invariant, ...]:
    """The invariants that judge rows of a table, in catalogue order."""
    return tuple(invariant for invariant in _DECLARED if table in invariant.tables)


def violation(
    slug: str, table: str, key: str, column: str, value: str | None, expected: str | None, engine: Engine
) -> Violation:
    """A violation of a catalogued invariant, with the message that a user reads."""
    invariant = INVARIANTS[slug]
    where = f"{table} {key}".rstrip()
    got = f"{column} is {'null' if value is None else value}" if column else f"got {value}"
    wanted = f", expected {expected}" if expected is not None else ""
    message = f"{where}: {got}{wanted}. {invariant.sentence}"
    return Violation(slug, table, key, column, value, expected, invariant.severity, message, engine)

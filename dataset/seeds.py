"""Read `seeds/`: what each source says, the races, the people and the rulings, as a person wrote them.

Every fault of every file is collected, so that a curator sees them all at once.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from bowerman_data.marks import format_mark, parse_mark
from bowerman_data.schemas.columns import COLUMNS, Column
from bowerman_data.schemas.reference import nations, record_codes
from bowerman_data.schemas.tables import TABLES

__all__ = ["Fault", "SeedError", "Seeds", "nearest", "read_seeds"]

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong in the seeds: where, what was got and what was expected."""

    file: str
    record: str
    field: str
    got: str
    expected: str

    def __str__(self) -> str:
        """One line, as a compiler would print it."""
        return f"{self.file}: {self.record}: {self.field}: got {self.got}, expected {self.expected}"


class SeedError(ValueError):
    """The seeds cannot be built; `faults` holds every reason."""

    def __init__(self, faults: list[Fault]) -> None:
        """Take the faults, and put them into words."""
        self.faults = sorted(faults)
        count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''} in the seeds"
        super().__init__("\n".join([count, *map(str, self.faults)]))


@dataclass(slots=True)
class Seeds:
    """The records of all seed files, each with its `_file` and `_record` for messages."""

    sources: list[Record] = field(default_factory=list)
    races: list[Record] = field(default_factory=list)
    athletes: list[Record] = field(default_factory=list)
    claims: list[Record] = field(default_factory=list)
    quotes: list[Record] = field(default_factory=list)
    rulings: list[Record] = field(default_factory=list)


_GIVEN = {
    "sources": (set(TABLES["sources"].columns), {"author", "upstream", "published_on", "sha256", "characters"}),
    "races": (set(TABLES["races"].columns), {"points_scale"}),
    "athletes": (set(TABLES["athletes"].columns) - {"aliases"}, set[str]()),
    "claims": (
        set(TABLES["claims"].columns) - {"claim_id", "source_id", "verdict"},
        {"line", "start_char", "end_char"},
    ),
    "quotes": (set(TABLES["quotes"].columns) - {"source_id"}, {"said_on"}),
    "rulings": (set(TABLES["rulings"].columns), {"value", "rejected"}),
}
"""For each kind of record, the fields it may have and those it may leave out."""

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "int16": int,
    "int32": int,
    "float64": (int, float),
    "date": datetime.date,
    "list<string>": list,
    "list<int16>": list,
}

_SPLIT_KEY = ("race_id", "from_m", "to_m", "basis")
KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "results": (("race_id", "athlete_id"),),
    "splits": (_SPLIT_KEY, (*_SPLIT_KEY, "athlete_id")),
    "marks": (("mark_id",),),
    "athletes": (("athlete_id",),),
    "races": (("race_id",),),
    "sources": (("source_id",),),
    "quotes": (("utterance_id",),),
}
"""The columns that name a row in a claim's key; a check names its arguments freely."""

FIELDS: dict[str, tuple[str, ...]] = {
    "results": ("nation", "role", "status", "place", "mark", "codes", "points"),
    "splits": ("mark", "athlete_id"),
    "marks": ("athlete_id", "discipline", "mark", "year", "date", "venue", "place", "codes"),
    "athletes": ("name", "nation"),
    "races": ("name", "meet", "series", "date", "venue", "city", "country", "discipline", "sex"),
    "sources": ("author", "published_on"),
    "quotes": ("speaker_id",),
}
"""The columns that a claim may state, by table."""


def nearest(got: str, known: Iterator[str] | list[str] | set[str] | tuple[str, ...]) -> str:
    """`one of N known, nearest 'x'`: what was expected where an id is unknown."""
    names = sorted(known)
    if not names:
        return "one that is known, and none is"
    # Of two as near, the one that begins alike: NRO is NOR, not ROU.
    best = max(names, key=lambda name: (SequenceMatcher(None, got, name).ratio(), name[:1] == got[:1]))
    return f"one of {len(names)} known, nearest {best!r}"


def parse_key(key: str) -> dict[str, str]:
    """`"race_id=a athlete_id=b"` as a mapping, in order."""
    return dict(pair.split("=", 1) for pair in key.split(" ") if "=" in pair)


def read_seeds(folder: Path) -> Seeds:
    """Read and check every file of `seeds/`.

    Raises SeedError with every fault of every file: a file that is no TOML, a field unknown,
    missing, of the wrong type or outside its domain, an id that nothing declares, a record twice.
    """
    seeds, faults = Seeds(), list[Fault]()
    for path in sorted(folder.glob("sources/*.toml")):
        _read_source(path, seeds, faults)
    for name in ("races", "athletes", "rulings"):
        _read_list(folder / f"{name}.toml", name, getattr(seeds, name), faults)
    if not seeds.sources:
        faults.append(Fault(str(folder), "sources", "*.toml", "no file", "one file a source"))
    faults += _unknown_ids(seeds)
    faults += _twice(seeds)
    if faults:
        raise SeedError(faults)
    return seeds


def _parse(path: Path, faults: list[Fault]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(path.name, "file", "path", "nothing", "a file"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(path.name, "file", "TOML", str(error), "a TOML file in UTF-8"))
    return {}


def _read_source(path: Path, seeds: Seeds, faults: list[Fault]) -> None:
    parsed = _parse(path, faults)
    if not parsed:
        return
    for stray in sorted(parsed.keys() - {"source", "claims", "quotes"}):
        faults.append(Fault(path.name, "file", stray, "an unknown heading", "source, claims or quotes"))
    source = parsed.get("source", {})
    _take("sources", [source], path.name, seeds.sources, faults)
    if source.get("source_id") != path.stem:
        got = repr(source.get("source_id"))
        faults.append(Fault(path.name, "source", "source_id", got, f"the file's own name, {path.stem!r}"))
    for kind, records in (("claims", seeds.claims), ("quotes", seeds.quotes)):
        _take(kind, parsed.get(kind, []), path.name, records, faults, source_id=path.stem)


def _read_list(path: Path, name: str, records: list[Record], faults: list[Fault]) -> None:
    parsed = _parse(path, faults)
    for stray in sorted(parsed.keys() - {name}):
        faults.append(Fault(path.name, "file", stray, "an unknown heading", name))
    _take(name, parsed.get(name, []), path.name, records, faults)


def _take(kind: str, given: object, file: str, into: list[Record], faults: list[Fault], **also: str) -> None:
    if not isinstance(given, list) or not all(isinstance(record, dict) for record in given):
        faults.append(Fault(file, kind, "records", type(given).__name__, "a list of tables"))
        return
    for number, record in enumerate(given, 1):
        label = f"{kind} {number}" if kind != "sources" else "source"
        found = list(_faults_of(kind, record, file, label))
        faults += found
        into.append({**record, **also, "_file": file, "_record": label, "_sound": not found})


def _faults_of(kind: str, record: Record, file: str, label: str) -> Iterator[Fault]:
    allowed, optional = _GIVEN[kind]
    for name in sorted(record.keys() - allowed):
        yield Fault(file, label, name, "an unknown field", nearest(name, allowed))
    for name in sorted(allowed - optional - record.keys()):
        yield Fault(file, label, name, "nothing", "a value")
    for name, value in record.items():
        if name in allowed:
            yield from _faults_of_value(name, value, file, label)
    if kind in ("claims", "rulings") and not allowed - optional - record.keys():
        yield from _faults_of_statement(kind, record, file, label)


def _faults_of_value(name: str, value: object, file: str, label: str) -> Iterator[Fault]:
    column = COLUMNS[name]
    if not isinstance(value, _TYPES[column.dtype]) or isinstance(value, bool | datetime.datetime):
        yield Fault(file, label, name, f"{value!r}, a {type(value).__name__}", f"a {column.dtype}")
    elif column.values and value not in column.values:
        yield Fault(file, label, name, repr(value), f"one of {', '.join(column.values)}")
    elif column.pattern and not re.fullmatch(column.pattern, str(value)):
        yield Fault(file, label, name, repr(value), f"the pattern {column.pattern}")
    elif isinstance(value, int | float) and not _within(value, column):
        yield Fault(file, label, name, repr(value), f"{column.minimum} to {column.maximum}")


def _within(value: float, column: Column) -> bool:
    return column.minimum is None or column.maximum is None or column.minimum <= value <= column.maximum


def _faults_of_statement(kind: str, record: Record, file: str, label: str) -> Iterator[Fault]:
    """Faults of what a claim or a ruling is about: its key, its field and its values."""
    about, key, name = (str(record[part]) for part in ("about", "key", "field"))
    if about == "check":
        return
    if tuple(parse_key(key)) not in KEYS[about]:
        forms = " or ".join(" ".join(f"{column}=..." for column in form) for form in KEYS[about])
        yield Fault(file, label, "key", repr(key), forms)
    if name not in FIELDS[about]:
        yield Fault(file, label, "field", repr(name), nearest(name, FIELDS[about]))
        return
    values = [record.get("value"), *(record.get("rejected") or ())] if kind == "rulings" else [record["value"]]
    for value in values:
        expected = _expected_of(name, value) if isinstance(value, str) else None
        if expected:
            yield Fault(file, label, "value", repr(value), expected)


def _expected_of(name: str, value: str) -> str | None:
    """What a value of this field should have been, or None where it is right."""
    if name == "mark":
        return None if _is_mark(value) else "a mark such as 3:45.34"
    if name == "codes":
        known = {form for code in record_codes() for form in (code.code, code.equal_form)}
        return None if value in known else nearest(value, known)
    if name in ("nation", "country"):
        codes = {nation.code for nation in nations()}
        return None if value in codes else nearest(value, codes)
    if name in ("date", "published_on"):
        return None if re.fullmatch(r"\d{4}-\d\d-\d\d", value) else "a day such as 2024-05-25"
    column = COLUMNS[name]
    if column.values and value not in column.values:
        return f"one of {', '.join(column.values)}"
    return None if column.dtype != "int16" or value.isdecimal() else "a whole number"


def _is_mark(value: str) -> bool:
    try:
        mark = parse_mark(value)
        return format_mark(mark.time_ms, mark.decimals) == value
    except ValueError:
        return False


def _unknown_ids(seeds: Seeds) -> Iterator[Fault]:
    """Ids that no file declares, with the nearest that one does."""
    known = {
        "race_id": {race.get("race_id", "") for race in seeds.races},
        "athlete_id": {athlete.get("athlete_id", "") for athlete in seeds.athletes},
        "source_id": {source.get("source_id", "") for source in seeds.sources},
        "utterance_id": {quote.get("utterance_id", "") for quote in seeds.quotes},
        "mark_id": {parse_key(claim["key"])["mark_id"] for claim in _sound(seeds.claims) if claim["about"] == "marks"},
    }
    known["speaker_id"] = known["opponent"] = known["athlete_id"]
    known["behind"] = known["athlete_id"] | known["mark_id"]
    for record in _sound(seeds.claims + seeds.rulings):
        stated = {record["field"]: record.get("value")}
        checked = record["about"] == "check"
        # A fact may speak of a race that the tables do not hold; it is unsettled then.
        named = {name: id_ for name, id_ in parse_key(record["key"]).items() if not (checked and name == "race_id")}
        yield from _unknown(record, "key", named, known)
        yield from _unknown(record, "value", {} if checked else stated, known)
    for quote in _sound(seeds.quotes):
        yield from _unknown(quote, "", {name: quote[name] for name in ("race_id", "speaker_id")}, known)


def _sound(records: list[Record]) -> list[Record]:
    """The records that have no fault of their own, so that one slip is reported once."""
    return [record for record in records if record["_sound"]]


def _unknown(record: Record, within: str, ids: Mapping[str, str | None], known: dict[str, set[str]]) -> Iterator[Fault]:
    for name, value in ids.items():
        if name in known and value is not None and value not in known[name]:
            yield Fault(record["_file"], record["_record"], within or name, repr(value), nearest(value, known[name]))


def _twice(seeds: Seeds) -> Iterator[Fault]:
    """Records that stand twice, by the key of their table."""
    identities = {
        "sources": ("source_id",),
        "races": ("race_id",),
        "athletes": ("athlete_id",),
        "quotes": ("quote_id",),
        "rulings": ("about", "key", "field"),
        "claims": ("source_id", "part", "line", "start_char", "end_char", "about", "key", "field", "value"),
    }
    for kind, names in identities.items():
        first: dict[tuple[Any, ...], Record] = {}
        for record in _sound(getattr(seeds, kind)):
            identity = tuple(record.get(name) for name in names)
            before = first.setdefault(identity, record)
            if before is not record:
                where = f"once; it stands in {before['_file']}: {before['_record']} too"
                yield Fault(record["_file"], record["_record"], names[-1], repr(identity[-1]), where)

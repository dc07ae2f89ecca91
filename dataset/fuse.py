"""Fuse what the sources state into the tables, under the rulings.

A field on which all claims agree takes their value, in the finest precision given. A field on
which they differ takes the ruling's value; without a ruling it is a fault.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable

import pyarrow as pa

from bowerman_data.marks import Mark, parse_mark
from bowerman_data.schemas.arrow import arrow_schema
from bowerman_data.schemas.reference import record_codes
from bowerman_data.schemas.tables import TABLES
from bowerman_data.seeds import Fault, Record, SeedError, Seeds, parse_key

__all__ = ["claim_id", "fuse", "identified"]

Cell = tuple[str, str, str]
"""What a claim is about: table, key and field."""
Value = str | int | datetime.date | None

_METRES = {"mile": 1609.344, "2miles": 3218.688, "marathon": 42195.0}
_DAY = ("date", "published_on")
_WHOLE = ("place", "points", "year")


def fuse(seeds: Seeds) -> dict[str, pa.Table]:
    """Every table, rows in order; `claims.verdict` is still to be computed and stands as unsettled.

    Raises SeedError where claims differ and no ruling says which stands, and where a row lacks
    what it needs.
    """
    fusion = _Fusion(seeds)
    rows = {
        "results": fusion.results(),
        "splits": fusion.splits(),
        "marks": fusion.marks(),
        "athletes": fusion.athletes(),
        "races": seeds.races,
        "sources": seeds.sources,
        "quotes": [identified("quotes", quote) for quote in seeds.quotes],
        "claims": [{**claim, "claim_id": claim_id(claim), "verdict": "unsettled"} for claim in seeds.claims],
        "rulings": [identified("rulings", _sorted(ruling)) for ruling in seeds.rulings],
    }
    if fusion.faults:
        raise SeedError(fusion.faults)
    return {name: _table(name, rows[name]) for name in TABLES}


def claim_id(claim: Record) -> str:
    """The claim's source and a digest of where and what it states, so that it never changes by itself."""
    parts = ("part", "line", "start_char", "end_char", "printed", "about", "key", "field", "value")
    stated = "|".join("" if claim.get(part) is None else str(claim[part]) for part in parts)
    return f"{claim['source_id']}-{_digest(stated)}"


def identified(table: str, record: Record) -> Record:
    """A quote or a ruling with the digest of all its cells behind its name, which is its id from then on."""
    column, *others = TABLES[table].columns
    said = "|".join(_text(record.get(name)) for name in (column, *others))
    return {**record, column: f"{record[column]}-{_digest(said)}"}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _text(value: object) -> str:
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _sorted(ruling: Record) -> Record:
    return {**ruling, "rejected": sorted(ruling.get("rejected", []))}


class _Fusion:
    """The claims and rulings by what they are about, and the faults met on the way."""

    def __init__(self, seeds: Seeds) -> None:
        self.seeds = seeds
        self.faults: list[Fault] = []
        self.rulings = {_cell(ruling): ruling for ruling in seeds.rulings}
        self.claims: dict[Cell, list[Record]] = defaultdict(list)
        for claim in seeds.claims:
            self.claims[_cell(claim)].append(claim)

    def keys(self, about: str) -> list[str]:
        return sorted({cell[1] for cell in self.claims if cell[0] == about})

    def value(self, about: str, key: str, name: str) -> Value:
        """The one value of a field, None where nothing states it or the ruling says so."""
        cell = (about, key, name)
        ruling = self.rulings.get(cell)
        claims = self.claims.get(cell, [])
        text = ruling.get("value") if ruling else self._agreed(cell, claims)
        return _typed(name, text)

    def _agreed(self, cell: Cell, claims: list[Record]) -> str | None:
        values = sorted({claim["value"] for claim in claims}, key=lambda value: (-len(value), value))
        if cell[2] == "mark":
            values = _finest(values)
        if len(values) > 1:
            self._differ(cell, claims)
        return values[0] if values else None

    def _differ(self, cell: Cell, claims: list[Record]) -> None:
        stated = "; ".join(f"{claim['value']} ({claim['_file']}: {claim['_record']})" for claim in claims)
        where = f"{cell[0]} {cell[1]}"
        self.faults.append(Fault(claims[0]["_file"], where, cell[2], stated, "one value, or a ruling in rulings.toml"))

    def codes(self, about: str, key: str) -> list[str]:
        """The codes that claims state and no ruling rejects, in order of rank."""
        ruling = self.rulings.get((about, key, "codes"))
        rejected = ruling.get("rejected", []) if ruling else []
        stated = {claim["value"] for claim in self.claims.get((about, key, "codes"), [])}
        return sorted(stated.difference(rejected), key=_rank)

    def timed(self, about: str, key: str) -> Record:
        """Mark, time and decimals of a row, all None where it has no mark."""
        mark = self.value(about, key, "mark")
        if mark is None:
            return {"mark": None, "time_ms": None, "decimals": None}
        parsed = parse_mark(str(mark))
        return {"mark": mark, "time_ms": parsed.time_ms, "decimals": parsed.decimals}

    def needed(self, about: str, key: str, row: Record, *names: str) -> Record:
        """The row, with a fault for each of the named fields that nothing states."""
        for name in names:
            if row[name] is None:
                self.faults.append(Fault("seeds", f"{about} {key}", name, "no claim", "a claim that states it"))
        return row

    def results(self) -> list[Record]:
        return [self._result(key) for key in self.keys("results")]

    def _result(self, key: str) -> Record:
        row: Record = parse_key(key) | {
            name: self.value("results", key, name) for name in ("nation", "place", "points")
        }
        row |= self.timed("results", key) | {"codes": self.codes("results", key)}
        row["role"] = self.value("results", key, "role") or "athlete"
        row["status"] = self.value("results", key, "status") or ("OK" if row["place"] and row["mark"] else None)
        return self.needed("results", key, row, "nation", "status")

    def splits(self) -> list[Record]:
        return [self._split(key) for key in self.keys("splits")]

    def _split(self, key: str) -> Record:
        row: Record = dict(parse_key(key))
        row |= {"from_m": float(row["from_m"]), "to_m": float(row["to_m"])}
        if "athlete_id" not in row:
            row["athlete_id"] = self.value("splits", key, "athlete_id")
        return self.needed("splits", key, row | self.timed("splits", key), "mark")

    def marks(self) -> list[Record]:
        return [self._mark(key) for key in self.keys("marks")]

    def _mark(self, key: str) -> Record:
        names = ("athlete_id", "discipline", "year", "date", "venue", "place")
        row: Record = parse_key(key) | {name: self.value("marks", key, name) for name in names}
        row |= self.timed("marks", key) | {"codes": self.codes("marks", key)}
        row["distance_m"] = _metres(row["discipline"])
        return self.needed("marks", key, row, "athlete_id", "discipline", "mark", "year")

    def athletes(self) -> list[Record]:
        return [{**athlete, "aliases": self._aliases(athlete["athlete_id"])} for athlete in self.seeds.athletes]

    def _aliases(self, athlete_id: str) -> list[str]:
        claims = self.claims.get(("athletes", f"athlete_id={athlete_id}", "name"), [])
        return sorted({claim["printed"] for claim in claims})


def _cell(record: Record) -> Cell:
    return record["about"], record["key"], record["field"]


def _finest(marks: list[str]) -> list[str]:
    """The marks of the finest precision, where each coarser one is consistent with them."""
    parsed = sorted(((parse_mark(mark), mark) for mark in marks), key=lambda pair: -pair[0].decimals)
    if not parsed:
        return []
    best = parsed[0][0]
    return [mark for other, mark in parsed if other.decimals == best.decimals or not _consistent(other, best)]


def _consistent(coarse: Mark, fine: Mark) -> bool:
    return abs(coarse.time_ms - fine.time_ms) < int(10 ** (3 - coarse.decimals))


def _rank(code: str) -> tuple[int, str]:
    forms = [(known.code, known.equal_form) for known in record_codes()]
    return next((rank for rank, form in enumerate(forms) if code in form), len(forms)), code


def _typed(name: str, text: str | None) -> Value:
    """A normalised value as its column holds it."""
    if text is None or name not in (*_WHOLE, *_DAY):
        return text
    return int(text) if name in _WHOLE else datetime.date.fromisoformat(text)


def _metres(discipline: str | None) -> float | None:
    name = (discipline or "").removesuffix("-indoor")
    return _METRES.get(name) or (float(name[:-1]) if name[:-1].isdecimal() else None)


def _table(name: str, rows: Iterable[Record]) -> pa.Table:
    """The rows as a table: declared columns, declared order."""
    table = TABLES[name]
    kept = sorted(({column: row.get(column) for column in table.columns} for row in rows), key=_order(table.order))
    return pa.Table.from_pylist(kept, schema=arrow_schema(name))


def _order(names: tuple[str, ...]) -> Callable[[Record], tuple[tuple[bool, object], ...]]:
    return lambda row: tuple((row[name] is None, "" if row[name] is None else row[name]) for name in names)

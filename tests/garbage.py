"""Bad input by the hundred: files that nobody should have sent, each by a name that says what is wrong with it."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import bowerman_data as bd
from bowerman_data._files import parquet_file

__all__ = ["GARBAGE"]

_LIST = "Place,Name,Nat,Time\n1,Ann Able,KEN,4:10.11\n2,Bea Best,USA,4:11.22\n3,Cay Cole,GBR,4:12.33\n"
_LIF = '12,1,1,Men Mile,,,,,,1609.344\n1,204,5,Example,Aaron,KEN,3:47.121,,3:47.121,,"56.010 (56.010)"\n'
_EVIL = (
    "'; DROP TABLE results;--",
    '"; DROP TABLE results;--',
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "=HYPERLINK(1)",
    "@SUM(A1)",
    "+1+1",
    "-1",
    "{batch}",
    "${jndi:x}",
    "$table",
    "%s%n",
    "\x1b[2J",
    "\u202egnirts",
    "\ufeff",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "null",
    "None",
    "../../etc/passwd",
    "a" * 5000,
    "a, b",
    "race_id=x athlete_id=y",
)
_NUMBERS: tuple[str, ...] = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-4:10.11",
    "-1",
    "0",
    "9" * 400,
    "1" * 5000,
    "4:10.11e5",
    "0x1F",
)
_NUMBERS += ("٣:٤٥", "4:10:11:12", "::", ".", "4:", "4:10.", "4:10.1234", "1e3", "--", "inf", "1_000", "4 10", "")


def _cells() -> Iterator[tuple[str, bytes]]:
    """A strange text in each column of a list."""
    rows = [line.split(",") for line in _LIST.splitlines()]
    strange = {"Place": _NUMBERS, "Name": _EVIL, "Nat": _EVIL, "Time": _NUMBERS}
    for column, heading in enumerate(rows[0]):
        for number, text in enumerate(strange[heading]):
            changed = [list(row) for row in rows]
            changed[2][column] = '"' + text.replace('"', '""') + '"'
            yield f"cell {number} of {heading}.csv", _joined(changed)


def _headings() -> Iterator[tuple[str, bytes]]:
    for number, text in enumerate(_EVIL[::2]):
        yield f"heading {number}.csv", _LIST.replace("Nat", '"' + text.replace('"', '""') + '"').encode()


def _joined(rows: Sequence[Sequence[str]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in rows).encode()


def _texts() -> Iterator[tuple[str, bytes]]:
    data = _LIST.encode()
    yield from {
        "empty.csv": b"",
        "one byte.csv": b"\xff",
        "a mark alone.csv": b"\xef\xbb\xbf",
        "a mark of UTF-16 alone.csv": b"\xff\xfe",
        "an odd byte of UTF-16.csv": _LIST.encode("utf-16") + b"\x00",
        "half a pair of UTF-16.csv": _LIST.encode("utf-16") + b"\x00\xd8",
        "UTF-16 without a mark.csv": _LIST.encode("utf-16-le"),
        "UTF-32.csv": _LIST.encode("utf-32"),
        "newlines.csv": b"\n" * 1000,
        "commas.csv": b",,,\n" * 100,
        "headings alone.csv": b"Place,Name,Time\n",
        "headings without an end.csv": b"Place,Name,Time",
        "doubles.csv": b"Name,Time,Time\nAnn,4:10.11,4:10.12\n",
        "doubles of nothing.csv": b"Name,Time,,,\nAnn,4:10.11,,,\n",
        "NUL.csv": data.replace(b"Ann", b"An\x00n"),
        "NULs.csv": bytes(10_000),
        "an open quote.csv": data.replace(b"Ann", b'"Ann'),
        "an open quote and much behind it.csv": data.replace(b"Ann", b'"Ann') + b"x,y\n" * 100_000,
        "a quote within.csv": data.replace(b"Ann", b'An"n'),
        "quotes only.csv": b'"""""""\n' * 50,
        "a cell too many.csv": data.replace(b"4:10.11", b"4:10,11"),
        "a cell too few.csv": data.replace(b",USA,4:11.22", b""),
        "ten megabytes in a line.csv": data + b"4,Dot Dunn,FRA," + b"9" * 10_000_000 + b"\n",
        "ten megabytes of heading.csv": b"Name," + b"T" * 10_000_000 + b"\n",
        "a gzip.csv": gzip.compress(data, mtime=0),
        "a spreadsheet.csv": b"PK\x03\x04" + bytes(range(256)) * 10,
        "an old spreadsheet.csv": b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 10,
        "a page.csv": b"<!doctype html><html><body><table><tr><td>1</td></tr></table></body></html>\n",
        "a PDF.csv": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n",
        "a PNG.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        "ten thousand columns.csv": b",".join(b"c%d" % n for n in range(10_000)) + b"\n",
        "Latin-1.csv": _LIST.replace("Ann", "Añn").encode("latin-1"),
        "two encodings.csv": "Né,".encode() + "Né\n".encode("latin-1") + data,
        "carriage returns.csv": data.replace(b"\n", b"\r\r"),
        "results.csv": b",".join(c.encode() for c in bd.load("results").column_names) + b"\n" + b"x," * 10 + b"x\n",
        "splits.csv": b"Name,Distance,Time\nAnn,nowhere,never\n,-400,-1\nBea,1e999,1\n",
        "marks.csv": b"mark_id\n1\n",
        "claims.csv": b"claim_id,value\nx,y\n",
        "races.csv": b"race_id,points_scale\nx,1;2;x\n",
    }.items()


def _bytes() -> Iterator[tuple[str, bytes]]:
    """Noise, and a list with noise in it."""
    rng = random.Random(1500)
    for number in range(12):
        yield f"noise {number}.csv", rng.randbytes(rng.randrange(1, 3000))
        content = bytearray(_LIST.encode())
        for _ in range(rng.randrange(1, 6)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        yield f"a list with noise {number}.csv", bytes(content)


def _json() -> Iterator[tuple[str, bytes]]:
    row = '{"name": "Ann Able", "time": "4:10.11"}'
    yield from {
        "deep.json": b"[" * 100_000,
        "deep and closed.json": b"[" * 5000 + b"]" * 5000,
        "a deep cell.jsonl": b'{"name": "Ann", "time": ' + b"[" * 500 + b"]" * 500 + b"}",
        "mixed types.jsonl": b'{"name": "Ann", "time": 250.1}\n{"name": 7, "time": [1]}\n{"name": {"a": 1}, "time": null}\n',
        "NaN.jsonl": b'{"name": "Ann", "time": NaN}\n{"name": "Bea", "time": Infinity}\n{"name": "C", "time": -Infinity}\n',
        "a huge integer.jsonl": b'{"name": "Ann", "time_ms": ' + b"9" * 400 + b"}",
        "a huger integer.jsonl": b'{"name": "Ann", "time_ms": ' + b"9" * 5000 + b"}",
        "a negative time.jsonl": b'{"name": "Ann", "time_ms": -250110, "place": -1}',
        "a lone surrogate.jsonl": b'{"name": "Ann \\ud800", "time": "4:10.11"}',
        "a lone surrogate for a key.jsonl": b'{"name": "Ann", "time": "4:10.11", "\\udfff": 1}',
        "a NUL.jsonl": b'{"name": "A\\u0000nn", "time": "4:10.11"}',
        "a key twice.jsonl": b'{"name": "Ann", "time": "4:10.11", "time": "4:10.12"}',
        "no keys.jsonl": b"{}\n{}\n",
        "a number.json": b"7",
        "a text.json": b'"Ann"',
        "null.json": b"null",
        "nothing in a list.json": b"[]",
        "an object that is no row.json": b'{"results": [' + row.encode() + b"]}",
        "half.jsonl": row[:20].encode(),
        "a comma between lines.jsonl": f"{row},\n{row}\n".encode(),
        "bools.jsonl": b'{"name": true, "time": false, "place": true}',
        "results.jsonl": b'{"race_id": 1, "athlete_id": [], "nation": {}, "place": "x", "time_ms": 1.5}',
    }.items()


def _lynx() -> Iterator[tuple[str, bytes]]:
    cells = _LIF.split("\n")[1].split(",")
    yield from ((f"{n} columns.lif", f"{_LIF.splitlines()[0]}\n{','.join(cells[:n])}\n".encode()) for n in range(8))
    event = _LIF.splitlines()[0].split(",")
    yield from ((f"{n} columns of the event.lif", f"{','.join(event[:n])}\n1,2,3\n".encode()) for n in range(10))
    for number, text in enumerate(_NUMBERS):
        yield f"a strange time {number}.lif", _LIF.replace("3:47.121", '"' + text.replace('"', '""') + '"', 1).encode()
    yield "no distance.lif", _LIF.replace("1609.344", "far").encode()
    yield "a distance of nought.lif", _LIF.replace("1609.344", "0").encode()
    yield "a distance without end.lif", _LIF.replace("1609.344", "1e300").encode()
    yield "an odd place.lif", _LIF.replace("\n1,", "\nfirst,").encode()
    yield "an open quote.lif", _LIF.replace('010)"', "010)").encode()
    yield "splits that are none.lif", _LIF.replace("56.010 (56.010)", "a (b), (c), ,,1:65.0 (x)").encode()


def _parquet() -> Iterator[tuple[str, bytes]]:
    """The shipped results cut short, and with bits turned over."""
    content, rng = parquet_file("results").read_bytes(), random.Random(1609)
    for keep in (0, 1, 4, 8, 12, *(len(content) * n // 10 for n in range(1, 10)), len(content) - 1):
        yield f"cut to {keep}/results.parquet", content[:keep]
    for number in range(30):
        flipped = bytearray(content)
        for _ in range(rng.randrange(1, 4)):
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        yield f"bits {number}/results.parquet", bytes(flipped)


def _types() -> Iterator[tuple[str, bytes]]:
    """Parquet of types that no list of results has."""
    columns: dict[str, pa.Array[Any]] = {
        "binary": pa.array([b"\xff\xfe"], pa.binary()),
        "a struct": pa.array([{"a": 1}]),
        "a map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64())),
        "lists of lists": pa.array([[[1.0]]]),
        "decimals": pa.array(["1.10"], pa.string()).cast(pa.decimal128(10, 2)),
        "an unsigned": pa.array([2**64 - 1], pa.uint64()),
        "floats that are none": pa.array([float("nan")]),
        "a float without end": pa.array([float("inf")]),
        "durations": pa.array([225_340], pa.duration("ms")),
        "a long duration": pa.array([2**62], pa.duration("ms")),
        "times of day": pa.array([225_340], pa.time32("ms")),
        "timestamps": pa.array([2**62], pa.timestamp("ns")),
        "days far away": pa.array([2**31 - 1], pa.date32()),
        "halves": pa.array([1.5], pa.float32()).cast(pa.float16()),
        "a dictionary": pa.array(["4:10.11"]).dictionary_encode(),
        "nothing": pa.nulls(1),
        "flags": pa.array([True]),
    }
    for name, column in columns.items():
        yield f"times as {name}.parquet", _file(pa.table({"name": ["Ann Able"], "time": column}))
        yield f"names as {name}.parquet", _file(pa.table({"name": column, "time": ["4:10.11"]}))
        ours = bd.load("results").slice(0, 1)
        place = ours.column_names.index("time_ms")
        yield f"ours as {name}/results.parquet", _file(ours.set_column(place, "time_ms", column))
    yield "no columns.parquet", _file(pa.table({}))
    yield "no rows/results.parquet", _file(bd.load("results").slice(0, 0))
    yield "no rows.parquet", _file(pa.table({"name": pa.array([], pa.string()), "time": pa.array([], pa.string())}))


def _file(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _arrow() -> Iterator[tuple[str, bytes]]:
    sink, rng = io.BytesIO(), random.Random(400)
    with pa.ipc.new_file(sink, bd.load("results").schema) as writer:
        writer.write_table(bd.load("results"))
    content = sink.getvalue()
    for keep in (6, 8, 100, len(content) // 2, len(content) - 8):
        yield f"cut to {keep}/results.arrow", content[:keep]
    for number in range(30):
        flipped = bytearray(content)
        for _ in range(rng.randrange(1, 6)):
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        yield f"bits {number}/results.arrow", bytes(flipped)
    yield "a stream of nothing.arrows", b"\xff\xff\xff\xff\x00\x00\x00\x00"


GARBAGE: dict[str, bytes] = {
    name: content
    for kind in (_cells, _headings, _texts, _bytes, _json, _lynx, _parquet, _types, _arrow)
    for name, content in kind()
}

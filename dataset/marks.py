"""Marks: times as people write them, read into whole milliseconds and written back.

The grammar is `time suffix*`, where time is `[[h:]mm:]ss[.fff]`, then record codes after a space.
Decimals carry meaning (1 by hand, 2 automatic, 3 raw), so they are kept. What is read leniently
leaves a note; what could mean two things is refused. No floats: `ceil(x * 100)` is wrong for 1,722
of the 30,000 hundredths between 100 and 400 s.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

__all__ = ["Mark", "MarkError", "Result", "format_mark", "parse_mark", "parse_result"]

_SUFFIXES = {
    "ht": "hand",
    "h": "hand",
    "+": "en_route",
    "i": "indoor",
    "A": "altitude",
    "OT": "oversized_track",
    "e": "estimated",
    "#": "#",
    "X": "X",
    "Q": "qualified",
    "q": "qualified",
}
_SUFFIX = re.compile("|".join(map(re.escape, _SUFFIXES)))
_NOTES = {
    "decimal_comma": "a comma for the point",
    "dot_minutes": "a point between minutes and seconds",
    "primes": "primes for colon and point",
    "hyphen": "a hyphen between minutes and seconds",
    "seconds_only": "seconds alone, a minute or more of them",
    "zero_hours": "nought hours, as a spreadsheet writes them",
    "leading_zero": "a leading nought",
    "whole_seconds": "whole seconds: a road or a rounded time",
    "day_fraction": "a fraction of a day, as a spreadsheet keeps a time",
    "hand_implied": "one decimal: timed by hand, or a nought lost",
    "odd_characters": "characters that look like digits, colons or spaces",
}
# Each lenient spelling, what it becomes, and its flags; a spelling fits one of them at most.
_SPELLINGS = (
    (re.compile(r"((?:[0-9]+:)?[0-9]+:[0-9]{2}),([0-9]{1,3})"), r"\1.\2", ("decimal_comma",)),
    (re.compile(r"([0-9]+)\.([0-9]{2}),([0-9]{1,3})"), r"\1:\2.\3", ("decimal_comma", "dot_minutes")),
    (re.compile(r"([0-9]+),([0-9]{1,3})"), r"\1.\2", ("decimal_comma",)),
    (re.compile(r"([0-9]+)\.([0-9]{2})\.([0-9]{1,3})"), r"\1:\2.\3", ("dot_minutes",)),
    (re.compile(r"([0-9]+)'([0-9]{2})(?:\"|'')([0-9]{1,3})"), r"\1:\2.\3", ("primes",)),
    (re.compile(r"([0-9]+)(?:\"|'')([0-9]{1,3})"), r"\1.\2", ("primes",)),
    (re.compile(r"([0-9]+)-([0-9]{2}\.[0-9]{1,3})"), r"\1:\2", ("hyphen",)),
)
_PRIMES = str.maketrans({"\u2032": "'", "\u2019": "'", "\u201d": '"', "\u2033": '"'})
_COLONS = str.maketrans({"\u2236": ":", "\ua789": ":"})
_TIME = re.compile(r"(?:(?:([0-9]{1,2}):)?([0-9]{1,2}):)?([0-9]{1,5})(?:\.([0-9]{1,3}))?")
_PARTS = re.compile(rf"([0-9][0-9:.,'\"-]*?)((?:{_SUFFIX.pattern})*)")
# Eight decimals of a day are a millisecond; with fewer nobody can tell the hundredth.
_DAY_FRACTION = re.compile(r"0[.,]([0-9]{8,20})")
_DAY_MS = 86_400_000
_BRACKET = re.compile(r"\(\.([0-9]{3})\)")
_CODE = re.compile(r"=?[A-Z]{2}[A-Z0-9]*")
_QUALIFIED = frozenset({"Q", "q", "qR", "qJ", "qD"})

_STATUSES = {
    "DNF": "DNF",
    "DNS": "DNS",
    "DQ": "DQ",
    "DSQ": "DQ",
    "DISQ": "DQ",
    "DISQUALIFIED": "DQ",
    "FS": "DQ",
    "SCR": "DNS",
    "R": "DNF",
    "RET": "DNF",
    "AB": "DNF",
    "ABD": "DNF",
    "RIT": "DNF",
    "AUFG": "DNF",
    "ABANDON": "DNF",
    "ABANDONO": "DNF",
    "RETIRED": "DNF",
    "ABSENT": "DNS",
    "SCRATCHED": "DNS",
    "WITHDRAWN": "DNS",
    "NP": "DNS",
    "\u2013": "DNF",
    "\u2014": "DNF",
    "-": "DNF",
    "NT": "NT",
    "DID NOT FINISH": "DNF",
    "DID NOT START": "DNS",
    "NO TIME": "NT",
}
_PLAIN_STATUSES = frozenset({"DNF", "DNS", "DQ", "NT"})


class MarkError(ValueError):
    """A text that is no mark, or could be two; `expected` says what would be one."""

    def __init__(self, text: str, expected: str) -> None:
        """Say what was got and what was expected."""
        super().__init__(f"mark: got {text!r}, expected {expected}")
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Mark:
    """A time: whole milliseconds and the decimals of a second to which it was given.

    `flags` tell what was written beside it (hand, indoor, en_route, ...) and which lenient spelling
    it had; `codes` are the record codes after it.
    """

    time_ms: int
    decimals: int
    flags: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was read leniently, a phrase each."""
        return tuple(self.noted().values())

    def noted(self) -> dict[str, str]:
        """The flags of lenient spellings, each with its phrase."""
        return {flag: _NOTES[flag] for flag in self.flags if flag in _NOTES}

    def official(self) -> Mark:
        """The mark as a result: thousandths rounded up to the next hundredth (TR19.23)."""
        if self.decimals < 3:
            return self
        return replace(self, time_ms=-(-self.time_ms // 10) * 10, decimals=2)


@dataclass(frozen=True, slots=True)
class Result:
    """What a result cell says: a status, with a mark where it is OK.

    `status` is OK, DNF, DQ, DNS or NT (placed, not timed); `rule` is the rule or the reason beside a status.
    """

    status: str
    mark: Mark | None = None
    rule: str | None = None
    notes: tuple[str, ...] = ()


def format_mark(time_ms: int, decimals: int) -> str:
    """Write a time as a person does, to so many decimals, the rest cut off.

    >>> format_mark(225340, 2), format_mark(55910, 2), format_mark(7451000, 0)
    ('3:45.34', '55.91', '2:04:11')
    """
    if time_ms < 0 or not 0 <= decimals <= 3:
        raise MarkError(f"{time_ms} ms to {decimals} decimals", "0 ms or more, to 0, 1, 2 or 3 decimals")
    seconds, ms = divmod(time_ms, 1000)
    point = f".{ms:03d}"[: decimals + 1] if decimals else ""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{seconds:02d}{point}"
    return f"{minutes}:{seconds:02d}{point}" if minutes else f"{seconds}{point}"


def parse_mark(text: str, *, road: bool = False) -> Mark:
    """Read a mark; MarkError where the text is none, or could be two.

    `road` allows `2:04:11`, which on the track could be a slip for `2:04.11`.

    >>> parse_mark("3:45.34 NR").time_ms, parse_mark("3:52.7h").flags
    (225340, ('hand',))
    """
    plain, odd = _plain(text)
    words = plain.split()
    parts = _PARTS.fullmatch(words[0]) if words else None
    if parts is None:
        raise MarkError(text, "a time such as 3:45.34")
    mark = _time(parts[1], text, road)
    flags = (*mark.flags, *_suffix_flags(parts[2], mark, text), *odd)
    return _with_words(replace(mark, flags=_tidy(flags)), words[1:], text)


def parse_result(text: str, *, road: bool = False) -> Result | None:
    """Read a mark or a status; None where the text is blank.

    >>> parse_result("DQ TR17.3.1")
    Result(status='DQ', mark=None, rule='TR17.3.1', notes=())
    """
    plain, _ = _plain(text)
    if not plain:
        return None
    if plain.upper() in ("DID NOT FINISH", "DID NOT START", "NO TIME"):
        return _status(plain.upper(), None)
    word, _, rest = plain.partition(" ")
    folded = word.rstrip(".").upper() or word
    bracketed = rest.startswith("(") and rest.endswith(")")
    if folded in _STATUSES and (not rest or bracketed or _STATUSES[folded] == "DQ"):
        return _status(folded, rest.strip("() ") or None)
    mark = parse_mark(text, road=road)
    return Result("OK", mark, notes=mark.notes)


def _status(word: str, rule: str | None) -> Result:
    status = _STATUSES[word]
    notes = () if word in _PLAIN_STATUSES else (f"{word} for {status}",)
    return Result(status, None, rule, notes)


def _plain(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with look-alikes made plain, and a flag where there were some inside it."""
    stripped = text.strip().translate(_PRIMES)
    folded = unicodedata.normalize("NFKC", stripped.translate(_COLONS)).strip()
    return re.sub(r"\s+", " ", folded), () if folded == stripped else ("odd_characters",)


def _time(body: str, text: str, road: bool) -> Mark:
    if day := _DAY_FRACTION.fullmatch(body):
        return _of_day(day[1], text)
    canonical, flags = _respelled(body)
    found = _TIME.fullmatch(canonical)
    if found is None:
        raise MarkError(text, "a time such as 3:45.34")
    hours, minutes, seconds, fraction = found.groups()
    _check_digits(hours, minutes, seconds, text)
    if hours and int(hours) and not fraction and not road:
        raise MarkError(
            text, "one colon and a point; two are read as hours where the discipline is a marathon or a half"
        )
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    time_ms = whole * 1000 + int((fraction or "").ljust(3, "0"))
    if time_ms == 0:
        raise MarkError(text, "a time above nought")
    return Mark(time_ms, len(fraction or ""), (*flags, *_leniencies(hours, minutes, seconds, fraction)))


def _of_day(digits: str, text: str) -> Mark:
    """A time of which a spreadsheet shows the number behind it, to the hundredth where it lies within 1 ms of one."""
    unit = 10 ** len(digits)
    exact = (2 * int(digits) * _DAY_MS + unit) // (2 * unit)
    hundredth = (exact + 5) // 10 * 10
    time_ms = hundredth if abs(exact - hundredth) <= 1 else exact
    if time_ms == 0:
        raise MarkError(text, "a time above nought")
    return Mark(time_ms, 3 if time_ms % 10 else 2, ("day_fraction",))


def _respelled(body: str) -> tuple[str, tuple[str, ...]]:
    for spelling, canonical, flags in _SPELLINGS:
        if spelling.fullmatch(body):
            return spelling.sub(canonical, body), flags
    return body, ()


def _check_digits(hours: str | None, minutes: str | None, seconds: str, text: str) -> None:
    if minutes is not None and len(seconds) != 2:
        raise MarkError(text, "two digits for the seconds")
    if hours is not None and len(minutes or "") != 2:
        raise MarkError(text, "two digits for the minutes")
    if minutes is not None and (int(seconds) > 59 or int(minutes) > 59):
        raise MarkError(text, "minutes and seconds below 60")


def _leniencies(hours: str | None, minutes: str | None, seconds: str, fraction: str | None) -> tuple[str, ...]:
    nought = hours is None and (minutes or seconds).startswith("0") and len(minutes or seconds) > 1
    found = {
        "zero_hours": hours is not None and int(hours) == 0,
        "leading_zero": nought or minutes == "0",
        "seconds_only": minutes is None and int(seconds) > 59,
        "hand_implied": minutes is not None and len(fraction or "") == 1,
        "whole_seconds": fraction is None,
    }
    return tuple(flag for flag, holds in found.items() if holds)


def _suffix_flags(suffixes: str, mark: Mark, text: str) -> tuple[str, ...]:
    flags = tuple(_SUFFIXES[found] for found in _SUFFIX.findall(suffixes))
    if "hand" in flags and mark.decimals > 1:
        raise MarkError(text, "at most one decimal in a time taken by hand")
    return flags


def _tidy(flags: tuple[str, ...]) -> tuple[str, ...]:
    """Each flag once; a time that says it was taken by hand implies nothing."""
    return tuple(dict.fromkeys(f for f in flags if not (f == "hand_implied" and "hand" in flags)))


def _with_words(mark: Mark, words: list[str], text: str) -> Mark:
    for word in words:
        if bracket := _BRACKET.fullmatch(word):
            mark = _bracketed(mark, int(bracket[1]), text)
        elif word in _QUALIFIED:
            mark = replace(mark, flags=(*mark.flags, "qualified"))
        elif _CODE.fullmatch(word):
            mark = replace(mark, codes=(*mark.codes, word))
        else:
            raise MarkError(text, f"a record code, not {word!r}, after the time")
    return mark


def _bracketed(mark: Mark, thousandths: int, text: str) -> Mark:
    """Thousandths in brackets, printed to part two men, round up to the printed hundredth."""
    printed = mark.time_ms % 1000
    if mark.decimals != 2 or -(-thousandths // 10) * 10 not in (printed, printed + 1000):
        raise MarkError(text, "thousandths in brackets that round up to the printed hundredth")
    return replace(mark, flags=(*mark.flags, "thousandths_in_brackets"))

"""Bad cases of quotes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tests.cases.case import Case, Wrong, case, quote_of, setting, shipped, unread
from tests.lawful import GAZETTE, HERALD, LAWFUL, claimed
from tests.provenance import with_digest
from tests.tables import Tables, add, change, find

__all__ = ["QUOTES"]

_Q1, _Q2 = quote_of(GAZETTE, 1), quote_of(GAZETTE, 2)
_PODCAST, _RETOLD = quote_of(HERALD, 1), quote_of(HERALD, 2)


def _wrong(key: str, column: str, value: str | None, expected: str | None) -> Wrong:
    return Wrong("quotes", key, column, value, expected)


def _at(key: str, column: str) -> int:
    return int(find(LAWFUL, "quotes", key)[column])


def _moved(key: str, start: int, end: int) -> Callable[[Tables], Tables]:
    return lambda tables: unread(change(tables, "quotes", key, start_char=start, end_char=end))


def _inside_the_first(tables: Tables) -> Tables:
    start = _at(_Q1, "start_char")
    for number, shift in enumerate((4, 20), start=3):
        row = find(tables, "quotes", _Q2) | {"quote_id": f"{GAZETTE}-q{number:02}", "text": "one"}
        tables = add(tables, "quotes", **row | {"start_char": start + shift, "end_char": start + shift + 3})
    return unread(tables)


def _spoken_by(tables: Tables, **cells: object) -> Tables:
    return claimed(change(tables, "quotes", _Q2, speaker_id="lorn-adair", **cells))


_UNCLEAN = [
    ("opens with the quotation mark", "“Quiet legs", "no quotation mark around it"),
    ("ends with the quotation mark", 'Quiet legs"', "no quotation mark around it"),
    ("ends with an angle mark", "Quiet legs»", "no quotation mark around it"),
    ("opens with a low mark", "„Quiet legs", "no quotation mark around it"),
    ("rings a bell", "Quiet\x07 legs", "no control characters"),
    ("runs over a line", "Quiet\nlegs", "no control characters"),
    ("has a control character of Latin-1", "Quiet\x85legs", "no control characters"),
    ("has a character that was lost", "Quiet l\N{REPLACEMENT CHARACTER}gs", "no garbled encoding"),
    ("has an accent read in another encoding", "Quiet lÃ©gs", "no garbled encoding"),
    ("has an apostrophe read in another encoding", "Itâ€™s quiet", "no garbled encoding"),
    ("has a space read in another encoding", "QuietÂ\N{NO-BREAK SPACE}legs", "no garbled encoding"),
]

_SPANS = [
    case(
        "a quote is credited to nobody known",
        "quote-has-a-speaker",
        setting("quotes", _PODCAST, speaker_id="nobody-known"),
        _wrong(_PODCAST, "speaker_id", "nobody-known", "one of athletes.athlete_id"),
    ),
    case(
        "a passage is shorter than its offsets",
        "quote-span-matches",
        _moved(_RETOLD, _at(_RETOLD, "start_char"), _at(_RETOLD, "end_char") + 1),
        _wrong(_RETOLD, "end_char", str(_at(_RETOLD, "end_char") + 1), str(_at(_RETOLD, "end_char"))),
    ),
    case(
        "two passages overlap",
        "quote-span-matches",
        _moved(_Q2, _at(_Q1, "end_char") - 1, _at(_Q1, "end_char") - 1 + _at(_Q2, "end_char") - _at(_Q2, "start_char")),
        _wrong(_Q2, "start_char", str(_at(_Q1, "end_char") - 1), f"at least {_at(_Q1, 'end_char')}"),
    ),
    case(
        "two passages lie inside a third",
        "quote-span-matches",
        _inside_the_first,
        *(
            _wrong(
                f"quote_id={GAZETTE}-q{number:02}",
                "start_char",
                str(_at(_Q1, "start_char") + shift),
                f"at least {_at(_Q1, 'end_char')}",
            )
            for number, shift in ((3, 4), (4, 20))
        ),
    ),
]

_TEXT = [
    *[
        case(
            f"a passage {name}",
            "clean-text",
            setting("quotes", _PODCAST, text=text),
            _wrong(_PODCAST, "text", text, why),
        )
        for name, text, why in _UNCLEAN
    ],
    case(
        "a passage is unclean in two ways",
        "clean-text",
        setting("quotes", _PODCAST, text="«Quiet lÃ©gs»"),
        _wrong(_PODCAST, "text", "«Quiet lÃ©gs»", "no garbled encoding"),
        _wrong(_PODCAST, "text", "«Quiet lÃ©gs»", "no quotation mark around it"),
    ),
]

_DAYS: list[Case] = [
    case(
        "a remark was published before it was made",
        "said-before-published",
        setting("quotes", _RETOLD, said_on=dt.date(2022, 6, 6)),
        _wrong(_RETOLD, "said_on", "2022-06-06", "at most 2022-06-05"),
    ),
    case(
        "a remark in the mixed zone has no day",
        "said-on-where-dated",
        setting("quotes", _RETOLD, said_on=None),
        _wrong(_RETOLD, "said_on", None, "a day"),
    ),
    case(
        "a remark in a podcast has a day",
        "said-on-where-dated",
        setting("quotes", _PODCAST, said_on=dt.date(2022, 6, 1)),
        _wrong(_PODCAST, "said_on", "2022-06-01", "null"),
    ),
    case(
        "an utterance has two speakers",
        "one-speaker-per-utterance",
        lambda t: _spoken_by(t, saying_id="adair-none-short"),
        _wrong(_Q1, "speaker_id", "abel-thorn", f"one speaker in {GAZETTE}-u01"),
        _wrong(_Q2, "speaker_id", "lorn-adair", f"one speaker in {GAZETTE}-u01"),
    ),
    case(
        "a remark has another speaker in another transcript",
        "one-speaker-per-utterance",
        setting("quotes", _RETOLD, speaker_id="lorn-adair"),
        _wrong(_Q1, "speaker_id", "abel-thorn", "one speaker in thorn-every-step"),
        _wrong(_Q2, "speaker_id", "abel-thorn", "one speaker in thorn-every-step"),
        _wrong(_RETOLD, "speaker_id", "lorn-adair", "one speaker in thorn-every-step"),
    ),
]


def _renamed(name: str, to: str, **cells: object) -> Case:
    """The first passage with other cells, under the id that stays or one that is none of ours."""
    row = find(LAWFUL, "quotes", _Q1)
    wanted = with_digest("quotes", row | {"quote_id": to.rpartition("-")[0] or to} | cells)["quote_id"]
    changed = lambda tables: unread(change(tables, "quotes", _Q1, quote_id=to, **cells))
    return shipped(case(name, "id-follows-row", changed, _wrong(f"quote_id={to}", "quote_id", to, wanted)))


_ID = _Q1.removeprefix("quote_id=")
_IDS = [
    _renamed("a word of a quote changes and its id does not", _ID, text="I’d counted every step, été comme hivers"),
    _renamed("a quote's delimiters change and its id does not", _ID, marks="single"),
    _renamed("a quote's id is a name alone", "step"),
    _renamed("a quote's id has another name", f"{HERALD}-q09-{_ID.rpartition('-')[2]}"),
]

QUOTES = [*_SPANS, *_TEXT, *_DAYS, *_IDS]

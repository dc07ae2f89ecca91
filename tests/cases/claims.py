"""Bad cases of claims: what nobody states, and what is not where it is said to stand."""

from __future__ import annotations

from tests.cases.case import Case, Wrong, case, claim_of, quote_of, reclaim, result, unclaim, unread
from tests.lawful import ALDER, BIRCH, CEDAR, GAZETTE, HERALD, LAWFUL
from tests.tables import Tables, change, find, row_key, rows_of

__all__ = ["CLAIMS"]

_ABEL, _EMIL, _FESTUS = (result(man) for man in ("abel-thorn", "emil-horn", "festus-oyar"))
_INES, _JOLENE = result("ines-calder", BIRCH), result("jolene-park", BIRCH)
_EMILS_MARK, _DARIOS_MARK = "mark_id=emil-horn-1500m-2018", "mark_id=dario-lunt-mile-2021-elm"
_AT_1500 = f"race_id={ALDER} from_m=0 to_m=1500 basis=athlete athlete_id=bruno-falk"
_LAP = f"race_id={BIRCH} from_m=400 to_m=800 basis=leader"
_FROM_START = f"race_id={BIRCH} from_m=0 to_m=400 basis=leader"


def _unclaimed(about: str, key: str, field: str, value: str, row: str | None = None) -> Case:
    changed = unclaim(about, key, field, value)
    wrong = Wrong(about, row or key, field, value, "a claim")
    return case(f"nobody states the {field} of {key}", "every-value-claimed", changed, wrong)


def _only_coarser(tables: Tables) -> Tables:
    key = claim_of("results", _JOLENE, "mark", "4:07.0")
    return unread(reclaim(tables, key, value="4:07", printed="4:07.0")[0])


_CLAIMED = [
    _unclaimed("results", _INES, "place", "2"),
    _unclaimed("results", _INES, "nation", "POR"),
    _unclaimed("results", _INES, "mark", "4:05.9"),
    _unclaimed("results", _JOLENE, "codes", "=SB"),
    _unclaimed("results", _EMIL, "points", "4"),
    _unclaimed("results", _FESTUS, "role", "pacemaker"),
    _unclaimed("results", _FESTUS, "status", "DNF"),
    _unclaimed("splits", _AT_1500, "mark", "3:35.10"),
    _unclaimed("splits", _LAP, "mark", "1:06.3", f"{_LAP} athlete_id=hana-brook"),
    _unclaimed("splits", _FROM_START, "athlete_id", "hana-brook", f"{_FROM_START} athlete_id=hana-brook"),
    _unclaimed("marks", _DARIOS_MARK, "year", "2021"),
    _unclaimed("marks", _DARIOS_MARK, "venue", "Elm Road"),
    _unclaimed("marks", "mark_id=bruno-falk-mile-indoor-2020", "codes", "=PB"),
    case(
        "a mark is stated only more coarsely",
        "every-value-claimed",
        _only_coarser,
        Wrong("results", _JOLENE, "mark", "4:07.0", "a claim"),
    ),
]

_NULLS = [
    case(
        "a stated venue is left out",
        "null-where-unclaimed",
        lambda t: change(t, "marks", _DARIOS_MARK, venue=None),
        Wrong("marks", _DARIOS_MARK, "venue", None, "Elm Road"),
        beside=("verdicts-recompute",),
    ),
    case(
        "a stated author is left out",
        "null-where-unclaimed",
        lambda t: change(t, "sources", f"source_id={GAZETTE}", author=None),
        Wrong("sources", f"source_id={GAZETTE}", "author", None, "Ora Quill"),
        beside=("verdicts-recompute",),
    ),
    case(
        "an author is nowhere stated",
        "null-where-unclaimed",
        lambda t: change(t, "sources", f"source_id={HERALD}", author="Nib Penn"),
        Wrong("sources", f"source_id={HERALD}", "author", "Nib Penn", "a claim"),
    ),
    case(
        "a day of publication is nowhere stated",
        "null-where-unclaimed",
        unclaim("sources", f"source_id={HERALD}", "published_on", "2022-06-05"),
        Wrong("sources", f"source_id={HERALD}", "published_on", "2022-06-05", "a claim"),
    ),
]

_CREDIT = [
    case(
        "no words credit a speaker",
        "quote-credited",
        unclaim("quotes", f"utterance_id={HERALD}-u01", "speaker_id", "lorn-adair"),
        Wrong("quotes", quote_of(HERALD, 1), "speaker_id", "lorn-adair", "a claim that credits this speaker"),
    ),
    case(
        "no words credit the speaker of two passages",
        "quote-credited",
        unclaim("quotes", f"utterance_id={GAZETTE}-u01", "speaker_id", "abel-thorn"),
        *(
            Wrong("quotes", quote_of(GAZETTE, n), "speaker_id", "abel-thorn", "a claim that credits this speaker")
            for n in (1, 2)
        ),
    ),
]


def _offset(name: str, claim: str, column: str, to: int | None, value: str | None, expected: str) -> Case:
    new = reclaim(LAWFUL, claim, **{column: to})[1]
    changed = lambda tables: unread(reclaim(tables, claim, **{column: to})[0])
    return case(name, "offsets-need-a-document", changed, Wrong("claims", new, column, value, expected))


_BY_ADDRESS = claim_of("results", result("bruno-falk", CEDAR), "mark", "3:49.87")
_READ = claim_of("results", _INES, "place", "2")
_READ_AT = find(LAWFUL, "claims", _READ)
_LAST = max((c for c in rows_of(LAWFUL, "claims") if c["source_id"] == HERALD), key=lambda c: int(c["line"]))
_LAST_KEY = row_key("claims", _LAST)
_BAD_ID = f"{HERALD}-0000000000"

_OFFSETS = [
    _offset("a claim of a source not read has a line", _BY_ADDRESS, "line", 1, "1", "null"),
    _offset("a claim of a source not read has a beginning", _BY_ADDRESS, "start_char", 10, "10", "null"),
    _offset("a claim of a source not read has an end", _BY_ADDRESS, "end_char", 10, "10", "null"),
    _offset("a claim of a document has no line", _READ, "line", None, None, "a value"),
    _offset("a claim of a document has no beginning", _LAST_KEY, "start_char", None, None, "a value"),
    _offset("a claim of a document has no end", _READ, "end_char", None, None, "a value"),
    _offset(
        "printed words are shorter than their offsets",
        *(_READ, "end_char", _READ_AT["end_char"] + 1, str(_READ_AT["end_char"] + 1), str(_READ_AT["end_char"])),
    ),
    _offset("a line is above that of earlier words", _READ, "line", 1, "1", f"at least {_READ_AT['line'] - 1}"),
    case(
        "a claim's id is another's",
        "claim-id-follows-claim",
        lambda t: change(t, "claims", _READ, claim_id=_BAD_ID),
        Wrong("claims", f"claim_id={_BAD_ID}", "claim_id", _BAD_ID, _READ.removeprefix("claim_id=")),
    ),
    case(
        "a claim's value changes and its id does not",
        "claim-id-follows-claim",
        lambda t: change(t, "claims", _BY_ADDRESS, part="prose"),
        Wrong(
            *("claims", _BY_ADDRESS, "claim_id", _BY_ADDRESS.removeprefix("claim_id=")),
            reclaim(LAWFUL, _BY_ADDRESS, part="prose")[1].removeprefix("claim_id="),
        ),
    ),
]


def _misread(name: str, claim: str, column: str, to: object, value: str, expected: str) -> Case:
    new = reclaim(LAWFUL, claim, **{column: to})[1]
    changed = lambda tables: reclaim(tables, claim, **{column: to})[0]
    return case(name, "spans-resolve", changed, Wrong("claims", new, column, value, expected))


_HASH = find(LAWFUL, "documents", f"source_id={HERALD}")["sha256"]
_RESOLVE = [
    case(
        "a document is another than the one that was read",
        "spans-resolve",
        lambda t: change(t, "sources", f"source_id={HERALD}", sha256="0" * 64),
        Wrong("sources", f"source_id={HERALD}", "sha256", "0" * 64, _HASH),
    ),
    _misread("printed words are not the document's", _READ, "printed", "7", "7", "2"),
    _misread(
        "a line is one too many", _LAST_KEY, "line", _LAST["line"] + 1, str(_LAST["line"] + 1), str(_LAST["line"])
    ),
    case(
        "a quoted word is not the document's",
        "spans-resolve",
        lambda t: change(t, "quotes", quote_of(HERALD, 1), text="Quiet legs win proud race."),
        Wrong(*("quotes", quote_of(HERALD, 1), "text"), "Quiet legs win proud race.", "Quiet legs win loud races."),
    ),
]


CLAIMS = [*_CLAIMED, *_NULLS, *_CREDIT, *_OFFSETS, *_RESOLVE]

"""The grammar of marks: what is read, how leniently, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bowerman_data.marks import MarkError, format_mark, parse_mark, parse_result

READ = [
    # text, milliseconds as given, decimals, flags
    ("3:45.34", 225340, 2, ()),
    ("3:45.3h", 225300, 1, ("hand",)),
    ("3:45.3", 225300, 1, ("hand_implied",)),
    ("2:50.70", 170700, 2, ()),
    ("53.2", 53200, 1, ()),
    ("1:52.74", 112740, 2, ()),
    ("3:46.32+", 226320, 2, ("en_route",)),
    ("14:05.2", 845200, 1, ("hand_implied",)),
    ("3:45,34", 225340, 2, ("decimal_comma",)),
    ("3.45,34", 225340, 2, ("decimal_comma", "dot_minutes")),
    ("3.45.34", 225340, 2, ("dot_minutes",)),
    ("3'45\"34", 225340, 2, ("primes",)),
    ("3'45''34", 225340, 2, ("primes",)),
    ("3\u203245\u203334", 225340, 2, ("primes",)),
    ('48"95', 48950, 2, ("primes",)),
    ("4-05.3", 245300, 1, ("hyphen", "hand_implied")),
    ("225.34", 225340, 2, ("seconds_only",)),
    ("3:45.336", 225336, 3, ()),
    ("3:45.340", 225340, 3, ()),
    ("3:45.341", 225341, 3, ()),
    ("3:45.34 (.336)", 225340, 2, ("thousandths_in_brackets",)),
    ("3:46.00 (.996)", 226000, 2, ("thousandths_in_brackets",)),
    ("3:52.7h", 232700, 1, ("hand",)),
    ("3:52.7ht", 232700, 1, ("hand",)),
    ("3:45.34i", 225340, 2, ("indoor",)),
    ("3:45.34A", 225340, 2, ("altitude",)),
    ("3:45.34OT", 225340, 2, ("oversized_track",)),
    ("3:45.34 Q", 225340, 2, ("qualified",)),
    ("4:32.00Q", 272000, 2, ("qualified",)),
    ("4:33.1q", 273100, 1, ("hand_implied", "qualified")),
    ("0:03:45.34", 225340, 2, ("zero_hours",)),
    ("00:03:45,34", 225340, 2, ("decimal_comma", "zero_hours")),
    ("1:02:03,4", 3723400, 1, ("decimal_comma", "hand_implied")),
    ("03:45.34", 225340, 2, ("leading_zero",)),
    ("0:53.20", 53200, 2, ("leading_zero",)),
    ("3:45", 225000, 0, ("whole_seconds",)),
    ("  3:45.34\u00a0", 225340, 2, ()),
    ("3\uff1a45.34", 225340, 2, ("odd_characters",)),
    ("1:02:03.45", 3723450, 2, ()),
    ("0.002608101", 225340, 2, ("day_fraction",)),
    ("0,00260810185", 225340, 2, ("day_fraction",)),
    ("0.08621527778", 7449000, 2, ("day_fraction",)),
    ("0.00260814", 225343, 3, ("day_fraction",)),
]

REFUSED = [
    "2:04:11",
    "3:45:34",
    "3:65.34",
    "3:5.34",
    "3:52.74ht",
    "3:45.34w",
    "=3:45.34",
    "3:45.34 (.350)",
    "1f2",
    "1.",
    "-3:45",
    "0.00",
    "0.0026081",
    "0.00000000",
    "3:45.34 maybe",
    "\u0663:45.34",
    "3:45.34\x00",
    "",
]


@pytest.mark.parametrize(("text", "time_ms", "decimals", "flags"), READ)
def test_a_mark_is_read_as_written(text: str, time_ms: int, decimals: int, flags: tuple[str, ...]) -> None:
    mark = parse_mark(text)
    assert (mark.time_ms, mark.decimals, mark.flags) == (time_ms, decimals, flags)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_mark_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(MarkError, match="got"):
        parse_mark(text)


@pytest.mark.parametrize(("text", "official"), [("3:45.336", 225340), ("3:45.340", 225340), ("3:45.341", 225350)])
def test_thousandths_round_up_to_the_official_hundredth(text: str, official: int) -> None:
    mark = parse_mark(text).official()
    assert (mark.time_ms, mark.decimals) == (official, 2)


def test_a_hundredth_is_official_already() -> None:
    assert parse_mark("3:45.34").official() == parse_mark("3:45.34")


def test_record_codes_after_a_mark_are_split_off() -> None:
    assert parse_mark("3:45.34 NR =WL").codes == ("NR", "=WL")


def test_two_colons_are_hours_on_the_road() -> None:
    assert parse_mark("2:04:11", road=True).time_ms == 7_451_000


@pytest.mark.parametrize(
    ("text", "status", "rule", "notes"),
    [
        ("DNF", "DNF", None, 0),
        ("dns", "DNS", None, 0),
        ("DQ TR17.3.1", "DQ", "TR17.3.1", 0),
        ("DQ (R163.3a)", "DQ", "R163.3a", 0),
        ("DSQ", "DQ", None, 1),
        ("FS", "DQ", None, 1),
        ("SCR", "DNS", None, 1),
        ("\u2013", "DNF", None, 1),
        ("did not finish", "DNF", None, 1),
        ("NT", "NT", None, 0),
        ("no time", "NT", None, 1),
        ("DNF (injury)", "DNF", "injury", 0),
    ],
)
def test_a_status_is_read_with_its_rule(text: str, status: str, rule: str | None, notes: int) -> None:
    result = parse_result(text)
    assert result is not None
    assert (result.status, result.rule, result.mark, len(result.notes)) == (status, rule, None, notes)


def test_a_blank_cell_is_no_result() -> None:
    assert parse_result("\u00a0 ") is None


def test_an_unknown_word_is_refused_and_not_taken_for_a_dnf() -> None:
    with pytest.raises(MarkError, match="'NM'"):
        parse_result("NM")


def test_a_lenient_reading_says_what_was_lenient() -> None:
    assert parse_mark("3:45,34").notes == ("a comma for the point",)


units = st.sampled_from([(0, 1000), (1, 100), (2, 10), (3, 1)])


@given(st.integers(1, 86_399), units)
def test_a_formatted_mark_reads_back_as_itself(count: int, unit: tuple[int, int]) -> None:
    decimals, size = unit
    mark = parse_mark(format_mark(count * size, decimals), road=True)
    assert (mark.time_ms, mark.decimals) == (count * size, decimals)


@given(st.text(alphabet="0123456789:.,'\"h-+ =NR(\u00a0\u2033", max_size=14))
def test_any_text_is_a_mark_or_a_mark_error(text: str) -> None:
    try:
        mark = parse_mark(text)
    except MarkError:
        return
    assert mark.time_ms > 0


@given(st.integers(1, 86_399_999))
def test_an_official_time_is_never_faster_and_within_a_hundredth(time_ms: int) -> None:
    official = parse_mark(format_mark(time_ms, 3)).official()
    assert 0 <= official.time_ms - time_ms < 10


def test_a_negative_time_is_not_written() -> None:
    with pytest.raises(MarkError, match="-1"):
        format_mark(-1, 2)

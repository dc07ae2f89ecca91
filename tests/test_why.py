from __future__ import annotations

import dataclasses

import pytest

import bowerman_data as bd
from bowerman_data.errors import AmbiguousRow, NoSuchRow, UnknownColumn, UnknownName
from bowerman_data.schemas.tables import TABLES

KERR = "race_id=bowerman-mile-2024 athlete_id=josh-kerr"


def test_a_time_comes_with_its_ruling_and_every_claim() -> None:
    why = bd.why("results", "time_ms", race_id="bowerman-mile-2024", athlete_id="josh-kerr")
    claims = [row for row in bd.load("claims").to_pylist() if (row["key"], row["field"]) == (KERR, "mark")]
    assert (why.value, why.mark) == (225340, "3:45.34")
    assert sorted(claim.claim_id for claim in why.claims) == sorted(row["claim_id"] for row in claims)
    assert why.ruling is not None
    assert why.ruling.rejected == ("3:45.32", "3:45.36")
    assert [claim.value for claim in why.overruled] == ["3:45.32", "3:45.36"]


@pytest.mark.parametrize("field", ["time_ms", "decimals", "mark"])
def test_time_decimals_and_mark_are_stated_by_the_same_claims(field: str) -> None:
    why = bd.why("results", field, athlete_id="josh-kerr")
    assert why.claims == bd.why("results", "mark", athlete_id="josh-kerr").claims
    assert why.mark == "3:45.34"


def test_a_part_of_the_key_is_enough_where_it_leaves_one_row() -> None:
    assert bd.why("results", "time_ms", place=1, edition=2024).key == KERR


def test_a_claim_says_where_it_stands_and_who_published_it() -> None:
    claim = bd.why("results", "mark", athlete_id="josh-kerr").overruled[0]
    assert (claim.source.publisher, claim.part, claim.line, claim.printed) == (
        "Shoes and Spikes",
        "headline",
        3,
        "3:45.32",
    )
    assert claim.source.url.startswith("https://")
    assert claim.end_char is not None
    assert claim.start_char is not None
    assert claim.end_char - claim.start_char == len(claim.printed)


def test_a_null_time_tells_which_time_was_overruled() -> None:
    why = bd.why("results", "time_ms", athlete_id="hobbs-kessler", edition=2024)
    assert why.value is None
    assert [claim.value for claim in why.overruled] == ["3:48.66"]
    assert why.ruling is not None
    assert why.ruling.value is None


def test_a_lap_that_two_men_led_belongs_to_nobody_and_says_why() -> None:
    why = bd.why("splits", "athlete_id", race_id="bowerman-mile-2024", from_m=800, to_m=1200, basis="leader")
    assert why.value is None
    assert [claim.value for claim in why.overruled] == ["josh-kerr"]


@pytest.mark.parametrize("metres", [400, 400.0, "400", "400.0"])
def test_distances_may_be_numbers_or_text(metres: float | str) -> None:
    why = bd.why("splits", "athlete_id", from_m=metres, to_m=800, basis="leader")
    assert why.value == "abraham-alvarado"


def test_an_athletes_own_split_is_found_with_its_claims() -> None:
    why = bd.why("splits", "mark", to_m=1609.344, from_m=1209.344, athlete_id="josh-kerr", basis="athlete")
    assert why.value == "53.2"
    assert why.upheld


def test_a_passage_comes_with_who_is_credited_and_where_it_stands() -> None:
    quote = bd.load("quotes").to_pylist()[0]
    why = bd.why("quotes", "speaker_id", quote_id=quote["quote_id"])
    assert why.value == quote["speaker_id"]
    assert quote["speaker_id"] in [claim.value for claim in why.upheld]
    assert why.passages[0].text == quote["text"]


def test_a_passage_comes_with_the_other_transcripts_of_the_remark() -> None:
    quotes = bd.load("quotes").to_pylist()
    sayings = [quote["saying_id"] for quote in quotes]
    one = next(quote for quote in quotes if sayings.count(quote["saying_id"]) > 1)
    told = bd.why("quotes", "text", quote_id=one["quote_id"]).passages
    assert told[0].quote_id == one["quote_id"]
    assert {passage.quote_id for passage in told} == {
        q["quote_id"] for q in quotes if q["saying_id"] == one["saying_id"]
    }


def test_an_utterance_is_enough_where_all_its_passages_say_the_same() -> None:
    quote = bd.load("quotes").to_pylist()[0]
    assert bd.why("quotes", "speaker_id", utterance_id=quote["utterance_id"]).value == quote["speaker_id"]


def test_every_printed_spelling_of_a_name_is_a_claim_of_it() -> None:
    why = bd.why("athletes", "name", athlete_id="mario-garcia")
    assert why.value == "Mario Garc\u00eda"
    aliases = bd.why("athletes", "aliases", athlete_id="mario-garcia").value
    assert aliases == sorted({claim.printed for claim in why.claims})


@pytest.mark.parametrize(
    ("table", "field", "key", "value"),
    [
        ("marks", "year", {"mark_id": "steve-cram-mile-1985"}, 1985),
        ("races", "city", {"race_id": "bowerman-mile-2024"}, "Eugene"),
        ("athletes", "name", {"athlete_id": "josh-kerr"}, "Josh Kerr"),
    ],
)
def test_marks_races_and_athletes_have_their_claims(table: str, field: str, key: dict[str, str], value: object) -> None:
    why = bd.why(table, field, **key)
    assert why.value == value
    assert why.upheld


def test_the_day_of_a_source_has_the_words_that_tell_it() -> None:
    why = bd.why("sources", "published_on", source_id="shoesandspikes-2024-05-25-report")
    assert str(why.value) == "2024-05-25"
    assert [claim.printed for claim in why.upheld] == ["25th May 2024"]


def test_a_computed_fact_comes_with_its_claims() -> None:
    why = bd.why("check", "finishers-under", race_id="bowerman-mile-2024", under="3:49")
    assert why.value == "7"
    assert {claim.value for claim in why.upheld} == {"7"}


def test_a_fact_that_was_miscounted_comes_with_the_count_and_the_reason() -> None:
    why = bd.why("check", "starters", race_id="bowerman-mile-2024")
    assert why.value == "16"
    assert [claim.value for claim in why.overruled] == ["15"]
    assert why.ruling is not None


def test_what_nobody_can_tell_has_no_value_and_unsettled_claims() -> None:
    why = bd.why("check", "men-ever-faster", mark="3:45.60")
    assert why.value is None
    assert why.unsettled == why.claims != ()


def test_a_status_that_no_source_prints_says_how_it_came_about() -> None:
    why = bd.why("results", "status", athlete_id="josh-kerr")
    assert (why.claims, why.note) == ((), "OK is what a place and a time say; no source states it by itself.")


def test_upheld_claims_stand_before_overruled_ones_on_the_page() -> None:
    page = str(bd.why("results", "time_ms", athlete_id="josh-kerr"))
    assert page.startswith("results time_ms: 225340 (3:45.34)")
    assert page.index("Upheld (") < page.index("Overruled (") < page.index("Sources")
    assert '"3:45.32"' in page


def test_every_page_fits_a_terminal_but_for_addresses() -> None:
    for table, declared in TABLES.items():
        if table in ("claims", "rulings"):
            continue
        for row in bd.load(table).to_pylist():
            key = {name: row[name] for name in declared.key}
            for field in declared.columns:
                page = str(bd.why(table, field, **key))
                wide = [line for line in page.splitlines() if len(line) > 88 and "https://" not in line]
                assert wide[1:] == []


def test_the_answer_cannot_be_changed() -> None:
    why = bd.why("results", "place", athlete_id="josh-kerr")
    with pytest.raises(dataclasses.FrozenInstanceError):
        why.value = 2  # type: ignore[misc]


def test_several_rows_are_refused_and_listed() -> None:
    with pytest.raises(AmbiguousRow, match=r"results: 16 rows have race_id=bowerman-mile-2024; say which:\n  race_id="):
        bd.why("results", "time_ms", race_id="bowerman-mile-2024")


def test_a_row_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(NoSuchRow, match=r"results: no row has athlete_id=kerr; did you mean 'josh-kerr'\?"):
        bd.why("results", "time_ms", athlete_id="kerr")


def test_values_that_do_not_meet_in_one_row_are_answered_with_a_key() -> None:
    with pytest.raises(NoSuchRow, match=r"no row has place=2 athlete_id=josh-kerr; expected a key such as race_id="):
        bd.why("results", "time_ms", place=2, athlete_id="josh-kerr")


def test_names_that_do_not_exist_are_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="unknown table 'result'; did you mean 'results'"):
        bd.why("result", "time_ms")
    with pytest.raises(UnknownColumn, match="unknown column of results 'time'; did you mean 'time_ms'"):
        bd.why("results", "time")
    with pytest.raises(UnknownColumn, match="unknown column of results 'athlete'; did you mean 'athlete_id'"):
        bd.why("results", "time_ms", athlete="josh-kerr")
    with pytest.raises(UnknownColumn, match="unknown fact 'finisher-under'; did you mean 'finishers-under'"):
        bd.why("check", "finisher-under")

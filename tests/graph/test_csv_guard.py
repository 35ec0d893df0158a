"""Free text can't become a formula in a spreadsheet, and comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.csv_guard import guard, unguard


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\n＝＋－＠a1 ")) | st.text())
def test_guarded_text_comes_back_as_it_was(text):
    assert unguard(guard(text)) == text


@given(st.sampled_from("=+-@\t\r\n＝＋－＠"), st.text())
def test_no_cell_begins_like_a_formula_unless_it_is_a_phone_number(sign, rest):
    cell = guard(sign + rest)
    assert cell[0] == "'" or (cell[0] == "+" and cell[1:].isdecimal())


@pytest.mark.parametrize("text", ["", "plain", "x:123", "+447700900123", "a=b", "' quoted'"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert guard(text) == text


def test_a_plus_that_is_no_phone_number_is_guarded():
    assert guard("+447700900123 WhatsApp") == "'+447700900123 WhatsApp"
    assert guard("+1+cmd|' /C calc'!A0") == "'+1+cmd|' /C calc'!A0"
    assert guard("+447700900123\n") == "'+447700900123\n"

"""A status may be typed by its id or by the word lists show in Chinese."""

import pytest
import typer

from relieftool.commands.gaps import parse_status
from relieftool.eligibility.findings import STATUS_WORDS, format_status
from relieftool.messages import use_language


@pytest.mark.parametrize("status", list(STATUS_WORDS))
def test_every_status_is_read_by_its_id_and_by_its_chinese_word(status):
    use_language("zh")

    assert parse_status(status) == status
    assert parse_status(f" {format_status(status)} ") == status


def test_another_word_is_refused_with_those_there_are():
    with pytest.raises(typer.BadParameter, match="unclaimed 应享未享"):
        parse_status("应享")

"""Whoever sees names in full is in the access log, whatever the command; nobody else sees them."""

import pytest

from relieftool.store.access_log import list_accesses
from relieftool.store.database import open_register
from tests.support.own_files import ZHAO
from tests.support.ready_folders import fill_folder
from tests.support.small_street import open_small_cases

REVEALING = [
    ("gaps",),
    ("priority",),
    ("cases",),
    ("case", "C2024-0001"),
    ("show", "X-1"),
    ("explain", "X-1", "dibao"),
    ("what-if", "X-1", "--set", "household_income=+100"),
    ("match",),
    ("needs",),
    ("problems",),
    ("problems", "--out", "修改.xlsx"),
    ("form", "X-1", "--out", "表.xlsx"),
    ("refer", "C2024-0001", "--by", "王五"),
    ("letter", "C2024-0001", "--out", "信.docx"),
    ("pack", "diff", "shipped", "here"),
]


@pytest.fixture
def street(relief):
    return fill_folder(open_small_cases, relief)


def reveals(tmp_path):
    with open_register(tmp_path / "relief.db") as db:
        return [access.reason for access in list_accesses(db) if access.reason]


@pytest.mark.parametrize("line", REVEALING, ids=" ".join)
def test_a_reveal_is_in_the_access_log_once(street, tmp_path, line):
    result = street(*line, "--reveal", "--reason", "入户核查")

    assert result.exit_code in (0, 3), result.stderr
    assert reveals(tmp_path) == ["入户核查"]


@pytest.mark.parametrize("line", REVEALING, ids=" ".join)
def test_without_a_reveal_nobody_is_named_and_nothing_is_logged(street, tmp_path, line):
    result = street(*line)

    assert [word for word in ("赵大山", ZHAO) if word in result.stdout + result.stderr] == []
    assert reveals(tmp_path) == []


@pytest.mark.parametrize("command", ["gaps", "priority", "cases"])
def test_a_file_name_that_says_no_form_is_refused_before_the_register_is_opened(relief, command):
    result = relief(command, "--out", "x.pdf")

    assert "the ending" in result.stderr

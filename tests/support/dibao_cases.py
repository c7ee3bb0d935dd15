"""A street with a case of dibao, month by month."""

import json

import pytest

from tests.support.ready_folders import fill_folder
from tests.support.two_months import LI_ROW, declare_complete, household_list, roster


def answer(relief, *line):
    return json.loads(relief(*line, "--format", "json").stdout)


@pytest.fixture
def street(relief):
    """Return a register with one household owed dibao, and its case."""
    return fill_folder(_open_case, relief)


def _open_case(relief):
    declare_complete()
    household_list(10, LI_ROW)
    relief("import", "困难家庭10.csv", roster(10, ["1", "王五", "", "500"]))
    relief("gaps", "--open-cases", "--as-of", "2024-11-02")


def dibao_case(relief):
    cases = answer(relief, "cases")["cases"]
    return next(one["case"] for one in cases if one["programme"] == "dibao")

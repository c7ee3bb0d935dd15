"""An import is one transaction: rows, cases and fieldwork, or nothing of them."""

import datetime as dt

from relieftool.pack.value_overrides import OfficeValue
from relieftool.store.database import open_register, write
from relieftool.store.office_values import record_office_values
from tests.support.registers import empty_register, shipped_pack
from tests.support.two_months import LI_ROW, household_list


def value_that_fits_no_more(path):
    """Keep a value that the pack's parameter cannot have: following cases up refuses to go on."""
    value = OfficeValue.model_validate(
        {
            "parameter": "dibao_line",
            "value": "无",
            "from": dt.date(2024, 1, 1),
            "until": "open",
            "source": "通知",
            "confidence": "reported",
        }
    )
    with open_register(empty_register(path)) as db, write(db):
        record_office_values(db, shipped_pack(), [value], dt.date(2024, 12, 1))


def counts(path):
    with open_register(path) as db:
        tables = ("imports", "source_rows", "column_mappings", "case_entries")
        return [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_where_cases_cannot_be_followed_up_nothing_is_imported(relief, tmp_path):
    value_that_fits_no_more(tmp_path / "relief.db")
    household_list(11, LI_ROW)

    result = relief("import", "困难家庭11.csv", "--map", "机动车=-")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot be used with this pack" in result.stderr
    assert counts(tmp_path / "relief.db") == [0, 0, 0, 0]


def test_where_nothing_refuses_all_of_it_is_imported(relief, tmp_path):
    household_list(11, LI_ROW)

    result = relief("import", "困难家庭11.csv", "--map", "机动车=-")

    assert result.exit_code in (0, 3)
    assert counts(tmp_path / "relief.db")[:2] == [1, 2]  # the title is a row too

"""What other programs read: the same answers as the commands, in the form that is documented."""

import asyncio
import datetime as dt
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from datasette.app import Datasette
from pydantic import ValidationError

import relieftool
from relieftool.api import open_register
from relieftool.api.schemas import ANSWERS
from relieftool.errors import ReliefError
from tests.support.own_files import SUN, ZHAO
from tests.support.ready_folders import fill_folder
from tests.support.small_street import SECRETS, import_secrets

LINES = {
    "gaps": ["gaps"],
    "gaps --status undetermined": ["gaps", "--status", "undetermined"],
    "questions": ["questions"],
    "questions --closed": ["questions", "--closed"],
    "questions --per community": ["questions", "--per", "community"],
    "questions --per file": ["questions", "--per", "file"],
    "explain HOUSEHOLD": ["explain", "X-1"],
}


FOLDER = pytest.mark.usefixtures("imported")


@pytest.fixture
def imported(relief):
    """Return relief with two households, an answered question, and what is private."""
    return fill_folder(_import_households, relief)


def _import_households(relief):
    roster = (
        "2024年11月城市低保金发放表\n姓名,身份证号,社区,发放金额\n" + f"孙老太,{SUN},西岭,600\n"
    )
    Path("低保.csv").write_text(roster, "utf-8")
    import_secrets(relief, "低保.csv")
    open_questions = json.loads(relief("questions", "--format", "json").stdout)["questions"]
    number = next(each["question"] for each in open_questions if "yes" in each["answers"])
    assert relief("answer", str(number), "yes", "--by", "王五").exit_code == 0


def answer_of(relief, *line):
    return json.loads(relief(*line, "--format", "json").stdout)


def test_the_register_gives_what_the_commands_write(imported):
    register = open_register("relief.db")

    read = (register.findings(), register.questions(), register.explain("X-1"))

    assert [one.model_dump(mode="json") for one in read] == [
        answer_of(imported, *line) for line in (["gaps"], ["questions"], ["explain", "X-1"])
    ]


@FOLDER
def test_a_day_and_a_programme_can_be_asked_about():
    day = dt.date(2024, 12, 31)

    explained = open_register("relief.db").explain("X-2", "dibao", as_of=day)

    assert (explained.as_of, explained.household_no) == ("2024-12-31", "X-2")
    assert [each.programme for each in explained.explanations] == ["dibao"]


@FOLDER
def test_names_are_masked_unless_a_reason_is_given_and_that_is_kept():
    masked = open_register("relief.db").findings()
    revealed = open_register("relief.db", reason="home visits").findings()

    assert {each.head for each in masked.findings} == {"赵*", "孙*"}
    assert {each.head for each in revealed.findings} == {"赵大山", "孙老太"}
    with sqlite3.connect("relief.db") as db:
        logged = db.execute("SELECT action, reason, households FROM access_log").fetchall()
    shown = ("api", "home visits", len({each.household_no for each in revealed.findings}))
    assert logged[1:] == [shown]  # the first line is that of the import


@FOLDER
def test_a_full_stop_is_no_reason_to_reveal():
    with pytest.raises(ReliefError, match="say why, in words"):
        open_register("relief.db", reason=".")


@FOLDER
def test_who_is_looked_for_by_an_id_number_is_in_the_log():
    open_register("relief.db").explain(ZHAO, "dibao")

    with sqlite3.connect("relief.db") as db:
        logged = db.execute("SELECT action, households FROM access_log").fetchall()
    assert logged == [("import", 2), ("search-by-id", 1)]


@FOLDER
def test_an_answer_cannot_be_changed():
    answer = open_register("relief.db").questions()

    with pytest.raises(ValidationError, match="frozen"):
        answer.as_of = "2000-01-01"


def test_a_register_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(ReliefError, match="no such register"):
        open_register(tmp_path / "none.db").findings()
    assert not (tmp_path / "none.db").exists()


def test_relieftool_offers_the_api_when_it_is_first_named():
    script = "import sys, relieftool; before = 'relieftool.api' in sys.modules;"
    script += "relieftool.api.open_register; print(before, 'relieftool.api' in sys.modules)"

    line = [sys.executable, "-c", script]
    done = subprocess.run(line, capture_output=True, check=True)  # noqa: S603 our own script

    assert done.stdout.split() == [b"False", b"True"]
    with pytest.raises(AttributeError, match="no attribute 'apis'"):
        relieftool.apis  # noqa: B018 what is not there is asked for


def test_every_answer_has_a_line_to_try_it_with():
    assert list(LINES) == list(ANSWERS)


@pytest.mark.parametrize("line", LINES)
def test_what_a_command_writes_is_valid_by_its_schema(imported, line):
    schema = json.loads(imported("export", "--schema").stdout)
    answer = answer_of(imported, *LINES[line])

    own = {**schema["answers"][line], "$defs": schema["$defs"]}
    jsonschema.Draft202012Validator(own).validate(answer)
    assert answer.get("questions", answer.get("findings", [1])) != []
    with pytest.raises(jsonschema.ValidationError, match="surplus"):
        jsonschema.validate({**answer, "surplus": 1}, own)


@pytest.fixture
def copied(imported):
    """Return relief with a masked copy in the folder `copy`."""
    assert imported("export", "--datasette", "copy").exit_code == 0
    return imported


def test_datasette_opens_the_masked_copy_with_its_facets_and_queries(copied):
    metadata = json.loads(Path("copy/metadata.json").read_text("utf-8"))
    opened = Datasette(["copy/relief.db"], metadata=metadata)

    async def read(path):
        return await opened.client.get(path)

    table = asyncio.run(read("/relief/v_findings.json?_shape=objects&_size=max")).json()
    queries = [
        asyncio.run(read(f"/relief/{name}.json?_shape=array"))
        for name in metadata["databases"]["relief"]["queries"]
    ]
    expected = [each["household_no"] for each in answer_of(copied, "gaps")["findings"]]
    assert [row["household_no"] for row in table["rows"]] == expected
    assert set(table["facet_results"]) >= {"community", "status"}
    assert [response.status_code for response in queries] == [200] * 4


@pytest.mark.usefixtures("copied")
def test_the_masked_copy_holds_the_four_views_only_and_nothing_private():
    with sqlite3.connect("copy/relief.db") as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master")]
    written = Path("copy/relief.db").read_bytes() + Path("copy/metadata.json").read_bytes()

    assert tables == ["v_findings", "v_cases", "v_visits", "v_questions"]
    assert "赵*".encode() in written
    assert [word for word in SECRETS if word.encode() in written] == []


def test_a_folder_that_is_not_empty_is_left_alone(copied):
    refused = copied("export", "--datasette", "copy")

    assert refused.exit_code == 1
    assert "is not empty" in refused.stderr


@pytest.mark.parametrize("line", [[], ["--schema", "--datasette", "x"]])
def test_export_wants_one_of_its_targets(imported, line):
    assert imported("export", *line).exit_code == 2

"""README is checked like code."""

import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from relieftool.cli import app
from relieftool.pack.loading import find_shipped_pack, load_pack

ROOT = Path(__file__).parent.parent
CONSTRAINTS = (ROOT / "constraints.txt").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = get_command(app).commands


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_in_the_readme_and_shows_an_example(name):
    assert f"### relief {name}\n" in README
    assert f"Example: relief {name}" in COMMANDS[name].help


def test_the_first_screen_has_exactly_two_commands():
    first_screen = README.split("\n## ")[0]

    commands = re.findall(r"```sh\n(.+?)\n```", first_screen)

    assert [command.split(" && ")[-1] for command in commands] == [
        ".venv/bin/relief demo",
        ".venv/bin/python -m tests",
    ]
    assert all(" --constraint constraints.txt " in command for command in commands)


def test_every_exit_code_is_in_the_readme():
    table = README.split("## Exit codes")[1].split("##")[0]

    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == ["0", "1", "2", "3", "130"]


def test_pictures_of_the_readme_exist():
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+)\)", README)

    assert pictures != []
    assert [path for path in pictures if not (ROOT / path).is_file()] == []


def test_every_dependency_states_the_lowest_version_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    stated = project["dependencies"] + project["optional-dependencies"]["test"]

    assert [requirement for requirement in stated if ">=" not in requirement] == []


def test_constraints_hold_names_and_versions_only():
    others = [
        line for line in CONSTRAINTS.splitlines() if not re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line)
    ]

    assert others == []


def test_constraints_pin_every_dependency_at_its_lowest_version_or_above():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    stated = project["dependencies"] + project["optional-dependencies"]["test"]
    lowest = dict(re.match(r"([\w.-]+)>=([\d.]+)", requirement).groups() for requirement in stated)
    pinned = dict(re.findall(r"^([\w.-]+)==([\d.]+)", CONSTRAINTS, re.MULTILINE))
    pinned = {name.lower().replace("_", "-"): version for name, version in pinned.items()}

    unpinned = sorted(set(lowest) - set(pinned))
    below = [name for name in lowest if _version(pinned.get(name, "0")) < _version(lowest[name])]

    assert (unpinned, below) == ([], [])


def _version(text):
    return tuple(int(number) for number in text.split("."))


def test_the_readme_lists_the_words_of_every_choice():
    facts = load_pack(find_shipped_pack()).facts.values()
    choices = [(fact.id, one) for fact in facts for one in fact.choices]

    row = dict(re.findall(r"^\| `(\w+)` \| (.*→.*) \|$", README, re.MULTILINE))

    assert "男、男性、M、1 → `male`" in row["sex"]
    assert [(name, one.id) for name, one in choices if f"→ `{one.id}`" not in row[name]] == []
    assert [word for name, one in choices for word in one.written if word not in row[name]] == []


def test_the_readme_says_what_import_toml_may_say():
    keys = ("path", "sheet", "kind", "programme", "area", "date", "complete", "map", "ignore")

    assert [key for key in keys if not re.search(rf"^{key} = ", README, re.MULTILINE)] == []

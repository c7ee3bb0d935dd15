"""README and docs/ are checked like code."""

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from docx import Document
from typer.main import get_command

from relieftool.cli import app
from relieftool.intake.import_toml import Declarations, FileDeclaration
from relieftool.pack import facts, models
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules import parser
from relieftool.values.screen_text import measure_width
from tests.wall_sheet import SHEET, sheet_rows, sheet_rules

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = (ROOT / "constraints.txt").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
}
CHINESE = {path.stem: path.read_text("utf-8") for path in sorted(ROOT.glob("docs/zh/*.md"))}
COMMANDS = get_command(app).commands
# Every link of a page: the page, the file it leads to, and the title in it ("" for the whole file).
LINKS = [
    (page, (ROOT / page).parent.joinpath(path).resolve() if path else ROOT / page, title)
    for page, text in PAGES.items()
    for path, title in re.findall(r"\]\((?!http)([^)#]*)#?([^)]*)\)", text)
]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_documented_and_shows_an_example(name):
    assert f"## relief {name}\n" in PAGES["docs/commands.md"]
    assert f"Example: relief {name}" in COMMANDS[name].help


def test_the_first_screen_has_exactly_two_commands():
    first_screen = README.split("\n## ")[0]

    commands = re.findall(r"```sh\n(.+?)\n```", first_screen)

    assert [command.split(" && ")[-1] for command in commands] == [
        ".venv/bin/relief demo",
        ".venv/bin/python -m tests",
    ]
    assert all(" --constraint constraints.txt " in command for command in commands)


def test_the_chinese_pages_show_the_same_first_commands_and_lead_to_their_english_pages():
    first_screens = [re.findall(r"```sh\n(.+?)\n```", page) for page in (README, CHINESE["README"])]
    english = {name: text.split("](")[1].split(")")[0] for name, text in CHINESE.items()}

    assert "docs/zh/README.md" in README.splitlines()[0]
    assert first_screens[0] == first_screens[1] != []
    assert sorted(english.values()) == sorted(
        [
            "../../README.md",
            *(
                f"../{name}.md"
                for name in ("answers", "commands", "hand-over", "ledger", "one-death", "privacy")
            ),
            *("../rule-packs.md", "../your-files.md"),
        ]
    )


def test_the_chinese_pages_name_only_commands_that_exist():
    typed = {
        (page, command)
        for page, text in CHINESE.items()
        for command in re.findall(r"(?:^\$ |^    |`)relief ([a-z][a-z-]*)", text, re.MULTILINE)
    }

    assert {"import", "gaps", "questions", "answer"} <= {command for _page, command in typed}
    assert [pair for pair in sorted(typed) if pair[1] not in COMMANDS] == []


def test_the_answers_on_both_first_pages_are_those_of_the_same_commands():
    shown = [
        [line for line in page.split("\n## ")[1].splitlines() if line.startswith("$ relief")]
        for page in (README, CHINESE["README"])
    ]

    typed = [[line.split("  #")[0].split(" --by")[0] for line in lines] for lines in shown]

    assert typed[0] == typed[1] != []


def test_the_sheet_for_the_wall_says_what_its_section_says():
    sheet = Document(SHEET)

    assert [[cell.text for cell in row.cells] for row in sheet.tables[0].rows] == sheet_rows()
    assert [each.text for each in sheet.paragraphs if each.text in sheet_rules()] == sheet_rules()
    assert sheet_rules() != []


def test_every_exit_code_is_documented():
    table = PAGES["docs/answers.md"].split("## Exit codes")[1].split("##")[0]

    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == ["0", "1", "2", "3", "130"]


def test_pages_and_pictures_that_are_linked_to_exist():
    assert [link for link in LINKS if not link[1].exists()] == []


def test_every_picture_is_shown():
    pictures = {target for _page, target, _title in LINKS if target.parent.name == "pictures"}

    assert pictures == set((ROOT / "docs" / "pictures").iterdir())


def test_titles_that_are_linked_to_exist():
    assert [link for link in LINKS if link[2] and link[2] not in titles_of(link[1])] == []


def titles_of(page):
    """Return the headings of a page as links name them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles}


def test_files_of_the_code_that_pages_name_exist():
    named = [
        (page, path)
        for page, text in PAGES.items()
        for path in re.findall(r"`((?:relieftool|tests|sample_data)/[^`\s]*)`", text)
    ]

    assert named != []
    assert [name for name in named if not list(ROOT.glob(name[1].rstrip("/")))] == []


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


def test_the_words_of_every_choice_are_listed():
    listed = load_pack(find_shipped_pack()).facts.values()
    choices = [(fact.id, choice) for fact in listed for choice in fact.choices]

    row = dict(re.findall(r"^\| `(\w+)` \| (.*→.*) \|$", PAGES["docs/headings.md"], re.MULTILINE))

    assert "男、男性、M、1 → `male`" in row["sex"]
    assert [
        (name, choice.id) for name, choice in choices if f"→ `{choice.id}`" not in row[name]
    ] == []
    assert [
        word for name, choice in choices for word in choice.written if word not in row[name]
    ] == []


def test_what_import_toml_may_say_is_documented():
    text = PAGES["docs/your-files.md"]
    keys = {*Declarations.model_fields, *FileDeclaration.model_fields} - {
        "file",
        "sheets",
        "folder",
    }

    assert len(keys) == 9
    assert [key for key in keys if not re.search(rf"^{key} = ", text, re.MULTILINE)] == []


def test_every_key_of_a_rule_pack_is_documented():
    # what a whole pack is made of stands in its files, and is no key
    made = models.Pack, models.LayerValue
    tables = [
        table
        for module in (facts, models)
        for table in vars(module).values()
        if isinstance(table, type) and issubclass(table, facts.StrictModel) and table not in made
    ]
    keys = {field.alias or name for table in tables for name, field in table.model_fields.items()}

    text = PAGES["docs/rule-packs.md"]

    assert [
        key for key in sorted(keys) if not re.search(rf"`(\[\[)?(\w+\.)?{key}(\]\])?`", text)
    ] == []


def test_every_function_of_the_rules_is_documented():
    sentence = Path(parser.__file__).read_text("utf-8")
    names = set(re.findall(r'case "(\w+)"', sentence)) | set(re.findall(r'\| "(\w+)"', sentence))

    assert {"receives", "eligible", "sum_members", "years_since"} <= names
    assert [name for name in names if f"`{name}(" not in PAGES["docs/rule-packs.md"]] == []


def test_the_first_hour_is_chinese_fits_the_screen_and_narrows_the_bounds():
    shown = PAGES["docs/first-hour.md"].split("```console\n")[1].split("```")[0]
    bounds = [
        tuple(map(int, pair))
        for pair in re.findall(r"：(\d+) 至 (\d+) 户", shown.replace("\n", ""))
    ]

    said = [line for line in shown.splitlines() if not line.startswith("$")]
    words = re.sub(r"可选：[a-z,\s]+|\S*\.xlsx|Sheet1|`.*?`|YF-\d|pingxiang", "", "\n".join(said))
    assert re.findall("[A-Za-z]{2,}", words) == []
    assert max(map(measure_width, said)) <= 80
    assert bounds == sorted(bounds)
    assert bounds[0][0] < bounds[-1][0]


def test_a_death_is_told_in_both_languages_by_the_same_commands_with_the_same_figures():
    told = [
        page.split("```console\n")[1].split("```")[0]
        for page in (PAGES["docs/one-death.md"], CHINESE["一个人去世"])
    ]
    english, chinese = (
        [part.split("\n", 1) for part in f"\n{each}".split("\n$ ")] for each in told
    )

    assert [command for command, *_shown in english] == [command for command, *_shown in chinese]
    for (command, *shown), (_same, *other) in zip(english, chinese, strict=True):
        assert _count_figures(shown) == _count_figures(other), command


def _count_figures(shown):
    """Return how often each figure stands in what is shown, whatever the order of the words."""
    return Counter(re.findall(r"\d[\d.,-]*\d|\d", "".join(shown).replace("\n", "")))

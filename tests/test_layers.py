"""Rules about the code itself: imports point down, nothing goes in a ring, and nothing is long."""

import ast
import re
from pathlib import Path
from statistics import median

import pytest

PACKAGE = Path(__file__).parent.parent / "relieftool"
# From the bottom up. A module may import its own line and those above it in this list; the lines
# that share a floor are told apart by the ring test.
FLOORS = (
    (
        "errors",
        "messages",
        "text",
        "words",
        "problems",
        "values",
        "choices",
        "units",
        "amounts",
        "numerals",
        "idnumbers",
    ),
    ("pack",),
    ("rules",),
    ("registry",),
    ("spreadsheets",),
    (
        *("evaluate", "meaning", "deciding", "grounds", "unvalued", "uniform", "statuses", "near"),
        *(
            "findings",
            "gains",
            "stakes",
            "visits",
            "survey_form",
            "gaps",
            "priority",
            "explain",
            "supposed",
        ),
        *(
            "overruled",
            "what_if",
            "sweeping",
            "matching",
            "pack_diff",
            "pack_review",
            "pack_questions",
        ),
        *("examples", "mutation", "intake", "reading", "mapping", "declared", "household_form"),
        *("correcting", "again", "changes", "same_period"),
    ),
    ("ledger", "fieldwork"),
    ("engines",),
    ("output",),
    ("commands",),
    ("errorlog", "cli"),
)
ROOMS = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
MODULES = {
    ".".join(("relieftool", *path.relative_to(PACKAGE).with_suffix("").parts)): path
    for path in SOURCES
}
NAMES = [path.relative_to(PACKAGE).as_posix() for path in SOURCES]
MOST_LINES, MOST_FUNCTION_LINES, MOST_MEDIAN_LINES = 400, 40, 8


def imported_by(path):
    """Name the modules of ours that a file imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name in MODULES or name in PACKAGES}


PACKAGES = {
    ".".join(("relieftool", *path.parent.relative_to(PACKAGE).parts))
    for path in PACKAGE.rglob("__init__.py")
}
IMPORTS = {name: imported_by(path) for name, path in MODULES.items()}


def room_of(name):
    """Give the room a module stands in; the package itself is below all of them."""
    return name.split(".")[1] if "." in name else None


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_every_module_stands_in_a_room(path):
    assert path.relative_to(PACKAGE).with_suffix("").parts[0] in ROOMS


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_down(name):
    upward = {
        other
        for other in IMPORTS[name]
        if room_of(other) and ROOMS[room_of(other)] > ROOMS[room_of(name)]
    }

    assert upward == set()


@pytest.mark.parametrize("name", MODULES)
def test_no_module_imports_itself_by_way_of_others(name):
    assert name not in reached_from(name)


def reached_from(name):
    """Name every module that a module imports, directly or by way of others."""
    reached, waiting = set(), [name]
    while waiting:
        new = IMPORTS.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached


def functions_of(path):
    """Give every function of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def statements_of(function):
    """Give the statements of a function without its docstring."""
    return function.body[1:] if ast.get_docstring(function) else function.body


def is_too_long(function):
    """Say whether a function is too long; a migration may be, being SQL and never edited again."""
    is_migration = re.match(r"m\d{3}_", function.name)
    return function.end_lineno - function.lineno >= MOST_FUNCTION_LINES and not is_migration


def own_lines(function):
    """Count the lines of a function's statements."""
    statements = statements_of(function)
    return statements[-1].end_lineno - statements[0].lineno + 1 if statements else 0


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_no_file_is_too_long(path):
    assert len(path.read_text("utf-8").splitlines()) < MOST_LINES


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_no_function_is_too_long(path):
    long = [one.name for one in functions_of(path) if is_too_long(one)]

    assert long == []


def test_the_middle_function_is_short():
    lines = [own_lines(one) for path in SOURCES for one in functions_of(path)]

    assert median(lines) <= MOST_MEDIAN_LINES


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_everything_public_says_what_it_is(path):
    tree = ast.parse(path.read_text("utf-8"))
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]

    silent = [node.name for node in public if not ast.get_docstring(node)]

    assert (bool(ast.get_docstring(tree)), silent) == (True, [])


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_annotations_are_read_at_once_and_no_import_is_for_types_only(path):
    text = path.read_text("utf-8")

    assert "from __future__" not in text
    assert "TYPE_CHECKING" not in text

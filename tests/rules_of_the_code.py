"""Rules about the code itself: where a module stands, what it may import, how long it may be.

Each rule is one test, and each test names every offender.
"""

import ast
import io
import re
import tokenize
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from pathlib import Path
from statistics import median

from rapidfuzz.distance import Levenshtein

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "relieftool"
# What is measured, and the most there may be. A limit only ever falls: lines of code are still to
# come down to 24,500, by one evaluator for all questions and by importing only what changed.
LIMITS = {
    "loose modules": 5,
    "modules in a room": 22,
    "modules in commands": 32,
    "lines of a module": 700,
    "lines of a function": 40,
    "lines of the middle function": 8,
    "percent of modules for one sibling": 10,
    "names that stand twice": 0,
    "pairs of module names one letter apart": 0,
    "module names that say nothing": 0,
    "lines of README.md": 150,
    "lines of code": 50_200,
}
# From the bottom up: a module may import its own room and those named before it.
FLOORS = (
    ("errors", "messages"),
    ("values",),
    ("pack",),
    ("rules",),
    ("spreadsheets",),
    ("store",),
    ("register",),
    ("intake",),
    ("eligibility",),
    ("authoring",),
    ("cases",),
    ("fieldwork",),
    ("engines",),
    ("output",),
    ("api",),
    ("documents",),
    ("commands",),
    ("cli",),
    ("start",),
)
ROOMS = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
# Adverbs, adjectives and riddles: none says what a module holds.
SAYS_NOTHING = {
    *("again", "alike", "asking", "behind", "bulk", "chaining", "chains", "cheapest", "common"),
    *("deciding", "doubled", "doubles", "gains", "grounds", "heads", "helper", "info", "known"),
    *("likeness", "linking", "links", "liveness", "lots", "manager", "marks", "meaning", "misc"),
    *("near", "overlay", "overruled", "places", "presence", "repeats", "sightings", "stakes"),
    *("standing", "stating", "supposed", "supposing", "trail", "trial_meaning", "uniform"),
    *("unvalued", "used", "util", "utils", "wholeness", "words"),
}
FILES = {
    ".".join(("relieftool", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
MODULES = [name for name, path in FILES.items() if path.name != "__init__.py"]


@cache
def tree_of(name):
    """Return the syntax tree of a module."""
    return ast.parse(text_of(name))


@cache
def text_of(name):
    """Return the source of a module."""
    return FILES[name].read_text("utf-8")


@cache
def imported_by(name):
    """Return our modules that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return (found & set(FILES)) - {name}


def room_of(name):
    """Return the room of a module: its folder, or for a loose one the module itself."""
    return name.split(".")[1] if "." in name else None


def is_loose(name):
    """Whether a module stands beside the rooms; the package's own file does too."""
    return FILES[name].parent == PACKAGE


def functions_of(name):
    """Return every function of a module."""
    return [node for node in ast.walk(tree_of(name)) if isinstance(node, ast.FunctionDef)]


def own_lines(function):
    """Count the lines of a function's statements, its docstring left out."""
    statements = function.body[1:] if ast.get_docstring(function) else function.body
    return statements[-1].end_lineno - statements[0].lineno + 1 if statements else 0


def help_lines(function):
    """Count the lines of a docstring on the parameters: those of a command are its help page."""
    _text, _title, parameters = (ast.get_docstring(function) or "").partition("\nArgs:")
    return len(parameters.splitlines()) + 1 if parameters else 0


def limit(rule):
    """Return the most that a rule allows today."""
    return LIMITS[rule]


def at_most(most, offenders):
    """Fail with every offender on a line of its own where there are more than allowed."""
    assert len(offenders) <= most, f"{len(offenders)}, not {most}:\n" + "\n".join(offenders)


def rings(edges):
    """Return the nodes that reach themselves."""
    return sorted(node for node in edges if node in reached_from(node, edges))


def reached_from(start, edges):
    """Return every node that follows a node, directly or by way of others."""
    reached, waiting = set(), [start]
    while waiting:
        new = edges.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    return reached


def test_every_module_stands_in_a_room():
    homeless = [name for name in MODULES if room_of(name) not in ROOMS]

    at_most(0, homeless)


def test_imports_point_down():
    upward = [
        f"{name} imports {other}"
        for name in FILES
        for other in imported_by(name)
        if room_of(name) and room_of(other) and ROOMS[room_of(other)] > ROOMS[room_of(name)]
    ]

    at_most(0, upward)


def test_no_module_imports_itself_by_way_of_others():
    at_most(0, rings({name: imported_by(name) for name in FILES}))


def test_no_room_imports_itself_by_way_of_others():
    edges = defaultdict(set)
    for name in FILES:
        edges[room_of(name)] |= {room_of(other) for other in imported_by(name)} - {room_of(name)}

    at_most(0, rings(edges))


def test_few_modules_stand_beside_the_rooms():
    loose = [name for name in FILES if is_loose(name)]

    at_most(limit("loose modules"), loose)


def test_no_room_is_crowded():
    counts = Counter(room_of(name) for name in MODULES if not is_loose(name))
    most = defaultdict(lambda: limit("modules in a room"), commands=limit("modules in commands"))

    crowded = [f"{room}: {count}" for room, count in counts.items() if count > most[room]]

    at_most(0, crowded)


def above(most, counts):
    """Return the names, with their numbers, whose number is above the most allowed."""
    return [f"{name}: {count}" for name, count in counts.items() if count > most]


def test_no_module_is_too_long():
    lines = {name: len(text_of(name).splitlines()) for name in FILES}

    long = above(limit("lines of a module"), lines)

    at_most(0, long)


def test_no_function_is_too_long():
    lines = {
        f"{name}.{function.name}": function.end_lineno - function.lineno + 1 - help_lines(function)
        for name in FILES
        for function in functions_of(name)
        if not re.match(r"m\d{3}_", function.name)  # a migration is SQL, and never edited again
    }

    long = above(limit("lines of a function"), lines)

    at_most(0, long)


def test_the_middle_function_is_short():
    lines = [own_lines(function) for name in FILES for function in functions_of(name)]

    assert median(lines) <= limit("lines of the middle function")


def test_everything_public_says_what_it_is():
    silent = [name for name in FILES if not ast.get_docstring(tree_of(name))]
    silent += [
        f"{name}.{node.name}"
        for name in FILES
        for node in public_definitions(name)
        if not ast.get_docstring(node)
    ]

    at_most(0, silent)


def public_definitions(name):
    """Return the classes and functions of a module that others may use."""
    defined = (
        node for node in tree_of(name).body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )
    return [node for node in defined if not node.name.startswith("_")]


def test_annotations_are_read_at_once_and_no_import_is_for_types_only():
    waiting = [
        f"{name}: {words}"
        for name in FILES
        for words in ("from __future__", "TYPE_CHECKING")
        if words in text_of(name)
    ]

    at_most(0, waiting)


def test_few_modules_are_there_for_one_sibling_only():
    # A module counts when all of the package that imports it is one other module of its own room.
    # The modules beside the rooms are one room here. What is called by its name (a command) does
    # not count, nor what is imported by the room's own file only: that is handed on to everybody.
    called = {other for name in FILES for other in called_by_name(name)}
    importers = defaultdict(set)
    for name in FILES:
        for other in imported_by(name):
            importers[other].add(name)
    for_one = [
        name for name in MODULES if name not in called and is_for_one_sibling(name, importers[name])
    ]

    at_most(limit("percent of modules for one sibling") * len(MODULES) // 100, for_one)


def called_by_name(name):
    """Return our modules that a module calls by a text such as "relieftool.commands.gaps:gaps"."""
    called = re.findall(r'"(relieftool(?:\.\w+)+)(?::\w+)?"', text_of(name))
    return set(called) & set(FILES)


def is_for_one_sibling(name, importers):
    """Whether one other module of the same folder, and nobody else, imports a module."""
    siblings = [other for other in importers if FILES[other].parent == FILES[name].parent]
    return len(importers) == 1 and len(siblings) == 1 and siblings[0] in MODULES


def test_a_name_stands_for_one_thing():
    # classes of every kind and the functions that others may use
    places = defaultdict(list)
    for name in MODULES:
        for node in tree_of(name).body:
            if isinstance(node, ast.ClassDef) or node in public_definitions(name):
                places[node.name].append(name)

    twice = [f"{shared}: {', '.join(names)}" for shared, names in places.items() if len(names) > 1]

    at_most(limit("names that stand twice"), twice)


def test_no_module_name_is_one_letter_from_another():
    # The same name in two rooms is meant: the same thing, one step further on.
    names = {name.rpartition(".")[2] for name in MODULES if room_of(name) != "commands"}

    close = [
        f"{name}, {other}"
        for name, other in combinations(sorted(names), 2)
        if Levenshtein.distance(name, other) == 1
    ]

    at_most(limit("pairs of module names one letter apart"), close)


def test_a_module_name_says_what_is_in_it():
    riddles = [name for name in MODULES if name.rpartition(".")[2] in SAYS_NOTHING]

    at_most(limit("module names that say nothing"), riddles)


def test_the_readme_is_short():
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()

    assert len(lines) <= limit("lines of README.md")


def test_there_is_not_too_much_code():
    # A line counts when something stands on it that is no comment and no docstring.
    lines = sum(len(code_lines(name)) for name in FILES)

    assert lines <= limit("lines of code")


def code_lines(name):
    """Return the numbers of the lines that hold code: no blank, no comment, no docstring."""
    return token_lines(text_of(name)) - docstring_lines(tree_of(name))


def token_lines(text):
    """Return the numbers of the lines on which something stands that is no comment."""
    kinds = {"COMMENT", "NL", "NEWLINE", "INDENT", "DEDENT", "ENDMARKER"}
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {
        number
        for token in tokens
        if tokenize.tok_name[token.type] not in kinds
        for number in range(token.start[0], token.end[0] + 1)
    }


def docstring_lines(tree):
    """Return the numbers of the lines of a module's docstrings."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    nodes = [node for node in ast.walk(tree) if isinstance(node, documented)]
    docstrings = [node.body[0] for node in nodes if ast.get_docstring(node)]
    return {number for node in docstrings for number in range(node.lineno, node.end_lineno + 1)}


_FOUR_WORDS = re.compile("(?:[一-鿿]{2,}\\|){3,}[一-鿿]{2,}")
_FEW_WORDS = 3
_ROOMS_OF_SHEETS = {"spreadsheets", "values", "intake", "register", "pack"}


def test_the_words_of_offices_stand_in_one_file():
    nodes = [
        (name, node)
        for name in FILES
        if name.split(".")[1:2] and name.split(".")[1] in _ROOMS_OF_SHEETS
        for node in ast.walk(ast.parse(text_of(name)))
    ]

    listed = [
        f"{name}:{node.lineno}"
        for name, node in nodes
        if (isinstance(node, ast.Tuple | ast.List | ast.Set) and _has_many_words(node.elts))
        or (_has_chinese(node) and _FOUR_WORDS.search(node.value))
    ]

    at_most(0, listed)


def _has_many_words(nodes):
    """Whether more than a few of these nodes are texts with a Chinese word."""
    return sum(map(_has_chinese, nodes)) > _FEW_WORDS


def _has_chinese(node):
    """Whether a node is a text with a Chinese word."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_text and re.search("[一-鿿]", node.value) is not None

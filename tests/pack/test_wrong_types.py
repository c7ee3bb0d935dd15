"""A value of a wrong kind, anywhere in a pack or its base, is a plain refusal and never a crash."""

import copy
import re
import tomllib

import pytest

from relieftool.errors import ReliefError
from relieftool.pack.loading import build_pack
from relieftool.pack.pack_files import parse_pack_texts, read_pack_texts
from tests.pack.test_pack_chain import HEAD, LINE
from tests.support.pack_folders import broken

BASE = """
[words]
place = { zh = "本地", en = "here" }

[example_values]
line = 9

[[not_encoded]]
id = "fuel"
names = { zh = "{place}燃煤", en = "fuel" }
reason = { zh = "没有", en = "none" }
"""
TOWN = {
    "pack.toml": HEAD
    + LINE
    + BASE.replace('id = "fuel"', 'id = "fuel"\noverlay = "changes"').replace("[[not", "\n[[not"),
    "facts.toml": '[[facts]]\nid = "wages"\noverlay = "changes"\nheaders = ["工钱"]\n',
    "priority.toml": 'spending = "wages"\n',
    "programmes/care.toml": """
id = "care"
overlay = "changes"
names = { zh = "照护", en = "care" }
sources = [{ title = "another rule", confidence = "reported" }]

[[examples]]
name = "Nobody is ill"
like = "The second member is ill"
without = ["members.2.receives_not"]
members = [{ is_ill = false }, { is_ill = false }]
parameters = { line = 3 }
expect = "ineligible"
""",
}
WRONG = ["{nobody}", 7, [], {}, [{"id": 7}]]


def list_paths(value, path=()):
    """Return the paths of all values in a table, of lists the first two."""
    parts = value.items() if isinstance(value, dict) else enumerate(value[:2])
    found = [] if path == () else [path]
    for key, part in parts if isinstance(value, dict | list) else ():
        deeper = isinstance(part, dict | list)
        found += list_paths(part, (*path, key)) if deeper else [(*path, key)]
    return found


def put(tables, path, wrong):
    """Return a copy of some tables with a wrong value at a path."""
    tables = copy.deepcopy(tables)
    holder = tables
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = wrong
    return tables


@pytest.fixture
def tables(tmp_path):
    """Return the tables of a town's pack and of the pack it builds on, by file."""
    with (broken(tmp_path) / "pack.toml").open("a", encoding="utf-8") as head:
        head.write(BASE)
    for name, text in TOWN.items():
        (tmp_path / "town" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "town" / name).write_text(text, "utf-8")
    texts = read_pack_texts(tmp_path / "town")
    return {name: tomllib.loads(text) for name, text in texts.items()}


def read_all(tables, monkeypatch):
    """Return what each wrong value leads to: an error's first line, or "" where it is no fault."""
    monkeypatch.setattr("relieftool.pack.pack_files.tomllib.loads", lambda name: changed[name])
    said = {}
    for path in list_paths(tables):
        for place, wrong in enumerate(WRONG):
            changed = tables if len(path) == 1 else put(tables, path, wrong)
            try:
                build_pack(parse_pack_texts({name: name for name in tables}), "")
                said[*path, place] = ""
            except ReliefError as error:
                said[*path, place] = str(error).splitlines()[0]
    return said


def test_a_value_of_a_wrong_kind_is_refused_with_its_file_and_never_a_crash(tables, monkeypatch):
    said = read_all(tables, monkeypatch)

    assert len(said) > 800
    assert [text for text in said.values() if text and ".toml" not in text] == []
    assert sum(bool(text) for text in said.values()) > 600


@pytest.mark.parametrize(
    "path, wrong, words",
    [
        (("pack.toml", "words", "place"), "x", r"^pack.toml: words.place: "),
        (("pack.toml", "example_values"), "x", r"^pack.toml: example_values: "),
        (("whole:pack.toml", "not_encoded", 0), {}, r"^whole/pack.toml: not_encoded.0.id: a key"),
        (("programmes/care.toml", "names"), [], r"^town/programmes/care.toml: names: this is"),
        (("programmes/care.toml", "sources"), "x", r"^programmes/care.toml: sources: "),
        (("programmes/care.toml", "examples", 0, "members"), 7, r"care.toml: examples.0.members"),
    ],
)
def test_the_refusal_names_the_file_and_the_key(tables, monkeypatch, path, wrong, words):
    changed = put(tables, path, wrong)
    monkeypatch.setattr("relieftool.pack.pack_files.tomllib.loads", lambda name: changed[name])

    with pytest.raises(ReliefError, match=re.compile(words, re.MULTILINE)):
        parse_pack_texts({name: name for name in tables})

"""A pack that extends others is one pack: the base's records, with what is local in their place."""

import datetime as dt
import tomllib

import pytest

from relieftool.authoring.examples import run_examples
from relieftool.authoring.mutation_testing import find_survivors, try_examples
from relieftool.errors import ReliefError
from relieftool.pack.loading import load_pack
from relieftool.pack.pack_files import find_shipped_pack, find_shipped_packs, list_packs
from relieftool.rules.statement import load_checked_pack
from tests.support.pack_folders import broken

HEAD = """
id = "town"
extends = "whole"
version = "1"
title = { zh = "镇", en = "town" }
area = { zh = "镇", en = "town" }
"""
LINE = """
[[values]]
parameter = "line"
from = 2024-07-01
until = "open"
value = 900
source = "镇文件"
confidence = "verified"
"""
# Of the base, where a change of every rule would take half a minute.
CHANGED_LAST = {"medical-aid", "medical-premium", "elderly-care-voucher", "dibao-extra"}
SHIPPED = list_packs(find_shipped_packs())


@pytest.fixture
def town(tmp_path):
    """Return a function that writes an overlay beside the whole pack and loads it."""
    broken(tmp_path)

    def load(head=HEAD, **files):
        folder = tmp_path / "town"
        (folder / "programmes").mkdir(parents=True)
        (folder / "pack.toml").write_text(head, "utf-8")
        for name, text in files.items():
            place = folder if name in ("facts", "definitions") else folder / "programmes"
            (place / f"{name}.toml").write_text(text, "utf-8")
        return load_pack(folder)

    return load


def test_an_overlay_of_one_file_has_all_that_its_base_has(town, tmp_path):
    pack, base = town(), load_pack(tmp_path / "whole")

    assert (pack.id, pack.extends, list(pack.programmes)) == ("town", "whole", ["aid", "care"])
    assert (pack.facts, pack.parameters) == (base.facts, base.parameters)


def test_the_hash_of_an_overlay_changes_with_its_base(town, tmp_path):
    before = town().sha256

    with (tmp_path / "whole" / "facts.toml").open("a", encoding="utf-8") as facts:
        facts.write("# a word\n")

    assert load_pack(tmp_path / "town").sha256 != before


def test_a_local_value_takes_the_place_of_the_base_on_its_own_days_alone(town):
    line = town(HEAD + LINE).parameters["line"]

    days = dt.date(2024, 6, 30), dt.date(2024, 7, 1)

    assert [line.in_force(day).value for day in days] == ["9.35", 900]
    assert line.in_force(days[1]).source == "镇文件"


@pytest.mark.parametrize(
    "more, problem",
    [
        (LINE + LINE, "two values hold on 2024-07-01"),
        (LINE.replace('"line"', '"lime"'), "'lime' is no parameter\nDid you mean 'line'"),
        ("[words]\nprovince = { zh = '赣', en = 'Gan' }\n", "the base has no such word"),
    ],
)
def test_a_local_value_or_word_that_fits_nothing_is_refused(town, more, problem):
    with pytest.raises(ReliefError, match=problem):
        town(HEAD + more)


FACT = '[[facts]]\nid = "wages"\noverlay = "changes"\nheaders = ["工钱"]\n'


def test_a_changed_record_keeps_what_it_does_not_name_and_its_words_grow(town, tmp_path):
    pack, base = town(facts=FACT), load_pack(tmp_path / "whole")

    wages, before = pack.facts["wages"], base.facts["wages"]

    assert (wages.labels, wages.headers) == (before.labels, [*before.headers, "工钱"])


@pytest.mark.parametrize(
    "facts, problem",
    [
        (FACT.replace('overlay = "changes"\n', ""), "town/facts.toml: wages: the base has this"),
        (FACT.replace("wages", "wage"), "the base has nothing of this name\nDid you mean 'wages'"),
        (FACT.replace("changes", "change"), "wages.overlay: this is no word for it\nchanges, "),
    ],
)
def test_a_misspelt_name_is_never_an_addition(town, facts, problem):
    with pytest.raises(ReliefError, match=problem):
        town(facts=facts)


def test_a_programme_of_the_base_may_be_changed_or_left_out(town):
    left_out = """
[[not_encoded]]
id = "aid"
overlay = "replaces"
names = { zh = "救助", en = "aid" }
reason = { zh = "本镇没有", en = "not in this town" }
"""
    changed = 'id = "care"\noverlay = "changes"\nroster_names = ["本镇救助名单"]\n'

    pack = town(HEAD + left_out, care=changed)

    assert list(pack.programmes) == ["care"]
    assert "本镇救助名单" in pack.programmes["care"].roster_names


def test_packs_that_extend_each_other_are_refused(town, tmp_path):
    town()
    whole = tmp_path / "whole" / "pack.toml"
    whole.write_text('extends = "town"\n' + whole.read_text("utf-8"), "utf-8")

    with pytest.raises(ReliefError, match=r"whole/pack.toml: extends: .* in a ring"):
        load_pack(tmp_path / "town")


def test_a_base_that_does_not_exist_is_told(town):
    with pytest.raises(ReliefError, match=r"^nationale: there is no pack.*\n.*'national'"):
        town(HEAD.replace('"whole"', '"nationale"'))


def own_parts(folder):
    """Return the programmes and definitions that a pack says anything of itself."""
    parts = [tomllib.loads(path.read_text("utf-8")) for path in folder.glob("programmes/*.toml")]
    if (folder / "definitions.toml").is_file():
        parts += tomllib.loads((folder / "definitions.toml").read_text("utf-8"))["definitions"]
    return {part["id"] for part in parts}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_example_comes_out_and_notices_each_change_of_what_the_pack_says_itself(name):
    pack, parts = load_checked_pack(find_shipped_pack(name)), own_parts(find_shipped_pack(name))
    results = try_examples(pack)

    # a base's own rules are tried under the packs over it too: whole runs are `relief pack test`
    only = parts if pack.extends else CHANGED_LAST
    report = find_survivors(pack, results, lambda *_told: None, only)

    assert [(seen.programme, seen.example) for seen in results if not seen.is_met] == []
    assert [(each.place, each.before, each.after) for each in report.survivors] == []
    assert (report.tried > 0) == bool(only)


def test_examples_come_out_alike_in_python_and_in_a_register():
    pack = load_checked_pack(find_shipped_pack("hangzhou"))
    some = {
        name: pack.programmes[name] for name in ("hardship-child", "medical-aid", "medical-premium")
    }
    short = {
        name: each.model_copy(update={"examples": each.examples if name in some else []})
        for name, each in pack.programmes.items()
    }
    pack = pack.model_copy(update={"programmes": short})

    assert try_examples(pack) == run_examples(pack)

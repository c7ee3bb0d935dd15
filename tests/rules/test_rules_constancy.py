"""A condition that always has the same outcome is refused; one that only looks so is not."""

import re

import pytest

from relieftool.errors import ReliefError
from relieftool.messages import use_language
from relieftool.pack.loading import load_pack
from relieftool.pack.models import inherit_examples
from tests.support.pack_folders import AID, broken
from tests.support.tiny_packs import DAY, FACTS, PARAMETERS, fact, pack_of, programme

FACTS_FILE, PARAMETERS_FILE = "facts.toml", "parameters.toml"

WITH_PRESUMED = (
    *FACTS,
    fact("securities", "household", "money", "month", presume=0),
    fact("is_local", "household", "yes_no", presume=True),
)


def checked(condition):
    return pack_of(
        [programme("aid", criteria={"it": condition})], facts=WITH_PRESUMED, parameters=PARAMETERS
    )


NEVER_UNKNOWN = "'is null' asks about a fact that is never unknown"
NEVER_TRUE = "contradict each other, so it is never true\nCorrect one"
DEAD = "first_known never uses what comes after a presumed fact\nPut the presumed fact last"


@pytest.mark.parametrize(
    "condition, words",
    [
        ("securities is null", NEVER_UNKNOWN),
        ("wages > line or is_local is not null", NEVER_UNKNOWN),
        ("first_known(wages, securities) is null", NEVER_UNKNOWN),
        ("cars between 3 and 2", "nothing lies between 3 and 2\nWrite the smaller number first"),
        ("standing in ('none', 'two', 'one')", "names every choice of the fact"),
        ("first_known(securities, wages) < line", DEAD),
        ("first_known(wages, securities, rent) < line", DEAD),
        ("cars > 2 and cars < 2", NEVER_TRUE),
        ("cars > 3 and is_urban and cars <= 2", NEVER_TRUE),
        ("cars = 1 and cars = 2", NEVER_TRUE),
        ("wages < line and wages >= line", NEVER_TRUE),
        ("standing = 'one' and standing = 'two'", NEVER_TRUE),
        ("standing = 'one' and standing <> 'one'", NEVER_TRUE),
        ("is_urban and (is_safe and not is_urban)", NEVER_TRUE),
    ],
)
def test_what_can_come_out_only_one_way_is_refused_with_file_key_and_remedy(condition, words):
    with pytest.raises(ReliefError, match=r"^programmes/aid.toml: criteria.it.when: ") as caught:
        checked(condition)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    "condition",
    [
        "wages is null",
        "first_known(wages, rent) is null",
        "cars between 2 and 3",
        "cars between 2 and 2",
        "standing in ('none', 'two')",
        "first_known(wages, securities) < line",
        "cars > 2 and cars < 4",
        "cars >= 2 and cars <= 2",
        "cars > 2 or cars < 2",
        "cars > 2 and cars > 3",
        "cars <> 1 and cars <> 2",
        "wages <= line and wages >= line",
        "wages < line and rent >= line",
        "standing <> 'one' and standing <> 'two'",
        "is_urban or not is_urban",
        "is_urban and not is_safe",
    ],
)
def test_what_can_come_out_both_ways_is_taken(condition):
    assert checked(condition).programmes["aid"].is_in_force(DAY)


@pytest.fixture
def _in_chinese():
    use_language("zh")
    yield
    use_language("en")


@pytest.mark.usefixtures("_in_chinese")
def test_what_is_refused_is_explained_in_chinese_too():
    with pytest.raises(ReliefError, match=r"互相矛盾"):
        checked("cars > 2 and cars < 2")


CHANGED = [
    (AID, 'id = "home"', 'id = "poor"', "标识“poor”出现了两次"),
    (AID, '"care"', '"aid"', "不能与自己互斥"),
    (AID, 'period = "month"\n', "", "必须写明 period"),
    (PARAMETERS_FILE, "until = 2025-01-01", 'until = "open"', "2025-01-01 有两个数值同时有效"),
    (PARAMETERS_FILE, "until = 2025-01-01", "until = 2024-01-01", "不在 `from` 之后"),
    (FACTS_FILE, 'period = "month"\n', "", "必须有 period"),
    (FACTS_FILE, "value = false", "value = 0", "推定值"),
]


@pytest.mark.usefixtures("_in_chinese")
@pytest.mark.parametrize("mistake", CHANGED, ids=[words for *_edit, words in CHANGED])
def test_a_table_that_does_not_fit_together_is_explained_in_chinese_without_english(
    tmp_path, mistake
):
    *edit, words = mistake

    with pytest.raises(ReliefError, match=re.escape(words)) as caught:
        load_pack(broken(tmp_path, edit))

    reason = str(caught.value).partition("（")[2].partition("）")[0]
    assert reason
    assert not re.search(r"[a-z]+ [a-z]+", reason)


@pytest.mark.usefixtures("_in_chinese")
def test_an_example_that_starts_from_none_is_explained_in_chinese():
    with pytest.raises(ValueError, match=r"没有名为“a”的示例"):
        inherit_examples([{"name": "b", "like": "a"}])


@pytest.mark.usefixtures("_in_chinese")
def test_what_an_example_cannot_leave_unknown_is_explained_in_chinese():
    with pytest.raises(ValueError, match=r"“rent”在这个示例中不存在"):
        inherit_examples([{"name": "a", "household": {"wages": 1}, "without": ["rent"]}])

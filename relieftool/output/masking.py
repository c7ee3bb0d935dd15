"""What of a person may be seen unless a reveal is asked for with a reason; imports nothing of ours.

Names keep their surname, identity numbers four characters in front and two behind. Phones,
addresses, health and disability texts have no masked form here: they are left out altogether.
"""

_COMPOUND_SURNAMES = frozenset(
    """
    欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫
    宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官
    司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 轩辕 令狐 段干 百里 呼延 东郭
    南门 羊舌 微生 公户 公玉 梁丘 左丘 西门 淳于 单于 叱干 完颜 耶律 歐陽 東方 獨孤 南宮
    萬俟 聞人 諸葛 尉遲 赫連 澹臺 濮陽 公孫 鍾離 長孫 鮮于 軒轅 東郭 完顏
    """.split()  # noqa: SIM905 ninety quoted names would hide what they are
)
HIDDEN = "***"  # a fact nobody may see
_ID_SHOWN_FIRST, _ID_SHOWN_LAST = 4, 2
_COMPOUND_NAME_LENGTH = 3


def mask_name(name: str | None) -> str | None:
    """Keep the surname, or the first letter of a name not written in Chinese; None stays None.

    A compound surname counts only where something follows it: 东方 alone may be 方 of house 东.

    >>> mask_name("李四"), mask_name("欧阳小明"), mask_name("O'Brien"), mask_name(None)
    ('李*', '欧阳*', 'O*', None)
    """
    if name is None:
        return None
    name = name.strip()
    is_compound = name[:2] in _COMPOUND_SURNAMES and len(name) >= _COMPOUND_NAME_LENGTH
    return name[: 2 if is_compound else 1] + "*" if name else name


def mask_id(number: str | None) -> str | None:
    """Keep the first four and last two characters of an identity number; None stays None.

    What is too short to hide anything that way is hidden whole.

    >>> mask_id("360302199001011234"), mask_id("1234567")
    ('3603************34', '*******')
    """
    if number is None:
        return None
    number = number.strip()
    hidden_count = len(number) - _ID_SHOWN_FIRST - _ID_SHOWN_LAST
    if hidden_count < _ID_SHOWN_FIRST + _ID_SHOWN_LAST:
        return "*" * len(number)
    return number[:_ID_SHOWN_FIRST] + "*" * hidden_count + number[-_ID_SHOWN_LAST:]

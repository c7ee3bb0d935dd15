"""How the fuzzer damages a list as a person might: cells, rows and columns, then saved anew."""

import copy

from tests.layouts import files

JUNK = [
    None, "", " ", "　", "-", "/", 0, 1, 2, -1, 1e15, 3.60302197003051e17, 0.1 + 0.2, True,
    "#N/A", "#REF!", "=A1", "合计", "合   计", "小计", "户主", "姓名", "必填", "注：见说明",
    "一、城市低保", "2024年11月", "花园社区", "赵大山", "张三、李四", "是", "否", "√", "无",
    "360302197003051237", "36030219700305123744", "36030219700305123", "1.23E+17",
    "１２３", "x" * 3000, "甲\n乙", "\u202e甲", "🀄", "O'Brien \"; DROP TABLE", "%s{0}", "NaN",
    "99999年99月", "9" * 40, "1,570.441", "3万元", "序号", "户编号", "与户主关系", "领取金额",
]  # fmt: skip
_MOST_COLUMNS = 250
_SAVERS = [
    ("m.xlsx", files.save_xlsx, {}),
    ("m.xls", files.save_xls, {}),
    ("m.et", files.save_xls, {}),
    ("m.xlsb", files.save_xlsb, {}),
    ("m.ods", files.save_ods, {}),
    ("m.html.xls", files.save_html, {}),
    ("m.xml.xls", files.save_xml_2003, {}),
    ("m.csv", files.save_csv, {"encoding": "utf-8-sig"}),
    ("m.csv", files.save_csv, {"encoding": "gb18030"}),
    ("m.tsv", files.save_csv, {"encoding": "utf-16", "separator": "\t"}),
]


def edited(random, folder, sheets):
    """Return name and bytes of these sheets, edited in a few places and saved in some format."""
    sheets = copy.deepcopy(sheets)
    for _ in range(random.choice([1, 2, 4, 8, 30])):
        rows = sheets[random.choice(sorted(sheets))]
        random.choice(_EDITS)(random, rows)
    name, save, settings = random.choice(_SAVERS)
    cut = {name: [row[:_MOST_COLUMNS] for row in rows] for name, rows in sheets.items()}
    save(folder / name, cut, _merges(random, cut), **settings)
    return name, (folder / name).read_bytes()


def _merges(random, sheets):
    """Return one merged area at most: libraries refuse to write two that overlap."""
    first = next(iter(sheets.values()))
    if not first or random.random() < 0.5:
        return []
    top, left = random.randrange(len(first)), random.randrange(8)
    return [(top, left, min(top + random.randrange(4), len(first) - 1), left + random.randrange(4))]


def _row(random, rows):
    return random.choice(rows) if rows else []


def _set(random, rows):
    row = _row(random, rows)
    if row:
        row[random.randrange(len(row))] = random.choice(JUNK)


def _exchange(random, rows):
    one, other = _row(random, rows), _row(random, rows)
    if one and other:
        here, there = random.randrange(len(one)), random.randrange(len(other))
        one[here], other[there] = other[there], one[here]


def _shift(random, rows):
    row = _row(random, rows)
    row.insert(random.randrange(len(row) + 1), random.choice(JUNK))


def _shorten(random, rows):
    row = _row(random, rows)
    del row[random.randrange(len(row) + 1) :]


def _shuffle(random, rows):
    random.shuffle(rows)


def _drop(random, rows):
    if rows:
        del rows[random.randrange(len(rows))]


def _double(random, rows):
    if rows:
        rows.insert(random.randrange(len(rows) + 1), list(_row(random, rows)))


def _add(random, rows):
    junk = [random.choice(JUNK) for _ in range(random.randrange(1, 12))]
    rows.insert(random.randrange(len(rows) + 1), junk)


def _empty(random, rows):
    rows.insert(random.randrange(len(rows) + 1), [])


def _column(random, rows):
    place = random.randrange(10)
    for row in rows:
        del row[place : place + 1]


def _far(random, rows):
    row = _row(random, rows)
    row += [None] * random.randrange(1, 240) + [random.choice(JUNK)]


def _transpose(_random, rows):
    width = max(map(len, rows), default=0)
    full = [[*row, *[None] * (width - len(row))] for row in rows]
    rows[:] = [list(column) for column in zip(*full, strict=True)][:60]


_EDITS = [
    _set, _set, _set, _set, _exchange, _exchange, _shift, _shorten, _drop, _double, _add, _empty,
    _column, _shuffle, _far, _transpose,
]  # fmt: skip

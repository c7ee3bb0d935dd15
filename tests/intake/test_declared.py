"""What import.toml says of files, and which files of a folder are imported."""

import re

import pytest

from relieftool.errors import ReliefError
from relieftool.intake.import_toml import (
    Declarations,
    FileChooser,
    FileDeclaration,
    load_declarations,
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def declare(folder, text):
    folder.mkdir(exist_ok=True)
    (folder / "import.toml").write_text(text, "utf-8")


def place(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("姓名\n", "utf-8")


def chosen_files(paths):
    return FileChooser(paths[0].parent).choose(paths)


def chosen(*paths):
    return [path.name for path, _declared in chosen_files(list(paths))]


def test_every_key_is_read(folder):
    declare(
        folder,
        """
        ignore = ["a*"]
        [[file]]
        path = "b.csv"
        kind = "roster"
        programme = "dibao"
        area = "河口下"
        date = "2024-11"
        complete = true
        map = { "证号" = "id_number" }
        """,
    )

    assert load_declarations(folder) == Declarations(
        ignore=["a*"],
        file=[
            FileDeclaration(
                path="b.csv",
                kind="roster",
                programme="dibao",
                area="河口下",
                date="2024-11",
                complete=True,
                map={"证号": "id_number"},
            )
        ],
    )


def test_without_import_toml_nothing_is_declared(folder):
    place(folder, "b.csv")

    assert chosen_files([folder]) == [(folder / "b.csv", FileDeclaration())]


@pytest.mark.parametrize(
    "written, date",
    [
        ('"2024"', "2024"),
        ('"2024-11"', "2024-11"),
        ('"2024-02-29"', "2024-02-29"),
        ("2024-11-30", "2024-11-30"),
    ],
)
def test_a_day_a_month_and_a_year_can_be_declared(folder, written, date):
    declare(folder, f'[[file]]\npath = "a"\ndate = {written}')

    assert load_declarations(folder).file[0].date == date


@pytest.mark.parametrize(
    "written",
    [
        '"2024-13"', '"2023-02-29"', '"2024-11\\n"', '"2024年11月"', '"２０２４"', "2024", '""',
        '"0000"', "2024-11-30T00:00:00",
    ],
)  # fmt: skip
def test_a_day_that_is_none_is_refused_at_its_key(folder, written):
    declare(folder, f'[[file]]\npath = "a"\ndate = {written}')

    with pytest.raises(
        ReliefError, match=r"^import\.toml: \[\[file\]\] 1 \(a\): date: this value.*\nWrite date"
    ):
        load_declarations(folder)


ENTRY = '[[file]]\npath = "a"\n'


@pytest.mark.parametrize(
    "text, words",
    [
        ("ignore = [", "import.toml: this is not TOML: "),
        ("a = 1", "import.toml: a: there is no such key\nThe keys are: ignore, file"),
        ("files = []", "import.toml: files: there is no such key\nDid you mean: file?"),
        (
            'ignore = "x"',
            'import.toml: ignore: this value cannot be used\nWrite ignore = ["old/*"], a list',
        ),
        ('ignore = ["x", 1]', "import.toml: ignore 2: this value cannot be used\nWrite ignore"),
        (
            f'{ENTRY}[[file]]\npath = "b"\nkind = "list"',
            "2 (b): kind: this value cannot be used\nWrite one of: households, roster, openings.",
        ),
        (
            f'{ENTRY}complete = "yes"',
            "import.toml: [[file]] 1 (a): complete: this value cannot be used\nWrite true or",
        ),
        (
            f'{ENTRY}program = "x"',
            "import.toml: [[file]] 1 (a): program: there is no such key\nDid you mean: programme?",
        ),
        (
            f"{ENTRY}colour = 1",
            "import.toml: [[file]] 1 (a): colour: there is no such key\nThe keys are: path, ",
        ),
        (
            f'{ENTRY}map = {{ "b" = 1 }}',
            "import.toml: [[file]] 1 (a): map: b: this value cannot be used\nWrite map = {",
        ),
        (
            f'{ENTRY}[[file]]\nkind = "roster"',
            "import.toml: [[file]] 2: path: this key is missing\nWrite path = ",
        ),
        (
            '[file]\npath = "a"',
            "import.toml: file: this value cannot be used\nBegin each file with a line [[file]]",
        ),
    ],
)
def test_what_cannot_be_used_is_told_with_its_key(folder, text, words):
    declare(folder, text)

    with pytest.raises(ReliefError, match=re.escape(words)):
        load_declarations(folder)


def test_a_file_that_is_no_text_is_told(folder):
    (folder / "import.toml").write_bytes("忽略 = 1".encode("gb18030"))

    with pytest.raises(ReliefError, match="not TOML"):
        load_declarations(folder)


def test_a_folder_gives_its_spreadsheets_and_no_other_file(folder):
    place(
        folder, "b.csv", "a.XLSX", "c/d.et", "e.txt", "f.toml", "~$a.xlsx", ".hidden.csv",
        ".git/g.csv",
        "~$h/i.csv", "truth.csv", "sub/truth.csv",
    )  # fmt: skip
    declare(folder, 'ignore = ["truth*.csv"]')

    assert chosen(folder) == ["a.XLSX", "b.csv", "d.et", "truth.csv"]


@pytest.mark.parametrize("pattern", ["sub/*", "*/truth.csv", "sub/truth.csv", "s*"])
def test_a_pattern_is_matched_with_the_path_in_the_folder(folder, pattern):
    place(folder, "a.csv", "sub/truth.csv")
    declare(folder, f'ignore = ["{pattern}"]')

    assert chosen(folder) == ["a.csv"]


def test_a_name_with_brackets_is_found_as_written(folder):
    place(folder, "名单[1].csv")
    declare(folder, '[[file]]\npath = "名单[1].csv"\ncomplete = true')

    ((_path, declared),) = chosen_files([folder])

    assert declared.complete


@pytest.mark.parametrize("path", ["c.csv", "名单[2].csv", "sub/*"])
def test_a_declaration_of_no_file_is_told(folder, path):
    place(folder, "a.csv", "名单[1].csv")
    declare(folder, f'[[file]]\npath = "{path}"')

    with pytest.raises(ReliefError, match="no file of this folder has this path"):
        chosen_files([folder])


def test_the_exact_name_goes_before_a_pattern(folder):
    place(folder, "a.csv", "b.csv")
    declare(
        folder, '[[file]]\npath = "*.csv"\narea = "花园"\n[[file]]\npath = "b.csv"\narea = "商城"'
    )

    assert [declared.area for _path, declared in chosen_files([folder])] == ["花园", "商城"]


def test_the_nearest_import_toml_that_speaks_of_a_file_counts(folder):
    place(folder, "sub/a.csv", "sub/b.csv", "sub/c.csv", "sub/d.csv")
    declare(folder, 'ignore = ["sub/d.csv"]\n[[file]]\npath = "sub/*"\narea = "花园"')
    declare(folder / "sub", 'ignore = ["c.csv"]\n[[file]]\npath = "a.csv"\narea = "商城"')

    assert [(path.name, declared.area) for path, declared in chosen_files([folder])] == [
        ("a.csv", "商城"), ("b.csv", "花园")
    ]  # fmt: skip


def test_a_single_file_uses_the_import_toml_beside_it_even_if_a_folder_would_ignore_it(folder):
    place(folder, "a.csv")
    declare(folder, 'ignore = ["a.csv"]\n[[file]]\npath = "a.csv"\narea = "花园"')

    ((_path, declared),) = chosen_files([folder / "a.csv"])

    assert declared.area == "花园"


def test_a_file_named_twice_is_taken_once(folder):
    place(folder, "a.csv")

    assert chosen(folder, folder / "a.csv", folder) == ["a.csv"]


def test_a_folder_without_spreadsheets_is_told(folder):
    place(folder, "e.txt", "~$a.xlsx")

    with pytest.raises(ReliefError, match="no spreadsheet in this folder"):
        chosen_files([folder])

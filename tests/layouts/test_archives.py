"""Folders and archives as they come by mail: names of a Chinese Windows, lock files, traps."""

from pathlib import Path

import pytest

from relieftool.errors import ReliefError
from relieftool.intake.source_files import read_paths
from tests.layouts.files import pack_zip, save_csv, save_xlsx
from tests.support.registers import ZHAO, shipped_pack

ROWS = {"名单": [["户编号", "姓名", "身份证号", "社区"], ["H1", "赵大山", ZHAO, "河口下"]]}


def read(*paths, tell=lambda _sentence: None):
    return [one.name for one in read_paths(shipped_pack(), list(paths), say=tell)]


def csv_bytes(folder):
    return save_csv(folder / "x.csv", ROWS).read_bytes()


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_an_archive_is_read_as_the_folder_it_was(tmp_path, encoding):
    members = {
        "名单/河口下.csv": csv_bytes(tmp_path), "名单/~$河口下.csv": b"x", "说明.docx": b"PK",
        "__MACOSX/._a.csv": b"\0",
    }  # fmt: skip
    path = pack_zip(tmp_path / "材料.ZIP", members, encoding)

    assert read(path) == ["河口下.csv"]


def test_what_an_import_toml_in_an_archive_says_counts(tmp_path):
    told = 'ignore = ["b.csv"]\n[[file]]\npath = "a.csv"\narea = "花园"'
    members = {"a.csv": csv_bytes(tmp_path), "b.csv": b"", "import.toml": told}
    path = pack_zip(tmp_path / "a.zip", members)

    (one,) = read_paths(shipped_pack(), [path])

    assert (one.name, one.declared) == ("a.csv", {"area": "花园"})


def test_what_is_said_of_an_archive_is_said_of_its_files(tmp_path):
    path = pack_zip(tmp_path / "a.zip", {"a.csv": csv_bytes(tmp_path)})
    (tmp_path / "import.toml").write_text('[[file]]\npath = "a.zip"\narea = "花园"', "utf-8")

    (one,) = read_paths(shipped_pack(), [path])

    assert one.declared == {"area": "花园"}


def test_an_archive_in_a_folder_is_opened_and_nothing_of_it_is_left_behind(tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    folder = tmp_path / "表"
    folder.mkdir()
    pack_zip(folder / "a.zip", {"河口下.csv": csv_bytes(tmp_path)})

    names = read(folder)

    assert (names, list(scratch.iterdir())) == (["河口下.csv"], [])


def test_lock_files_are_skipped_and_said_once(tmp_path):
    folder = tmp_path / "表"
    folder.mkdir()
    save_xlsx(folder / "名单.xlsx", ROWS)
    (folder / "~$名单.xlsx").write_bytes(b"\x05Zhang")
    (folder / "~$b.et").write_bytes(b"\x05Zhang")
    said = []

    names = read(folder, folder / "~$b.et", tell=said.append)

    assert names == ["名单.xlsx"]
    assert [sentence.count("~$") for sentence in said] == [3]


def test_documents_and_pictures_in_a_folder_and_its_archives_are_named_and_hinder_no_list(tmp_path):
    folder = tmp_path / "表"
    folder.mkdir()
    save_xlsx(folder / "名单.xlsx", ROWS)
    for name in ("低保花名册.docx", "公示.PDF", "~$低保花名册.docx", "说明.md", "旧.doc"):
        (folder / name).write_bytes(b"x")
    (folder / "import.toml").write_text('ignore = ["旧.doc"]', "utf-8")
    pack_zip(folder / "a.zip", {"河口下.csv": csv_bytes(tmp_path), "照片.jpg": b"x" * 9})
    said = []

    names = read(folder, tell=said.append)

    assert sorted(names) == ["名单.xlsx", "河口下.csv"]
    (sentence,) = said
    assert [name in sentence for name in ("低保花名册.docx", "公示.PDF", "照片.jpg", ".xlsx")] == (
        [True] * 4
    )
    assert [name in sentence for name in ("~$", "说明.md", "旧.doc")] == [False] * 3


def test_a_folder_of_nothing_but_documents_names_them(tmp_path):
    (tmp_path / "低保花名册.docx").write_bytes(b"x")

    with pytest.raises(ReliefError, match="no spreadsheet in this folder") as refused:
        read(tmp_path)

    assert "低保花名册.docx" in str(refused.value.remedy)


def stamped(folder):
    """An archive that says its only member is locked."""
    path = pack_zip(folder / "a.zip", {"a.csv": b"x"})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda to: pack_zip(to / "a.zip", {"../b.csv": b"x"}), "leads outside"),
        (lambda to: pack_zip(to / "a.zip", {"..\\b.csv": b"x"}), "leads outside"),
        (lambda to: pack_zip(to / "a.zip", {"/b.csv": b"x"}), "leads outside"),
        (lambda to: pack_zip(to / "a.zip", {"C:\\b.csv": b"x"}), "leads outside"),
        (lambda to: pack_zip(to / "a.zip", {"b.zip": b"PK"}), "holds another archive"),
        (lambda to: pack_zip(to / "a.zip", {"b.csv": b" " * (101 << 20)}), "too large"),
        (
            lambda to: pack_zip(to / "a.zip", {f"{i}.csv": b"" for i in range(2001)}),
            "archive is too large",
        ),
        (lambda to: pack_zip(to / "a.zip", {"b.txt": b"x"}), "no spreadsheet in this"),
        (stamped, "locked with a password"),
        (lambda to: save_csv(to / "a.zip", ROWS), "damaged"),
    ],
    ids=[
        "up", "up by backslash", "absolute", "a drive", "nested", "bomb", "too many", "no list",
        "locked", "no archive",
    ],
)  # fmt: skip
def test_an_archive_that_is_a_trap_or_none_is_refused_and_nothing_leaves_it(tmp_path, make, words):
    path = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(ReliefError, match=words):
        read(path)

    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("b.csv").exists()

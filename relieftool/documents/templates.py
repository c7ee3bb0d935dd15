"""Word templates of letters and notices: where they are, which fields they have, and filling them.

A template stands in the folder `templates` of a pack or of one that it extends. An office's own of
the same name, in the folder `模板` beside its register, is used instead.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from relieftool.errors import ReliefError, suggest_name
from relieftool.messages import _
from relieftool.output.files import replace_file
from relieftool.pack.pack_files import list_pack_folders
from relieftool.values.screen_text import escape_invisible

OWN_FOLDER = "模板"
PACK_FOLDER = "templates"
_LOOP = "loop"  # what a loop of a template itself knows


@dataclass(frozen=True)
class TemplateKind:
    """A letter or notice: the name of its file, its fields, and those that it must not lack.

    `lists` are its lists, each with the fields of one row.
    """

    name: str
    fields: frozenset[str]
    required: frozenset[str]
    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        """The names that the template may use outside of loops."""
        return self.fields | frozenset(self.lists)

    @property
    def in_rows(self) -> frozenset[str]:
        """The fields of the rows of all lists."""
        return frozenset().union(*self.lists.values())

    @property
    def specimens(self) -> dict[str, Any]:
        """A value for each field, and one row for each list."""
        rows = {name: [dict.fromkeys(fields, "1")] for name, fields in self.lists.items()}
        return dict.fromkeys(self.fields, "1") | rows


@dataclass(frozen=True)
class Template:
    """A template file of a kind."""

    kind: TemplateKind
    path: Path

    def fill(self, values: Mapping[str, Any], out: Path) -> None:
        """Write the template with its fields filled in to a .docx.

        Raises:
            ReliefError: The template is no Word file, a field of it is misspelt, or one is missing.
        """
        self.check()
        with self._refusing_unwritable():
            self._document.render(values, self._environment, autoescape=True)
        with replace_file(out) as beside:
            self._document.save(str(beside))

    def check(self) -> None:
        """Raise ReliefError if a field is misspelt, or one that must be there is missing.

        It is tried with specimens, so that what cannot be filled in is known before any reveal.
        """
        source = self._read_source()
        with self._refusing_unwritable():
            used = set(self._list_names(source))
        for name, known in used:
            if name not in known:
                remedy = suggest_name(name, known) or _("The fields are: {names}").format(
                    names=_(", ").join(sorted(known))
                )
                problem = _("it has a field that does not exist: {name}").format(name=name)
                raise self._refuse(problem, remedy)
        with self._refusing_unwritable():
            self._environment.from_string(source).render(self.kind.specimens)
        missing = sorted(self.kind.required - {name for name, _known in used})
        if missing:
            raise self._refuse(
                _("it lacks a field that must be there: {names}").format(
                    names=_(", ").join(missing)
                ),
                _("Put it in again: `relief pack templates --out DIR` writes it as it comes."),
            )

    @contextmanager
    def _refusing_unwritable(self) -> Iterator[None]:
        """Turn what a field of the template cannot do into ReliefError."""
        from jinja2 import TemplateError  # noqa: PLC0415 start-up time

        try:
            yield
        except (TemplateError, TypeError, ArithmeticError, LookupError, ValueError) as error:
            raise self._refuse(
                _("a field is not written as it must be: {reason}").format(
                    reason=getattr(error, "message", error)
                ),
                _("Write a field between two pairs of braces, such as {{ 户主 }}."),
            ) from error

    def _refuse(self, problem: str, remedy: str) -> ReliefError:
        return ReliefError(escape_invisible(self.path.name), problem, remedy)

    @cached_property
    def _environment(self) -> Any:
        """The environment that a template runs in: it reaches nothing but its fields."""
        from jinja2 import StrictUndefined  # noqa: PLC0415 start-up time
        from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 start-up time

        return ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)

    @cached_property
    def _document(self) -> Any:
        from zipfile import BadZipFile  # noqa: PLC0415 start-up time

        from docx.opc.exceptions import PackageNotFoundError  # noqa: PLC0415 start-up time
        from docxtpl import DocxTemplate  # type: ignore[import-untyped]  # noqa: PLC0415

        document = DocxTemplate(str(self.path))
        try:
            document.init_docx()
        except (BadZipFile, KeyError, PackageNotFoundError, SyntaxError, ValueError) as error:
            # A part that is cut off is a SyntaxError of lxml.
            raise self._refuse(
                _("this is no Word file"), _("Save it in WPS or Word as .docx.")
            ) from error
        return document

    def _list_names(self, source: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Yield the names in the template, each with those that are known in its place."""
        from jinja2 import meta, nodes  # noqa: PLC0415 start-up time

        tree = self._environment.parse(source)
        for name in meta.find_undeclared_variables(tree):
            yield name, self.kind.known
        parts = {part: getattr(part.node, "name", "") for part in tree.find_all(nodes.Getattr)}
        found: dict[Any, frozenset[str]] = {}
        for loop in tree.find_all(nodes.For):  # an inner loop comes after the one around it
            fields = self.kind.lists.get(getattr(loop.iter, "name", ""))
            if fields is not None:
                target = getattr(loop.target, "name", None)
                inside = loop.find_all(nodes.Getattr)
                found |= {part: fields for part in inside if parts[part] == target}
        for part, whole in parts.items():
            if part in found or whole not in {_LOOP, *self.kind.known}:
                yield part.attr, found.get(part, self.kind.in_rows)
            elif whole != _LOOP:  # a field, or a whole list, has no parts
                yield f"{whole}.{part.attr}", self.kind.known

    def _read_source(self) -> str:
        """Return the text of the template, that of its header and footer included."""
        document = self._document
        parts = [document.get_xml()]
        for kind in (document.HEADER_URI, document.FOOTER_URI):
            parts += [
                document.get_part_xml(part) for _key, part in document.get_headers_footers(kind)
            ]
        return "".join(map(document.patch_xml, parts))


def find_template(kind: TemplateKind, pack: Path, register: Path, programme: str = "") -> Template:
    """Return the template of a kind: the office's own, or that of the pack or of one it extends.

    One that is named after a programme (申请表-dibao.docx) goes before that for all programmes.
    """
    for name in filter(None, (programme and f"{kind.name}-{programme}", kind.name)):
        for folder in _list_folders(pack, register):
            path = folder / f"{name}.docx"
            if path.is_file():
                return Template(kind, path)
    raise ReliefError(
        f"{kind.name}.docx",
        _("no pack has this template"),
        _("Put it into the folder {folder} beside the register.").format(folder=OWN_FOLDER),
    )


def _list_folders(pack: Path, register: Path) -> Iterator[Path]:
    yield register.parent / OWN_FOLDER
    yield from (folder / PACK_FOLDER for folder in list_pack_folders(pack))


def copy_templates(
    kinds: Sequence[TemplateKind], pack: Path, register: Path, out: Path
) -> tuple[list[Template], list[Template]]:
    """Copy the templates in use into a folder; return those copied, and those there already.

    Raises:
        ReliefError: The folder cannot be made or written to.
    """
    named = {kind.name: kind for kind in kinds}
    found: dict[str, Template] = {}
    for folder in (out, *_list_folders(pack, register)):
        for path in sorted(folder.glob("*.docx")):
            kind = named.get(path.stem.partition("-")[0])
            if kind is not None:
                found.setdefault(path.name, Template(kind, path))
    kept = [each for each in found.values() if each.path.parent == out]
    copied = [each for each in found.values() if each.path.parent != out]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReliefError(
            escape_invisible(str(out)), _("this place does not let you write"), _("Check the path.")
        ) from error
    for each in copied:
        with replace_file(out / each.path.name) as beside:
            beside.write_bytes(each.path.read_bytes())
    return copied, kept

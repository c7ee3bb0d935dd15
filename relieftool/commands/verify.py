"""`relief verify`: check that no entry of the ledger was changed, removed or inserted."""

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from operator import itemgetter
from pathlib import Path

import typer

from relieftool.cases.evidence import EvidenceFile, FileState, find_evidence_faults
from relieftool.cases.verify import (
    LEDGER_CHAINS,
    count_forgotten_texts,
    find_chain_ends,
    verify_evidence,
    verify_ledger,
)
from relieftool.commands import options
from relieftool.errors import EXIT_DONE, EXIT_LOOK
from relieftool.fieldwork.checks import FIELD_CHECKS
from relieftool.messages import Message, _
from relieftool.output.result import Column, RecordTable, Result
from relieftool.output.streams import print_message
from relieftool.store.chain import CHAIN_ENDS, ChainEnd
from relieftool.store.chain_check import LedgerFault
from relieftool.store.database import open_register
from relieftool.store.entries import ACCESSES, CASE_ENTRIES, FIELD_CHAINS


def verify(
    *,
    db: options.Db = options.DEFAULT_DB,
    head: list[str] | None = None,
    evidence: list[Path] | None = None,
    findings: bool = False,
    pack: options.PackDir = None,
    as_of: options.AsOf = None,
    showing: options.ShowOptions,
) -> None:
    """Prove that no entry of the ledger was changed, removed or slipped in, and that cases add up.

    Write down the hash it shows: given with --head, it also tells whether everything that came
    last was cut off. Files of evidence are held against the hashes that were kept of them.

    Example: relief verify

    Args:
        head (HASH): A hash written down earlier, which some entry must still have; may be repeated.
        evidence (FOLDER): Where files of evidence lie now, known by their hash under any name; may
            be repeated.
        findings: Evaluate every household anew, and hold the findings kept against it.
    """
    _check_folders(evidence or ())
    with open_register(db, is_checked=False) as register:
        broken = verify_ledger(register, head or (), chains=FIELD_CHAINS, checks=FIELD_CHECKS)
        files = verify_evidence(register, evidence or ())
        broken += find_evidence_faults(files)
        ends = find_chain_ends(register, _CHAINS)
        forgotten = count_forgotten_texts(register, _CHAINS)
    compared, wrong = _find_wrong_findings(db, pack, as_of) if findings else (None, [])
    broken += wrong
    result = _result(broken, ends, is_end_proved=_is_end_proved(broken, head))
    result = replace(result, document={**result.document, "findings_compared": compared})
    showing.show(_add_evidence(result, files, forgotten))
    print_message(_format_outcome(broken))
    _print_unseen(files)
    if forgotten:
        print_message(_("Names and texts that were forgotten: {count}.").format(count=forgotten))
    end = ends[CHAIN_ENDS.table]
    if end and all(fault.is_doubt for fault in broken):
        print_message(_end_words(end, head))
    raise typer.Exit(EXIT_LOOK if broken else EXIT_DONE)


_CHAINS = (*(chain for chain in LEDGER_CHAINS if chain != CHAIN_ENDS), *FIELD_CHAINS, CHAIN_ENDS)


def _find_wrong_findings(
    db: Path, pack: Path | None, as_of: dt.date | None
) -> tuple[int, list[LedgerFault]]:
    """Evaluate all households and compare with what is kept.

    Return the number of households compared, and a fault for each that is kept wrongly.
    """
    # a ledger is verified without the rules
    from relieftool.commands.session import open_session
    from relieftool.eligibility.kept_findings import check_findings
    from relieftool.output.terminal import show_progress
    from relieftool.pack.pack_cache import drop_kept

    drop_kept()
    with (
        open_session(db, pack, as_of) as opened,
        show_progress(sys.stderr, _("Evaluating households")) as progress,
    ):
        compared, wrong = check_findings(opened.db, opened.pack, opened.as_of, progress)
    print_message(
        _("Findings of households held against new ones: {count}.").format(count=compared)
    )
    return compared, [LedgerFault("findings-differ", number, _DIFFER) for number in wrong]


_DIFFER = Message(
    "what is kept of this household is not what the rules say of it now; it is dropped, and the"
    " next answer evaluates the household again"
)


def _check_folders(folders: Sequence[Path]) -> None:
    """Raise a usage error if a folder of evidence is not a folder."""
    for folder in folders:
        if not folder.is_dir():
            problem = _("'{text}' is no folder").format(text=folder)
            raise typer.BadParameter(problem, param_hint="--evidence")


def _add_evidence(result: Result, files: Sequence[EvidenceFile], forgotten: int) -> Result:
    more = {"evidence": [asdict(file) for file in files], "forgotten_texts": forgotten}
    return replace(result, document={**result.document, **more})


def _print_unseen(files: Sequence[EvidenceFile]) -> None:
    """Print how many files of evidence were not checked, as their place is not known."""
    unseen = sum(file.state == FileState.UNKNOWN for file in files)
    if unseen:
        sentence = _(
            "Not looked at: {count} files of evidence; where they lie is not known."
            " `relief verify --evidence FOLDER` finds them by their hash."
        )
        print_message(sentence.format(count=unseen))


def _is_end_proved(broken: Sequence[LedgerFault], heads: Sequence[str] | None) -> bool:
    """Return whether hashes were given with --head, and all of them are still there."""
    return bool(heads) and not any(fault.check == "head-lost" for fault in broken)


def _result(
    broken: Sequence[LedgerFault],
    ends: Mapping[str, ChainEnd | None],
    *,
    is_end_proved: bool,
) -> Result:
    entries, accesses = ends[CASE_ENTRIES.table], ends[ACCESSES.table]
    listing = _faults_table(broken)
    document = {
        "relief_result": 1,
        "command": "verify",
        "is_whole": not broken,
        "entries": _number(entries),
        "head": _hash(entries),
        "accesses": _number(accesses),
        "access_head": _hash(accesses),
        "write_down": _hash(ends[CHAIN_ENDS.table]),
        "is_end_proved": is_end_proved,
        "chains": [
            {"table": table, "entries": _number(head), "head": _hash(head)}
            for table, head in ends.items()
        ],
        "broken": listing.documents(),
    }
    return Result(document, (_ends_table(ends), listing))


def _number(head: ChainEnd | None) -> int | None:
    return None if head is None else head.number


def _hash(head: ChainEnd | None) -> str | None:
    return None if head is None else head.hash


def _table_word(table: str) -> str:
    """Return the word for the entries of a chain."""
    words = {
        "case_entries": _("cases"),
        "access_log": _("reveals"),
        "visits": _("visits"),
        "helpers": _("helpers"),
        "assignments": _("assignments"),
        "measures": _("measures"),
        "samples": _("samples"),
        "revisits": _("re-visits"),
        "needs": _("needs"),
        "decisions": _("decisions on doubts"),
        "parameter_values": _("values set here"),
        "import_events": _("imports and undoings"),
        "life_events": _("events of households"),
        "forgettings": _("people forgotten"),
        "month_tables": _("tables of months handed in"),
        "chain_heads": _("all of these together"),
        "withdrawals": _("withdrawn forms"),
    }
    return words.get(table, table)


def _ends_table(ends: Mapping[str, ChainEnd | None]) -> RecordTable[tuple[str, ChainEnd | None]]:
    """Return the table of the hashes to write down.

    Empty chains are left out, except for those of cases and reveals; unreadable chains are shown.
    """
    always = (CASE_ENTRIES.table, ACCESSES.table)
    columns: tuple[Column[tuple[str, ChainEnd | None]], ...] = (
        Column("chain", _("Chain"), _table_word, value=itemgetter(0)),
        Column.number("entries", _("Entries"), format=_number, value=itemgetter(1)),
        Column(
            "head", _("Hash of the last"), _hash, value=itemgetter(1), is_whole=True, card="text"
        ),
    )
    shown = [
        (table, end) for table, end in ends.items() if end is None or end.number or table in always
    ]
    together = _("The last row has an entry for each time that something was written, not a sum.")
    title = _("The ends of the chains, to be written down")
    return RecordTable(title, columns, shown, [together])


def _faults_table(faults: Sequence[LedgerFault]) -> RecordTable[LedgerFault]:
    columns: tuple[Column[LedgerFault], ...] = (
        Column("check", _("Check")),
        Column("place", _("Place")),
        Column("is_doubt", _("Only a doubt")),
        Column("message", _("What is wrong"), value=lambda fault: str(fault.message)),
    )
    return RecordTable(_("Faults found"), columns, faults)


def _format_outcome(broken: Sequence[LedgerFault]) -> str:
    if not broken:
        return _("Whole: every entry is as it was written, and the cases add up.")
    if all(fault.is_doubt for fault in broken):
        return _("Every entry is as it was written; {count} to look into.").format(
            count=len(broken)
        )
    return _(
        "Not whole: {count} listed. Keep this file as it is, work on with the newest copy that"
        " verifies, and tell whoever answers for the ledger."
    ).format(count=len(broken))


def _end_words(end: ChainEnd, heads: Sequence[str] | None) -> str:
    """Return sentences on what is not proved, and on how to prove it next time."""
    unproved = (
        _("Not proved: what was written after the hash given could have been cut off.")
        if heads
        else _(
            "Not proved: everything written since a hash was last written down could have been"
            " cut off, from all lists at once."
        )
    )
    reminder = _(
        "Write this hash down with the day, outside this computer: {hash}\n"
        "`relief verify --head HASH` then proves that nothing of today is missing."
    )
    return f"{unproved}\n{reminder.format(hash=end.hash)}"

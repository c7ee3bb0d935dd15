"""The chains of the ledger: what was done about cases, and who looked at names in full."""

from sqlite_utils import Database

from relieftool.registry import chain as chains
from relieftool.registry.chain import FIRST_HASH, Chain, Head, add_entry, seal

__all__ = ["ACCESSES", "ENTRIES", "FIRST_HASH", "Chain", "Head", "add_entry", "read_head", "seal"]

ENTRIES = Chain("case_entries", "entry_id")
ACCESSES = Chain("access_log", "log_id")


def read_head(db: Database, chain: Chain = ENTRIES) -> Head:
    """Give the end of a chain, of the cases' where none is named."""
    return chains.read_head(db, chain)

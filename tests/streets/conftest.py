"""Damaged streets, drawn and answered: thorough, and slow as a whole."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items):
    """Mark every test of this folder as slow."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)

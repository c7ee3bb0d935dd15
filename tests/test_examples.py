"""Every worked example of the shipped pack comes out as its author wrote it."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from relieftool.errors import ReliefError
from relieftool.examples import ExampleResult, run_examples
from relieftool.pack.loading import shipped_pack_folder
from relieftool.rules.checking import load_checked_pack

PACK = load_checked_pack(shipped_pack_folder())
RESULTS = run_examples(PACK)


@pytest.mark.parametrize(
    "result", RESULTS, ids=[f"{one.programme}: {one.example}" for one in RESULTS]
)
def test_the_example_comes_out_as_written(result):
    assert (result.got, result.got_fen if result.expected_fen is not None else None) == (
        result.expected,
        result.expected_fen,
    )

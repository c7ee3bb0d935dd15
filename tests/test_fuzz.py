"""A short run of the fuzzer; the long ones are started by hand: python -m tests.fuzz."""

import subprocess
import sys
from pathlib import Path

import pytest

COUNT = 200
ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_no_damaged_file_is_worse_than_refused(tmp_path):
    command = [sys.executable, "-m", "tests.fuzz", "--count", str(COUNT), "--seed", "7"]

    done = subprocess.run(  # noqa: S603
        [*command, "--keep", tmp_path], cwd=ROOT, capture_output=True, check=False, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == f"{COUNT} mutants, 0 failures"

"""What drawn files say is read rightly, or is unknown and told; nothing is wrong in silence."""

from collections import Counter

from tests.layouts.drawing_files import decided, draw, judge

SEED = 20261130
FILES = 300
MOST_UNDECIDED = 0.05


def test_nothing_that_a_drawn_file_says_is_misread_in_silence(tmp_path):
    faults, total = {}, Counter()
    for number in range(FILES):
        _drawn, _got, verdict = judge(tmp_path, SEED, number)
        total += verdict.counts()
        if verdict.faults:
            faults[number] = verdict.faults

    # python -m tests.layouts 1 20261130 NUMBER shows the file
    assert faults == {}
    assert 1 - decided(total) <= MOST_UNDECIDED


def test_the_same_number_draws_the_same_file():
    first, again = draw(SEED, 7), draw(SEED, 7)

    assert [page.rows for paper in first.papers for page in paper.pages] == [
        page.rows for paper in again.papers for page in paper.pages
    ]

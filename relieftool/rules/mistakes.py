"""A mistake in an expression, before it is known in which file it stands."""

from collections.abc import Iterator
from contextlib import contextmanager

from relieftool.errors import ReliefError


class ExpressionError(ValueError):
    """What is wrong with an expression and what to do; becomes a ReliefError with its place."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


@contextmanager
def locate_errors(place: str) -> Iterator[None]:
    """Tell a mistake found inside with the file and key it stands at."""
    try:
        yield
    except ExpressionError as mistake:
        raise ReliefError(place, mistake.problem, mistake.remedy) from mistake

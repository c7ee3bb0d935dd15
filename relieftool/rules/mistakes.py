"""A mistake in an expression, before it is known in which file it stands."""


class Mistake(ValueError):
    """What is wrong with an expression and what to do; becomes a ReliefError with its place."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy

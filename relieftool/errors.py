"""What can go wrong and stop a command; imports nothing but the message catalogue."""


class ReliefError(Exception):
    """Something the user can put right: where it is, what is wrong, what to do next.

    All three are sentences already in the reader's language and hold no personal data.
    """

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}\n{remedy}")
        self.place = place
        self.problem = problem
        self.remedy = remedy

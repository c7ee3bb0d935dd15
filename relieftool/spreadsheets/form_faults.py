"""What may be wrong with a filled form: each told with its place and what to do next."""

from relieftool.messages import Message
from relieftool.problems import Problem


def build_form_problem(
    code: str, sheet: str, row: int, message: Message, column: str = ""
) -> Problem:
    """Tell what is wrong at a row of a form, and whether something is not used because of it."""
    is_lost = code.startswith(("form-marks", "form-version", "form-altered", "form-household"))
    is_lost |= code.startswith(("form-undated", "form-ahead", "form-visit"))
    is_lost |= code in {
        *("form-question-differs", "form-person-differs", "form-row-altered", "form-known-changed"),
        *("form-mark-unknown", "form-row-added", "form-needs-empty"),
    }
    return Problem(code, message, sheet, row, column, is_unused=is_lost)


MARKS_GONE = Message(
    "this was a form of relief, but its hidden marks are gone; print it anew with `relief form`"
    " and copy the answers over"
)
OTHER_VERSION = Message(
    "this form is of another version of relief; print it anew with `relief form` and copy the"
    " answers over"
)
COLUMNS_GONE = Message(
    "a column of this form was taken out or its hidden first row changed; print it anew with"
    " `relief form` and copy the answers over"
)
NO_NUMBER = Message(
    "the hidden mark of the household is missing or stands twice; print the form anew with"
    " `relief form` and copy the answers over"
)
NUMBER_DIFFERS = Message(
    "the household number was changed by hand: the form was printed for another household; print"
    " one for this household with `relief form`"
)
MARK_UNKNOWN = Message("the hidden mark of this row was changed; its answer is not used")
ROW_ADDED = Message(
    "this row was added by hand, so nobody knows what it answers; write it as words under needs"
)
QUESTION_DIFFERS = Message(
    "the question of this row is not the one the form was printed with; its answer is not used:"
    " print the form anew with `relief form`"
)
NO_DAY = Message(
    "nothing of this form is used yet: write the day of the visit, and import it again with"
    " --replace"
)
DAY_AHEAD = Message(
    "nothing of this form is used, as the day of its visit has not come yet: correct the day, and"
    " import it again with --replace"
)
NO_LEVEL = Message(
    "nothing of this form is used yet: say whether 社区, 街道 or 帮扶单位 made the visit, and"
    " import it again with --replace"
)
NO_METHOD = Message(
    "nothing of this form is used yet: say whether the visit was 上门, 现场 or 电话, and import it"
    " again with --replace"
)
TWO_NAMES = Message(
    "nothing of this form is used yet: it takes the names of two surveyors; add them, and import"
    " it again with --replace"
)
ROW_ALTERED = Message(
    "the words or the hidden marks of this row are not those it was printed with; its answer is not"
    " used: print the form anew with `relief form` and copy the answer over"
)
PERSON_DIFFERS = Message(
    "this row names another person than it was printed for; its answer is not used: print the form"
    " anew with `relief form` and copy the answer over"
)
KNOWN_CHANGED = Message(
    "what is known was changed by hand, and the change is not used: a correction belongs in the"
    " answer beside it; write it there, and import the form again with --replace"
)
NO_WORDS = Message(
    "nothing of this form is used yet: what is written here says nothing; say in words what was"
    " found, and import it again with --replace"
)
NO_NEEDS = Message(
    "what is written as the family's own words says nothing and is not used; say it in words, and"
    " import the form again with --replace"
)

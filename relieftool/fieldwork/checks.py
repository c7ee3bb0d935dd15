"""Rules for fieldwork entries, each with a query that finds the entries that break it."""

from relieftool.cases.verify import InvariantCheck
from relieftool.messages import Message
from relieftool.store.entries import compile_never_said
from relieftool.store.former_numbers import compile_current_number


def _fold_sql(name: str) -> str:
    """Return SQL for a name in lower case without spaces; stored names have no other blanks."""
    return f"lower(replace({name}, ' ', ''))"


# False for a survey from a form whose import was ever undone: it may not have counted when the
# later visit was recorded.
_NEVER_WITHDRAWN = (
    "({0}.import_id IS NULL OR {0}.import_id NOT IN (SELECT import_id FROM withdrawals))"
)
# Surveys recorded before a visit and not made after it; the household may have had another number.
_SURVEYED = f"""
    FROM visits survey
    WHERE {compile_current_number("survey.household_no")}
        = {compile_current_number("visits.household_no")}
    AND survey.step = 'survey'
    AND survey.visit_id < visits.visit_id AND survey.visited_on <= visits.visited_on
"""

FIELD_CHECKS = (
    InvariantCheck(
        "survey-by-one",
        Message("this survey was made by fewer than two investigators."),
        f"""
        SELECT 'visits ' || visit_id FROM visits WHERE investigators IS NOT NULL AND
            (SELECT count(DISTINCT {_fold_sql("name.value")}) FROM json_each(investigators) name)
            < CASE step WHEN 'survey' THEN 2 ELSE 1 END
        """,
    ),
    InvariantCheck(
        "check-without-survey",
        Message("this visit checks a survey that was not recorded before it."),
        f"SELECT 'visits ' || visit_id FROM visits WHERE step = 'check'"
        f" AND NOT EXISTS (SELECT 1 {_SURVEYED})",
    ),
    InvariantCheck(
        "check-by-surveyors",
        Message("this check was made by those who made the survey, or by their level."),
        f"""
        SELECT 'visits ' || visits.visit_id FROM visits JOIN visits made ON made.visit_id = ifnull(
            (SELECT survey.visit_id {_SURVEYED} AND survey.household_no = visits.household_no
            ORDER BY survey.visited_on DESC, survey.visit_id DESC LIMIT 1),
            (SELECT survey.visit_id {_SURVEYED}
            ORDER BY survey.visited_on DESC, survey.visit_id DESC LIMIT 1))
        WHERE visits.step = 'check' AND {_NEVER_WITHDRAWN.format("made")}
        AND (visits.level = made.level OR EXISTS (
            SELECT 1 FROM json_each(visits.investigators) checker,
                json_each(made.investigators) surveyor
            WHERE {_fold_sql("checker.value")} = {_fold_sql("surveyor.value")}))
        """,
    ),
    InvariantCheck(
        "assigned-to-nobody",
        Message("this household was assigned to a helper who is not recorded."),
        # Once the name of a helper was forgotten, NOT IN yields NULL and no assignment is found:
        # any unknown name may have been theirs.
        """
        SELECT 'assignments ' || assignment_id FROM assignments
        WHERE helper NOT IN (SELECT name FROM helpers)
        """,
    ),
    InvariantCheck(
        "measure-without-day",
        Message("this measure is neither planned nor done."),
        "SELECT 'measures ' || measure_id FROM measures"
        " WHERE planned_on IS NULL AND done_on IS NULL",
    ),
    InvariantCheck(
        "plan-completed-wrongly",
        Message("this measure completes one of another household or kind, or one that was done."),
        f"""
        SELECT 'measures ' || done.measure_id FROM measures done JOIN measures plan
        ON plan.measure_id = done.completes
        WHERE {compile_current_number("plan.household_no")}
            <> {compile_current_number("done.household_no")}
        OR plan.kind <> done.kind
        OR plan.done_on IS NOT NULL OR plan.measure_id >= done.measure_id
        """,
    ),
    InvariantCheck(
        "revisited-not-drawn",
        Message("this re-visit is of a household that was not drawn."),
        """
        SELECT 'revisits ' || revisits.revisit_id FROM revisits
        LEFT JOIN samples ON samples.sample_id = revisits.sample_id
        WHERE NOT EXISTS (
            SELECT 1 FROM json_each(samples.strata) stratum,
                json_each(stratum.value, '$.drawn') drawn
            WHERE drawn.value = revisits.household_no)
        """,
    ),
    InvariantCheck(
        "revisited-before-drawn",
        Message("this re-visit is of a day before its sample was drawn."),
        """
        SELECT 'revisits ' || revisits.revisit_id FROM revisits
        JOIN samples ON samples.sample_id = revisits.sample_id
        WHERE revisits.revisited_on < samples.drawn_on
        """,
    ),
    InvariantCheck(
        "revisited-by-surveyor",
        Message("this re-visit was made by one of those who surveyed the household."),
        f"""
        SELECT 'revisits ' || revisits.revisit_id FROM revisits WHERE EXISTS (
            SELECT 1 FROM visits survey, json_each(survey.investigators) surveyor
            WHERE {compile_current_number("survey.household_no")}
                = {compile_current_number("revisits.household_no")}
            AND survey.step = 'survey' AND {_NEVER_WITHDRAWN.format("survey")}
            AND {_fold_sql("surveyor.value")} = {_fold_sql('revisits."by"')})
        """,
        is_doubt=True,  # the survey may have been recorded after the re-visit
    ),
    InvariantCheck(
        "error-without-note",
        Message("this re-visit found an error and does not say which."),
        "SELECT 'revisits ' || revisit_id FROM revisits"
        f" WHERE agrees = 0 AND {compile_never_said('note', 'revisits')}",
    ),
)

"""What must be true of the fieldwork, each a query for the rows where it is not."""

from relieftool.cases.verify import InvariantCheck
from relieftool.messages import Message
from relieftool.store.entries import compile_never_said
from relieftool.store.former_numbers import compile_current_number


def _squeezed(name: str) -> str:
    """Return a name in SQL as one person's; a name that was kept has no blank but the usual one."""
    return f"lower(replace({name}, ' ', ''))"


# A survey on a form that was never taken back: only of these is it sure that they counted then.
_STAYED = "({0}.import_id IS NULL OR {0}.import_id NOT IN (SELECT import_id FROM withdrawals))"
# A household may have been visited under another number than the one it was checked under.
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
            (SELECT count(DISTINCT {_squeezed("name.value")}) FROM json_each(investigators) name)
            < CASE step WHEN 'survey' THEN 2 ELSE 1 END
        """,
    ),
    InvariantCheck(
        "check-without-survey",
        Message("this visit checks a survey that nobody wrote down before."),
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
        WHERE visits.step = 'check' AND {_STAYED.format("made")}
        AND (visits.level = made.level OR EXISTS (
            SELECT 1 FROM json_each(visits.investigators) checker,
                json_each(made.investigators) one
            WHERE {_squeezed("checker.value")} = {_squeezed("one.value")}))
        """,
    ),
    InvariantCheck(
        "assigned-to-nobody",
        Message("this household was given to a helper nobody wrote down."),
        # unknown, and so not listed, once a helper was forgotten: it may be they
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
            SELECT 1 FROM visits survey, json_each(survey.investigators) one
            WHERE {compile_current_number("survey.household_no")}
                = {compile_current_number("revisits.household_no")}
            AND survey.step = 'survey' AND {_STAYED.format("survey")}
            AND {_squeezed("one.value")} = {_squeezed('revisits."by"')})
        """,
        is_doubt=True,  # the survey may have been written down after the re-visit
    ),
    InvariantCheck(
        "error-without-note",
        Message("this re-visit found an error and does not say which."),
        "SELECT 'revisits ' || revisit_id FROM revisits"
        f" WHERE agrees = 0 AND {compile_never_said('note', 'revisits')}",
    ),
)

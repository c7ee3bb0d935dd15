"""The report on a month: its figures, the lists that they count, and the reason for each row.

A figure leads to the rows of a list that bear all of its marks, such as `status:unclaimed`.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from operator import itemgetter
from typing import Any

from sqlite_utils import Database

from relieftool.cases.case_list import list_cases, replay_cases
from relieftool.cases.deadlines import add_deadlines
from relieftool.cases.month_changes import (
    ADDING,
    TAKING,
    MonthChange,
    MonthChanges,
    MonthCount,
    MonthQuestion,
    find_month_changes,
)
from relieftool.cases.records import PRIORITY, CaseRecord, CaseState, DepartmentDecision
from relieftool.documents.data_quality import KnownShare, build_known_table, list_known_shares
from relieftool.documents.report_parts import (
    FigureTable,
    FindLead,
    Lead,
    Report,
    ReportList,
    ReportSection,
)
from relieftool.eligibility.findings import (
    LISTED_STATUSES,
    Finding,
    Status,
    format_status,
    sum_per_month,
)
from relieftool.eligibility.gaps import Gaps, find_gaps
from relieftool.eligibility.priority import PriorityCheck, find_priority
from relieftool.eligibility.question_records import OpenQuestion
from relieftool.eligibility.questions import list_questions
from relieftool.fieldwork.coverage import A_YEAR, VisitCoverage, find_coverage
from relieftool.fieldwork.visits import VisitStep
from relieftool.messages import NamedChoice, _, format_choice
from relieftool.output.cases import cases_table, format_case_progress, format_case_state_in_full
from relieftool.output.fieldwork import coverage_table, format_percent
from relieftool.output.gaps import (
    format_gap_totals,
    gap_figures_table,
    list_finding_columns,
    list_household_columns,
)
from relieftool.output.month_changes import build_month_list_table, build_moving_counts_table
from relieftool.output.priority import format_priority_totals, priority_figures_table
from relieftool.output.result import Column, Columns, RecordTable
from relieftool.output.result_cells import convert_to_yuan
from relieftool.output.wording import find_says, format_programme, programme_column
from relieftool.pack.models import Pack
from relieftool.store.chain import CHAIN_ENDS, ChainEnd, read_chain_end

_MOST_QUESTIONS = 20
_AGES = ((0, 30), (31, 60), (61, 90), (91, None))  # days that a case is open, both ends inclusive
_FINDING_COLUMNS = (
    *("household_no", "community", "head", "member", "programme", "status"),
    *("amount", "period", "due", "why"),
)
_CASE_COLUMNS = (
    *("case", "household_no", "member_no", "community", "programme", "state", "opened_on"),
    *("days_open", "due_on", "department", "closed_on", "outcome"),
)
_CHANGE_KINDS = (*ADDING, "arrived", *TAKING, "moved", "amount")
_BY_PROGRAMME = (*LISTED_STATUSES, Status.RECEIVING)


@dataclass(frozen=True)
class _ListedHousehold:
    """A household with what the lists and figures say of it; `visits` are its states by step."""

    household_no: str
    community: str
    head: str | None
    members: int
    findings: Sequence[Finding]
    priority: str
    reasons: Sequence[str]
    visits: Mapping[VisitStep, str]


@dataclass(frozen=True)
class ProgrammeFigures:
    """How many findings of a programme have each status, and the sure gain in fen a month."""

    programme: str
    counts: Mapping[str, int]
    unclaimed_fen: int

    @property
    def reached(self) -> Fraction | None:
        """The share of those entitled for sure who are paid; None if there are none."""
        paid = self.counts[Status.RECEIVING] + self.counts[Status.UNDERPAID]
        entitled = paid + self.counts[Status.UNCLAIMED]
        return Fraction(paid, entitled) if entitled else None


@dataclass(frozen=True)
class _CaseStep:
    """A step of cases: how many have taken it, how many of these of priority, and in the month."""

    key: str
    words: str
    count: int
    of_priority: int
    in_month: int


@dataclass(frozen=True)
class _CaseAge:
    """How many open cases have been open for some days, and how many of them are overdue."""

    key: str
    words: str
    count: int
    overdue: int


def build_month_report(
    db: Database, pack: Pack, as_of: dt.date, day: dt.date, community: str | None
) -> Report:
    """Return the report on the month of `as_of`, about one community or all (None).

    Cases are overdue as of `day`.
    """
    cases = add_deadlines(list_cases(db, community), pack, day)
    before = as_of.replace(day=1) - dt.timedelta(days=1)
    builder = _Builder(
        db=db,
        pack=pack,
        gaps=find_gaps(db, pack, as_of, community, tuple(Status)[:-1], with_questions=False),
        priority=find_priority(db, pack, as_of, community=community),
        questions=(asked := list_questions(db, pack, as_of, community)),
        shares=list_known_shares(db, pack, community, asked),
        coverage=find_coverage(db, as_of, A_YEAR, community=community),
        cases=list(replay_cases(db, cases)),
        # The last, because the register is shown as of another day meanwhile.
        months=find_month_changes(db, pack, MonthQuestion(before, as_of, community)),
    )
    return builder.build()


@dataclass(frozen=True)
class _Builder:
    """Builds the report from what the services found."""

    db: Database
    pack: Pack
    gaps: Gaps
    priority: PriorityCheck
    questions: Sequence[OpenQuestion]
    coverage: VisitCoverage
    shares: list[KnownShare]
    cases: Sequence[tuple[CaseRecord, Sequence[Mapping[str, Any]]]]
    months: MonthChanges

    def build(self) -> Report:
        """Return the whole report."""
        sections = (
            self._overview(),
            self._communities(),
            self._programmes(),
            self._case_steps(),
            self._case_ages(),
            self._poverty(),
            self._months(),
            self._visits(),
            self._questions(),
        )
        return Report(
            _("Assistance to poor households: report for {month}").format(month=self._month),
            [*self._head()],
            sections,
            [
                *self._findings_lists(),
                self._households_list(),
                self._cases_list(),
                self._changes_list(),
            ],
            [*self._foot()],
        )

    @property
    def _month(self) -> str:
        return self.gaps.as_of.isoformat()[:7]

    def _head(self) -> Iterator[str]:
        line = _("As of {day}. Communities: {names}. Rules: {title}, {version}.")
        names = _(", ").join(self.gaps.communities)
        yield line.format(
            day=self.gaps.as_of, names=names, title=self.pack.title, version=self.pack.version
        )
        yield _("Names are masked.")

    def _foot(self) -> Iterator[str]:
        end: ChainEnd = read_chain_end(self.db, CHAIN_ENDS)
        if end.number:
            yield _("Hash of the ledger: {hash}").format(hash=end.hash)
            yield _("`relief verify --head HASH` proves that nothing before it was changed.")

    def _overview(self) -> ReportSection:
        """Return what is sure, and what it is at most."""
        gaps, priority = self.gaps.totals, self.priority.totals
        yuan = [
            convert_to_yuan(fen)
            for fen in (gaps.unclaimed_fen_per_month, gaps.unclaimed_fen_per_month_at_most)
        ]
        owed = _lead("findings", "status:unclaimed"), _lead("findings", "open")
        poor = _lead("households", "priority:yes"), _lead("households", "may-be-priority")
        households = (gaps.unclaimed_households, gaps.unclaimed_households_at_most)
        of_priority = (priority.priority_households, priority.priority_households_at_most)
        people = (priority.priority_members, priority.priority_members_at_most)
        rows = [
            (_("Households owed a benefit they do not get"), *households, owed),
            (_("Yuan a month that they do not get"), *yuan, owed),
            (_("Priority households"), *of_priority, poor),
            (_("People in priority households"), *people, poor),
        ]
        columns = Column.by_place(
            Column("figure", _("Figure")),
            Column.number("least", _("Sure")),
            Column.number("most", _("At most")),
        )
        leads = {"least": lambda row: row[3][0], "most": lambda row: row[3][1]}
        lines = [
            format_gap_totals(self.gaps, self.questions),
            format_priority_totals(self.priority, self.questions),
            *map(str, gap_figures_table(self.gaps).warnings),
        ]
        title = _("What is sure, and what it is at most")
        return ReportSection(
            _("In short"), [FigureTable(RecordTable(title, columns, rows), leads)], lines
        )

    def _communities(self) -> ReportSection:
        """Return the gaps of each community."""
        leads = {
            "households": self._place_lead("households"),
            "members": self._place_lead("households"),
            "unclaimed_households": self._place_lead("findings", "status:unclaimed"),
            "undetermined_households": self._place_lead("findings", "status:undetermined"),
            "review_households": self._place_lead("findings", "status:review"),
            "unclaimed_yuan_per_month": self._place_lead("findings", "status:unclaimed"),
        }
        drawn = ("unclaimed_households", "undetermined_households")
        return ReportSection(
            _("Gaps by community"),
            [FigureTable(gap_figures_table(self.gaps), leads, drawn, self._has_total)],
        )

    @property
    def _has_total(self) -> bool:
        return len(self.gaps.communities) > 1

    def _place_lead(self, listing: str, *marks: str) -> FindLead:
        """Return where a figure of a community leads; the row of totals leads to all of them."""

        def find(row: tuple[str, object]) -> Lead:
            at = [f"community:{row[0]}"] if row[0] in self.gaps.communities else []
            return Lead(listing, (*at, *marks))

        return find

    def _programmes(self) -> ReportSection:
        """Return the findings on each programme by their status."""
        rows = list(self._count_programmes())
        columns = (
            programme_column(self.pack),
            *(
                Column.number(
                    status.value, format_status(status), value=partial(_count_status, status)
                )
                for status in _BY_PROGRAMME
            ),
            Column.money("yuan", _("Yuan a month unclaimed"), value="unclaimed_fen"),
            Column.number(
                "reached", _("Reached"), words=lambda row: format_percent(row.reached) or ""
            ),
        )
        leads: dict[str, FindLead] = {
            status.value: partial(_lead_by_programme, "findings", f"status:{status}")
            for status in LISTED_STATUSES
        }
        leads[Status.RECEIVING] = partial(_lead_by_programme, "received", "")
        leads["yuan"] = leads[Status.UNCLAIMED]
        footer = [
            _(
                "Reached: who is paid, too little included, of these and of those surely owed it;"
                " who is to be reviewed is not counted."
            ),
            _(
                "Of benefits that exclude each other, the total counts one: it may be less than"
                " the sum of the rows. Gains of unknown amount are not in the sums."
            ),
        ]
        table = RecordTable(_("Findings by programme"), columns, rows, footer)
        return ReportSection(
            _("Gaps by programme"), [FigureTable(table, leads, (Status.UNCLAIMED.value,))]
        )

    def _count_programmes(self) -> Iterator[ProgrammeFigures]:
        """Yield the figures of each programme that has findings, in the order of the pack."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.gaps.findings:
            found[finding.programme].append(finding)
        for programme in self.pack.programmes:
            if findings := found.get(programme):
                gains = [each.gain_fen_per_year for each in findings if _is_unclaimed(each)]
                counts = Counter(finding.status.value for finding in findings)
                yield ProgrammeFigures(programme, counts, sum_per_month(gains))

    def _case_steps(self) -> ReportSection:
        """Return how far the cases have come."""
        named: tuple[NamedChoice, ...] = (
            *(CaseState.FOUND, CaseState.REFERRED, CaseState.DECIDED, DepartmentDecision.GRANTED),
            *(CaseState.RECEIPT_SEEN, CaseState.CLOSED),
        )
        steps = [self._count_step(step.value, format_choice(step)) for step in named]
        columns: tuple[Column[_CaseStep], ...] = (
            Column("step", _("Step"), value="words"),
            Column.number("count", _("Cases")),
            Column.number("of_priority", _("Of priority households")),
            Column.number("in_month", _("In {month}").format(month=self._month)),
        )
        leads: dict[str, FindLead] = {
            "count": lambda step: _lead("cases", f"step:{step.key}"),
            "of_priority": lambda step: _lead("cases", f"step:{step.key}", "of-priority"),
            "in_month": lambda step: _lead("cases", f"month:{step.key}"),
        }
        table = RecordTable(_("From the finding to the closed case"), columns, steps)
        return ReportSection(_("Cases"), [FigureTable(table, leads, ("count",))])

    def _count_step(self, step: str, words: str) -> _CaseStep:
        taken = [record for record, _entries in self.cases if step in _list_taken(record)]
        of_priority = sum(record.programme == PRIORITY for record in taken)
        in_month = sum(step in self._list_taken_in_month(each) for _record, each in self.cases)
        return _CaseStep(step, words, len(taken), of_priority, in_month)

    def _list_taken_in_month(self, entries: Iterable[Mapping[str, Any]]) -> set[str]:
        """Return the steps that a case took in the month of the report."""
        return {
            step
            for entry in entries
            if str(entry["entered_on"])[:7] == self._month
            for step in _list_steps(entry)
        }

    def _case_ages(self) -> ReportSection:
        """Return how long the open cases have been open."""
        records = [record for record, _entries in self.cases if record.is_open]
        rows = []
        for first, last in _AGES:
            words = _("{first} to {last} days") if last else _("{first} days and more")
            aged = [record for record in records if _find_age(record) == first]
            overdue = sum(record.is_overdue for record in aged)
            words = words.format(first=first, last=last)
            rows.append(_CaseAge(f"age:{first}", words, len(aged), overdue))
        columns: tuple[Column[_CaseAge], ...] = (
            Column("age", _("Open for"), value="words"),
            Column.number("count", _("Cases")),
            Column.number("overdue", _("Overdue of these")),
        )
        leads: dict[str, FindLead] = {
            "count": lambda age: _lead("cases", age.key),
            "overdue": lambda age: _lead("cases", age.key, "overdue"),
        }
        table = RecordTable(_("Open cases by age"), columns, rows)
        return ReportSection(_("Ages of cases"), [FigureTable(table, leads, ("count",))])

    def _poverty(self) -> ReportSection:
        """Return the priority households of each community, with H, A and M0."""
        leads = {
            "households": self._place_lead("households"),
            "priority_households": self._place_lead("households", "priority:yes"),
            "priority_members": self._place_lead("households", "priority:yes"),
            "undecided_households": self._place_lead("households", "priority:undecided"),
        }
        lines = [
            _(
                "H: share of people who are poor by the indicators. A: how many indicators weigh on"
                " them. M0: H times A."
            )
        ]
        table = FigureTable(
            priority_figures_table(self.priority),
            leads,
            ("priority_households",),
            has_total=self._has_total,
        )
        return ReportSection(_("Priority households and poverty"), [table], lines)

    def _months(self) -> ReportSection:
        """Return the counts of last month and this one, with what came and what went."""
        kinds = {kind.replace("-", "_"): kind for kind in _CHANGE_KINDS}
        leads: dict[str, FindLead] = {
            key: partial(_lead_by_change, kind) for key, kind in kinds.items()
        }
        table = FigureTable(build_moving_counts_table(self.months, self.pack), leads)
        return ReportSection(_("Month against month"), [table])

    def _changes_list(self) -> ReportList:
        """Return the changes since last month, each with its reason."""
        table = build_month_list_table(self.months, self.pack)
        columns = [column for column in table.columns if column.key != "reason"]
        table = replace(table, columns=columns, nothing="")
        return ReportList("changes", table, _list_change_marks, lambda change: [str(change.reason)])

    def _visits(self) -> ReportSection:
        """Return how many homes each step of visits has reached."""

        def lead(*states: str) -> FindLead:
            def find(row: Any) -> Lead:
                place, counted = row
                at = [] if place is None else [f"community:{place}"]
                return Lead("households", (*at, *(f"{counted.step}:{state}" for state in states)))

            return find

        leads = {state: lead(state) for state in ("done", "due", "overdue", "never")}
        table = FigureTable(coverage_table(self.coverage), {**leads, "households": lead()})
        return ReportSection(_("Home visits"), [table])

    def _questions(self) -> ReportSection:
        """Return the open questions on which the most money hangs."""
        columns: tuple[Column[OpenQuestion], ...] = (
            Column.number("number", _("Question"), is_optional=True),
            Column(
                "words", _("What to find out"), is_wide=True, words=lambda each: str(each.words)
            ),
            Column.number("households", _("Households"), value=lambda asked: len(asked.households)),
            Column.money(
                "at_stake",
                _("Yuan a month at stake"),
                value="at_stake_fen_per_month",
                is_optional=True,
            ),
        )
        shown = self.questions[:_MOST_QUESTIONS]
        table = RecordTable(_("Open questions, the most yuan first"), columns, shown)
        leads: dict[str, FindLead] = {
            "households": lambda asked: _lead("households", f"question:{asked.subject}")
        }
        line = _("Open questions: {count}. `relief questions` lists them.")
        lines = [line.format(count=len(self.questions))]
        known = FigureTable(build_known_table(self.shares))
        return ReportSection(_("Open questions"), [FigureTable(table, leads), known], lines)

    def _findings_lists(self) -> Iterator[ReportList]:
        """Yield the findings that call for action, with their conditions, and what is received."""
        known = list_finding_columns(self.pack)
        case = Column("case", _("Case"), words=self._format_case, only="table")
        columns = [*(each for each in known if each.key in _FINDING_COLUMNS), case]
        received = [each for each in self.gaps.findings if each.status == Status.RECEIVING]
        listed = [each for each in self.gaps.findings if each.status != Status.RECEIVING]
        table = RecordTable(_("Findings"), columns, listed)
        yield ReportList("findings", table, _list_finding_marks, self._list_conditions)
        table = RecordTable(_("What is received"), columns, received)
        yield ReportList("received", table, _list_finding_marks, lambda _finding: [])

    @cached_property
    def _states(self) -> dict[tuple[str, str | None, str], str]:
        """How far each case has come, by whom it is about."""
        return {
            (record.household_no, record.member_no, record.programme): (
                f"{record.case} {format_case_state_in_full(record)}"
            )
            for record, _entries in self.cases
        }

    def _format_case(self, finding: Finding) -> str:
        return self._states.get((finding.household_no, finding.member_no, finding.programme), "")

    def _list_conditions(self, finding: Finding) -> list[str]:
        """Return each condition of a finding with whether it holds."""
        criteria = self.pack.programmes[finding.programme].criteria
        signs = {True: _("met: {says}"), False: _("not met: {says}"), None: _("unknown: {says}")}
        return [
            signs[truth].format(says=find_says(criteria, name)) for name, truth in finding.criteria
        ]

    def _households_list(self) -> ReportList:
        """Return all households, masked, each with its findings and indicators."""
        columns: Columns = (
            *list_household_columns(),
            Column.number("members", _("People")),
            Column("priority", _("Priority"), _format_priority),
            Column("state", _("Findings"), words=lambda each: _("; ").join(_count_statuses(each))),
        )
        table = RecordTable(_("Households"), columns, self._households)
        return ReportList("households", table, self._list_household_marks, self._list_grounds)

    def _list_household_marks(self, household: _ListedHousehold) -> Iterator[str]:
        yield f"community:{household.community}"
        yield f"priority:{household.priority}"
        if household.priority != "no":
            yield "may-be-priority"
        yield from (f"{step}:{state}" for step, state in household.visits.items())
        for asked in self.questions[:_MOST_QUESTIONS]:
            if household.household_no in asked.households:
                yield f"question:{asked.subject}"

    def _list_grounds(self, household: _ListedHousehold) -> list[str]:
        """Return the findings of a household that call for action, and why it has priority."""
        line = _("{label}: {value}")
        return [
            line.format(
                label=format_programme(self.pack, finding.programme),
                value=format_status(finding.status),
            )
            for finding in household.findings
            if finding.status in LISTED_STATUSES
        ] + list(household.reasons)

    @cached_property
    def _households(self) -> list[_ListedHousehold]:
        findings: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.gaps.findings:
            findings[finding.household_no].append(finding)
        priority = dict.fromkeys((each.household_no for each in self.priority.findings), "yes")
        priority |= dict.fromkeys(
            (each.household_no for each in self.priority.undecided), "undecided"
        )
        says = {each.id: str(each.says) for each in self.pack.priority.indicators}
        reasons = {
            each.household_no: [says[reason.id] for reason in each.reasons if reason.truth]
            for each in self.priority.findings
        }
        visits: dict[str, dict[VisitStep, str]] = defaultdict(dict)
        for each in self.coverage.households:
            visits[each.household_no][each.step] = each.state
        return [
            _ListedHousehold(
                *(number, community, head, members),
                *(findings[number], priority.get(number, "no"), reasons.get(number, [])),
                visits[number],
            )
            for number, community, head, members in self.db.execute(_HOUSEHOLDS).fetchall()
            if community in self.gaps.communities
        ]

    def _cases_list(self) -> ReportList:
        """Return the cases, each with its steps."""
        columns = [each for each in cases_table([], self.pack).columns if each.key in _CASE_COLUMNS]
        table = RecordTable(_("Cases"), Column.of_part(itemgetter(0), *columns), self.cases)
        return ReportList(
            "cases", table, self._list_case_marks, lambda row: format_case_progress(row[1])
        )

    def _list_case_marks(
        self, case: tuple[CaseRecord, Sequence[Mapping[str, Any]]]
    ) -> Iterator[str]:
        record, entries = case
        yield from (f"step:{step}" for step in _list_taken(record))
        yield from (f"month:{step}" for step in self._list_taken_in_month(entries))
        if record.programme == PRIORITY:
            yield "of-priority"
        if record.is_open:
            yield f"age:{_find_age(record)}"
        if record.is_overdue:
            yield "overdue"


_HOUSEHOLDS = """
    SELECT households.household_no, communities.name, members.name, households.listed_members
    FROM households JOIN communities USING (community_id)
    LEFT JOIN members ON members.member_no = households.head_member_no
    ORDER BY communities.name, households.household_no
"""


def _count_status(status: Status, figures: ProgrammeFigures) -> int:
    return figures.counts[status]


def _lead_by_programme(listing: str, mark: str, figures: ProgrammeFigures) -> Lead:
    """Return the findings of a programme that bear a mark ('': any), in one of the lists."""
    return _lead(listing, *filter(None, (f"programme:{figures.programme}", mark)))


def _lead_by_change(kind: str, count: MonthCount) -> Lead:
    """Return the changes of a kind that a count has; who arrived has moved from elsewhere."""
    place, kind = ("to", "moved") if kind == "arrived" else ("community", kind)
    there = (f"{place}:{count.community}",) if count.community else ()
    return _lead("changes", f"counted:{count.counted}", f"kind:{kind}", *there)


def _list_change_marks(change: MonthChange) -> Iterator[str]:
    yield f"counted:{change.counted}"
    yield f"kind:{change.kind}"
    yield f"community:{change.community}"
    if change.to_community is not None:
        yield f"to:{change.to_community}"


def _lead(listing: str, *marks: str) -> Lead:
    return Lead(listing, marks)


def _is_unclaimed(finding: Finding) -> bool:
    return finding.status == Status.UNCLAIMED


def _list_finding_marks(finding: Finding) -> Iterator[str]:
    yield f"community:{finding.community}"
    yield f"programme:{finding.programme}"
    yield f"status:{finding.status}"
    if finding.status in (Status.UNCLAIMED, Status.UNDETERMINED):
        yield "open"


def _count_statuses(household: _ListedHousehold) -> list[str]:
    """Return how many findings of a household have each status, the most urgent first."""
    counts = Counter(finding.status for finding in household.findings)
    return [f"{format_status(each)} {counts[each]}" for each in sorted(counts, key=_find_urgency)]


def _find_urgency(status: Status) -> int:
    return status.urgency


def _format_priority(priority: str) -> str:
    return {"yes": _("yes"), "undecided": _("undecided"), "no": ""}[priority]


def _list_taken(record: CaseRecord) -> set[str]:
    """Return the steps that a case has taken since it was last opened."""
    is_receiving = record.state == CaseState.RECEIPT_SEEN or record.outcome == "receiving"
    taken = {
        "found": True,
        "referred": record.referred_on is not None,
        "decided": record.decided_on is not None,
        "granted": record.decision == "granted",
        "receipt_seen": is_receiving,
        "closed": not record.is_open,
    }
    return {step for step, is_taken in taken.items() if is_taken}


def _list_steps(entry: Mapping[str, Any]) -> list[str]:
    """Return the steps that an entry of a case is."""
    match entry["entry_type"], entry["outcome"]:
        case (("opened" | "found_again" | "reopened"), _any):
            return ["found"]
        case "decided", "granted":
            return ["decided", "granted"]
        case "closed", "receiving":
            return ["closed", "receipt_seen"]
        case ("referred" | "decided" | "receipt_seen" | "closed") as step, _any:
            return [step]
    return []


def _find_age(record: CaseRecord) -> int:
    """Return the first day of the age that an open case belongs to."""
    return max(first for first, _last in _AGES if first <= (record.days_open or 0))

"""Letters to families and public notices: what each says, for the fields of its template.

They are in Chinese, whatever language is in use: the families and their neighbours read them.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlite_utils import Database

from relieftool.cases.records import CaseRecord, CaseState, DepartmentDecision, format_decision
from relieftool.documents.templates import TemplateKind
from relieftool.eligibility.findings import CLAIMABLE_STATUSES, Finding, Status
from relieftool.eligibility.household import HouseholdRecord
from relieftool.errors import ReliefError
from relieftool.messages import Message, _, in_language
from relieftool.output.result_cells import (
    HiddenValue,
    MaskedIdNumber,
    MaskedName,
    format_cell,
    reveal_or_mask,
)
from relieftool.output.wording import (
    find_says,
    format_amount,
    format_fact_value,
    format_reason,
)
from relieftool.pack.models import Pack, Programme, find_time_limit, find_urgent_limit

_SENDER = frozenset({"单位", "联系方式", "日期", "销毁提示"})
_FAMILY = _SENDER | {"户编号", "社区", "户主", "截至"}
LETTER = TemplateKind(
    "告知书",
    _FAMILY,
    frozenset({"户主", "项目", "联系方式", "日期", "销毁提示"}),
    {
        "项目": frozenset({"名称", "成员", "金额", "部门", "材料", "期限", "说明"}),
        "待核实": frozenset({"名称", "成员", "说明"}),
    },
)
HEARING = TemplateKind(
    "听取意见告知书",
    _FAMILY | {"项目名称", "成员", "理由", "依据", "期限"},
    frozenset({"户主", "项目名称", "理由", "依据", "期限", "联系方式", "销毁提示"}),
)
DECISION = TemplateKind(
    "决定告知书",
    _FAMILY | {"项目名称", "成员", "部门", "决定", "决定日期", "理由", "条目号"},
    frozenset({"户主", "项目名称", "决定", "理由", "部门", "销毁提示"}),
)
APPLICATION = TemplateKind(
    "申请表",
    _FAMILY
    | {"项目名称", "部门", "材料", "申请人", "身份证号", "家庭住址", "联系电话", "家庭人口"},
    frozenset({"项目名称", "申请人", "身份证号", "销毁提示"}),
    {
        "家庭成员": frozenset(
            {"姓名", "关系", "身份证号", "性别", "就业", "月收入", "残疾类别", "残疾等级"}
        ),
        "家庭情况": frozenset({"指标", "内容"}),
    },
)
NOTICE = TemplateKind(
    "公示",
    _SENDER | {"项目名称", "阶段", "社区", "依据", "天数", "开始日期", "结束日期"},
    frozenset({"项目名称", "开始日期", "结束日期", "名单", "联系方式", "销毁提示"}),
    {"名单": frozenset({"序号", "姓名", "人口", "金额", "社区"})},
)
KINDS = (LETTER, HEARING, DECISION, APPLICATION, NOTICE)
_BLANK = "＿" * 10  # to be filled in by hand
_GROWN_UP = 18
WHOM_NOTICES_NAME = Message(
    "It names those who are referred for its programme and not under review, with --granted those"
    " granted; and never a child."
)


@dataclass(frozen=True)
class Sender:
    """Who writes, on which day, how to reach them, and until when whole names may be kept."""

    office: str | None
    contact: str | None
    on: dt.date
    keep_until: dt.date

    def list_fields(self, *, is_revealed: bool) -> dict[str, str]:
        """Return the fields that every letter has."""
        until = format_chinese_day(self.keep_until)
        return {
            "单位": self.office or _BLANK,
            "联系方式": self.contact or _BLANK,
            "日期": format_chinese_day(self.on),
            "销毁提示": f"本件含完整姓名，请于{until}前销毁。" if is_revealed else "",
        }


def format_chinese_day(day: dt.date) -> str:
    """Return a day as documents write it.

    >>> format_chinese_day(dt.date(2024, 12, 1))
    '2024年12月1日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class FamilyLetters:
    """Builds the fields of the letters to one household; with a case, of those about the case.

    `programme` limits them to one programme, by its id; `is_revealed` writes whole names. `cases`
    are those of the household, the newest of a subject last.
    """

    pack: Pack
    as_of: dt.date
    household: HouseholdRecord
    sender: Sender
    case: CaseRecord | None
    programme: str | None
    is_revealed: bool
    cases: Sequence[CaseRecord] = ()

    def build_letter(self) -> Mapping[str, Any]:
        """Return what the family may claim, where, with which papers; and what is still open.

        Raises:
            ReliefError: There is nothing to claim, and nothing open; or all of it is decided.
        """
        found = self._list_findings()
        findings = [each for each in found if not self._is_decided(each)]
        claims = [each for each in findings if each.status in CLAIMABLE_STATUSES]
        opened = [each for each in findings if each.status == Status.UNDETERMINED]
        if len(findings) < len(found) and not claims and not opened:
            raise self._refuse(
                _("what they could claim is decided already"),
                _("`relief letter CASE --decision` tells them of a refusal."),
            )
        if not claims and not opened:
            raise self._refuse(
                _("there is nothing that they could claim"),
                _("`relief explain {household}` says why.").format(household=self._number),
            )
        with in_language("zh"):
            rows = [self._describe_claim(finding) for finding in claims]
            asked = [
                self._name(finding) | {"说明": format_reason(self.pack, finding)}
                for finding in opened
            ]
        return self._complete({"项目": rows, "待核实": asked})

    def _find_case(self, finding: Finding) -> CaseRecord | None:
        """Return the newest case of a finding; None if there is none."""
        about = (self._number, finding.member_no, finding.programme)
        return next((each for each in reversed(self.cases) if each.key == about), None)

    def _is_decided(self, finding: Finding) -> bool:
        """Whether a claim was decided by its department, and its case not referred anew since."""
        case = self._find_case(finding)
        is_claim = finding.status in {*CLAIMABLE_STATUSES, Status.UNDETERMINED}
        return is_claim and case is not None and case.decision is not None

    def build_hearing(self, until: dt.date) -> Mapping[str, Any]:
        """Return what the family is to be heard about before it is cut or ended, and until when.

        Raises:
            ReliefError: The rules find nothing to review.
        """
        finding = self._find_only(Status.REVIEW, Status.CONFLICT)
        with in_language("zh"):
            source = str(self.pack.hearing.source) if self.pack.hearing else ""
            return self._complete(
                {
                    **self._name_programme(finding),
                    "理由": self._describe_review(finding),
                    "依据": source,
                    "期限": format_chinese_day(until),
                }
            )

    def _describe_review(self, finding: Finding) -> str:
        """Return the conditions that the facts at hand do not meet, or what excludes what."""
        criteria = self.pack.programmes[finding.programme].criteria
        unmet = [find_says(criteria, name) for name, truth in finding.criteria if truth is False]
        return f"不符合“{'”“'.join(unmet)}”" if unmet else format_reason(self.pack, finding)

    def build_decision(self) -> Mapping[str, Any]:
        """Return what was refused, cut or ended, and why.

        Raises:
            ReliefError: No case was named, or nothing is refused, cut or ended in it.
        """
        taken = (DepartmentDecision.REFUSED, DepartmentDecision.REDUCED, DepartmentDecision.ENDED)
        case, known = self.case, self.pack.programmes
        is_decided = case is not None and case.decision in taken and case.programme in known
        if case is None or not is_decided or case.decided_on is None:
            raise self._refuse(
                _("no decision is recorded that refuses, cuts or ends anything"),
                _("Name the case; `relief decide` writes its decision down."),
            )
        programme = known[case.programme]
        member = self._find_member(case.member_no)
        with in_language("zh"):
            return self._complete(
                {
                    "项目名称": str(programme.names),
                    "成员": MaskedName(member["name"]) if member else "",
                    "部门": case.department or str(programme.department),
                    "决定": format_decision(case.decision),
                    "决定日期": format_chinese_day(dt.date.fromisoformat(case.decided_on)),
                    "理由": HiddenValue(case.reason or ""),
                    "条目号": case.case,
                }
            )

    def build_application(self) -> tuple[Mapping[str, Any], str]:
        """Return the application form as far as it is known, and the programme it is for.

        Raises:
            ReliefError: There is nothing to claim, or several programmes and none was named.
        """
        finding = self._find_only(*CLAIMABLE_STATUSES, Status.UNDETERMINED)
        programme = self.pack.programmes[finding.programme]
        household = self.household.household
        applicant = self._find_member(finding.member_no or household["head_member_no"]) or {}
        with in_language("zh"):
            fields = {
                "项目名称": str(programme.names),
                "部门": str(programme.department),
                "材料": "；".join(map(str, programme.claim_checklist)),
                "申请人": MaskedName(applicant.get("name")),
                "身份证号": MaskedIdNumber(applicant.get("id_number")),
                "家庭住址": self._write_fact(household, "address"),
                "联系电话": self._write_fact(household, "phone"),
                "家庭人口": str(household["listed_members"]),
                "家庭成员": [self._describe_member(each) for each in self.household.members],
                "家庭情况": [*self._describe_household()],
            }
        return self._complete(fields), programme.id

    def _complete(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the fields with those of every letter, masked unless revealed; unknown is ''."""
        head = self._find_member(self.household.household["head_member_no"])
        family = {
            "户编号": self._number,
            "社区": self.household.community,
            "户主": MaskedName(head["name"] if head else None),
            "截至": format_chinese_day(self.as_of),
            **self.sender.list_fields(is_revealed=self.is_revealed),
        }
        shown = reveal_or_mask({**family, **fields}, is_revealed=self.is_revealed)
        return {name: _format_template_value(value) for name, value in shown.items()}

    @property
    def _number(self) -> str:
        return str(self.household.household["household_no"])

    def _refuse(self, problem: str, remedy: str) -> ReliefError:
        return ReliefError(self.case.case if self.case else self._number, problem, remedy)

    def _list_findings(self) -> list[Finding]:
        """Return the findings that the letters may be about."""
        case = self.case
        if case is not None and case.programme in self.pack.programmes:
            about = (case.programme, case.member_no)
            found = [each for each in self.household.findings if _subject(each) == about]
        else:
            found = list(self.household.findings)
        return [each for each in found if self.programme in (None, each.programme)]

    def _find_only(self, *statuses: Status) -> Finding:
        """Return the only finding with one of the statuses; a sure one before an open one."""
        found = [each for each in self._list_findings() if each.status in statuses]
        sure = [each for each in found if each.status != Status.UNDETERMINED] or found
        if len(sure) == 1:
            return sure[0]
        if not sure:
            raise self._refuse(
                _("the rules find nothing that this letter could be about"),
                _("`relief explain {household}` says why.").format(household=self._number),
            )
        names = dict.fromkeys(each.programme for each in sure)
        raise self._refuse(
            _("it could be about several: {names}").format(names=_(", ").join(names)),
            _("Name a case, or one of them with --programme."),
        )

    def _name(self, finding: Finding) -> dict[str, Any]:
        programme = self.pack.programmes[finding.programme]
        member = MaskedName(finding.member) if finding.member_no else ""
        return {"名称": str(programme.names), "成员": member}

    def _name_programme(self, finding: Finding) -> dict[str, Any]:
        named = self._name(finding)
        return {"项目名称": named["名称"], "成员": named["成员"]}

    def _describe_claim(self, finding: Finding) -> dict[str, Any]:
        """Return a row on what may be claimed: how much, where, with what, and decided by when."""
        programme = self.pack.programmes[finding.programme]
        is_known = finding.amount_period is not None and finding.amount_fen is not None
        amount = format_amount(finding.amount_fen, finding.amount_period) if is_known else ""
        days, _source = find_time_limit(self.pack, programme, self.as_of)
        urgent = find_urgent_limit(programme, self.as_of)
        term = f"小额救助{urgent.days}日内" if urgent else "以办理部门答复为准"
        first = [str(self.pack.programmes[name].names) for name in finding.unlocked_by]
        remark = f"先申请：{'、'.join(first)}" if first else ""
        case = self._find_case(finding)
        if case is not None and case.state == CaseState.REFERRED and case.referred_on:
            sent = format_chinese_day(dt.date.fromisoformat(case.referred_on))
            remark = f"已于{sent}转{case.department or programme.department}办理，不必另行申请"
        return self._name(finding) | {
            "金额": amount or "按审核确定",
            "部门": str(programme.department),
            "材料": "；".join(map(str, programme.claim_checklist)) or "请先向办理部门询问",
            "期限": f"受理后{days}个工作日内" if days else term,
            "说明": remark,
        }

    def _find_member(self, member_no: object) -> Mapping[str, Any] | None:
        found = (each for each in self.household.members if each["member_no"] == member_no)
        return next(found, None)

    def _describe_member(self, member: Mapping[str, Any]) -> dict[str, Any]:
        facts = {"性别": "sex", "就业": "employment", "月收入": "income"}
        facts |= {"残疾类别": "disability_kind", "残疾等级": "disability_grade"}
        return {
            "姓名": MaskedName(member["name"]),
            "关系": member["relation"],
            "身份证号": MaskedIdNumber(member["id_number"]),
            **{label: self._write_fact(member, fact) for label, fact in facts.items()},
        }

    def _describe_household(self) -> Iterator[dict[str, Any]]:
        """Yield the amounts and numbers of the household that an office asks for."""
        for fact in self.pack.facts.values():
            is_asked = fact.owner == "household" and fact.type in ("money", "integer")
            if is_asked and fact.presume is None:
                known = self._write_fact(self.household.household, fact.id)
                yield {"指标": str(fact.labels), "内容": known}

    def _write_fact(self, row: Mapping[str, Any], name: str) -> Any:
        """Return the value of a fact in words, '' if it is unknown or the pack has no such fact."""
        fact = self.pack.facts.get(name)
        if fact is None or row[name] is None:
            return ""
        words = format_cell(format_fact_value(fact, row[name]))
        return HiddenValue(words) if fact.is_private else words


def _subject(finding: Finding) -> tuple[str, str | None]:
    return finding.programme, finding.member_no


def _format_template_value(value: Any) -> Any:
    """Return a value for a template, in which unknown is '' and an invisible character escaped."""
    if isinstance(value, list):
        return [{key: _format_template_value(part) for key, part in row.items()} for row in value]
    return "" if value is None else format_cell(value)


@dataclass(frozen=True)
class PublicNotice:
    """A notice for the board: its fields, how many it names, and how many it leaves out."""

    fields: Mapping[str, Any]
    count: int
    left_out: int


@dataclass(frozen=True)
class NoticeLetters:
    """Builds the notice on a programme: names, people in the household, amounts, and no more.

    `is_granted`: it is about what was granted, otherwise about what the street proposes.
    """

    db: Database
    programme: Programme
    sender: Sender
    is_granted: bool
    is_revealed: bool

    def build(
        self, cases: Sequence[tuple[CaseRecord, int | None]], community: str | None
    ) -> PublicNotice:
        """Return the notice on cases, each with its amount in fen; `sender.on` is its first day.

        Children are left out, and who may be one.

        Raises:
            ReliefError: The rules want no notice on this programme, or nobody is to be named.
        """
        days = self.programme.notice_days
        if days is None:
            raise ReliefError(
                self.programme.id,
                _("the rules want no public notice on this"),
                _("Tell the family alone: `relief letter`."),
            )
        people = [(case, fen, self._find_applicant(case)) for case, fen in cases]
        named = [each for each in people if _is_grown_up(each[2], self.sender.on)]
        if not named:
            raise ReliefError(
                self.programme.id,
                _("there is nobody whom a notice may name"),
                str(WHOM_NOTICES_NAME),
            )
        with in_language("zh"):
            rows = [
                {
                    "序号": place,
                    "姓名": MaskedName(person["name"]),
                    "人口": person["listed_members"],
                    "金额": "按审核确定" if fen is None else self._format_amount(fen),
                    "社区": case.community,
                }
                for place, (case, fen, person) in enumerate(named, start=1)
            ]
            fields = self._list_fields(days) | {"社区": community, "名单": rows}
        shown = reveal_or_mask(fields, is_revealed=self.is_revealed)
        written = {name: _format_template_value(value) for name, value in shown.items()}
        return PublicNotice(written, len(named), len(people) - len(named))

    def _format_amount(self, fen: int) -> str:
        return format_amount(fen, self.programme.period)

    def _list_fields(self, days: int) -> dict[str, Any]:
        """Return the fields of a notice of so many days, the first and the last day included."""
        last = self.sender.on + dt.timedelta(days=days - 1)
        sender = replace(self.sender, keep_until=last)
        return {
            **sender.list_fields(is_revealed=self.is_revealed),
            "项目名称": str(self.programme.names),
            "阶段": "审核确认结果" if self.is_granted else "初审意见",
            "依据": self.programme.notice_source,
            "天数": days,
            "开始日期": format_chinese_day(self.sender.on),
            "结束日期": format_chinese_day(last),
        }

    def _find_applicant(self, case: CaseRecord) -> Mapping[str, Any]:
        """Return the person of a case, or the head of its household; nothing if they are gone."""
        subject = {"household": case.household_no, "member": case.member_no}
        return next(iter(self.db.query(_APPLICANT, subject)), {})


_APPLICANT = """
    SELECT members.*, households.listed_members
    FROM households JOIN members
        ON members.member_no = ifnull(:member, households.head_member_no)
    WHERE households.household_no = :household
"""


def _is_grown_up(person: Mapping[str, Any], day: dt.date) -> bool:
    """Whether a person is surely of age on a day."""
    if not person.get("birth_date"):
        return False
    born = dt.date.fromisoformat(person["birth_date"])
    return (day.year - born.year - ((day.month, day.day) < (born.month, born.day))) >= _GROWN_UP

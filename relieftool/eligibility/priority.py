"""Finds the priority households: poor even with every benefit, and poor by an indicator too.

Amounts are fen per month. A household for which this is unknown is undecided, not left out.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlite_utils import Database

from relieftool.eligibility.findings import ConstantCriterion, PriorityFinding
from relieftool.eligibility.kept_findings import open_findings
from relieftool.pack.models import Pack

_Decided = tuple[PriorityFinding, bool | None]  # a household, and whether it is a priority


@dataclass(frozen=True)
class PriorityTotals:
    """The figures of one community, or of all together.

    Headcount `h`, intensity `a` and adjusted headcount `m0` cover the people of households whose
    indicators are all known; None if there are none to count. `left_out_members` are all other
    people. The figures at most count the undecided households too. `members` counts the people of
    each household, as the shares do, where those of gaps are counted once, and without who may be
    gone.
    """

    households: int
    members: int
    priority_households: int
    priority_members: int
    undecided_households: int
    h: Fraction | None
    a: Fraction | None
    m0: Fraction | None
    left_out_members: int
    priority_households_at_most: int
    priority_members_at_most: int


@dataclass(frozen=True)
class PriorityCheck:
    """The result: figures in all and per community, priority households, undecided households.

    `by_money` are the undecided households below the line by the money that is known, the least
    left for each member first, where nobody of the street is known to be poor by any indicator;
    `unstated` are the facts that no list has then. `unvalued` are parameters without a value on the
    day, `uniform` indicators with the same result for everybody.
    """

    as_of: dt.date
    pack: Pack
    totals: PriorityTotals
    communities: dict[str, PriorityTotals]
    findings: tuple[PriorityFinding, ...]
    undecided: tuple[PriorityFinding, ...]
    unvalued: tuple[str, ...] = ()
    uniform: tuple[ConstantCriterion, ...] = ()
    by_money: tuple[PriorityFinding, ...] = ()
    unstated: tuple[str, ...] = ()


def find_priority(
    db: Database, pack: Pack, as_of: dt.date, *, community: str | None = None
) -> PriorityCheck:
    """Return the priority households and the figures, of all communities or of one.

    Households are sorted by score, highest first.
    """
    with open_findings(db, pack, as_of) as kept:
        decided = list(kept.list_priorities(community))
        everybody = decided if community is None else kept.list_priorities()
        is_anybody_poor = any(
            reason.truth for finding, _is in everybody for reason in finding.reasons
        )
        unvalued = kept.summary.unvalued_for_priority
        uniform = kept.find_constant_criteria(of_priority=True)
        sure, possible = (kept.count_people(community, priority=each) for each in (True, False))
    by_community: dict[str, list[_Decided]] = {}
    for finding, is_priority in decided:
        by_community.setdefault(finding.community, []).append((finding, is_priority))
    cutoff = Fraction(pack.priority.cutoff)
    by_money = () if is_anybody_poor else _rank_by_money(decided)
    unstated = _list_unstated(db, pack, by_money)
    return PriorityCheck(
        as_of,
        pack,
        _count_totals(decided, cutoff, _find_ends(sure, possible, None)),
        {
            name: _count_totals(by_community[name], cutoff, _find_ends(sure, possible, name))
            for name in sorted(by_community)
        },
        _rank(finding for finding, is_priority in decided if is_priority),
        _rank(finding for finding, is_priority in decided if is_priority is None),
        unvalued,
        uniform,
        by_money if unstated else (),
        unstated,
    )


def _list_unstated(
    db: Database, pack: Pack, by_money: Iterable[PriorityFinding]
) -> tuple[str, ...]:
    """Return the facts that these households lack, and that no list says of anybody."""
    names = dict.fromkeys(name for finding in by_money for name in finding.missing)
    facts = [pack.facts[name] for name in names if name in pack.facts]
    stated = "SELECT 1 FROM {}s WHERE {} IS NOT NULL"
    return tuple(
        fact.id for fact in facts if not db.execute(stated.format(fact.owner, fact.id)).fetchone()
    )


def _rank_by_money(decided: Iterable[_Decided]) -> tuple[PriorityFinding, ...]:
    """Return the undecided households below the line, the least known for each member first."""
    below = [finding for finding, is_priority in decided if is_priority is None]
    return tuple(
        sorted(
            (finding for finding in below if finding.is_below_by_known),
            key=lambda finding: (
                Fraction(finding.left_known_fen or 0, max(1, finding.members)),
                finding.community,
                finding.household_no,
            ),
        )
    )


def _rank(findings: Iterable[PriorityFinding]) -> tuple[PriorityFinding, ...]:
    """Return the findings sorted by `score` and `score_max`, highest first.

    If both are equal, by community and household number.
    """
    return tuple(
        sorted(
            findings,
            key=lambda finding: (
                -finding.score,
                -finding.score_max,
                finding.community,
                finding.household_no,
            ),
        )
    )


def _find_ends(
    sure: Mapping[str | None, tuple[int, int]],
    possible: Mapping[str | None, tuple[int, int]],
    community: str | None,
) -> tuple[int, int]:
    """Return how many people have priority at least, and how many at most."""
    return sure.get(community, (0, 0))[0], possible.get(community, (0, 0))[1]


def _count_totals(
    decided: list[_Decided], cutoff: Fraction, of_priority: tuple[int, int]
) -> PriorityTotals:
    """Return the figures of some households; `of_priority` are their people at least, and at most.

    Poor are those whose indicators are all known and whose score reaches `cutoff`.
    """
    findings = [finding for finding, _is_priority in decided]
    known = [finding for finding in findings if finding.score == finding.score_max]
    poor = [finding for finding in known if finding.score >= cutoff]
    priority = [finding for finding, is_priority in decided if is_priority]
    possible = [finding for finding, is_priority in decided if is_priority is not False]
    everybody, people, poor_people = map(_count_members, (findings, known, poor))
    weighted = sum((finding.score * finding.members for finding in poor), Fraction())
    return PriorityTotals(
        households=len(decided),
        members=everybody,
        priority_households=len(priority),
        priority_members=of_priority[0],
        undecided_households=sum(is_priority is None for _finding, is_priority in decided),
        h=Fraction(poor_people, people) if people else None,
        a=weighted / poor_people if poor_people else None,
        m0=weighted / people if people else None,
        left_out_members=everybody - people,
        priority_households_at_most=len(possible),
        priority_members_at_most=of_priority[1],
    )


def _count_members(findings: Iterable[PriorityFinding]) -> int:
    """Return the number of members in the households of the findings."""
    return sum(finding.members for finding in findings)

"""What is said after a run of conditions that come out alike for everybody."""

from collections.abc import Sequence

from relieftool.eligibility.uniform import ConstantCriterion
from relieftool.messages import _
from relieftool.output.wording import format_programme
from relieftool.pack.models import Pack


def format_constant_criteria(pack: Pack, uniform: Sequence[ConstantCriterion]) -> list[str]:
    """Name the conditions that come out alike for everybody, a line for each truth."""
    sentences: dict[bool | None, str] = {
        True: _("True for everybody, is that so? {names}"),
        False: _("True for nobody, is that so? {names}"),
        None: _("Unknown for everybody, is a column missing or misread? {names}"),
    }
    lines = []
    for truth, sentence in sentences.items():
        alike = [one for one in uniform if one.truth is truth]
        names = [_criterion_words(pack, one) for one in alike[:_MOST_NAMED]]
        if len(alike) > _MOST_NAMED:
            more = _("and {count} more, listed by --format json")
            names.append(more.format(count=len(alike) - _MOST_NAMED))
        if names:
            lines.append(sentence.format(names=_("; ").join(names)))
    return lines


_MOST_NAMED = 5


def _criterion_words(pack: Pack, uniform: ConstantCriterion) -> str:
    """Name a condition: its programme and what it says; an indicator by what it says."""
    if uniform.programme == "priority":
        indicators = pack.priority.indicators
        return next(str(one.says) for one in indicators if one.id == uniform.criterion)
    criteria = pack.programmes[uniform.programme].criteria
    says = next(str(one.says) for one in criteria if one.id == uniform.criterion)
    programme = format_programme(pack, uniform.programme)
    return _("{label}: {value}").format(label=programme, value=says)

"""What a line says of a finding agrees with its status."""

import pytest

from relieftool.eligibility.findings import Finding
from relieftool.messages import use_language
from relieftool.output.wording import format_reason
from relieftool.pack.pack_files import find_shipped_pack
from relieftool.rules.statement import load_checked_pack

PACK = load_checked_pack(find_shipped_pack())


def words(status, programme="elderly-80", *, unmet=(), **known):
    """Return the words of a finding of a made-up member."""
    criteria = [(one.id, one.id not in unmet) for one in PACK.programmes[programme].criteria]
    finding = Finding(
        *(
            "HKX-001",
            "河口下",
            "李某",
            "HKX-001-01",
            "李某",
            programme,
            status,
            5000,
            "month",
            3000,
        ),
        tuple(criteria),
        "区民政局",
        **known,
    )
    return format_reason(PACK, finding)


@pytest.mark.parametrize(
    "status, known, said",
    [
        ("receiving", {}, "is received"),
        ("ineligible", {"unmet": ["age"]}, "does not meet: is 80 or older"),
        ("ineligible", {}, "nothing says that its occasion has arisen"),
        (
            "review",
            {"unmet": ["age"]},
            "receives it, but by the facts at hand does not meet: is 80",
        ),
        ("underpaid", {}, "is paid 30.00 a month, is due 50.00 a month"),
        (
            "conflict",
            {"conflicts_with": ("disability-care",)},
            "care subsidy for severely disabled",
        ),
        ("unlocked", {"unlocked_by": ("dibao",)}, "once this is claimed: minimum living guarantee"),
        ("unclaimed", {}, "is 80 or older (and 2 more); not received"),
        ("undetermined", {"missing": ("birth_date",)}, "ask for: date of birth"),
    ],
)
def test_the_words_say_what_the_status_says(status, known, said):
    use_language("en")

    assert said in words(status, **known)


@pytest.mark.parametrize("status", ["receiving", "ineligible"])
def test_what_is_in_order_or_not_received_is_not_worded_as_received_in_error(status):
    use_language("en")

    assert "receives it, but" not in words(status, unmet=["age"])

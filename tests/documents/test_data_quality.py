"""How much of each fact is known, and what hangs on the rest."""

from relieftool.documents.data_quality import list_known_shares
from relieftool.eligibility.question_records import OpenQuestion, QuestionTopic
from relieftool.messages import Message
from tests.support.tiny_packs import home, pack_of, person, programme, register_of

PACK = pack_of([programme("aid", criteria={"car": "cars = 0"}, amounts=["line"])])


def asked(*households, fen, fact="cars", subject="fact:x"):
    topic = QuestionTopic(fact=fact)
    words = Message("How many cars?")
    homes, owed = frozenset(households), {households[0]: (0, 12 * fen)} if fen else {}
    return OpenQuestion(subject, "fact", words, homes, owed_fen_per_year=owed, topic=topic)


def shares_of(cars, questions):
    homes = [home([person()], cars=each) for each in cars]
    with register_of(PACK, *homes) as db:
        return {each.fact.id: each for each in list_known_shares(db, PACK, None, questions)}


def test_a_fact_is_counted_where_it_is_known_and_zero_is_known():
    cars = shares_of([0, 0, None], [asked("H3", fen=500)])["cars"]

    assert (cars.known, cars.count, cars.asked, cars.share) == (2, 3, 1, "66%")


def test_what_hangs_on_a_household_counts_once_however_many_members_are_asked_about():
    questions = [asked("H1", fen=500), asked("H1", fen=500), asked("H2", fen=None)]

    cars = shares_of([None, None], questions)["cars"]

    assert (cars.asked, cars.at_stake_fen_per_month) == (2, 500)


def test_nothing_is_listed_that_nobody_is_asked_about_or_that_changes_nothing_now():
    presumed = asked("H1", fen=500, subject="presumed:cars")

    assert shares_of([None], []) == {}
    assert shares_of([None], [presumed]) == {}


def test_the_fact_on_which_most_hangs_comes_first():
    shares = shares_of([None], [asked("H1", fen=1), asked("H1", fen=9, fact="rent")])

    assert list(shares) == ["rent", "cars"]

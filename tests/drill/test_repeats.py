"""A key may come twice only where its delivery was cut short, and with the same bytes."""

from tests.drill.repeats import repeats
from tests.serve.alerts.receiver import Arrival


def arrival(key: str, at_s: float, body: bytes = b"{}") -> Arrival:
    return Arrival(
        key=key, thread="t", n=1, state="raised", body=body, signed=True, answered="ok", at_s=at_s
    )


def test_a_kill_right_after_the_answer_explains_one_more() -> None:
    found = repeats([arrival("a", 10.0), arrival("b", 11.0), arrival("a", 60.0)], [10.5])
    assert (found.explained, found.unexplained) == (("a",), ())


def test_a_kill_long_after_or_before_explains_nothing() -> None:
    for killed_s in (9.9, 15.1, 59.0):
        found = repeats([arrival("a", 10.0), arrival("a", 60.0)], [killed_s])
        assert (found.explained, found.unexplained) == ((), ("a",))


def test_other_bytes_under_a_key_are_not_explained() -> None:
    found = repeats([arrival("a", 10.0), arrival("a", 60.0, b"[]")], [10.5])
    assert found.unexplained == ("a",)


def test_a_third_needs_an_interruption_of_the_second() -> None:
    thrice = [arrival("a", 10.0), arrival("a", 20.0), arrival("a", 30.0)]
    assert repeats(thrice, [10.5]).unexplained == ("a",)
    assert repeats(thrice, [10.5, 20.5]).unexplained == ()

"""What rules and ways may say, and what is refused before anything runs."""

from typing import Any

import pytest
from pydantic import ValidationError
from tests.serve.alerts.made_alert import made_settings

from hashquake.core.times import parse_time
from hashquake.serve.alerts.quiet import quiet_hours
from hashquake.serve.alerts.rates import per_year

MAIL = {
    "name": "mail",
    "kind": "email",
    "host": "mail.example.org",
    "sender": "a@example.org",
    "to": ["b@example.org"],
}
HOOK = {"name": "hook", "kind": "webhook", "url": "https://example.org"}


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("once a year", 1.0),
        ("Twice a  Month", 24.0),
        ("3 times a year", 3.0),
        ("once in ten years", 0.1),
        ("once in 50 years", 0.02),
        ("once every two years", 0.5),
        ("once per week", 52.18),
        ("once a decade", 0.1),
        ("five times per day", 1826.25),
    ],
)
def test_words_for_a_rate_are_read(text: str, rate: float) -> None:
    assert per_year(text) == pytest.approx(rate, rel=1e-3)


@pytest.mark.parametrize(
    "text",
    ["", "often", "once", "once a", "never a year", "once in 0 years", "9999999 times a day"],
)
def test_words_that_are_no_rate_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        per_year(text)


def refused(*ways: dict[str, Any], **more: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        made_settings(*ways, **more)
    return str(caught.value.errors(include_url=False)[0]["msg"])


def test_a_password_is_not_sent_without_tls() -> None:
    message = refused(MAIL | {"security": "none", "user": "x", "password": "sesame"})
    assert "without TLS" in message
    assert "sesame" not in message


def test_addresses_with_line_breaks_are_refused() -> None:
    assert "mail addresses" in refused(MAIL | {"to": ["b@example.org\nBcc: c@example.org"]})
    assert "mail addresses" in refused(MAIL | {"sender": "nobody"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"subjects": ["countries"]}, "is not a subject"),
        ({"subjects": ["country:kz"]}, "is not a subject"),
        ({"quiet": "22-7"}, "22:00-07:00"),
        ({"quiet": "25:00-07:00"}, "times of a day"),
        ({"quiet": "07:00-07:00"}, "another time"),
        ({"time_zone": "Mars/Olympus"}, "not a time zone"),
        ({"language": "xx"}, "not a language"),
        ({"language": "Deutsch"}, "not a language"),
        ({"time_zone": "../../etc/passwd"}, "not a time zone"),
        ({"states": ["down"]}, "states cannot be chosen"),
        ({"least_share": 1.2}, "less than or equal to 1"),
        ({"to": []}, "at least 1"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(change: dict[str, Any], said: str) -> None:
    assert said in refused(HOOK, rules=[{"name": "r", "about": "quake", "to": ["hook"]} | change])


def test_names_are_unique() -> None:
    rule = {"name": "r", "about": "quake", "to": ["hook"]}
    assert "two rules are called 'r'" in refused(HOOK, rules=[rule, rule])
    assert "two ways are called 'hook'" in refused(HOOK, HOOK, rules=[rule])


@pytest.mark.parametrize(
    "subject",
    ["*", "network", "pool:*", "country:*", "country:KZ", "asn:*", "region:KZ-*", "source:ioda*",
     "site:north"],
)  # fmt: skip
def test_subjects_and_patterns_are_taken(subject: str) -> None:
    rule = {"name": "r", "about": "outage", "to": ["hook"], "subjects": [subject]}
    assert made_settings(HOOK, rules=[rule]).rule[0].rule().subjects == (subject,)


def test_quiet_hours_go_over_midnight_and_over_a_change_of_the_clock() -> None:
    night = quiet_hours("22:00-07:00", "Europe/Zurich")
    # On 27 March 2022 the clocks went from UTC+1 to UTC+2.
    seven_s = parse_time("2022-03-27T05:00Z")
    assert night.end_s(parse_time("2022-03-26T21:00Z")) == seven_s
    assert night.end_s(parse_time("2022-03-26T20:59Z")) == parse_time("2022-03-26T20:59Z")
    assert night.end_s(seven_s - 1.0) == seven_s
    assert night.end_s(seven_s) == seven_s
    noon = quiet_hours("12:00-13:00", "UTC")
    assert noon.end_s(1_641_384_000.0) == 1_641_387_600.0
    assert noon.end_s(1_641_380_000.0) == 1_641_380_000.0

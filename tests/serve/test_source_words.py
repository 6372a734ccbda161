"""What a source does is worded by the reason: a bad answer is not silence."""

import pytest

from hashquake.serve.wording.source_states import state_words


@pytest.mark.parametrize(
    ("state", "code", "says"),
    [
        ("down", "node-unreachable", "does not answer"),
        ("down", "service-timeout", "does not answer"),
        ("down", "answer-not-json", "gives no usable answer"),
        ("down", "answer-truncated", "gives no usable answer"),
        ("down", "value-malformed", "gives no usable answer"),
        ("down", "service-failing", "answers with an error"),
        ("down", "service-rate-limited", "answers with an error"),
        ("down", "service-error", "answers with an error"),
        ("down", "node-warming-up", "is not ready"),
        ("down", "node-behind", "follows another branch"),
        ("down", "source-fault", "cannot be read"),
        ("down", "disk-full", "cannot be stored"),
        ("down", "record-locked", "cannot be stored"),
        ("refused", "node-auth", "refuses the request"),
        ("refused", "service-unauthorised", "refuses the request"),
        ("refused", "service-forbidden", "refuses the request"),
        ("refused", "node-network", "is not accepted"),
        ("refused", "chain-other", "is not accepted"),
    ],
)
def test_the_words_follow_the_reason(state: str, code: str, says: str) -> None:
    assert state_words("ioda", state, f"it said so [{code}]") == says


def test_a_state_without_a_reason_has_words_of_its_own() -> None:
    assert state_words("ioda", "ok", "") == "answers"
    assert state_words("ioda", "down", "no answer") == "does not answer"
    assert state_words("chain", "ok", "") == "is sound"
    assert state_words("conclusions", "ok", "") == "are drawn again"

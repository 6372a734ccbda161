"""Questions about one number or one time of a sentence that many rules ask, answered once."""

from collections.abc import Callable
from functools import wraps
from typing import Protocol, TypeVar

from hashquake.claims.sentence import SentenceRead


class Stretch(Protocol):
    """A number or a time: what stands somewhere in a sentence.

    Parameters
    ----------
    start, end : int
        Characters.
    """

    @property
    def start(self) -> int:
        """Return where it begins."""
        ...

    @property
    def end(self) -> int:
        """Return where it ends."""
        ...


S = TypeVar("S", bound=Stretch)
A = TypeVar("A")


def asked_once(
    question: Callable[[SentenceRead, S], A],
) -> Callable[[SentenceRead, S], A]:
    """Keep the answer to a question with the sentence; it must depend on the stretch's ends alone.

    Parameters
    ----------
    question : callable
        Of a sentence and one of its numbers or times; its answer is shared and must not be changed.
    """

    @wraps(question)
    def answer(sentence: SentenceRead, about: S) -> A:
        key = (question, about.start, about.end)
        kept = sentence.answers
        if key not in kept:
            kept[key] = question(sentence, about)
        found: A = kept[key]
        return found

    return answer

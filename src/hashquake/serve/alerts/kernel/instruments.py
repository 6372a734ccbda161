"""What the sources are doing, by the changes: an instrument that fails is a matter itself."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hashquake.core.opinion import Change
from hashquake.core.source_status import OLD_TIP
from hashquake.serve.alerts.kernel.notice import AlertNotice

SILENT = "silent"
"""The state of a source that answers while some of its series do not go on."""
ANSWERS = ("starting", "ok", "late")
"""States of a source whose blocks or readings can be believed."""
_MOST_NAMED = 20

Series = tuple[str, str, float]
"""Subject and quantity of a series, and since when it is silent, UTC Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedInstrument:
    """A source and its series.

    Parameters
    ----------
    source : str
        Its name, such as ``bitcoind_rpc:garage``.
    state : str
        What was recorded of it last.
    since_s : float
        Since when, UTC Unix seconds.
    because : str
        Why; may be empty.
    silent : tuple of (str, str, float)
        Series that do not go on: subject, quantity, since when.
    doubted : bool
        Whether it failed otherwise than by having no block newer than a long silence.
    """

    source: str
    state: str = "starting"
    since_s: float = 0.0
    because: str = ""
    silent: tuple[Series, ...] = ()
    doubted: bool = False

    @property
    def answers(self) -> bool:
        """Whether what it gives can be believed."""
        return self.state in ANSWERS

    def after(self, change: Change) -> "WatchedInstrument":
        """Return it after a change about it.

        Parameters
        ----------
        change : Change
            Of kind ``source`` or ``gap``.
        """
        found = change.document
        if change.kind == "source":
            state, because = str(found["state"]), str(found["because"] or "")
            failed = state not in ANSWERS
            old_tip = state == "stuck" and because == OLD_TIP
            return replace(
                self,
                state=state,
                since_s=float(found["since_s"]),
                because=because,
                doubted=failed and (self.doubted or not old_tip),
            )
        name = (change.subject, str(found["quantity"]))
        others = tuple(one for one in self.silent if one[:2] != name)
        if found["window"]["end_s"] is not None:
            return replace(self, silent=others)
        since_s = float(found["window"]["start_s"])
        return replace(self, silent=tuple(sorted((*others, (*name, since_s)))))

    def notice(self, at_s: float) -> AlertNotice:
        """Return its fault, all its series together, or that there is none.

        Parameters
        ----------
        at_s : float
            UTC Unix seconds.
        """
        silent = self.answers and bool(self.silent)
        # A fault begins when it is recorded: what was silent before nobody waited for.
        return AlertNotice(
            about="source",
            matter=f"source:{self.source}",
            subject=f"source:{self.source}",
            active=silent or self.state not in ("ok", "starting", "unwatched"),
            began_s=at_s,
            noticed_s=at_s,
            state=SILENT if silent else self.state,
            grade=SILENT if silent else self.state,
            facts={
                "source": self.source,
                "state": SILENT if silent else self.state,
                "since_s": min((one[2] for one in self.silent), default=at_s)
                if silent
                else self.since_s,
                "because": self.because,
                "silent": sorted({one[0] for one in self.silent})[:_MOST_NAMED],
            },
        )

    def pool_notices(self, change: Change) -> tuple[AlertNotice, ...]:
        """Return whether a pool stopped reporting, of a change that says so.

        Parameters
        ----------
        change : Change
            Of kind ``gap``.
        """
        if not change.subject.startswith("pool:"):
            return ()
        silent = [one for one in self.silent if one[0] == change.subject]
        since_s = min((one[2] for one in silent), default=change.at_s)
        return (
            AlertNotice(
                about="pool-silence",
                matter=f"reports of {change.subject}",
                subject=change.subject,
                active=bool(silent),
                began_s=since_s,
                noticed_s=change.at_s,
                state="reports",
                facts={"what": "reports", "source": self.source, "since_s": since_s},
            ),
        )


def blind(
    instruments: Iterable[WatchedInstrument], needed: Iterable[str], *, silence: bool = False
) -> bool:
    """Return whether none of the sources that an opinion rests on can be believed now.

    Parameters
    ----------
    instruments : iterable of WatchedInstrument
        All that are known.
    needed : iterable of str
        Names of plugins; sources that nobody watches are not doubted.
    silence : bool
        Whether it is a silence of blocks that rests on them: then a source whose newest block is
        old, and that did not fail before, still answers.
    """
    wanted = set(needed)
    known = [one for one in instruments if one.source.partition(":")[0] in wanted]
    return bool(known) and not any(one.answers or (silence and not one.doubted) for one in known)

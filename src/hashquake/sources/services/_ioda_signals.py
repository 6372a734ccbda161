"""IODA's signals: which are read, and how their answers become readings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hashquake.core.contracts import Batch
from hashquake.core.errors import FormatError
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.sources.services._instrument import mismatch
from hashquake.sources.services._ioda_entities import check_entity
from hashquake.sources.services._series import Point, RequestedSeries, as_value
from hashquake.sources.wire.answer import as_int, as_list, as_object, as_text, wrong_shape

_SUBTYPE = re.compile(r"[A-Za-z0-9_.-]{0,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IodaSignal:
    """One of IODA's data sources.

    Parameters
    ----------
    quantity : str
        What its readings are called; a subtype goes in front of the unit.
    step_s : int
        Its native step.
    lag_s : float
        For how long after its end a bin may still change.
    """

    quantity: str
    step_s: int
    lag_s: float = 0.0

    def quantity_of(self, subtype: str) -> str:
        """Name the quantity of a subtype, such as a product of the traffic signal.

        Parameters
        ----------
        subtype : str
            As IODA names it; empty for none.
        """
        words = re.sub(r"[^a-z0-9]+", "_", subtype.lower()).strip("_")
        stem, _, unit = self.quantity.rpartition("_")
        return f"{stem}_{words}_{unit}" if words else self.quantity


SIGNALS = {
    # Visible /24 blocks, not prefixes as announced; routes of any length are counted in /24s.
    "bgp": IodaSignal(quantity="ioda_bgp_prefixes_count", step_s=300),
    # Blocks of 256 addresses that answered probes.
    "ping-slash24": IodaSignal(quantity="ioda_ping_slash24_up_count", step_s=600),
    # Distinct addresses that sent unsolicited packets to the telescope.
    "merit-nt": IodaSignal(quantity="ioda_merit_nt_sources_count", step_s=300),
    # Google's Transparency Report, in units of its own.
    "gtr": IodaSignal(quantity="ioda_gtr_index", step_s=1800, lag_s=5400.0),
}
"""The signals read, by IODA's name; those whose values are no plain numbers are left out."""


def signal_batches(
    data: list[Any], *, name: str, subject: str, asked: Window, now_s: float
) -> list[Batch]:
    """Take the readings out of an answer's data, ``[[{...}, ...]]``; ``[[]]`` holds none.

    Parameters
    ----------
    data : list
        As answered.
    name, subject : str
        The signal and the subject asked for.
    asked : Window
        The time asked for.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    FormatError, SourceError
        ``answer-shape``, ``answer-mismatch``, ``window-duplicate``, ``time-backwards``, and
        what `RequestedSeries.batch` and `as_value` raise.
    """
    batches: dict[str, Batch] = {}
    for inner in data:
        for item in as_list(inner, "a list of series"):
            fields = as_object(item, "a series")
            _check_about(fields, name=name, subject=subject)
            subtype = as_text(fields.get("subtype") or "", "a subtype")
            if not _SUBTYPE.fullmatch(subtype):
                raise wrong_shape("a subtype", subtype)
            series = RequestedSeries(
                subject=subject,
                quantity=SIGNALS[name].quantity_of(subtype),
                source="ioda",
                asked=asked,
                now_s=now_s,
                lag_s=SIGNALS[name].lag_s,
            )
            if series.quantity in batches:
                raise FormatError(
                    f"the answer holds {series.quantity} of {subject} twice",
                    code="window-duplicate",
                    hint="the service gave a disordered answer; nothing of it was kept, try again",
                )
            batches[series.quantity] = series.batch(_points(fields, series.quantity))
    return list(batches.values())


def _check_about(fields: Mapping[str, Any], *, name: str, subject: str) -> None:
    keys = {"type": "entityType", "code": "entityCode", "fqid": "entityFqid"}
    check_entity(subject, {ours: fields.get(theirs) for ours, theirs in keys.items()})
    if fields.get("datasource") != name:
        raise mismatch("signal", asked=name, found=fields.get("datasource"))


def _points(fields: Mapping[str, Any], quantity: str) -> Iterator[Point]:
    start_s = as_int(fields.get("from"), "the start of a series")
    end_s = as_int(fields.get("until"), "the end of a series")
    step_s = as_int(fields.get("step"), "the step of a series", below=31 * DAY_S)
    values = as_list(fields.get("values"), "the values of a series")
    if end_s < start_s:
        raise FormatError(
            f"the answer's {quantity} runs from {start_s} back to {end_s}",
            code="time-backwards",
            hint="the service gave a disordered answer; nothing of it was kept, try again",
        )
    if not step_s or (len(values) - 1) * step_s > end_s - start_s:
        raise wrong_shape(f"the step of {len(values)} values", step_s)
    for at, value in enumerate(values):
        bin_s = start_s + at * step_s
        number = None if value is None else as_value(value, f"a value of {quantity}")
        yield Point(bin_s, bin_s + step_s, number)

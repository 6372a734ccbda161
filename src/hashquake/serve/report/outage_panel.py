"""The Internet's side of an event, in words and marks ready for page, terminal and document.

What was transcribed is said to be so before any number, and is drawn as the statements stand:
where no source states anything, the row stays empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hashquake.core.incident import Incident
from hashquake.core.outage import Outage, Witness
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.transcribed import (
    Disagreement,
    Instrument,
    Statement,
    Transcription,
    transcription_of,
)
from hashquake.serve.format import (
    chance,
    count_word,
    percent,
    prose,
)
from hashquake.serve.format_times import (
    duration,
    short_time,
    short_window,
    window_text,
)
from hashquake.serve.language import between, message, translate, translate_plural
from hashquake.serve.report.outage_axis import RowSegment, segment, span_of, ticks_of
from hashquake.serve.wording import class_because, signal_name, silence_because
from hashquake.serve.wording.fixed import fixed
from hashquake.serve.wording.numbers import listed

CLASS_WORDS = {
    "kill_switch": message("Kill switch: ordered, all networks"),
    "curfew": message("Curfew: ordered, at fixed hours"),
    "mobile_only": message("Mobile networks only"),
    "cable": message("A cable or an upstream failed"),
    "power": message("Power failed"),
    "artefact": message("The instruments failed"),
    "unknown": message("None of these"),
}
_LEAST_SHOWN = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRow:
    """One instrument: who it is, what it saw, and when it said so.

    Parameters
    ----------
    name, signal : str
        The instrument's name, and the signal it measures.
    url : str or None
        Where its values were published.
    note : str
        On how the values were read; may be empty.
    finding, covered : str
        What it showed in the dark time, and what part of that time it covered.
    saw : bool
        Whether it saw the outage.
    segments : tuple of RowSegment
        What is drawn.
    """

    name: str
    signal: str
    url: str | None
    note: str
    finding: str
    covered: str
    saw: bool
    segments: tuple[RowSegment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """One explanation of the outage with its probability.

    Parameters
    ----------
    name : str
        The class's code.
    text : str
        The class as the page words it.
    probability : float
        0 to 1.
    shown : str
        The probability in percent.
    because : str
        What speaks for and against it.
    """

    name: str
    text: str
    probability: float
    shown: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutagePanel:
    """Everything a report says of one outage.

    Parameters
    ----------
    id, evidence : str
        Of the outage; ``measured``, ``transcribed`` or ``simulated``.
    label, origin, summary : str
        The evidence in two words and in sentences; the outage in sentences.
    ticks : tuple of (float, str)
        Days under the rows: place in percent, text.
    together : tuple of RowSegment
        What all of it comes to.
    rows : tuple of OutageRow
        Those that saw it first.
    classes : tuple of ClassRow
        Most probable first, without those next to impossible; empty where evidence does not
        decide, for priors are no finding.
    disagreements : tuple of Disagreement
        Between sources, as documented.
    remarks : tuple of (str, str, str)
        When, what, who: documented and no reading.
    """

    id: str
    evidence: str
    label: str
    origin: str
    summary: str
    ticks: tuple[tuple[float, str], ...]
    together: tuple[RowSegment, ...]
    rows: tuple[OutageRow, ...]
    classes: tuple[ClassRow, ...]
    disagreements: tuple[Disagreement, ...]
    remarks: tuple[tuple[str, str, str], ...]


def outage_panels(incident: Incident) -> tuple[OutagePanel, ...]:
    """Set out each outage of an incident.

    Parameters
    ----------
    incident : Incident
        With its outages.
    """
    return tuple(_panel(outage, bundled=incident.outages_bundled) for outage in incident.outages)


def _panel(outage: Outage, *, bundled: bool) -> OutagePanel:
    found = _transcriptions(outage)
    instruments = {
        (one.source, one.subject): one for each in found for one in each.instruments
    }  # fmt: skip
    span = span_of(outage, instruments.values())
    rows = [
        _row(witness, instruments.get((witness.source, outage.subject)), span, saw=saw)
        for witnesses, saw in ((outage.seen_by, True), (outage.not_seen_by, False))
        for witness in witnesses
    ]
    together = (
        *(segment(window, span, is_dark=True) for window in outage.dark_windows),
        *(segment(window, span, is_dark=False) for window in outage.restorations),
    )
    return OutagePanel(
        id=outage.id,
        evidence=outage.evidence,
        label=translate(_LABELS[outage.evidence]),
        origin=_origin(outage, bundled=bundled),
        summary=_summary(outage),
        ticks=ticks_of(span),
        together=together,
        rows=tuple(rows),
        classes=_classes(outage),
        disagreements=tuple(one for each in found for one in each.disagreements),
        remarks=tuple(
            (short_time(moment.time_s), prose(fixed(moment.text)), prose(fixed(moment.source)))
            for each in found
            for moment in each.remarks
        ),
    )


_LABELS = {
    "measured": message("Measured"),
    "transcribed": message("Transcribed, not measured"),
    "simulated": message("Simulated, not measured"),
}


def _origin(outage: Outage, *, bundled: bool) -> str:
    n = len({one.source for one in (*outage.seen_by, *outage.not_seen_by)})
    who = translate_plural(
        "{instruments} instrument", "{instruments} instruments", n, instruments=count_word(n)
    )
    if outage.evidence == "simulated":
        return translate("These readings come from a simulation. Nothing of this happened.")
    if outage.evidence == "measured":
        return translate("From the readings of {who} in the record.", who=who)
    origin = translate(
        "No public series of these days is available. What is dark was "
        "drawn, by the detection that live readings pass, from what is "
        "stated in writing of {who}; between statements nothing was filled "
        "in, and a statement of a beginning alone counts for one hour.",
        who=who,
    )
    if bundled:
        origin += translate(
            " The record holds nothing as direct of these hours, so the bundled readings are used."
        )
    return origin


def _summary(outage: Outage) -> str:
    dark = outage.dark_windows
    whole = Window(start_s=dark[0].start_s, end_s=dark[-1].end_s)
    back = len(outage.restorations)
    dark_s = sum(window.duration_s for window in dark)
    how = (
        translate(
            ", in {count} stretches, {duration} together",
            count=count_word(len(dark)),
            duration=duration(dark_s),
        )
        if dark[1:]
        else ""
    )
    times = (
        translate_plural(
            ", back once in between", ", back {times} times", back, times=count_word(back)
        )
        if back
        else ""
    )
    depth = outage.depth_share
    has_levels = any(witness.remaining_share is not None for witness in outage.seen_by)
    gone = (
        translate("how much was gone is not stated")
        if not has_levels
        else translate(
            "{share} of the usual connectivity was gone",
            share=f"{percent(depth.median)} "
            f"[{percent(depth.low)}{between()} {percent(depth.high)}]",
        )
    )
    text = translate(
        "Dark {window}{how}{times}; {gone}.",
        window=window_text(whole),
        how=how,
        times=times,
        gone=gone,
    )
    if outage.end_s is None:
        text += translate(" No reading shows its end.")
    hours = duration(outage.onset.duration_s)
    return translate(
        "{text} It began {window}: the instruments leave {hours} open.",
        text=text,
        window=short_window(outage.onset),
        hours=hours,
    )


def _row(
    witness: Witness, instrument: Instrument | None, span: Window, *, saw: bool
) -> OutageRow:  # fmt: skip
    signal = prose(signal_name(witness.signal))
    if instrument is None:
        return OutageRow(
            name=prose(witness.source or witness.signal),
            signal=signal,
            url=None,
            note="",
            finding=_finding(witness, saw=saw),
            covered=_covered(witness),
            saw=saw,
            segments=(),
        )
    return OutageRow(
        name=prose(fixed(instrument.title)),
        signal=prose(signal_name(instrument.signal)),
        url=instrument.url,
        note=prose(fixed(instrument.note)),
        finding=_stated(instrument.statements, saw=saw),
        covered=_covered(witness),
        saw=saw,
        segments=tuple(
            segment(one.window, span, is_dark=_is_dark(one)) for one in instrument.statements
        ),
    )


def _is_dark(statement: Statement) -> bool:
    return statement.state == "dark" or (
        statement.level_share is not None and statement.level_share < 0.5
    )


def _finding(witness: Witness, *, saw: bool) -> str:
    if witness.remaining_share is None:
        return prose(silence_because(witness.reasons)) or (
            translate("saw it; no level stated") if saw else translate("not covered")
        )
    shown = percent(witness.remaining_share)
    if saw:
        return translate("saw it; {shown} left", shown=shown)
    return translate("did not see it; {shown} left", shown=shown)


def _covered(witness: Witness) -> str:
    """Return how much of the dark time a witness speaks of, where that is not all."""
    if not 0.0 < witness.covered_share < 0.995:
        return ""
    return translate("on {share} of the dark", share=percent(witness.covered_share))


def _stated(statements: Sequence[Statement], *, saw: bool) -> str:
    if not saw:
        return translate("did not see it")
    levels = sorted({one.level_share for one in statements if one.level_share is not None})
    if not levels:
        return translate("saw it; no level stated")
    shown = listed(tuple(percent(level) for level in dict.fromkeys((levels[0], levels[-1]))))
    return translate("saw it; {shown} left", shown=shown)


def _classes(outage: Outage) -> tuple[ClassRow, ...]:
    return tuple(
        ClassRow(
            name=each.name,
            text=translate(CLASS_WORDS[each.name]),
            probability=each.probability,
            shown=chance(each.probability),
            because=_sentences(class_because(each)),
        )
        for each in outage.classes
        if each.probability >= _LEAST_SHOWN and outage.assessable
    )


def _sentences(because: str) -> str:
    parts = (part for part in prose(because).split(". ") if part)
    return " ".join(f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in parts)


def _transcriptions(outage: Outage) -> tuple[Transcription, ...]:
    near = Window(
        start_s=outage.onset.start_s - DAY_S, end_s=outage.dark_windows[-1].end_s + 2 * DAY_S
    )
    found = (
        transcription_of(witness.source, near) for witness in (*outage.seen_by, *outage.not_seen_by)
    )
    return tuple({one.name: one for one in found if one is not None}.values())

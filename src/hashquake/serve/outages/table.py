"""Outages for people: a table, one in full, and files."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hashquake.catalog.documents import SIGNALS, outage_document
from hashquake.core.outage import Outage, Witness
from hashquake.core.reading import ReadingSpan
from hashquake.core.times import format_time
from hashquake.observatory.cards import installed_detectors
from hashquake.observatory.opinion_tables import outage_columns
from hashquake.serve.document_bytes import document_bytes
from hashquake.serve.format import (
    NBSP,
    chance,
    percent,
    prose,
    share_interval,
)
from hashquake.serve.format_times import (
    duration,
    short_time,
    short_window,
    utc,
    window_text,
)
from hashquake.serve.language import message, translate
from hashquake.serve.opinion_documents import outage_json
from hashquake.serve.outages.alarms import false_alarm_line
from hashquake.serve.outages.turns import turns
from hashquake.serve.place_names import country_name
from hashquake.serve.source_names import source_name
from hashquake.serve.subject_names import subject_words
from hashquake.serve.wording import class_because, coverage_rows, signal_name, silence_because

CLASS_NAMES = {
    "kill_switch": message("kill switch"),
    "curfew": message("curfew"),
    "mobile_only": message("mobile only"),
    "cable": message("cable or upstream"),
    "power": message("power failure"),
    "artefact": message("measurement artefact"),
    "unknown": message("unknown"),
}
NOT_ASSESSABLE = message("cause not assessable")
_DARK_SHOWN = 12


def outage_table(outages: Sequence[Outage]) -> Table:
    """Lay outages out, a line each.

    Parameters
    ----------
    outages : sequence of Outage
        One revision each.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    # In a narrow terminal cells wrap; names, times and what was not measured are never cut.
    table.add_column("outage", no_wrap=True)
    table.add_column("began (UTC)", no_wrap=True)
    for heading in ("dark for", f"lost [90{NBSP}%]", "seen by", "most likely"):
        table.add_column(heading, overflow="fold")
    for one in outages:
        table.add_row(
            f"[bold]{one.id}[/]\n{escape(country_name(country_of(one)))}\n"
            f"{evidence_mark(one.evidence)}",
            format_time(_middle_s(one), seconds=False).replace("T", " ").rstrip("Z"),
            _dark(one),
            _lost_cell(one),
            _witnesses(one),
            likeliest(one),
        )
    return table


def _lost_cell(one: Outage) -> str:
    if not level_stated(one):
        return translate("not stated")
    if one.depth_share.low == one.depth_share.high:  # one number, of which no error is known
        return translate("{share}, error not stated", share=percent(one.depth_share.median))
    return share_interval(one.depth_share, digits=0)


def likeliest(one: Outage) -> str:
    """Write the most probable class with its probability.

    Parameters
    ----------
    one : Outage
        With its classes, the most probable first.
    """
    if not one.assessable:
        return translate(NOT_ASSESSABLE)
    first = one.classes[0]
    return f"{translate(CLASS_NAMES[first.name])} {chance(first.probability)}"


def country_of(one: Outage) -> str:
    """Return the two letters of an outage's country.

    Parameters
    ----------
    one : Outage
        Of a country.
    """
    return one.subject.partition(":")[2]


def witnesses_of(one: Outage) -> list[tuple[Witness, bool]]:
    """List the witnesses, each with whether it saw the outage; those that did come first.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    return [*((each, True) for each in one.seen_by), *((each, False) for each in one.not_seen_by)]


def evidence_mark(evidence: str) -> str:
    """Write what kind of evidence it is; what was not measured stands out.

    Parameters
    ----------
    evidence : {"measured", "transcribed", "simulated"}
        What the outage's readings are.
    """
    return evidence if evidence == "measured" else f"[bold yellow]{evidence}[/]"


def print_outage(opinions: Sequence[Outage], console: Console) -> None:
    """Print one outage in full: the latest opinion, its witnesses, its reasons, its revisions.

    Parameters
    ----------
    opinions : sequence of Outage
        All revisions of one outage, the latest last.
    console : rich.console.Console
        Where to print.
    """
    one = opinions[-1]
    console.print(
        f"[bold]{one.id}[/]  {subject_words(one.subject)}, revision {one.revision}, "
        f"{evidence_mark(one.evidence)}"
    )
    if one.evidence != "measured":
        console.print(f"  [yellow]{EVIDENCE_SAYS[one.evidence]}[/]")
    console.print(f"  began      {window_text(one.onset)}")
    console.print(f"  ended      {ended(one)}")
    console.print(f"  lost       {lost(one)}")
    console.print(f"  dark       {_dark(one)}")
    for window in one.dark_windows[:_DARK_SHOWN]:
        console.print(f"    {short_window(window)}  ({duration(window.duration_s)})")
    if len(one.dark_windows) > _DARK_SHOWN:
        console.print(f"    and {len(one.dark_windows) - _DARK_SHOWN} more")
    console.print("  witnesses")
    for witness, saw in witnesses_of(one):
        console.print(f"    {escape(witness_line(witness, saw=saw))}")
    for row in unwatched(one):
        console.print(f"    {signal_name(row['signal'])}: {row['because']}")
    console.print(f"  class{'' if one.assessable else f': {NOT_ASSESSABLE}, these are priors'}")
    for each in one.classes:
        said = escape(prose(class_because(each)))
        console.print(f"    {chance(each.probability)} {CLASS_NAMES[each.name]}: {said}")
    console.print(f"  {false_alarm_line()}")
    console.print("  opinions")
    for numbers, first, said in turns(opinions, lambda each: f"{lost(each)}, {_dark(each)}"):
        console.print(f"    {numbers}  seen until {utc(first.issued_s)}  {said}")


def ended(one: Outage) -> str:
    """Return when an outage was over, or that its end was not seen.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    return translate("not yet, as far as observed") if one.end_s is None else utc(one.end_s)


def unwatched(one: Outage) -> list[dict[str, Any]]:
    """List the signals that no witness stands for, with the reason.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    watched = {witness.signal for witness, _ in witnesses_of(one)}
    return [row for row in coverage_rows(one) if row["signal"] not in watched]


EVIDENCE_SAYS = {
    "transcribed": message("Transcribed: levels and times copied from reports, not measured here."),
    "simulated": message("Simulated: made by a program. Nothing of this happened."),
    "measured": "",
}
"""What a reader must know before anything else."""


def level_stated(one: Outage) -> bool:
    """Return whether a witness that saw it states how much was lost, and not only that it fell.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    return any(each.remaining_share is not None for each in one.seen_by)


def lost(one: Outage) -> str:
    """Write how much connectivity was lost.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    if not level_stated(one):
        return translate("how much connectivity was lost is not stated")
    return translate(
        "{share} of the usual connectivity", share=share_interval(one.depth_share, digits=0)
    )


def in_the_dark(witness: Witness, *, saw: bool) -> str:
    """Write what a witness showed in the dark windows, in a few words.

    Parameters
    ----------
    witness : Witness
        A signal of one source.
    saw : bool
        Whether it saw the outage.
    """
    remaining = witness.remaining_share
    if not witness.covered_share:
        return translate("no values in the dark")
    if remaining is None:
        return translate("dark, level not stated") if saw else translate("not dark")
    return (
        translate("fell to {share}", share=percent(remaining))
        if saw
        else translate("did not fall: {share}", share=percent(remaining))
    )


def witness_line(witness: Witness, *, saw: bool) -> str:
    """Write what one witness showed in a line.

    Parameters
    ----------
    witness : Witness
        A signal of one source.
    saw : bool
        Whether it saw the outage.
    """
    source = prose(source_name(witness.source))
    signal = prose(signal_name(witness.signal))
    who = f"{signal} ({source})" if source else signal
    if not witness.covered_share:
        why = silence_because(witness.reasons) or translate("it covered none of the dark time")
        return translate("{who}: no values, {why}", who=who, why=why)
    partly = "" if witness.covered_share > 0.995 else (
        translate(", covered {share} of the dark time", share=percent(witness.covered_share))
    )  # fmt: skip
    onset = (
        ""
        if witness.onset is None
        else translate(" by {time}", time=short_time(witness.onset.end_s))
    )
    return f"{who}: {in_the_dark(witness, saw=saw)}{onset}{partly}"


def watched_lines(spans: Sequence[ReadingSpan]) -> list[str]:
    """Return what was watched where no outage was found, a line for each country.

    Parameters
    ----------
    spans : sequence of ReadingSpan
        Stretches of readings, of any countries.
    """
    lines = []
    detectors = installed_detectors()
    for subject in sorted({span.subject for span in spans}):
        mine = [span for span in spans if span.subject == subject]
        signals = {detectors.signal_of(span.quantity) or "" for span in mine}
        start_s = min(span.window.start_s for span in mine)
        end_s = max(span.window.end_s for span in mine)
        unseen = [signal for signal in SIGNALS if signal not in signals]
        sources = prose(", ".join(sorted({span.source for span in mine})), limit=120)
        lines.append(
            translate(
                "{subject}: {signals} from {sources}, {start} to {end}, perhaps with gaps",
                subject=subject,
                signals=", ".join(signal_name(s) for s in SIGNALS if s in signals),
                sources=sources,
                start=utc(start_s),
                end=utc(end_s),
            )
            + (
                translate("; not watched: {signals}", signals=", ".join(map(signal_name, unseen)))
                if unseen
                else ""
            )
        )
    return lines


def outage_bytes(outages: Sequence[Outage], ending: str) -> bytes:
    """Write outages as a file's content.

    Parameters
    ----------
    outages : sequence of Outage
        One opinion each.
    ending : str
        ``.json``, ``.csv`` or ``.parquet``; tables are flat and leave out windows and reasons.
    """
    return document_bytes([outage_json(one) for one in outages], ending, flat=outage_columns)


def dark_s(one: Outage) -> float:
    """Sum the lengths of the dark windows, seconds.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    return float(sum(dark.duration_s for dark in one.dark_windows))


def _dark(one: Outage) -> str:
    n = len(one.dark_windows)
    total = duration(dark_s(one))
    still = translate(", not over") if one.end_s is None else ""
    return f"{total}{f' in {n} windows' if n > 1 else ''}{still}"


def signals_of(one: Outage) -> tuple[list[str], list[str]]:
    """List the signals that saw it, and those that had values in the dark time and did not.

    Parameters
    ----------
    one : Outage
        One revision.
    """
    shape = outage_document(one)
    return shape["seen_by"], shape["not_seen_by"]


def _witnesses(one: Outage) -> str:
    saw, missed = (", ".join(map(signal_name, some)) for some in signals_of(one))
    return f"{saw}{'; not ' if missed else ''}{missed}"


def _middle_s(one: Outage) -> float:
    return (one.onset.start_s + one.onset.end_s) / 2

"""Why hash rate changed: each cause with its probability and its reason."""

from dataclasses import dataclass

from hashquake.core.incident import Incident
from hashquake.core.quake import Cause
from hashquake.serve.format import chance, count_word, prose
from hashquake.serve.language import message, spoken, translate, translate_plural
from hashquake.serve.place_names import country_name
from hashquake.serve.wording import cause_because

CAUSE_WORDS = {
    "internet": message("The Internet was cut"),
    "power": message("Power was cut or curtailed"),
    "weather": message("The weather"),
    "policy": message("A ban or an order"),
    "economics": message("Price and profit"),
    "operator": message("One operator\N{RIGHT SINGLE QUOTATION MARK}s trouble"),
    "migration": message("Machines changed pool or moved"),
    "luck": message("No fall beyond luck and drift"),
    "unknown": message("Something that nobody documented"),
}
_LEAST_SHOWN = 0.005
_DOUBT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    """One cause: what it is, how probable, and why.

    Parameters
    ----------
    name : str
        The cause's code.
    text : str
        The cause and its place as the page words it.
    shown : str
        Its probability in percent.
    width : float
        Length of its bar, percent.
    because : str
        Why, as a sentence.
    """

    name: str
    text: str
    shown: str
    width: float
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CausePanel:
    """All causes of an incident.

    Parameters
    ----------
    heading : str
        What is asked.
    sentence : str
        The likeliest, in words that say how sure it is.
    rows : tuple of CauseRow
        Most probable first, without those next to impossible.
    rest : str
        What was left out; empty when nothing.
    """

    heading: str
    sentence: str
    rows: tuple[CauseRow, ...]
    rest: str


def cause_panel(incident: Incident) -> CausePanel | None:
    """Set out why hash rate changed; None where no causes were weighed.

    Parameters
    ----------
    incident : Incident
        With its causes.
    """
    if not incident.causes:
        return None
    shown = [cause for cause in incident.causes if cause.probability >= _LEAST_SHOWN]
    left = [cause for cause in incident.causes if cause.probability < _LEAST_SHOWN]
    doubted = any(cause.name == "luck" and cause.probability > _DOUBT for cause in shown)
    return CausePanel(
        heading=translate("Why hash rate changed, if it did")
        if doubted
        else translate("Why hash rate changed"),
        sentence=f"{_sentence(shown)}{_reconciled(incident, shown[0])}",
        rows=tuple(map(_row, shown)),
        rest=_rest(left),
    )


def cause_rows(causes: tuple[Cause, ...]) -> tuple[CauseRow, ...]:
    """Word causes that are not next to impossible, most probable first.

    Parameters
    ----------
    causes : tuple of Cause
        Of an incident or a quake.
    """
    found = sorted(causes, key=lambda cause: -cause.probability)
    return tuple(_row(cause) for cause in found if cause.probability >= _LEAST_SHOWN)


def cause_text(name: str, country: str | None) -> str:
    """Name a cause with its place.

    Parameters
    ----------
    name : str
        The cause's code.
    country : str or None
        Code of its country.
    """
    place = country_name(country)
    return f"{translate(CAUSE_WORDS[name])}{f' ({place})' if place else ''}"


def _row(cause: Cause) -> CauseRow:
    because = prose(cause_because(cause), limit=600)
    return CauseRow(
        name=cause.name,
        text=cause_text(cause.name, cause.country),
        shown=chance(cause.probability),
        width=100.0 * cause.probability,
        because=f"{because[:1].upper()}{because[1:].rstrip('.')}.",
    )


def _sentence(shown: list[Cause]) -> str:
    first = shown[0]
    said = lowered(cause_text(first.name, first.country))
    if first.probability >= 0.9:
        return translate("Of the causes weighed one stands out: {said}.", said=said)
    if len(shown) > 1 and first.probability < 2.0 * shown[1].probability:
        second = lowered(cause_text(shown[1].name, shown[1].country))
        return translate(
            "Two explanations cannot be distinguished: {said}; or, {second}.",
            said=said,
            second=second,
        )
    return translate("Likeliest, though not certain: {said}.", said=said)


def _reconciled(incident: Incident, first: Cause) -> str:
    """Return what else than its blocks speaks for the likeliest cause; empty where nothing does."""
    evidence = _evidence(incident)
    if incident.finding != "none" or first.name == "luck":
        return evidence
    if evidence:
        return translate(" The blocks alone show no fall beyond luck and drift.") + evidence
    return translate(
        " The blocks alone show no fall beyond luck and drift; this cause is likelier because an "
        "event of those days is known."
    )


def _evidence(incident: Incident) -> str:
    match incident.causes_evidence:
        case "quake":
            return translate(
                " Judged as the quake {quake}: by what pools reported, and by when it fell.",
                quake=incident.causes_quake or "",
            )
        case "blocks+reports":
            return translate(" Judged by blocks and by what pools reported.")
        case _:
            return ""


def lowered(text: str) -> str:
    """Write it as it stands inside a sentence.

    Parameters
    ----------
    text : str
        A heading or a name.
    """
    # German writes nouns with a capital wherever they stand.
    return text if spoken().code == "de" else f"{text[:1].lower()}{text[1:]}"


def _rest(left: list[Cause]) -> str:
    if not left:
        return ""
    names = "; ".join(lowered(cause_text(cause.name, cause.country)) for cause in left)
    return translate_plural(
        "Weighed and found next to impossible, one more: {names}.",
        "Weighed and found next to impossible, {more} more: {names}.",
        len(left),
        more=count_word(len(left)),
        names=names,
    )

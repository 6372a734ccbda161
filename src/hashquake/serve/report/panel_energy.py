"""What the stopped machines drew and did not emit, and what mining in the country draws."""

from collections.abc import Mapping
from dataclasses import dataclass

from hashquake.core.interval import Quantiles
from hashquake.observatory.event_context import DarkEnergy, EventContext
from hashquake.serve.format import MINUS, NBSP, date
from hashquake.serve.geography.numbers import (
    LEVEL,
    exahashes,
    megawatts_interval,
    rate_text,
    share_text,
    tonnes_interval,
)
from hashquake.serve.geography.terminal import claim_sentence, energy_lines
from hashquake.serve.place_names import country_name, in_a_sentence, named

Line = tuple[str, str]
_WORDS = {
    "dark_share_of_country": "Its part of the country\N{RIGHT SINGLE QUOTATION MARK}s mining",
    "dark_share_of_generation": "Its part of generation",
    "not_emitted_t_per_day": "Emissions not made",
    "share_of_generation": "Share of generation",
    "emissions_t_per_day": "Emissions",
    "registered_mw": "Registered and unregistered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyPanel:
    """Megawatts and tonnes of an event.

    Parameters
    ----------
    sentence : str
        What stopped, and how sure that is.
    dark : tuple of (str, str)
        Figures of what stopped.
    heading : str
        Where and when the other figures are of.
    power : tuple of (str, str)
        Figures of all mining there.
    notes : tuple of str
        What is not known, and why; what an authority said.
    """

    sentence: str
    dark: tuple[Line, ...]
    heading: str
    power: tuple[Line, ...]
    notes: tuple[str, ...]


def energy_panel(around: EventContext, *, country: str | None) -> EnergyPanel | None:
    """Set megawatts out; None where neither what stopped nor what ran is known."""
    dark, report = around.dark, around.energy
    if dark is None and report is None:
        return None
    notes = [around.missing[name] for name in ("dark", "energy") if name in around.missing]
    if dark is not None:
        notes += _reasons(dark.reasons, country)
    power: tuple[Line, ...] = ()
    heading = ""
    if report is not None:
        power = tuple(
            (_heading(name), text) for name, text in energy_lines(report) if text != "not known"
        )
        place = f"in {in_a_sentence(country_name(country))}" if country else "of the network"
        heading = f"All mining {place} on {date(report.at_s)}"
        notes += _reasons(report.reasons, country)
        notes += [named(text, country) for text in report.caveats]
        if report.claim is not None:
            notes.append(claim_sentence(report.claim))
    return EnergyPanel(
        sentence="" if dark is None else _sentence(dark),
        dark=() if dark is None else _dark_lines(dark, country),
        heading=heading,
        power=power,
        notes=tuple(dict.fromkeys(notes)),
    )


def _heading(name: str) -> str:
    if name.startswith(" "):
        return f"Not registered, {name.strip()}"
    return f"{name[:1].upper()}{name[1:]}"


def _sentence(dark: DarkEnergy) -> str:
    drawn = dark.power.power_mw.interval(LEVEL)
    if drawn.high <= 0:
        return "Hash rate rose over the window, so no power is shown to have stopped."
    text = megawatts_interval(dark.power.power_mw)
    if drawn.median <= 0:
        return f"The count shows no fall; what may have stopped all the same drew {text}."
    if drawn.low <= 0:
        return f"What stopped drew {text}: by blocks alone it may have been nothing."
    return f"What stopped drew {text}."


def _dark_lines(dark: DarkEnergy, country: str | None) -> tuple[Line, ...]:
    place = in_a_sentence(country_name(country))
    lines: list[Line] = [
        ("Hash rate that went", _lost(dark.lost_hps)),
        ("Power that stopped", megawatts_interval(dark.power.power_mw)),
    ]
    if dark.power.share_of_country is not None:
        lines.append((f"Of mining in {place}", share_text(dark.power.share_of_country)))
    if dark.share_of_generation is not None:
        of_year = f"{share_text(dark.share_of_generation)}, mean of {dark.generation_year}"
        lines.append((f"Of generation in {place}", of_year))
    if dark.emissions_t_per_day is not None:
        tonnes = tonnes_interval(dark.emissions_t_per_day)
        tonnes += f" of CO\N{SUBSCRIPT TWO}, grid of {dark.carbon_year}"
        lines.append((_WORDS["not_emitted_t_per_day"], tonnes))
    return tuple(lines)


def _lost(lost_hps: Quantiles) -> str:
    found = lost_hps.interval(LEVEL)
    if found.low >= 0:
        return rate_text(lost_hps)
    if found.high <= 0:
        return f"none; it rose by {rate_text(lost_hps.mapped(scale=-1.0))}"
    low, high = (exahashes(limit).partition(NBSP)[0] for limit in (-found.low, found.high))
    median = exahashes(abs(found.median))
    sign = MINUS if found.median < 0 else ""
    return f"{sign}{median} [{MINUS}{low},{NBSP}{high}]; below nothing it rose"


def _reasons(reasons: Mapping[str, str], country: str | None) -> list[str]:
    """Say why figures are not known, those with one reason together."""
    alike: dict[str, list[str]] = {}
    for name, because in reasons.items():
        why = named(because.partition(";")[0], country)
        alike.setdefault(why, []).append(_WORDS.get(name, name))
    lines = []
    for why, (first, *others) in alike.items():
        names = [first, *(f"{one[:1].lower()}{one[1:]}" for one in others)]
        lines.append(f"{', '.join(names)}: {why}.")
    return lines

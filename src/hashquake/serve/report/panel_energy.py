"""What the stopped machines drew and did not emit, and what mining in the country draws."""

from collections.abc import Mapping
from dataclasses import dataclass

from hashquake.core.interval import Quantiles
from hashquake.observatory.event_context import DarkEnergy, EventContext
from hashquake.serve.format import MINUS, NBSP
from hashquake.serve.format_times import date
from hashquake.serve.geography.numbers import (
    LEVEL,
    NOTHING,
    exahashes,
    megawatts,
    megawatts_interval,
    rate_text,
    share_text,
    tonnes_interval,
)
from hashquake.serve.geography.terminal import claim_sentence, energy_lines
from hashquake.serve.language import between, message, translate
from hashquake.serve.place_names import country_name, in_a_sentence, named
from hashquake.serve.wording.fixed import fixed

Line = tuple[str, str]
_WORDS = {
    "dark_share_of_country": message("Share of the country\N{RIGHT SINGLE QUOTATION MARK}s mining"),
    "dark_share_of_generation": message("Share of generation that stopped"),
    "not_emitted_t_per_day": message("Emissions avoided"),
    "share_of_generation": message("Share of generation"),
    "emissions_t_per_day": message("Emissions"),
    "registered_mw": message("Registered and unregistered"),
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
    """Set megawatts out; None where neither what stopped nor what ran is known.

    Parameters
    ----------
    around : EventContext
        With what stopped and what ran, where known.
    country : str or None
        Code of the event's country.
    """
    dark, report = around.dark, around.energy
    if dark is None and report is None:
        return None
    notes = [around.missing[name] for name in ("energy",) if name in around.missing]
    if dark is not None:
        notes += _reasons(dark.reasons, country)
    power: tuple[Line, ...] = ()
    heading = ""
    if report is not None:
        power = tuple(
            (_heading(name), text)
            for name, text in energy_lines(report)
            if text != translate(NOTHING)
        )
        place, day = in_a_sentence(country_name(country)), date(report.at_s)
        heading = (
            translate("All mining in {place} on {date}", place=place, date=day)
            if country
            else translate("All mining of the network on {date}", date=day)
        )
        notes += _reasons(report.reasons, country)
        notes += [named(fixed(text), country) for text in report.caveats]
        if report.claim is not None:
            notes.append(claim_sentence(report.claim))
    return EnergyPanel(
        sentence=_sentence(dark, _named_place(country))
        if dark is not None
        else named(fixed(around.missing.get("dark", "")), country),
        dark=() if dark is None else _dark_lines(dark, country),
        heading=heading,
        power=power,
        notes=tuple(dict.fromkeys(notes)),
    )


def _heading(name: str) -> str:
    if name.startswith(" "):
        return translate("Not registered, {name}", name=name.strip())
    return _capital(translate(name))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _sentence(dark: DarkEnergy, place: str) -> str:
    drawn = dark.power.power_mw.interval(LEVEL)
    who = (
        translate("The machines that stopped in {place}", place=place)
        if place
        else translate("The machines that stopped")
    )
    if drawn.median <= 0:
        return translate("{who} drew up to {power}.", who=who, power=megawatts(drawn.high))
    return translate(
        "{who} drew {power}.",
        who=who,
        power=megawatts_interval(dark.power.power_mw),
    )


def _dark_lines(dark: DarkEnergy, country: str | None) -> tuple[Line, ...]:
    place = _named_place(country)
    lines: list[Line] = [
        (translate("Hash rate the network lost"), _lost(dark.lost_hps)),
        (
            translate("Power that stopped in {place}", place=place)
            if place
            else translate("Power that stopped"),
            _bounded(dark.power.power_mw),
        ),
    ]
    if dark.power.share_of_country is not None:
        lines.append(
            (
                translate("Share of mining in {place}", place=place),
                share_text(dark.power.share_of_country),
            )
        )
    if dark.share_of_generation is not None:
        of_year = translate(
            "{share}, mean of {year}",
            share=share_text(dark.share_of_generation),
            year=dark.generation_year,
        )
        lines.append((translate("Share of generation in {place}", place=place), of_year))
    if dark.emissions_t_per_day is not None:
        tonnes = tonnes_interval(dark.emissions_t_per_day)
        tonnes += translate(" of CO₂, grid of {year}", year=dark.carbon_year)
        lines.append((translate(_WORDS["not_emitted_t_per_day"]), tonnes))
    return tuple(lines)


def _named_place(country: str | None) -> str:
    return in_a_sentence(country_name(country)) if country else ""


def _bounded(drawn_mw: Quantiles) -> str:
    """Write a power; where it may well be none, its upper limit."""
    found = drawn_mw.interval(LEVEL)
    return (
        translate("up to {power}", power=megawatts(found.high))
        if found.median <= 0
        else megawatts_interval(drawn_mw)
    )


def _lost(lost_hps: Quantiles) -> str:
    found = lost_hps.interval(LEVEL)
    if found.low >= 0:
        return rate_text(lost_hps)
    if found.high <= 0:
        return translate("none, it rose by {rate}", rate=rate_text(lost_hps.mapped(scale=-1.0)))
    most = max(-found.low, found.high)
    low, high = (
        exahashes(limit, like_hps=most).partition(NBSP)[0] for limit in (-found.low, found.high)
    )
    median = exahashes(abs(found.median), like_hps=most)
    sign = MINUS if found.median < 0 else ""
    return translate(
        "{rate}; negative values are a rise",
        rate=f"{sign}{median} [{MINUS}{low}{between()}{NBSP}{high}]",
    )


def _reasons(reasons: Mapping[str, str], country: str | None) -> list[str]:
    """Return why figures are not known, those with one reason together."""
    alike: dict[str, list[str]] = {}
    for name, because in reasons.items():
        why = named(fixed(because.partition(";")[0]), country)
        alike.setdefault(why, []).append(translate(_WORDS.get(name, name)))
    lines = []
    for why, (first, *others) in alike.items():
        names = [first, *(f"{one[:1].lower()}{one[1:]}" for one in others)]
        lines.append(f"{', '.join(names)}: {why}.")
    return lines

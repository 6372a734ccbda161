"""January 2022 in Kazakhstan as documented, as windows for signals made by hand."""

from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.datasets.transcribed import Instrument, load_transcriptions


def instrument(transcription: str, name: str) -> Instrument:
    """Find an instrument of a bundled transcription."""
    (found,) = (each for each in load_transcriptions() if each.name == transcription)
    return next(one for one in found.instruments if one.name == name)


_CHART = instrument("kazakhstan-2022", "ioda_chart")
ONLINE = tuple(one.window for one in _CHART.statements if one.state == "online")
"""The five stretches with connectivity, read by eye."""
WHOLE = Window(start_s=parse_time("2022-01-05T10:45Z"), end_s=parse_time("2022-01-10T02:00Z"))
DARK = tuple(
    Window(start_s=start_s, end_s=end_s)
    for start_s, end_s in zip(
        (WHOLE.start_s, *(one.end_s for one in ONLINE)),
        (*(one.start_s for one in ONLINE), WHOLE.end_s),
        strict=True,
    )
)
"""The six without."""

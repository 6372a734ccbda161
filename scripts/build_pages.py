"""Make the pages of the documentation that are the program's own output.

python scripts/build_pages.py            # writes docs/events, docs/catalog.md, docs/power.md ...
python scripts/build_pages.py --catalog  # forms the bundled catalog and exposures first (minutes)
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from hashquake.core.contracts import Batch
from hashquake.datasets.bundled import bundled_blocks
from hashquake.datasets.catalog import pack_catalog
from hashquake.datasets.events import covered_events
from hashquake.judge.outage_table import measured_scores
from hashquake.judge.peer_table import measured_rows
from hashquake.judge.power import power_table
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.bundled_load import bundled_batches, bundled_readings
from hashquake.observatory.exposures import estimates_to_bundle
from hashquake.pools.registry import bundled
from hashquake.serve.cli.backtest import forecast_backtest_rows
from hashquake.serve.drawing.picture import standalone
from hashquake.serve.pages.event_page import event_page
from hashquake.serve.pages.markdown import bullets, page
from hashquake.serve.pages.method_pages import catalog_page, forecast_page, power_page
from hashquake.serve.pages.outage_page import outage_page
from hashquake.serve.pages.pictures import (
    catalog_picture,
    forecast_picture,
    power_picture,
)
from hashquake.serve.pages.scenario_page import scenario_page, scenario_rows
from hashquake.serve.report.chart_rate import rate_charts

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FORECAST = ROOT / "src" / "hashquake" / "judge" / "forecast_measured.json"
EXPOSURES = ROOT / "src" / "hashquake" / "datasets" / "exposures.json"


def main() -> None:
    """Write every page."""
    with open_observatory("bundled") as observatory:
        if "--catalog" in sys.argv:
            write_catalog()
            write_exposures(observatory)
        write_events(observatory)
        quakes = observatory.quakes()
        write("catalog.md", catalog_page(quakes, picture="images/catalog.svg"))
        write("images/catalog.svg", catalog_picture(bundled_blocks(), quakes))
        rows, peers = power_table(), measured_rows(wanted_per_year=None)
        write("power.md", power_page(rows, peers, picture="images/power.svg"))
        write("images/power.svg", power_picture(rows, measured_rows()))
        scores, title = forecast_backtest_rows("bundled")
        FORECAST.write_text(
            json.dumps({"title": title, "rows": scores}, indent=1) + "\n", encoding="utf-8"
        )
        write("forecast.md", forecast_page(title, scores, picture="images/forecast.svg"))
        write("images/forecast.svg", forecast_picture(scores))
        write("outages.md", outage_page(measured_scores()))
        write("scenarios.md", scenario_page(*scenario_rows(observatory.record.blocks())))


def write_catalog() -> None:
    """Feed an empty record with what is bundled, and keep what its catalog concludes."""
    with TemporaryDirectory() as folder, open_observatory(f"{folder}/r.db", create=True) as fed:
        fed.feed_all((batch for batch, _ in bundled_batches()), source="bundled")
        readings = bundled_readings()
        fed.feed_all([Batch(readings=readings)], source="bundled")
        pack_catalog(fed.record)


def write_exposures(observatory: Observatory) -> None:
    """Estimate the exposures that the bundled record is asked for, one estimate a line."""
    found = estimates_to_bundle(observatory.record)
    lines = [
        f"{json.dumps(key)}:{json.dumps(one, separators=(',', ':'))}" for key, one in found.items()
    ]
    EXPOSURES.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def write_events(observatory: Observatory) -> None:
    """Write a page and a picture for each event the record covers, and their list."""
    names = {pool.slug: pool.name for pool in bundled().pools}
    events = covered_events(observatory.record.coverage())
    for event in events:
        incident = observatory.report(event)
        picture = f"{event.id}.svg"
        text = event_page(observatory, incident, picture=picture, names=names)
        write(f"events/{event.id}.md", text)
        write(f"events/{picture}", standalone(rate_charts(incident)[0]))
    listed = bullets(f"[{event.name}]({event.id}.md), {event.place}" for event in events)
    write("events/README.md", page("# Events of history", listed))


def write(name: str, text: str) -> None:
    """Write one file."""
    path = DOCS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(name)


if __name__ == "__main__":
    main()

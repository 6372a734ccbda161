import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from hashquake.core.event import Event, Moment
from hashquake.core.incident import Incident
from hashquake.core.interval import Quantiles
from hashquake.core.verdict_reason import DataMissing
from hashquake.serve.report.html import render_html

MakeIncident = Callable[[str], Incident]

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=y> $\\frac{1}{0}$ {{ 7*7 }} \x1b[31m\u202e"
)
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Checks balance and collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def render(incident: Incident) -> str:
    return render_html(incident, version="0.1.0", made_at="21 November 2026")


@pytest.fixture(scope="module")
def kazakhstan(make_incident: MakeIncident) -> str:
    return render(make_incident("kazakhstan-2022"))


@pytest.mark.parametrize("event_id", ["kazakhstan-2022", "xinjiang-2021", "elliott-2022"])
def test_the_page_is_balanced_and_asks_nothing_of_anybody(
    make_incident: MakeIncident, event_id: str
) -> None:
    html = render(make_incident(event_id))
    page = parsed(html)
    assert len(page.ids) == len(set(page.ids))
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "iframe", "img", "object", "embed", "image", "base"}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "srcset", "xlink:href", "action", "poster", "data")
            if name == "href":
                wanted = ("https://", "http://") if tag == "a" else ("#",)
                assert (value or "").startswith(wanted), (tag, value)
    css = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in css
    assert "@import" not in css
    assert re.findall(r"url\((?!#)", html) == []


def test_the_page_shows_what_the_issue_asks_for(kazakhstan: str) -> None:
    text = " ".join(parsed(kazakhstan).text).replace("\N{NO-BREAK SPACE}", " ")
    for wanted in (
        "Claims",
        "Pools",
        "Time between blocks",
        "Difficulty",
        "Before you quote this",
        "Method and sources",
        "Mobile Internet disrupted",
        "filed under unknown",
        "\N{MINUS SIGN}19.2 %",
        "\N{MINUS SIGN}18 to \N{MINUS SIGN}15 %",
    ):
        assert wanted in text


def test_charts_come_in_two_widths_with_words_for_those_who_do_not_see(kazakhstan: str) -> None:
    page = parsed(kazakhstan)
    charts = [a for tag, a in page.tags if tag == "svg" and "chart" in (a.get("class") or "")]
    assert [chart["class"] for chart in charts] == ["chart wide", "chart narrow"] * 2
    assert all(chart["role"] == "img" and chart["aria-label"] for chart in charts)
    strips = [a for tag, a in page.tags if tag == "svg" and "strip" in (a.get("class") or "")]
    assert len(strips) > 20
    assert all(strip["aria-label"] for strip in strips)
    assert "no Internet" in " ".join(page.text), "the charts' text is text"


def test_equal_input_gives_equal_bytes(make_incident: MakeIncident, kazakhstan: str) -> None:
    assert render(make_incident("kazakhstan-2022")) == kazakhstan


def test_made_at_can_be_left_out(make_incident: MakeIncident) -> None:
    html = render_html(make_incident("elliott-2022"), version="9.9.9", made_at=None)
    assert "Made by hashquake 9.9.9." in html


def hostile(incident: Incident) -> Incident:
    event: Event = replace(
        incident.event,
        name=HOSTILE,
        place=HOSTILE,
        cause=HOSTILE,
        summary=HOSTILE,
        precision=HOSTILE,
        moments=(Moment(time_s=incident.window.start_s, text=HOSTILE, source=HOSTILE),),
        map_shares=tuple(
            replace(share, as_of=HOSTILE, known_from=HOSTILE, source=HOSTILE)
            for share in incident.event.map_shares
        ),
        sources=("javascript:alert(1)", f"https://host/{HOSTILE}"),
        traps=(HOSTILE,),
    )
    return replace(
        incident,
        event=event,
        pools=tuple(replace(row, pool=HOSTILE, note=HOSTILE) for row in incident.pools),
        verdicts=tuple(
            replace(
                verdict,
                reason=DataMissing(error="", message=HOSTILE),
                about=replace(
                    verdict.about, text=HOSTILE, speaker=HOSTILE, url="javascript:alert(1)"
                ),
            )
            for verdict in incident.verdicts
        ),
        caveats=(HOSTILE,),
    )


def test_hostile_text_comes_out_as_text(make_incident: MakeIncident) -> None:
    html = render(hostile(make_incident("kazakhstan-2022")))
    page = parsed(html)
    assert not {tag for tag, _ in page.tags} & {"script", "img"}
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert "javascript:" not in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "{{ 7*7 }}" in html, "a template in a text is only a text"
    assert "&lt;script&gt;" in html
    assert "$\\frac{1}{0}$" in html


def test_an_incident_with_little_in_it_still_makes_a_page(make_incident: MakeIncident) -> None:
    full = make_incident("elliott-2022")
    event = replace(
        full.event,
        name="",
        place="",
        cause="",
        precision="",
        summary="",
        moments=(),
        map_shares=(),
        claims=(),
        sources=(),
        traps=(),
    )
    bare = replace(
        full,
        event=event,
        first_day=None,
        rates=(),
        pools=(),
        gaps=None,
        retargets=(),
        verdicts=(),
        caveats=(),
    )
    text = " ".join(parsed(render(bare)).text)
    assert "The record ends before the next retarget." in text
    assert "Of the " not in text
    assert "The hash rate, 23" in text
    assert "precision" not in text
    assert "No pool can be compared" in text
    assert "Share before" not in text


def test_a_pool_that_came_from_nothing_has_no_upper_limit(make_incident: MakeIncident) -> None:
    full = make_incident("elliott-2022")
    nothing = float("-inf")
    born = Quantiles(values=(nothing, nothing, nothing, nothing, -2.0, 0.0, 0.1))
    rows = (replace(full.pools[0], drop=replace(full.pools[0].drop, drop_share=born)),)
    html = render(replace(full, pools=rows))
    assert "+\N{INFINITY}" in html
    assert "nan" not in "".join(parsed(html).text)

"""Pages speak the reader's language: chosen by address, kept by a cookie, or the browser's."""

import re

import httpx
import pytest
from tests import plain_http
from tests.serve.api.served import PATIENCE_S, served
from tests.serve.page.pseudo_language import unmarked, wrapped
from tests.serve.page.test_pages import PAGES

from hashquake.observatory import open_observatory
from hashquake.serve.language import NAMES, speaking

GERMAN = {"Accept-Language": "de-DE,de;q=0.9"}
CODES = re.compile(
    # Units, formats, identifiers and addresses, which are the same everywhere.
    r"[hH]ashquake|Bitcoin|Parquet|[EPT]H/s|UTC|MW|JSON|CSV|PNG|SVG|US\$|https?://\S+|[a-z]+:\w+"
    r"|(?:hq|ou)\d+\w+|\w+_(?:state|share)\b|[a-z_]+/\d\+?|\S[^\n]*\u2026"
    r"|width=device-width, initial-scale=\d|light dark|\b(?:hashrate|means|pools|hashprice"
    r"|revenue|halvings|mempool|bitcoin-data|f2pool|KZ|world)\b"
    r"|(?:\d+\.\s|\b)(?:Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)[a-z]*\.?"
    r"|\b[a-z0-9.-]+\.(?:com|org|net|io|ru|sg|de|vn|box)\b"
    # The part after the colon of a message that is shown in two styles.
    r"|levels and times copied from reports, not measured here\."
)
WALKED = [
    *PAGES,
    "/events/xinjiang-2021",
    "/events/china-ban-2021",
    "/events/kazakhstan-power-2022",
    "/events/elliott-2022",
]


PUBLISHERS = {
    *("BTC.com", "Binance Pool", "Cloudflare Radar", "CoinDesk", "Coin Metrics", "CoinWarz"),
    *("Cointelegraph", "Cryptopolitan", "Dovey Wan", "Elon Musk", "IODA", "Larry Cermak"),
    *("MiningPoolStats", "NetBlocks", "RIPE Atlas", "RIPE Labs", "Reuters", "The Block"),
    *("Trail of Bits", "Wu Blockchain", "YCharts"),
}
"""Who said something: names that stay as they are, unlike what was said."""


def _names() -> re.Pattern[str]:
    """Return all names that the record and the bundled data may show."""
    from hashquake.datasets.mining_map import place_names
    from hashquake.pools.registry import bundled
    from hashquake.serve.language import Language
    from hashquake.serve.place_names import country_name, known_names

    names = {pool.name for pool in bundled().pools} | {pool.slug for pool in bundled().pools}
    names |= PUBLISHERS
    names |= set(place_names().values()) | set(known_names().values())
    names |= {"Hashrate Index", "Bitstamp", "Cambridge", "CCAF", "Texas", *NAMES.values()}
    with speaking(Language(code="de")):
        names |= {country_name(letters) for letters in known_names()}
    ordered = sorted(names, key=lambda name: -len(name))
    return re.compile("|".join(re.escape(name) for name in ordered))


@pytest.fixture(scope="module")
def wrapped_pages() -> dict[str, str]:
    """Pages in wrapped messages, from a server of their own, since servers keep answers."""
    with (
        wrapped(),
        served(open_observatory("bundled")) as url,
        plain_http.client(base_url=url, timeout=PATIENCE_S, headers=GERMAN) as client,
    ):
        return {path: client.get(path, headers={"Accept": "text/html"}).text for path in WALKED}


@pytest.mark.parametrize("path", WALKED)
def test_a_page_has_no_text_that_passed_no_catalog(
    wrapped_pages: dict[str, str], path: str
) -> None:
    names = _names()
    lines = [names.sub(" ", line) for line in unmarked(wrapped_pages[path], CODES)]
    assert [line for line in lines if re.search(r"[A-Za-z]{2,}", line)] == []


@pytest.mark.parametrize("code", NAMES)
def test_a_page_speaks_the_language_it_is_asked_in(browser: httpx.Client, code: str) -> None:
    answer = browser.get(f"/method?lang={code}")
    assert answer.status_code == 200
    assert f'<html lang="{code}"' in answer.text
    assert f"hashquake_lang={code}" in answer.headers["set-cookie"]
    assert "httponly" in answer.headers["set-cookie"].lower()
    for other, name in NAMES.items():
        link = re.search(f'<a href="\\?lang={other}"[^>]*>', answer.text)
        assert link is not None
        assert name in answer.text
        assert ('aria-current="true"' in link.group()) == (other == code)


def test_a_choice_is_kept_and_stands_before_the_browser(browser: httpx.Client) -> None:
    browser.cookies.clear()
    assert '<html lang="de"' in browser.get("/charts", headers=GERMAN).text
    browser.get("/charts?lang=en")
    assert '<html lang="en"' in browser.get("/charts", headers=GERMAN).text
    browser.cookies.clear()
    cookie = {"Cookie": "hashquake_lang=<script>"}
    assert '<html lang="en"' in browser.get("/charts", headers=cookie).text


def test_answers_of_two_languages_are_kept_apart(browser: httpx.Client) -> None:
    browser.cookies.clear()
    german, english = browser.get("/pools", headers=GERMAN), browser.get("/pools")
    assert german.headers["etag"] != english.headers["etag"]
    assert {one.strip() for one in german.headers["vary"].split(",")} >= {
        "Accept-Language",
        "Cookie",
    }
    again = browser.get("/pools", headers=GERMAN | {"If-None-Match": english.headers["etag"]})
    assert again.status_code == 200
    assert "Gefunden" in again.text


def test_documents_of_programs_stay_english(browser: httpx.Client) -> None:
    path = "/api/v1/report/kazakhstan-2022"
    assert browser.get(path, headers=GERMAN).content == browser.get(path).content
    assert browser.get("/api/v1/pools?lang=de").status_code == 400


def test_an_unknown_language_is_a_page_that_says_so(browser: httpx.Client) -> None:
    answer = browser.get("/quakes?lang=xx")
    assert answer.status_code == 404
    assert "language-unknown" in answer.text
    assert "Deutsch" in answer.text


def test_what_is_wrong_is_said_in_the_frame_of_the_language(browser: httpx.Client) -> None:
    browser.cookies.clear()
    answer = browser.get("/pools/nobody-here", headers=GERMAN)
    assert '<html lang="de"' in answer.text
    assert "Hier ist nichts" in answer.text


def test_a_report_is_in_the_language(browser: httpx.Client) -> None:
    browser.cookies.clear()
    text = browser.get("/events/kazakhstan-2022", headers=GERMAN).text
    assert "Ein Rückgang über Zufall und Drift hinaus ist nicht gezeigt" in text
    assert "Ereignisbericht" in text
    assert "6.\xa0Jan." in text


@pytest.mark.parametrize("code", [code for code in NAMES if code != "en"])
def test_what_bundled_files_say_is_in_the_language(browser: httpx.Client, code: str) -> None:
    from html import unescape

    from hashquake.datasets.events import event_named
    from hashquake.serve.format import prose
    from hashquake.serve.language import Language
    from hashquake.serve.wording.fixed import fixed

    event = event_named("kazakhstan-2022")
    texts = [event.summary, event.cause, event.precision, event.moments[0].text, *event.traps]
    texts += [one.text for one in event.claims] + ["Reuters, quoting BTC.com", "press, 8 January"]
    texts += ["How often it came back", "IODA's chart", "IODA, chart read by eye"]
    browser.cookies.clear()
    page = unescape(browser.get(f"/events/kazakhstan-2022?lang={code}").text)
    for text in texts:
        with speaking(Language(code=code)):
            translated = prose(fixed(text))
        assert translated != prose(text)
        assert translated in page
        assert prose(text) not in page


def test_speaking_in_the_test_changes_no_server(browser: httpx.Client) -> None:
    from hashquake.serve.language import Language

    browser.cookies.clear()
    with speaking(Language(code="de")):
        assert '<html lang="en"' in browser.get("/method").text

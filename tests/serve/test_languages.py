"""Catalogs are whole, numbers and dates follow the language, and readers do not disturb another."""

import ast
import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.window import Window
from hashquake.serve.cli.app import run
from hashquake.serve.format import change_limits, count_word, eh_s_interval, percent
from hashquake.serve.format_times import date, days, short_time, utc, window_text
from hashquake.serve.language import (
    ENGLISH,
    NAMES,
    Language,
    language_named,
    language_wanted,
    speaking,
    spoken,
    translate,
)
from hashquake.serve.place_names import country_name, in_a_sentence, place_name
from hashquake.serve.wording.fixed import FIXED, PATTERNS, fixed

ROOT = Path(__file__).parents[2]
OTHERS = [code for code in NAMES if code != "en"]
PLACEHOLDER = re.compile(r"\{(\w*)\}")
GERMAN = Language(code="de")
Form = str | tuple[str, ...]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """Load the script that reads messages from the code."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("update_messages", ROOT / "scripts" / "update_messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def template(script: ModuleType) -> Catalog:
    found: Catalog = script.messages()
    return found


def _key(one: Message) -> str:
    return one.id if isinstance(one.id, str) else one.id[0]


def _forms(form: Form) -> tuple[str, ...]:
    return (form,) if isinstance(form, str) else tuple(form)


def test_every_message_in_the_code_is_found(template: Catalog) -> None:
    """One that the reader of the code misses would stay English without anybody noticing."""
    found = {_key(one) for one in template if one.id}
    for path in sorted((ROOT / "src" / "hashquake" / "serve").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = (
                node.func.id
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                else ""
            )
            if name not in ("message", "translate", "translate_plural"):
                continue
            assert isinstance(node, ast.Call)
            first = node.args[0]
            if isinstance(first, ast.Constant):
                assert first.value in found, f"{path.name}: {first.value!r}"
            else:
                assert not isinstance(first, ast.JoinedStr), f"{path.name}: line {first.lineno}"


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalog_has_every_message_and_no_other(
    script: ModuleType, template: Catalog, code: str
) -> None:
    found = script.read_catalog(code)
    assert {_key(one) for one in found if one.id} == {_key(one) for one in template if one.id}
    for one in found:
        if not one.id:
            continue
        assert not one.fuzzy, one.id
        wanted = template.get(one.id)
        assert wanted is not None
        assert one.pluralizable == wanted.pluralizable, one.id
        forms = _forms(one.string or "")
        assert len(forms) == (found.num_plurals if one.pluralizable else 1), one.id
        for form in forms:
            assert form.strip(), one.id


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_fits_its_message(script: ModuleType, code: str) -> None:
    for one in script.read_catalog(code):
        if not one.id:
            continue
        ids, forms = _forms(one.id), _forms(one.string)
        wanted = set(PLACEHOLDER.findall(" ".join(ids)))
        for form in forms:
            have = set(PLACEHOLDER.findall(form))
            # The form for one may leave the number out, as "one pool" does.
            assert have <= wanted, one.id
            assert wanted <= have or (one.pluralizable and form == forms[0]), one.id
            assert PLACEHOLDER.sub("", form).count("{") == 0, one.id
            assert not re.search(r"[<>&]", form), one.id
            for edge in (0, -1):
                assert form[edge].isspace() == ids[0][edge].isspace(), one.id
            assert "\u200b" not in form
            assert "\u202e" not in form


def test_no_sentence_is_in_the_language_of_another_catalog(script: ModuleType) -> None:
    seen: dict[str, str] = {}
    for code in OTHERS:
        for one in script.read_catalog(code):
            form = _forms(one.string)[0] if one.id else ""
            if len(re.findall(r"[^\W\d]{2,}", PLACEHOLDER.sub("", form))) < 6:
                continue  # names and short phrases may be the same in two languages
            assert form not in _forms(one.id), code
            assert seen.setdefault(form, code) == code, form


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalog_stands_as_the_script_writes_it(script: ModuleType, code: str) -> None:
    path = script.catalog_path(code)
    assert path.read_bytes() == script.written(script.read_catalog(code))


def test_numbers_and_intervals_are_written_as_the_language_does() -> None:
    rate = Interval(median=1234.5e18, low=1200e18, high=1300e18, level=0.9)
    moved = Interval(median=-0.181, low=-0.21, high=-0.15, level=0.9)
    assert eh_s_interval(rate) == "1,234\xa0EH/s [1,200,\xa01,300]"
    with speaking(GERMAN):
        assert eh_s_interval(rate) == "1.234\xa0EH/s [1.200;\xa01.300]"
        assert change_limits(moved, digits=1) == "[\u221221,0\xa0%;\xa0\u221215,0\xa0%]"
        assert percent(42.0, digits=1) == ">\xa01.000\xa0%"
        assert count_word(3) == "3"
    assert count_word(3) == "three"


def test_dates_are_written_as_the_language_does() -> None:
    time_s = 1641379500.0
    window = Window(start_s=1641340800, end_s=1641513600)
    with speaking(GERMAN):
        assert date(time_s).replace("\xa0", " ") == "5. Januar 2022"
        assert utc(time_s).replace("\xa0", " ") == "5. Januar 2022, 10:45 UTC"
        assert short_time(time_s).replace("\xa0", " ") == "5. Jan. 10:45"
        assert window_text(window).replace("\xa0", " ") == "5. Januar bis 6. Januar 2022"
        assert days(86400.0 * 14) == "14 Tage"
        assert days(86400.0 * 4.635) == "4,6 Tage"
    assert date(time_s).replace("\xa0", " ") == "5 January 2022"
    assert ENGLISH.date(datetime(2022, 1, 5, tzinfo=UTC), "month").replace("\xa0", " ") == (
        "January 2022"
    )


def test_countries_have_the_names_of_the_language() -> None:
    with speaking(GERMAN):
        assert country_name("KZ") == "Kasachstan"
        assert in_a_sentence(country_name("US")) == "Vereinigte Staaten"
        assert place_name("Kazakhstan", "KZ") == "Kasachstan"
        assert place_name("Texas", "US") == "Texas"
        assert country_name("QQ") == "QQ"


def test_two_threads_speak_two_languages_at_once() -> None:
    both, found = threading.Barrier(2, timeout=10.0), {}

    def speak(code: str) -> None:
        with speaking(Language(code=code)):
            both.wait()
            found[code] = translate("Hash rate lost")
            both.wait()

    threads = [threading.Thread(target=speak, args=(code,)) for code in ("en", "de")]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=10.0)
    assert found == {"en": "Hash rate lost", "de": "Verlorene Hashrate"}
    assert spoken() == ENGLISH


def test_speaking_ends_with_an_error() -> None:
    with pytest.raises(ZeroDivisionError), speaking(GERMAN):
        _ = 1 / 0
    assert spoken() == ENGLISH


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-CH, en;q=0.5", "de"),
        ("xx, de;q=0.3, en;q=0.7", "en"),
        ("zz;q=1, de;q=nonsense", "en"),
        ("de;q=0", "en"),
        ("de;q=7", "en"),
        (";;;,,,", "en"),
    ],
)
def test_the_language_a_browser_likes_best(accepted: str, code: str) -> None:
    assert language_wanted(accepted).code == code


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError) as found:
        language_named("xx")
    assert found.value.code == "language-unknown"
    assert "one of en, de, fr, " in found.value.message


@pytest.mark.parametrize(
    ("sentence", "german"),
    [
        (
            (
                "The map of Hashrate Index locates 82 % of the hash rate; where the rest is, is "
                "not known."
            ),
            (
                "Die Karte von Hashrate Index verortet 82 % der Hashrate; wo der Rest steht, ist "
                "nicht bekannt."
            ),
        ),
        ("KZ, IR: published as zero, as hidden miners would be.", "KZ, IR: als null"),
        ("Nobody wrote this sentence down.", "Nobody wrote this sentence down."),
    ],
)
def test_a_sentence_of_a_lower_room_is_found_by_its_text(sentence: str, german: str) -> None:
    assert fixed(sentence) == sentence
    with speaking(GERMAN):
        assert fixed(sentence).startswith(german)


def test_the_sentences_of_lower_rooms_are_still_said_so() -> None:
    """A caveat that is worded anew must be worded anew here, or it stays English."""
    root = ROOT / "src" / "hashquake"
    said = "".join(
        re.sub(r'"\s+f?"', "", path.read_text(encoding="utf-8"))
        for room in ("explain", "observatory")
        for path in (root / room).rglob("*.py")
    )
    for one in (*FIXED, *PATTERNS):
        parts = [part for part in re.split(r"\{\w+\}", one) if len(part) > 3]
        for part in parts:
            # Sentences made of an error's message begin with its small letter and end with a dot.
            core = part.strip().removesuffix(".")[1:]
            assert core in said, one


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 11, 21, 1000])
def test_days_have_a_form_for_every_number(code: str, count: int) -> None:
    with speaking(Language(code=code)):
        written = days(86400.0 * (count + 1))
    assert re.search(r"\d", written)
    assert "{" not in written


def test_russian_numbers_have_their_forms() -> None:
    with speaking(Language(code="ru")):
        found = [days(86400.0 * count) for count in (3, 5, 21, 22, 4.635)]
    assert found == ["3 дня", "5 дней", "21 день", "22 дня", "4,6 дня"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["report", "kazakhstan-2022", "--lang", "ru"], "Прежде чем цитировать"),
        (["outages", "show", "ou20220105kza", "--lang", "es"], "Internet cortado: Kazajistán"),
        (["simulate", "iran-blackout", "--paths", "200", "--lang", "pt"], "futuros simulados"),
        (["check", "claim.txt", "--no-keep", "--lang", "fr"], "Fiche de vérification"),
    ],
)
def test_a_command_writes_a_page_in_a_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: list[str], words: str
) -> None:
    claim = tmp_path / "claim.txt"
    claim.write_text("Bitcoin's hash rate fell 12 % on January 5, 2022.", encoding="utf-8")
    asked = [str(claim) if one == claim.name else one for one in asked]
    out = tmp_path / "page.html"
    db = [] if asked[0] == "simulate" else ["--db", "bundled"]
    assert run([*asked, *db, "--out", str(out)]) == 0
    page = out.read_text(encoding="utf-8")
    assert words in page
    assert f'<html lang="{asked[-1]}"' in page
    english = capsys.readouterr().out
    assert words not in english


@pytest.mark.parametrize("command", ["report", "publish", "check"])
def test_a_command_refuses_an_unknown_language(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, str(tmp_path), "--lang", "xx"]) == 2
    assert "[language-unknown]" in capsys.readouterr().err

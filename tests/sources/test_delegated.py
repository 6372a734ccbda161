"""The registries' delegated files: ranges of any size, and lines that cannot be."""

import gzip
import ipaddress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashquake.core.errors import HashquakeError
from hashquake.sources.routes import _delegated
from hashquake.sources.routes._delegated import parse_delegated, read_delegated
from hashquake.sources.routes._registrations import RegisteredRanges, Registrations, Span

SAMPLE = """\
2|ripencc|1641333599|8|19830705|20220104|+0100
# a comment
ripencc|*|ipv4|*|4|summary
ripencc|*|asn|*|2|summary
ripencc|*|ipv6|*|2|summary

ripencc|KZ|ipv4|2.72.0.0|524288|20101103|allocated|a
ripencc|RU|ipv4|2.80.0.0|768|20101103|assigned|b
ripencc|KZ|ipv4|2.80.3.0|1280|20101103|allocated|c
ripencc||ipv4|2.88.0.0|1024||available|
ripencc|KZ|asn|9198|1|19990101|allocated|a
ripencc|RU|asn|64000|24|19990101|allocated|b
ripencc|KZ|ipv6|2a00:1d80::|32|20101103|allocated|a
ripencc|EU|ipv6|2a00::|29|20101103|reserved|d
"""


def parsed(text: str = SAMPLE) -> Registrations:
    return parse_delegated([("sample", text.splitlines())])


def v4(text: str) -> int:
    return int(ipaddress.IPv4Address(text))


def test_addresses_and_ases_have_countries() -> None:
    held = parsed()
    addresses = ("2.72.0.0", "2.79.255.255", "2.80.2.255", "2.80.3.0", "2.80.7.255", "2.80.8.0")
    found = held.ipv4.countries_of([v4(text) for text in addresses])
    assert found.tolist() == ["KZ", "KZ", "RU", "KZ", "KZ", ""]
    assert held.ipv4.countries_of([v4("2.88.0.1"), 0]).tolist() == ["", ""]
    assert held.asns.countries_of([9197, 9198, 64023, 64024]).tolist() == ["", "KZ", "RU", ""]
    inside = int(ipaddress.IPv6Address("2a00:1d80:ffff::1"))
    assert held.ipv6.countries_of([inside, inside + (1 << 96)]).tolist() == ["KZ", ""]
    assert held.countries() == ("KZ", "RU")


def test_counts_that_are_not_a_power_of_two_are_whole_ranges() -> None:
    ranges = parsed().ipv4.of("KZ")
    assert sum(last - first + 1 for first, last in ranges) == (1 << 19) + (1 << 8) + (1 << 10)


def test_a_plain_file_an_unpacked_one_and_two_joined(tmp_path: Path) -> None:
    other = "2|apnic|20220105|1|x|y|+1000\napnic|CN|ipv4|1.0.1.0|256|20110414|allocated\n"
    (tmp_path / "a.txt").write_text(SAMPLE)
    (tmp_path / "b.gz").write_bytes(gzip.compress(other.encode()))
    held = read_delegated([tmp_path / "a.txt", tmp_path / "b.gz"])
    assert held.countries() == ("CN", "KZ", "RU")
    assert parsed(SAMPLE + other).countries() == ("CN", "KZ", "RU")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("ripencc|KZ|ipv4|2.72.0.0|5242", "fields"),
        ("ripencc|KZ|ipv4|2.72.0|256|20101103|allocated|a", "address"),
        ("ripencc|KZ|ipv4|2.72.0.0|0|20101103|allocated|a", "counts 0"),
        ("ripencc|KZ|ipv4|255.255.255.0|257|20101103|allocated|a", "counts 257"),
        ("ripencc|KZ|ipv4|2.72.0.0|many|20101103|allocated|a", "'many'"),
        ("ripencc|KZ|ipv4|2.72.0.0|-256|20101103|allocated|a", "'-256'"),
        ("ripencc|KZ|ipv5|2.72.0.0|256|20101103|allocated|a", "'ipv5'"),
        ("ripencc|KAZ|ipv4|2.72.0.0|256|20101103|allocated|a", "'KAZ'"),
        ("ripencc|KZ|ipv4|2.72.0.0|256|20101103|alloc", "'alloc'"),
        ("ripencc|KZ|ipv6|2a00::1|32|20101103|allocated|a", "address"),
        ("ripencc|KZ|ipv6|2a00::|129|20101103|allocated|a", "address"),
        ("ripencc|KZ|asn|4294967295|2|20101103|allocated|a", "counts 2"),
        ("ripencc|KZ|asn|AS1|1|20101103|allocated|a", "'AS1'"),
    ],
)
def test_a_corrupt_line_is_named(line: str, problem: str) -> None:
    lines = SAMPLE.splitlines()
    with pytest.raises(HashquakeError) as caught:
        parsed("\n".join([*lines[:8], line, *lines[8:]]))
    assert caught.value.code == "delegated-malformed"
    assert "line 9 of sample" in caught.value.message
    assert problem in caught.value.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "delegated-header"),
        ("<html>\n", "delegated-header"),
        ("\n".join(SAMPLE.splitlines()[:-1]), "delegated-truncated"),
        ("2|ripencc|20220105|0|x|y|+0100\n", "delegated-empty"),
        (
            "2|x|1|2|x|y|+0\nx|KZ|asn|10|5|1|assigned|a\nx|RU|asn|14|1|1|assigned|a\n",
            "delegated-overlap",
        ),
    ],
)
def test_files_that_cannot_be_used(text: str, code: str) -> None:
    with pytest.raises(HashquakeError) as caught:
        parsed(text)
    assert caught.value.code == code


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(SAMPLE.encode())[:50])
    for name, code in {
        "none": "file-missing",
        "": "file-unreadable",
        "cut.gz": "delegated-truncated",
    }.items():
        with pytest.raises(HashquakeError) as caught:
            read_delegated([tmp_path / name])
        assert caught.value.code == code


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 40))), st.integers(0, 8))
def test_a_lookup_equals_a_walk(rows: list[tuple[int, int]], shift: int) -> None:
    spans, at = [], 0
    for gap, size in rows:
        first = (at + gap) << shift
        last = ((at + gap + size) << shift) - 1
        spans.append(Span(first=first, last=last, country="KZ" if size % 2 else "RU", where=""))
        at += gap + size
    ranges = RegisteredRanges.build(reversed(spans), what="numbers")
    asked = sorted({number + d for s in spans for number in (s.first, s.last) for d in (-1, 0, 1)})
    asked = [number for number in asked if number >= 0]
    walked = [
        next((span.country for span in spans if span.first <= number <= span.last), "")
        for number in asked
    ]
    assert ranges.countries_of(asked).tolist() == walked
    listed = {pair for country in ("KZ", "RU") for pair in ranges.of(country)}
    assert listed == {(span.first, span.last) for span in spans}


@given(st.data())
def test_a_damaged_file_never_crashes(data: st.DataObject) -> None:
    whole = bytearray(SAMPLE.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        parsed(whole.decode("utf-8", errors="replace"))
    except HashquakeError:
        return


def test_a_file_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_delegated, "LARGEST_BYTES", 4096)
    for name, content in (("bomb.gz", gzip.compress(bytes(1 << 20))), ("long", bytes(4097))):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(HashquakeError) as caught:
            read_delegated([path])
        assert caught.value.code == "delegated-too-long"

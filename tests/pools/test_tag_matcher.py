"""The compiled matcher finds what a slow search finds: overlapping, nested, literal, by byte."""

from hypothesis import example, given
from hypothesis import strategies as st

from hashquake.pools.entry import Tag
from hashquake.pools.registry import bundled
from hashquake.pools.tag_matcher import TagMatcher

Found = set[tuple[str, str, int, bool]]


def by_matcher(tags: list[tuple[str, Tag]], script: bytes) -> Found:
    found = TagMatcher(tags).find(script)
    rows = [(item.pool, item.tag.text, item.position, item.exact) for item in found]
    assert len(rows) == len(set(rows))
    assert all(item.length == len(item.tag.text.encode()) for item in found)
    assert [item.position for item in found] == sorted(item.position for item in found)
    return set(rows)


def by_looking_everywhere(tags: list[tuple[str, Tag]], script: bytes) -> Found:
    """Try each tag at each byte: the definition, without any cleverness."""
    found: Found = set()
    for pool, tag in tags:
        literal = tag.text.encode()
        for position in range(len(script)):
            here = script[position : position + len(literal)]
            if here == literal:
                found.add((pool, tag.text, position, True))
            elif tag.any_case and here.lower() == literal.lower():
                twins = [other.text.encode() for name, other in tags if name == pool]
                if here not in twins:
                    found.add((pool, tag.text, position, False))
    return found


texts = st.text(alphabet="aAbB/.*(🐟é", min_size=1, max_size=4)
tag_lists = st.lists(
    st.tuples(st.sampled_from("xyz"), st.builds(Tag, text=texts, any_case=st.booleans())),
    max_size=8,
    unique_by=lambda row: (row[0], row[1].text),
)
scripts = st.one_of(
    st.binary(max_size=40), st.text(alphabet="aAbB/.*(🐟é", max_size=20).map(str.encode)
)


@given(tags=tag_lists, script=scripts)
@example(tags=[("x", Tag(text="aa"))], script=b"aaaa")
@example(
    tags=[("x", Tag(text="ab")), ("y", Tag(text="abab")), ("z", Tag(text="b"))], script=b"abab"
)
@example(tags=[("x", Tag(text="a", any_case=True)), ("x", Tag(text="A"))], script=b"aA")
def test_finds_what_looking_everywhere_finds(tags: list[tuple[str, Tag]], script: bytes) -> None:
    assert by_matcher(tags, script) == by_looking_everywhere(tags, script)


@given(before=st.binary(max_size=30), after=st.binary(max_size=30), data=st.data())
def test_every_bundled_tag_is_found_between_any_bytes(
    before: bytes, after: bytes, data: st.DataObject
) -> None:
    registry = bundled()
    tags = [(pool.slug, tag) for pool in registry.pools for tag in pool.tags]
    pool, tag = data.draw(st.sampled_from(tags))
    found = registry.matcher.find(before + tag.text.encode() + after)
    assert (pool, tag.text, len(before), True) in [
        (item.pool, item.tag.text, item.position, item.exact) for item in found
    ]


@given(script=st.binary(max_size=120))
def test_any_bytes_give_only_tags_that_are_there(script: bytes) -> None:
    for item in bundled().matcher.find(script):
        here = script[item.position : item.position + item.length]
        assert here.lower() == item.tag.text.encode().lower()
        assert item.exact == (here == item.tag.text.encode())


def test_metacharacters_are_literal() -> None:
    tags = [("dots", Tag(text="a.c")), ("all", Tag(text=r"(.*)+[^x]{2}|$\d"))]
    assert by_matcher(tags, b"abc") == set()
    assert by_matcher(tags, b"-a.c") == {("dots", "a.c", 1, True)}
    assert by_matcher(tags, rb"(.*)+[^x]{2}|$\d") == {("all", r"(.*)+[^x]{2}|$\d", 0, True)}


def test_bundled_metacharacter_tags_do_not_match_a_neighbour() -> None:
    special = set(r".^$*+?{}[]\|()")
    tags = [tag for pool in bundled().pools for tag in pool.tags if special & set(tag.text)]
    assert len(tags) >= 50
    for tag in tags:
        # "x" for each metacharacter is what a pattern might match and a literal must not.
        neighbour = "".join("x" if char in special else char for char in tag.text)
        texts_found = {item.tag.text for item in bundled().matcher.find(neighbour.encode())}
        assert tag.text not in texts_found


def test_case_counts_unless_the_tag_says_otherwise() -> None:
    assert by_matcher([("x", Tag(text="SecPool"))], b"Secpool") == set()
    assert by_matcher([("x", Tag(text="SecPool", any_case=True))], b"Secpool") == {
        ("x", "SecPool", 0, False)
    }


def test_ignoring_case_does_not_reach_beyond_ascii() -> None:
    # Latin-1 would fold these bytes into one another and break UTF-8 text.
    assert by_matcher([("x", Tag(text="É", any_case=True))], "é".encode()) == set()


def test_no_tags_find_nothing() -> None:
    assert TagMatcher([]).find(b"/slush/") == []

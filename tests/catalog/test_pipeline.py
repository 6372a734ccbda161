"""What a replay keeps is what it tells."""

from collections.abc import Mapping, Sequence
from typing import Any

from hashquake.catalog.documents import quake_document
from hashquake.core.contracts import OpinionKind
from hashquake.core.times import parse_time
from hashquake.datasets.bundled import BundledRecord
from hashquake.observatory import Observatory

UNTIL_S = float(parse_time("2021-05-01"))


class Keeping(BundledRecord):
    """The bundled record, which keeps opinions after all."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Mapping[str, Any]] = []

    def append_opinions(
        self, documents: Sequence[Mapping[str, Any]], *, about: OpinionKind = "quake"
    ) -> int:
        assert about == "quake"
        self.kept.extend(documents)
        return len(documents)


def test_a_replay_that_keeps_its_opinions_tells_the_same_with_their_causes() -> None:
    record = Keeping()
    observatory = Observatory(record)
    told = observatory.replay(until_s=UNTIL_S, write=True)
    assert told == observatory.replay(until_s=UNTIL_S)
    last = {one["id"]: one for one in record.kept}
    assert [quake_document(quake) for quake in told] == [last[quake.id] for quake in told]
    xinjiang = next(quake for quake in told if quake.id == "hq20210416a")
    assert (xinjiang.causes[0].name, xinjiang.causes[0].country) == ("power", "CN")

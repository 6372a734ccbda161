"""The falls of the former catalog, and what the page says became of them."""

from hashquake.datasets.former_falls import former_falls
from hashquake.observatory import open_observatory
from hashquake.serve.pages.former_falls import former_falls_table


def test_they_are_fourteen_in_order_of_onset() -> None:
    starts = [one.onset.start_s for one in former_falls()]
    assert len(starts) == 14
    assert starts == sorted(starts)


def test_every_alarm_of_the_network_is_in_the_table_once() -> None:
    with open_observatory("bundled") as observatory:
        quakes = observatory.quakes()
    network = [one for one in quakes if one.subject == "network"]
    table = former_falls_table(quakes)
    assert all(table.count(f"| {one.id}, {one.status}") == 1 for one in network)
    xinjiang = next(line for line in table.splitlines() if "hq20210416a" in line)
    assert xinjiang.count("hq20210416a") == 2

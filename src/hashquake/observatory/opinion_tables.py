"""Quakes and outages as tables: a row an opinion, as commands export them."""

from typing import TYPE_CHECKING, Any

from hashquake.catalog.documents import outage_document, quake_document
from hashquake.core.outage import OUTAGE_CLASSES, Outage
from hashquake.core.quake import Quake
from hashquake.core.result_table import ResultTable

if TYPE_CHECKING:
    import polars as pl


class Quakes(tuple[Quake, ...], ResultTable):
    """Quakes in order; a tuple that is also a table."""

    __slots__ = ()

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a quake: when, how large, why.

        Returns
        -------
        polars.DataFrame
            ``onset_start_s``, ``remaining_share_median``, ``lost_hps_low``, ``luck_probability``
            and so on; null where a cause is not among those of a quake.
        """
        import polars as pl

        rows = [quake_columns(quake_document(one)) for one in self]
        return pl.DataFrame(rows, infer_schema_length=None)

    def __repr__(self) -> str:
        """List their names."""
        return f"<Quakes: {', '.join(one.id for one in self) or 'none'}>"


class Outages(tuple[Outage, ...], ResultTable):
    """Outages in order; a tuple that is also a table."""

    __slots__ = ()

    def to_polars(self) -> "pl.DataFrame":
        """Return a row an outage: where, when, how deep, who saw it, why.

        Returns
        -------
        polars.DataFrame
            ``onset_start_s``, ``dark_s``, ``depth_share_median``, ``kill_switch_probability`` and
            so on.
        """
        import polars as pl

        rows = [outage_columns(outage_document(one)) for one in self]
        return pl.DataFrame(rows, infer_schema_length=None)

    def __repr__(self) -> str:
        """List their names."""
        return f"<Outages: {', '.join(one.id for one in self) or 'none'}>"


def quake_columns(document: dict[str, Any]) -> dict[str, Any]:
    """Return a quake's document as a flat row of a table.

    Parameters
    ----------
    document : dict
        From `hashquake.catalog.documents.quake_document`.
    """
    row = {
        key: document[key]
        for key in ("id", "revision", "status", "subject", "kind", "detected_s", "end_s")
    }
    row |= _limits("onset", document["onset"], ("start_s", "end_s"))
    for name in ("remaining_share", "lost_hps"):
        row |= _limits(name, document[name], ("median", "low", "high"))
    row |= {f"{cause['name']}_probability": cause["probability"] for cause in document["causes"]}
    return row | {
        "pools": " ".join(document["pools"]),
        "false_alarms_per_year": document["false_alarms_per_year"],
        "nothing_probability": document.get("nothing_probability"),
        "made_by": document["made_by"],
    }


def outage_columns(document: dict[str, Any]) -> dict[str, Any]:
    """Return an outage's document as a flat row of a table.

    Parameters
    ----------
    document : dict
        From `hashquake.catalog.documents.outage_document`.
    """
    row = {key: document[key] for key in ("id", "revision", "subject", "country", "evidence")}
    row |= _limits("onset", document["onset"], ("start_s", "end_s"))
    dark = document["dark_windows"]
    row |= {
        "end_s": document["end_s"],
        "dark_s": float(sum(one["end_s"] - one["start_s"] for one in dark)),
        "n_dark_windows": len(dark),
    }
    row |= _limits("depth_share", document["depth_share"], ("median", "low", "high"))
    row |= {name: " ".join(document[name]) for name in ("seen_by", "not_seen_by")}
    by_name = {each["name"]: each["probability"] for each in document["classes"]}
    row |= {f"{name}_probability": by_name[name] for name in OUTAGE_CLASSES}
    return row | {"made_by": document["made_by"]}


def _limits(name: str, interval: dict[str, Any], parts: tuple[str, ...]) -> dict[str, Any]:
    return {f"{name}_{part}": interval[part] for part in parts}

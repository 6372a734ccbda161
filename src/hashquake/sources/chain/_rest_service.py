"""A REST service of mempool.space's or Esplora's kind as a chain to follow; shared by its sources.

Every header is put together from the fields answered (or taken as bytes where given) and proven by
its hash and its work.
"""

from collections.abc import Mapping
from typing import Any, Literal

from hashquake.core.block import Block
from hashquake.core.errors import SourceError, UsageError
from hashquake.core.header import Header, hash_text, parse_header
from hashquake.core.hostile_text import visible_text
from hashquake.core.network import CHAINS, Network
from hashquake.core.subject import parse_subject, pool_subject
from hashquake.sources.chain._follow import ChainMovedError, Tip
from hashquake.sources.wire.answer import (
    Answer,
    as_bytes,
    as_hash,
    as_int,
    as_list,
    as_object,
    as_text,
    check_header,
    header_of_fields,
    parse_json,
    wrong_shape,
)
from hashquake.sources.wire.http import Http

Flavour = Literal["mempool", "esplora"]
_PAGE_BLOCKS = {"mempool": 15, "esplora": 10}
_PAGES_A_STEP = 6


class RestService:
    """A REST service as `follow` wants it."""

    who = "service"

    def __init__(
        self,
        http: Http,
        network: Network,
        *,
        flavour: Literal["ask", "mempool", "esplora"] = "ask",
        coinbase: bool = False,
    ) -> None:
        self._http = http
        self._network = network
        self._coinbase_too = coinbase
        self._api = self._find_api()
        self._check_network()
        self.flavour: Flavour = self._ask_flavour() if flavour == "ask" else flavour
        self.step_blocks = _PAGE_BLOCKS[self.flavour] * _PAGES_A_STEP

    def tip(self) -> Tip:
        # No service says whether it has caught up; the age of its tip must do.
        return Tip(height=self._height(self._get("/blocks/tip/height")), caught_up=None)

    def connected(self) -> bool | None:
        return None

    def hash_at(self, height: int) -> bytes:
        """See `hashquake.sources.chain._follow.ChainServer.hash_at`."""
        answer = self._get(f"/block-height/{height}", may_miss=True)
        if answer.status == 404:
            raise self._moved(height)
        return as_hash(_plain(answer), f"the hash of block {height}")

    def header_times_s(self, first: int, last: int) -> list[int]:
        """See `hashquake.sources.chain._follow.ChainServer.header_times_s`."""
        return [header.header_s for _, header in self._items(first, last)]

    def blocks(self, first: int, last: int) -> list[Block]:
        """See `hashquake.sources.chain._follow.ChainServer.blocks`."""
        return [
            self._block(fields, header, height)
            for height, (fields, header) in enumerate(self._items(first, last), first)
        ]

    def stale_blocks(self, first: int, last: int) -> list[Block]:
        # Services tell the hashes of orphans only, without a header nothing of them is proven.
        """Return none; see `hashquake.sources.chain._follow.ChainServer.stale_blocks`."""
        del first, last
        return []

    def announced(self, fields: Mapping[str, Any]) -> Block:
        """Return a block that a service announced by itself, proven as one that was asked for.

        Parameters
        ----------
        fields : mapping of str to object
            The block as the service sends it, from JSON.
        """
        height = as_int(fields.get("height"), "a block's height")
        return self._block(fields, self._header(fields, height), height)

    def _find_api(self) -> str:
        """Find out whether the paths begin at the address given or under /api."""
        places = [""] if self._http.url.endswith("/api") else ["/api", ""]
        for place in places:
            answer = self._http.get(f"{place}/blocks/tip/height")
            # A web page with status 200 is how sites answer paths they do not know.
            if answer.status == 200 and not answer.body.lstrip().startswith(b"<"):
                self._height(answer)
                return place
        if answer.status == 200:
            self._height(answer)  # says what came instead
        raise self._refused(answer, "/blocks/tip/height")

    def _check_network(self) -> None:
        genesis = hash_text(self.hash_at(0))
        if genesis != self._network.genesis:
            known = {network.genesis: network.name for network in CHAINS}
            raise SourceError(
                f"the service {self._http.url} is on {known.get(genesis, 'another network')}, the "
                f"record holds {self._network.name}",
                code="service-network",
                hint="use the address for that network, such as https://mempool.space/testnet4",
            )

    def _ask_flavour(self) -> Flavour:
        answer = self._get("/v1/blocks/0", may_miss=True)
        if answer.status == 404 or answer.body.lstrip().startswith(b"<"):
            return "esplora"
        as_list(parse_json(answer, what="/v1/blocks/0"), "a list of blocks")
        return "mempool"

    def _items(self, first: int, last: int) -> list[tuple[Mapping[str, Any], Header]]:
        """Read pages downwards, each from the height asked for, and return them upwards, linked."""
        root = "/v1/blocks" if self.flavour == "mempool" else "/blocks"
        items: list[tuple[Mapping[str, Any], Header]] = []
        while (height := last - len(items)) >= first:
            what = f"{root}/{height}"
            answer = self._get(what, may_miss=True)
            if answer.status == 404:
                raise self._moved(height)
            page = as_list(parse_json(answer, what=what), "a list of blocks")
            if not page:
                raise self._moved(height)
            for at, item in enumerate(page[: height + 1 - first]):
                fields = as_object(item, "a block")
                header = self._header(fields, height - at)
                if items and items[-1][1].prev != header.hash:
                    raise self._moved(height - at)
                items.append((fields, header))
        return items[::-1]

    def _header(self, fields: Mapping[str, Any], height: int) -> Header:
        found = as_int(fields.get("height"), "a block's height")
        if found != height:
            raise SourceError(
                f"the service {self._http.url} was asked for height {height} and gave {found}",
                code="service-height",
                hint="a cache between may mix up answers; try another instance",
            )
        digest = as_hash(fields.get("id"), f"the hash of block {height}")
        extras = fields.get("extras")
        raw = extras.get("header") if isinstance(extras, dict) else None
        header = (
            header_of_fields(
                fields, prev="previousblockhash", merkle_root="merkle_root", time="timestamp"
            )
            if raw is None
            else parse_header(as_bytes(raw, f"the header of block {height}"))
        )
        check_header(header, asked=digest, height=height, network=self._network)
        return header

    def _block(self, fields: Mapping[str, Any], header: Header, height: int) -> Block:
        coinbase: bytes | None = None
        payouts: tuple[str, ...] | None = None
        pool: str | None = None
        if self.flavour == "mempool":
            extras = as_object(fields.get("extras") or {}, "a block's extras")
            if extras.get("coinbaseRaw") is not None:
                coinbase = as_bytes(extras["coinbaseRaw"], "a coinbase")
                payouts = _addresses(extras.get("coinbaseAddresses"))
            else:
                pool = _slug(extras.get("pool"))
        elif self._coinbase_too:
            coinbase, payouts = self._esplora_coinbase(header, height)
        return Block(
            height=height,
            header_s=header.header_s,
            bits=header.bits,
            hash=header.hash,
            prev=header.prev,
            coinbase=coinbase,
            payouts=payouts,
            pool=pool,
        )

    def _esplora_coinbase(self, header: Header, height: int) -> tuple[bytes, tuple[str, ...]]:
        what = f"/block/{hash_text(header.hash)}/txs"
        transactions = as_list(parse_json(self._get(what), what=what), "a list of transactions")
        first = as_object(transactions[0] if transactions else None, "a transaction")
        inputs = as_list(first.get("vin"), "a transaction's inputs")
        source = as_object(inputs[0] if inputs else None, f"the coinbase of block {height}")
        if source.get("is_coinbase") is False:
            raise wrong_shape(f"the coinbase of block {height}", source)
        outputs = as_list(first.get("vout"), "a transaction's outputs")
        found = [as_object(o, "an output").get("scriptpubkey_address") for o in outputs]
        return (
            as_bytes(source.get("scriptsig"), f"the coinbase of block {height}"),
            tuple(as_text(address, "an address") for address in found if address is not None),
        )

    def _get(self, path: str, *, may_miss: bool = False) -> Answer:
        answer = self._http.get(self._api + path)
        if answer.status == 200 or (may_miss and answer.status == 404):
            return answer
        raise self._refused(answer, path)

    def _height(self, answer: Answer) -> int:
        height = parse_json(answer, what="/blocks/tip/height")
        return as_int(height, "the service's height")

    def _moved(self, height: int) -> ChainMovedError:
        return ChainMovedError(
            f"the service {self._http.url} has no block at height {height} any more",
            code="service-chain-moved",
            hint="the chain was reorganised while it was read, or its servers differ; try again",
        )

    def _refused(self, answer: Answer, path: str) -> SourceError:
        said = visible_text(answer.body[:200], limit=60).strip()
        return SourceError(
            f"the service {self._http.url} answers {path} with HTTP {answer.status}: {said}",
            code="service-refused",
            hint="check the address; 401 and 403 may mean that it has banned this machine",
        )


def _plain(answer: Answer) -> str:
    """Take a plain-text answer, refusing a web page or anything long."""
    text = answer.body.decode("utf-8", "replace").strip()
    if len(text) > 100:
        raise wrong_shape("a short answer", text)
    return text


def _addresses(value: Any) -> tuple[str, ...] | None:
    """Take the list of addresses paid; None where an older service does not have it."""
    if value is None:
        return None
    return tuple(as_text(address, "an address") for address in as_list(value, "addresses"))


def _slug(pool: Any) -> str | None:
    """Take the service's name of a pool if it can be a subject's name, else None."""
    slug = pool.get("slug") if isinstance(pool, dict) else None
    if not isinstance(slug, str):
        return None
    try:
        parse_subject(pool_subject(slug))
    except UsageError:
        return None
    return slug

"""What the tests ask of the node next to the program under test."""

from dataclasses import dataclass
from typing import Any

from tests import plain_http

# bcoin writes rb1 where everybody else writes bcrt1; both are the hash of twenty zero bytes.
ADDRESS = "rb1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqce7sck"
USUAL_ADDRESS = "bcrt1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqdku202"


@dataclass(frozen=True, slots=True, kw_only=True)
class BcoinNode:
    """A running node and its key."""

    url: str
    key: str

    def rpc(self, method: str, *params: Any) -> Any:
        """Call the node and give its result."""
        body = {"method": method, "params": list(params), "id": 1}
        answer = plain_http.post(self.url, json=body, auth=("x", self.key), timeout=120).json()
        assert answer["error"] is None, answer
        return answer["result"]

    def generate(self, n_blocks: int) -> list[str]:
        """Mine blocks and give their hashes."""
        found: list[str] = self.rpc("generatetoaddress", n_blocks, ADDRESS)
        return found

    def chain(self) -> list[str]:
        """Return the hashes of the main chain from the first block on."""
        heights = range(self.rpc("getblockcount") + 1)
        return [self.rpc("getblockhash", height) for height in heights]

// @ts-check
/** Changes of the record as they come: one connection for all tabs, none of them twice.
 *
 * Browsers allow six connections an origin, so one tab listens and the others hear it. The lock
 * says which; when its tab closes, another takes over and resumes at the last number it heard. */

const KINDS = ["block", "blocks", "reorg", "readings", "gap", "quake", "outage", "source", "forecast", "rate", "tips", "claim", "alert", "resync"];
const CHANNEL = "hashquake-changes";

/** @typedef {{id: number, kind: string, document: Record<string, any>}} Heard */

/**
 * @param {string} url of the stream
 * @param {number} after the number of the last change that the page shows
 * @param {(change: Heard) => void} heard
 * @param {(connected: boolean) => void} state
 */
export function listen(url, after, heard, state) {
  let last = after;
  const channel = new BroadcastChannel(CHANNEL);
  const take = (/** @type {Heard} */ change) => {
    if (change.kind !== "resync" && change.id <= last) return;
    last = Math.max(last, change.id);
    heard(change);
  };
  channel.addEventListener("message", ({ data }) => ("connected" in data ? state(data.connected) : take(data)));
  const connect = () => {
    /** @type {EventSource} */
    let source;
    const say = (/** @type {boolean} */ connected) => {
      state(connected);
      channel.postMessage({ connected });
    };
    const open = () => {
      source = new EventSource(`${url}?after=${last}`);
      source.addEventListener("open", () => say(true));
      source.addEventListener("error", () => {
        say(false);
        // The browser comes back by itself, unless it was answered with an error.
        if (source.readyState === EventSource.CLOSED) setTimeout(open, 3000);
      });
      for (const kind of KINDS) {
        source.addEventListener(kind, (event) => {
          const change = { id: Number(event.lastEventId), kind, document: JSON.parse(event.data) };
          channel.postMessage(change);
          take(change);
        });
      }
    };
    open();
    return new Promise(() => {});
  };
  if (navigator.locks) navigator.locks.request(CHANNEL, connect);
  else connect();
}

// @ts-check
/** Series of rates for charts: fetched as numbers of four bytes, finer where a chart looks closer. */

import { Pyramid } from "./pyramid.js";

/**
 * @typedef {object} Tier a resolution that can be asked for
 * @property {number} step_s length of a step, seconds
 * @property {number} widest_s the longest span it is asked for, seconds
 */
/**
 * @typedef {object} SeriesSource where a chart's series come from
 * @property {string} url of /rates, or of a file
 * @property {string[]} subjects
 * @property {number} start_s of the record, UTC Unix seconds
 * @property {number} end_s of the record, UTC Unix seconds
 * @property {boolean} whole whether the URL is a file that holds everything at the first tier
 * @property {Tier[]} tiers coarsest first
 */
/**
 * @typedef {object} Series one subject, step by step
 * @property {number} start_s
 * @property {number} step_s
 * @property {Float32Array} median
 * @property {Float32Array} low
 * @property {Float32Array} high
 * @property {Pyramid} band
 * @property {Pyramid} line
 */
/** @typedef {{start_s: number, end_s: number, step_s: number, series: Series[]}} Tile */

const STEPS_A_TILE = 2000;
const KEPT_TILES = 24;

export class RateData {
  /**
   * @param {SeriesSource} source
   * @param {() => void} arrived called when there is more to draw
   * @param {(error: Error) => void} failed
   */
  constructor(source, arrived, failed) {
    this.source = source;
    this.arrived = arrived;
    this.failed = failed;
    /** @type {Map<string, Tile | null>} null while it is on its way */
    this.tiles = new Map();
  }

  /**
   * The best series there is now for a span; a better one is fetched where there can be one.
   * @param {number} start_s
   * @param {number} end_s
   * @returns {Tile | null}
   */
  tile(start_s, end_s) {
    const tier = this.#tier(end_s - start_s);
    const [key, from, to] = this.#place(tier, start_s, end_s);
    const found = this.tiles.get(key);
    if (found) return found;
    if (found === undefined) this.#fetch(key, tier, from, to);
    /** @type {Tile | null} */
    let best = null;
    for (const one of this.tiles.values()) {
      if (one && one.start_s <= start_s + one.step_s && one.end_s >= Math.min(end_s, this.source.end_s) - one.step_s) {
        if (!best || one.step_s < best.step_s) best = one;
      }
    }
    return best;
  }

  /**
   * Forget what may have changed: the record goes on until `end_s`.
   * @param {number} end_s UTC Unix seconds
   */
  extend(end_s) {
    const before_s = this.source.end_s;
    this.source.end_s = end_s;
    for (const [key, one] of this.tiles) {
      if (one && one.end_s >= before_s - one.step_s) this.tiles.delete(key);
    }
    this.arrived();
  }

  /** @param {number} span_s */
  #tier(span_s) {
    const tiers = this.source.tiers;
    for (let at = tiers.length - 1; at > 0; at--) {
      if (span_s <= tiers[at].widest_s) return tiers[at];
    }
    return tiers[0];
  }

  /**
   * @param {Tier} tier
   * @param {number} start_s
   * @param {number} end_s
   * @returns {[string, number, number]} the tile's key, start and end
   */
  #place(tier, start_s, end_s) {
    const { start_s: first_s, end_s: last_s, whole } = this.source;
    const length_s = tier.step_s * STEPS_A_TILE;
    if (whole || last_s - first_s <= length_s * 2) return [`${tier.step_s}`, first_s, last_s];
    // Tiles overlap by half, so that any span a tier serves lies within one of them.
    const at = Math.max(0, Math.floor((start_s - first_s) / (length_s / 2)));
    const from = first_s + (at * length_s) / 2;
    return [`${tier.step_s}:${at}`, from, Math.min(from + length_s, last_s)];
  }

  /**
   * @param {string} key
   * @param {Tier} tier
   * @param {number} from_s
   * @param {number} to_s
   */
  async #fetch(key, tier, from_s, to_s) {
    this.tiles.set(key, null);
    try {
      const until_s = this.source.whole ? to_s : from_s + Math.floor((to_s - from_s) / tier.step_s) * tier.step_s;
      const answer = await fetch(this.source.whole ? this.source.url : this.url(from_s, until_s, tier.step_s), {
        headers: { Accept: "application/octet-stream" },
      });
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      const values = new Float32Array(await answer.arrayBuffer());
      this.tiles.set(key, this.#unpacked(values, from_s, until_s, tier.step_s));
      this.#forget();
      this.arrived();
    } catch (error) {
      this.tiles.delete(key);
      this.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /**
   * @param {number} from_s
   * @param {number} until_s
   * @param {number} step_s
   * @returns {string} the address of a series at the API
   */
  url(from_s, until_s, step_s) {
    const query = new URLSearchParams({ since: iso(from_s), until: iso(until_s), step: `${step_s / 60}m` });
    for (const one of this.source.subjects) query.append("subject", one);
    return `${this.source.url}?${query}`;
  }

  /**
   * @param {Float32Array} values medians, lower and upper limits of each subject
   * @param {number} start_s
   * @param {number} end_s
   * @param {number} step_s
   * @returns {Tile}
   */
  #unpacked(values, start_s, end_s, step_s) {
    const n = Math.floor(values.length / (3 * this.source.subjects.length));
    const series = this.source.subjects.map((_, at) => {
      const [median, low, high] = [0, 1, 2].map((line) => values.subarray((3 * at + line) * n, (3 * at + line + 1) * n));
      return { start_s, step_s, median, low, high, band: new Pyramid(low, high), line: new Pyramid(median, median) };
    });
    return { start_s, end_s, step_s, series };
  }

  #forget() {
    for (const key of this.tiles.keys()) {
      if (this.tiles.size <= KEPT_TILES) return;
      if (this.tiles.get(key) && key.includes(":")) this.tiles.delete(key);
    }
  }
}

/**
 * A series whose values stand in the page; null is a gap.
 * @param {{start_s: number, step_s: number, values: (number | null)[]}} one
 * @returns {Series}
 */
export function series(one) {
  const median = Float32Array.from(one.values, (value) => value ?? NaN);
  const pyramid = new Pyramid(median, median);
  return { start_s: one.start_s, step_s: one.step_s, median, low: median, high: median, band: pyramid, line: pyramid };
}

/**
 * What a series says of a time; nothing in a gap.
 * @param {Series} one
 * @param {number} at_s
 */
export function valueAt(one, at_s) {
  const at = Math.floor((at_s - one.start_s) / one.step_s);
  const median = one.median[at];
  return median === undefined || Number.isNaN(median) ? null : { median, low: one.low[at], high: one.high[at] };
}

/** @param {number} time_s */
export function iso(time_s) {
  return new Date(time_s * 1000).toISOString().replace(".000Z", "Z");
}

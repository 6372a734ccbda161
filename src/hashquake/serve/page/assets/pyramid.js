// @ts-check
/** The smallest and largest values of a series at every power of two: what a chart of any width
 * draws without looking at every point. A gap is NaN and stays one. */

/**
 * @typedef {{factor: number, low: Float32Array, high: Float32Array}} Level
 */

export class Pyramid {
  /**
   * @param {Float32Array} low lower limits, one a step
   * @param {Float32Array} high upper limits, one a step
   */
  constructor(low, high) {
    /** @type {Level[]} */
    this.levels = [{ factor: 1, low, high }];
    while (this.levels[this.levels.length - 1].low.length > 2) {
      this.levels.push(halved(this.levels[this.levels.length - 1]));
    }
  }

  /**
   * The coarsest level of which a bucket is no wider than the steps that share a pixel.
   * @param {number} stepsPerPixel
   * @returns {Level}
   */
  level(stepsPerPixel) {
    const power = Math.max(0, Math.floor(Math.log2(Math.max(1, stepsPerPixel))));
    return this.levels[Math.min(power, this.levels.length - 1)];
  }

  /**
   * @param {number} from first step
   * @param {number} to step after the last
   * @returns {[number, number]} the smallest and the largest value; infinities where all is a gap
   */
  range(from, to) {
    let low = Infinity, high = -Infinity;
    const level = this.level((to - from) / 512);
    const first = Math.max(0, Math.floor(from / level.factor));
    const end = Math.min(level.low.length, Math.ceil(to / level.factor));
    for (let at = first; at < end; at++) {
      if (level.low[at] < low) low = level.low[at];
      if (level.high[at] > high) high = level.high[at];
    }
    return [low, high];
  }
}

/**
 * @param {Level} level
 * @returns {Level}
 */
function halved(level) {
  const n = Math.ceil(level.low.length / 2);
  const low = new Float32Array(n), high = new Float32Array(n);
  for (let at = 0; at < n; at++) {
    const a = 2 * at, b = Math.min(a + 1, level.low.length - 1);
    low[at] = least(level.low[a], level.low[b]);
    high[at] = -least(-level.high[a], -level.high[b]);
  }
  return { factor: level.factor * 2, low, high };
}

/**
 * The smaller of two values, of which one may be a gap.
 * @param {number} a
 * @param {number} b
 */
function least(a, b) {
  if (Number.isNaN(a)) return b;
  return a > b ? b : a;
}

// @ts-check
/** The one chart of time series: a band with its line, strips below it, marks, and a cursor.
 *
 * It draws on a canvas from pyramids of smallest and largest values, so that five years of thirty
 * series cost no more than a week of one. Drag, wheel and keys move it. */

import { listen } from "./chart_gestures.js";
import { paintMarks } from "./chart_marks.js";
import { valueAt } from "./rate_data.js";
import { SvgPen } from "./svg_pen.js";
import { niceStep, ticks } from "./time_axis.js";
import { digits, hashrateUnit } from "./words.js";

/** @typedef {import("./rate_data.js").Series} Series */
/** @typedef {{start_s: number, end_s: number, kind: string, label: string, href?: string}} Mark */
/**
 * @typedef {object} ChartInput what a chart shows
 * @property {[number, number]} bounds first and last time there can be, UTC Unix seconds
 * @property {[number, number]} view the span shown at first
 * @property {string[]} strips names of the series after the first, each a strip of its own
 * @property {Mark[]} marks
 * @property {(start_s: number, end_s: number) => Series[] | null} series
 * @property {(text: Cursor | null) => void} said where the cursor is
 * @property {(view: [number, number]) => void} moved
 */
/** @typedef {{at_s: number, values: ({median: number, low: number, high: number} | null)[], mark: Mark | null}} Cursor */

const LEAST_SPAN_S = 6 * 3600;
const COLOURS = ["ink", "muted", "rule", "paper", "measured", "measured-pale", "measured-palest", "claimed", "dark-time"];
export const STRIP_PX = 30;
const AXIS_PX = 22, TOP_PX = 14, GUTTER_PX = 100, WIDE_PX = 640;

export class TimeChart {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {ChartInput} input
   */
  constructor(canvas, input) {
    this.canvas = canvas;
    this.input = input;
    /** @type {[number, number]} */
    this.view = [...input.view];
    /** @type {number | null} */
    this.cursor_s = null;
    this.pending = false;
    this.left = 0; // room for names, where there is any
    /** @type {Record<string, string>} */
    this.colours = {};
    this.pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    new ResizeObserver(() => this.draw()).observe(canvas);
    this.recolour();
    listen(this);
  }

  /** Draw at the next frame. */
  draw() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.#paint(this.pen, this.canvas.clientWidth, this.canvas.clientHeight, window.devicePixelRatio || 1);
    });
  }

  /**
   * Show another span.
   * @param {number} start_s
   * @param {number} end_s
   */
  show(start_s, end_s) {
    const [first_s, last_s] = this.input.bounds;
    const span_s = Math.min(Math.max(end_s - start_s, LEAST_SPAN_S), Math.max(last_s - first_s, LEAST_SPAN_S));
    const from_s = Math.min(Math.max((start_s + end_s) / 2 - span_s / 2, first_s), Math.max(first_s, last_s - span_s));
    this.view = [from_s, from_s + span_s];
    this.input.moved(this.view);
    this.#say();
    this.draw();
  }

  /**
   * @param {number} factor below 1 looks closer
   * @param {number} around_s what stays where it is
   */
  zoom(factor, around_s) {
    const [start_s, end_s] = this.view;
    this.show(around_s + (start_s - around_s) * factor, around_s + (end_s - around_s) * factor);
  }

  /** The picture as it is, on paper of its own. */
  async png() {
    const scale = 2, copy = document.createElement("canvas");
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    copy.width = width * scale;
    copy.height = height * scale;
    const pen = /** @type {CanvasRenderingContext2D} */ (copy.getContext("2d"));
    pen.fillStyle = this.colours.paper;
    pen.fillRect(0, 0, copy.width, copy.height);
    this.#paint(pen, width, height, scale, false);
    return new Promise((/** @type {(blob: Blob | null) => void} */ done) => copy.toBlob(done, "image/png"));
  }

  /** The picture as it is, as a drawing that grows without loss. */
  svg() {
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    const pen = new SvgPen(width, height, this.pen);
    pen.fillStyle = this.colours.paper;
    pen.fillRect(0, 0, width, height);
    this.#paint(/** @type {any} */ (pen), width, height, 1, false);
    return `${pen}`;
  }

  /** Take the style sheet's colours anew: the theme changed. */
  recolour() {
    // A canvas does not know light-dark(): the style sheet's colours are resolved by an element.
    const probe = document.createElement("i");
    this.canvas.before(probe);
    this.colours = Object.fromEntries(
      COLOURS.map((name) => {
        probe.style.color = `var(--${name})`;
        return [name, getComputedStyle(probe).color];
      }),
    );
    probe.remove();
    this.draw();
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} width
   * @param {number} height
   * @param {number} scale device pixels a pixel
   * @param {boolean} resize whether the canvas is cleared first
   */
  #paint(pen, width, height, scale, resize = true) {
    if (resize && (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale))) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
    }
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    if (resize) pen.clearRect(0, 0, width, height);
    const colours = this.colours;
    const strips_px = STRIP_PX * this.input.strips.length;
    this.left = width > WIDE_PX ? GUTTER_PX : 0;
    const plot = { left: this.left, top: TOP_PX, width, height: height - TOP_PX - AXIS_PX - strips_px };
    const series = this.input.series(...this.view);
    pen.font = `12px ${getComputedStyle(this.canvas).fontFamily}`;
    pen.textBaseline = "alphabetic";
    this.#times(pen, colours, width, height);
    this.#clip(pen, width);
    paintMarks(pen, colours, plot, this.view, this.input.marks, (at_s) => this.x(at_s, width));
    pen.restore();
    if (series && series.length) {
      this.#rate(pen, colours, plot, series[0]);
      series.slice(1).forEach((one, at) => {
        const top = plot.top + plot.height + AXIS_PX + at * STRIP_PX;
        this.#strip(pen, colours, { left: this.left, top, width, height: STRIP_PX - 4 }, one, this.input.strips[at]);
      });
    }
    if (this.cursor_s !== null) {
      const x = this.x(this.cursor_s, width);
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 1;
      pen.beginPath();
      pen.moveTo(x, TOP_PX);
      pen.lineTo(x, height);
      pen.stroke();
    }
  }

  /**
   * Where a time is, pixels from the left.
   * @param {number} at_s
   * @param {number} width
   */
  x(at_s, width) {
    return this.left + ((at_s - this.view[0]) / (this.view[1] - this.view[0])) * (width - this.left);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Record<string, string>} colours
   * @param {number} width
   * @param {number} height
   */
  #times(pen, colours, width, height) {
    const base = height - STRIP_PX * this.input.strips.length - AXIS_PX;
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.rule;
    pen.lineWidth = 1;
    for (const { at_s, text } of ticks(...this.view, (width - this.left) / 90)) {
      const x = Math.round(this.x(at_s, width)) + 0.5;
      if (x < this.left) continue;
      pen.beginPath();
      pen.moveTo(x, TOP_PX);
      pen.lineTo(x, base + 4);
      pen.stroke();
      if (x + pen.measureText(text).width + 4 < width) pen.fillText(text, x + 3, base + 15);
    }
    pen.beginPath();
    pen.moveTo(this.left, base + 0.5);
    pen.lineTo(width, base + 0.5);
    pen.stroke();
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Record<string, string>} colours
   * @param {{left: number, top: number, width: number, height: number}} plot
   * @param {Series} one
   */
  #rate(pen, colours, plot, one) {
    const [from, to] = this.#steps(one);
    const [low, high] = one.band.range(from, to);
    if (!(high > 0)) return;
    const floor = low < 0.55 * high ? 0 : low - 0.08 * (high - low);
    const ceiling = high + 0.04 * (high - floor);
    const y = (/** @type {number} */ value) => plot.top + plot.height * (1 - (value - floor) / (ceiling - floor));
    this.#area(pen, colours["measured-pale"], plot.width, one, one.band, y);
    this.#line(pen, colours.measured, plot.width, one, y);
    const [size, unit] = hashrateUnit(ceiling);
    const step = niceStep((ceiling - floor) / size / Math.max(2, plot.height / 70)) * size;
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.rule;
    for (let value = Math.ceil(floor / step) * step; value < ceiling; value += step) {
      if (value <= floor) continue;
      const text = `${digits(value / size).replace(/[.,]00?$/, "")} ${unit}`;
      pen.lineWidth = 0.5;
      pen.beginPath();
      pen.moveTo(plot.left, y(value));
      pen.lineTo(plot.width, y(value));
      pen.stroke();
      pen.lineWidth = 3;
      pen.strokeStyle = colours.paper;
      const place = plot.left ? plot.left - pen.measureText(text).width - 8 : 4;
      const lift = plot.left ? 4 : -4;
      pen.strokeText(text, place, y(value) + lift);
      pen.fillText(text, place, y(value) + lift);
      pen.strokeStyle = colours.rule;
    }
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Record<string, string>} colours
   * @param {{left: number, top: number, width: number, height: number}} plot
   * @param {Series} one
   * @param {string} name
   */
  #strip(pen, colours, plot, one, name) {
    const [from, to] = this.#steps(one);
    const [, high] = one.line.range(from, to);
    const base = plot.top + plot.height;
    pen.strokeStyle = colours.rule;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(plot.left, base + 0.5);
    pen.lineTo(plot.width, base + 0.5);
    pen.stroke();
    if (high > 0) {
      const y = (/** @type {number} */ value) => base - (plot.height - 2) * (value / high);
      const zero = { ...one, low: new Float32Array(one.high.length), high: one.median };
      this.#area(pen, colours["measured-palest"], plot.width, zero, one.line, y, true);
      this.#line(pen, colours.measured, plot.width, one, y, 1);
    }
    pen.font = `600 12px ${getComputedStyle(this.canvas).fontFamily}`;
    pen.lineWidth = 3;
    pen.strokeStyle = colours.paper;
    const line = plot.left ? base - 7 : plot.top + 12;
    pen.strokeText(name, plot.left ? 0 : 4, line, plot.left ? plot.left - 8 : undefined);
    pen.fillStyle = colours.ink;
    pen.fillText(name, plot.left ? 0 : 4, line, plot.left ? plot.left - 8 : undefined);
    pen.font = `12px ${getComputedStyle(this.canvas).fontFamily}`;
  }

  /**
   * Keep what comes next out of the names' room, until the pen is restored.
   * @param {CanvasRenderingContext2D} pen
   * @param {number} width
   */
  #clip(pen, width) {
    pen.save();
    pen.beginPath();
    pen.rect(this.left, 0, width - this.left, this.canvas.clientHeight);
    pen.clip();
  }

  /** @param {Series} one */
  #steps(one) {
    const first = Math.max(0, Math.floor((this.view[0] - one.start_s) / one.step_s));
    return [first, Math.min(one.median.length, Math.ceil((this.view[1] - one.start_s) / one.step_s))];
  }

  /**
   * Walk over what a pixel shows: the middle of its time, smallest and largest value.
   * @param {Series} one
   * @param {import("./pyramid.js").Pyramid} pyramid
   * @param {number} width
   * @param {(x: number, low: number, high: number) => void} visit
   */
  #walk(one, pyramid, width, visit) {
    const [from, to] = this.#steps(one);
    const level = pyramid.level(((to - from) / width) * 0.7);
    const first = Math.max(0, Math.floor(from / level.factor) - 1);
    const end = Math.min(level.low.length, Math.ceil(to / level.factor) + 1);
    for (let at = first; at < end; at++) {
      visit(this.x(one.start_s + (at + 0.5) * level.factor * one.step_s, width), level.low[at], level.high[at]);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {string} colour
   * @param {number} width
   * @param {Series} one
   * @param {import("./pyramid.js").Pyramid} pyramid
   * @param {(value: number) => number} y
   * @param {boolean} fromZero whether it is filled down to nothing
   */
  #area(pen, colour, width, one, pyramid, y, fromZero = false) {
    this.#clip(pen, width);
    /** @type {[number, number, number][]} */
    let run = [];
    pen.fillStyle = colour;
    const close = () => {
      if (run.length === 1) run.push([run[0][0] + 1, run[0][1], run[0][2]]);
      if (run.length) {
        pen.beginPath();
        run.forEach(([x, , high], at) => (at ? pen.lineTo(x, y(high)) : pen.moveTo(x, y(high))));
        for (let at = run.length - 1; at >= 0; at--) pen.lineTo(run[at][0], y(fromZero ? 0 : run[at][1]));
        pen.fill();
      }
      run = [];
    };
    this.#walk(one, pyramid, width, (x, low, high) => (Number.isNaN(low) ? close() : run.push([x, low, high])));
    close();
    pen.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {string} colour
   * @param {number} width
   * @param {Series} one
   * @param {(value: number) => number} y
   * @param {number} thick
   */
  #line(pen, colour, width, one, y, thick = 1.5) {
    this.#clip(pen, width);
    let drawing = false;
    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.lineJoin = "round";
    pen.beginPath();
    this.#walk(one, one.line, width, (x, low, high) => {
      if (Number.isNaN(low)) {
        drawing = false;
        return;
      }
      if (drawing) pen.lineTo(x, y(high));
      else pen.moveTo(x, y(high));
      if (low !== high) pen.lineTo(x, y(low));
      drawing = true;
    });
    pen.stroke();
    pen.restore();
  }

  #say() {
    if (this.cursor_s === null) {
      this.input.said(null);
      return;
    }
    const at_s = this.cursor_s;
    const values = (this.input.series(...this.view) ?? []).map((one) => valueAt(one, at_s));
    this.input.said({ at_s, values, mark: this.markAt(at_s) });
  }

  /**
   * The mark at a time, within some pixels.
   * @param {number} at_s
   * @returns {Mark | null}
   */
  markAt(at_s) {
    const near_s = ((this.view[1] - this.view[0]) / Math.max(1, this.canvas.clientWidth - this.left)) * 6;
    const found = this.input.marks.filter((one) => one.start_s - near_s <= at_s && at_s <= Math.max(one.end_s, one.start_s + near_s));
    const order = ["quake", "event", "outage", "retarget"];
    return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || b.start_s - a.start_s)[0] ?? null;
  }

  /**
   * Put the cursor at a time, or away.
   * @param {number | null} at_s
   */
  point(at_s) {
    this.cursor_s = at_s;
    this.#say();
    this.draw();
  }
}

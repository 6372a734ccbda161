// @ts-check
/** The one chart of time series: a band with its line, strips below it, marks, and a cursor.
 *
 * It draws on a canvas from pyramids of smallest and largest values, so that five years of thirty
 * series cost no more than a week of one. Drag, wheel and keys move it. */

import { listen } from "./chart_gestures.js";
import { clip, paintArea, paintLine, placeOf, shownSteps } from "./chart_lines.js";
import { paintMarks } from "./chart_marks.js";
import { StripPicture, nameStrips, paintStrips, stripHeight } from "./chart_strips.js";
import { valueAt } from "./rate_data.js";
import { SvgPen } from "./svg_pen.js";
import { niceStep, ticks } from "./time_axis.js";
import { digits, hashrateUnit } from "./words.js";

/** @typedef {import("./rate_data.js").Series} Series */
/** @typedef {import("./chart_lines.js").Plot} Plot */
/** @typedef {{start_s: number, end_s: number, kind: string, label: string, href?: string}} Mark */
/**
 * @typedef {object} ChartInput what a chart shows
 * @property {[number, number]} bounds first and last time there can be, UTC Unix seconds
 * @property {[number, number]} view the span shown at first
 * @property {string[]} strips names of the series after the first, each a strip of its own
 * @property {Map<number, Series>} reported what pools reported themselves, by the place of their series
 * @property {Mark[]} marks
 * @property {(start_s: number, end_s: number) => Series[] | null} series
 * @property {(text: Cursor | null) => void} said where the cursor is
 * @property {(view: [number, number]) => void} moved
 */
/** @typedef {{at_s: number, values: ({median: number, low: number, high: number} | null)[], mark: Mark | null}} Cursor */

const LEAST_SPAN_S = 6 * 3600;
const COLOURS = ["ink", "muted", "rule", "paper", "measured", "measured-pale", "measured-palest", "claimed", "dark-time"];
const RESTED_MS = 120;
const AXIS_PX = 22, TOP_PX = 14, GUTTER_PX = 100, NARROW_GUTTER_PX = 46, WIDE_PX = 640;

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
    this.left = 0; // room for names and values
    this.dragged = false;
    this.resting = 0;
    this.picture = new StripPicture();
    /** @type {Record<string, string>} */
    this.colours = {};
    this.face = "sans-serif";
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
      this.#say();
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
    this.dragged = Math.abs(span_s - (this.view[1] - this.view[0])) < 1;
    window.clearTimeout(this.resting);
    if (this.dragged) {
      this.resting = window.setTimeout(() => {
        this.dragged = false;
        this.draw();
      }, RESTED_MS);
    }
    this.view = [from_s, from_s + span_s];
    this.input.moved(this.view);
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

  /** Take the style sheet's colours again: the theme changed. */
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
    this.face = getComputedStyle(this.canvas).fontFamily;
    this.draw();
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} width
   * @param {number} height
   * @param {number} scale device pixels a pixel
   * @param {boolean} shown whether it is painted on the page, and not into a file
   */
  #paint(pen, width, height, scale, shown = true) {
    if (shown && (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale))) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
    }
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    if (shown) pen.clearRect(0, 0, width, height);
    const { colours, face } = this, { strips, reported } = this.input;
    const wide = width > WIDE_PX, below = stripHeight(wide) * strips.length;
    this.left = wide ? GUTTER_PX : NARROW_GUTTER_PX;
    /** @type {Plot} */
    const plot = { left: this.left, width, height, view: this.view };
    const main = { top: TOP_PX, height: height - TOP_PX - AXIS_PX - below };
    const series = this.input.series(...this.view);
    pen.font = `12px ${face}`;
    pen.textBaseline = "alphabetic";
    this.#times(pen, plot, main.top + main.height);
    clip(pen, plot);
    paintMarks(pen, colours, main, this.view, this.input.marks, (at_s) => placeOf(plot, at_s));
    pen.restore();
    if (series && series.length) {
      this.#rate(pen, plot, main, series[0], reported.get(0));
      const drawn = { series: series.slice(1, strips.length + 1), reported: strips.map((_, at) => reported.get(at + 1)), colours };
      if (shown && strips.length) this.picture.copy(pen, plot, height - below, wide, drawn, scale, this.dragged);
      else paintStrips(pen, plot, height - below, wide, drawn);
      nameStrips(pen, plot, height - below, wide, strips, { ink: colours.ink, face });
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
    return placeOf({ left: this.left, width, height: 0, view: this.view }, at_s);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Plot} plot
   * @param {number} base where the axis is, pixels from the top
   */
  #times(pen, plot, base) {
    pen.fillStyle = this.colours.muted;
    pen.strokeStyle = this.colours.rule;
    pen.lineWidth = 1;
    for (const { at_s, text } of ticks(...this.view, (plot.width - plot.left) / (plot.left === GUTTER_PX ? 90 : 62))) {
      const x = Math.round(placeOf(plot, at_s)) + 0.5;
      if (x < plot.left) continue;
      pen.beginPath();
      pen.moveTo(x, TOP_PX);
      pen.lineTo(x, base + 4);
      pen.stroke();
      if (x + pen.measureText(text).width + 4 < plot.width) pen.fillText(text, x + 3, base + 15);
    }
    pen.beginPath();
    pen.moveTo(plot.left, base + 0.5);
    pen.lineTo(plot.width, base + 0.5);
    pen.stroke();
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {Plot} plot
   * @param {{top: number, height: number}} main
   * @param {Series} one
   * @param {Series | undefined} reported
   */
  #rate(pen, plot, main, one, reported) {
    const colours = this.colours;
    const [from, to] = shownSteps(plot, one);
    const [low, high] = one.band.range(from, to);
    if (!(high > 0)) return;
    const floor = low < 0.55 * high ? 0 : low - 0.08 * (high - low);
    const ceiling = high + 0.04 * (high - floor);
    const y = (/** @type {number} */ value) => main.top + main.height * (1 - (value - floor) / (ceiling - floor));
    paintArea(pen, plot, colours["measured-pale"], one, one.band, y);
    paintLine(pen, plot, colours.measured, one, y);
    if (reported) paintLine(pen, plot, colours.claimed, reported, y);
    const [size, unit] = hashrateUnit(ceiling);
    const step = niceStep((ceiling - floor) / size / Math.max(2, main.height / 70)) * size;
    const wide = plot.left === GUTTER_PX;
    pen.fillStyle = colours.muted;
    pen.strokeStyle = colours.rule;
    pen.lineWidth = 0.5;
    if (!wide) pen.fillText(unit, 0, 10);
    for (let value = Math.ceil(floor / step) * step; value < ceiling; value += step) {
      if (value <= floor) continue;
      const number = digits(value / size).replace(/[.,]00?$/, "");
      const text = wide ? `${number} ${unit}` : number;
      pen.beginPath();
      pen.moveTo(plot.left, y(value));
      pen.lineTo(plot.width, y(value));
      pen.stroke();
      pen.fillText(text, plot.left - pen.measureText(text).width - 8, y(value) + 4);
    }
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
    this.draw();
  }
}

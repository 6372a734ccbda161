// @ts-check
/** The strips below a chart of time series, one a pool: drawn once, and copied while the chart is dragged. */

import { paintArea, paintLine, shownSteps } from "./chart_lines.js";

/** @typedef {import("./rate_data.js").Series} Series */
/** @typedef {import("./chart_lines.js").Plot} Plot */
/**
 * @typedef {object} Strips what is drawn
 * @property {Series[]} series one a strip
 * @property {(Series | undefined)[]} reported what pools reported themselves, one a strip
 * @property {Record<string, string>} colours of the style sheet, by name
 */

const WIDE_STRIP_PX = 30, NARROW_STRIP_PX = 44, NAME_PX = 14, GAP_PX = 4;
const AHEAD = 0.25; // of the view, drawn on both sides of it before it is dragged there

/**
 * The height of a strip, pixels; on a narrow chart its name has a line of its own.
 * @param {boolean} wide
 */
export function stripHeight(wide) {
  return wide ? WIDE_STRIP_PX : NARROW_STRIP_PX;
}

/**
 * Draw strips from the top of a plot down.
 * @param {CanvasRenderingContext2D} pen
 * @param {Plot} plot
 * @param {number} top of the first strip, pixels
 * @param {boolean} wide
 * @param {Strips} strips
 */
export function paintStrips(pen, plot, top, wide, { series, reported, colours }) {
  const height = stripHeight(wide) - GAP_PX - (wide ? 0 : NAME_PX);
  series.forEach((one, at) => {
    const base = top + (at + 1) * stripHeight(wide) - GAP_PX, other = reported[at];
    pen.strokeStyle = colours.rule;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(plot.left, base + 0.5);
    pen.lineTo(plot.width, base + 0.5);
    pen.stroke();
    const found = one.line.range(...shownSteps(plot, one))[1];
    const high = Math.max(found, other ? other.line.range(...shownSteps(plot, other))[1] : 0);
    if (!(high > 0)) return;
    const y = (/** @type {number} */ value) => base - (height - 2) * (value / high);
    paintArea(pen, plot, colours["measured-palest"], one, one.line, y, true);
    paintLine(pen, plot, colours.measured, one, y, 1);
    if (other) paintLine(pen, plot, colours.claimed, other, y, 1.25);
  });
}

/**
 * Write the name of each strip: left of it, or above it where the chart is narrow.
 * @param {CanvasRenderingContext2D} pen
 * @param {Plot} plot
 * @param {number} top of the first strip, pixels
 * @param {boolean} wide
 * @param {string[]} names
 * @param {{ink: string, face: string}} style
 */
export function nameStrips(pen, plot, top, wide, names, { ink, face }) {
  pen.font = `600 12px ${face}`;
  pen.fillStyle = ink;
  names.forEach((name, at) => {
    const foot = top + (at + 1) * stripHeight(wide) - GAP_PX;
    if (wide) pen.fillText(name, 0, foot - 7, plot.left - 8);
    else pen.fillText(name, plot.left, foot - NARROW_STRIP_PX + GAP_PX + NAME_PX - 2, plot.width - plot.left);
  });
  pen.font = `12px ${face}`;
}

/** A picture of strips. While their chart is dragged it reaches beyond the view, and is copied from. */
export class StripPicture {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.start_s = 0;
    /** @type {unknown[]} what it was drawn of */
    this.of = [];
  }

  /**
   * Copy strips onto a chart; draw them first where this picture does not show them.
   * @param {CanvasRenderingContext2D} pen
   * @param {Plot} plot
   * @param {number} top of the first strip, pixels
   * @param {boolean} wide
   * @param {Strips} strips
   * @param {number} scale device pixels a pixel
   * @param {boolean} dragged
   */
  copy(pen, plot, top, wide, strips, scale, dragged) {
    const width = plot.width - plot.left, height = strips.series.length * stripHeight(wide);
    const span_s = plot.view[1] - plot.view[0];
    const ahead = dragged ? AHEAD : 0;
    const of = [width, height, Math.round(span_s), scale, strips.colours, ...strips.series];
    let shift = (plot.view[0] - this.start_s) / span_s;
    const same = of.length === this.of.length && of.every((one, at) => one === this.of[at]);
    const [wide_px, high_px] = [width, height].map((one) => Math.round(one * scale));
    const covers = dragged ? shift >= 0 && Math.round((shift + 1) * width * scale) <= this.canvas.width : shift === 0 && this.canvas.width === wide_px;
    if (!same || !covers) {
      this.of = of;
      this.start_s = plot.view[0] - ahead * span_s;
      shift = ahead;
      this.canvas.width = Math.round((1 + 2 * ahead) * width * scale);
      this.canvas.height = high_px;
      this.pen.setTransform(scale, 0, 0, scale, 0, 0);
      /** @type {[number, number]} */
      const view = [this.start_s, plot.view[1] + ahead * span_s];
      paintStrips(this.pen, { left: 0, width: (1 + 2 * ahead) * width, height, view }, 0, wide, strips);
    }
    // Whole device pixels: a picture copied between them would be blurred.
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(this.canvas, Math.round(shift * width * scale), 0, wide_px, high_px, Math.round(plot.left * scale), Math.round(top * scale), wide_px, high_px);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
  }
}

// @ts-check
/** Lines and areas of a series on a canvas: of each pixel its smallest and largest value, gaps open. */

/** @typedef {import("./rate_data.js").Series} Series */
/** @typedef {import("./pyramid.js").Pyramid} Pyramid */
/**
 * @typedef {object} Plot where the data of a chart are drawn
 * @property {number} left
 * @property {number} width of the whole drawing, to whose right side the plot goes
 * @property {number} height of the whole drawing
 * @property {[number, number]} view first and last time, UTC Unix seconds
 */

/**
 * Where a time is, pixels from the left.
 * @param {Plot} plot
 * @param {number} at_s
 */
export function placeOf(plot, at_s) {
  return plot.left + ((at_s - plot.view[0]) / (plot.view[1] - plot.view[0])) * (plot.width - plot.left);
}

/**
 * First and last step of a series that a plot shows.
 * @param {Plot} plot
 * @param {Series} one
 * @returns {[number, number]}
 */
export function shownSteps(plot, one) {
  const first = Math.max(0, Math.floor((plot.view[0] - one.start_s) / one.step_s));
  return [first, Math.min(one.median.length, Math.ceil((plot.view[1] - one.start_s) / one.step_s))];
}

/**
 * Keep what comes next out of the names' room, until the pen is restored.
 * @param {CanvasRenderingContext2D} pen
 * @param {Plot} plot
 */
export function clip(pen, plot) {
  pen.save();
  pen.beginPath();
  pen.rect(plot.left, 0, plot.width - plot.left, plot.height);
  pen.clip();
}

/**
 * Fill the area between the two limits of a pyramid.
 * @param {CanvasRenderingContext2D} pen
 * @param {Plot} plot
 * @param {string} colour
 * @param {Series} one
 * @param {Pyramid} pyramid
 * @param {(value: number) => number} y
 * @param {boolean} fromZero whether it is filled down to zero
 */
export function paintArea(pen, plot, colour, one, pyramid, y, fromZero = false) {
  clip(pen, plot);
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
  walk(plot, one, pyramid, (x, low, high) => (Number.isNaN(low) ? close() : run.push([x, low, high])));
  close();
  pen.restore();
}

/**
 * Draw the line of a series.
 * @param {CanvasRenderingContext2D} pen
 * @param {Plot} plot
 * @param {string} colour
 * @param {Series} one
 * @param {(value: number) => number} y
 * @param {number} thick
 */
export function paintLine(pen, plot, colour, one, y, thick = 1.5) {
  clip(pen, plot);
  let drawing = false;
  pen.strokeStyle = colour;
  pen.lineWidth = thick;
  pen.lineJoin = "round";
  pen.beginPath();
  walk(plot, one, one.line, (x, low, high) => {
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

/**
 * Walk over what a pixel shows: the middle of its time, smallest and largest value.
 * @param {Plot} plot
 * @param {Series} one
 * @param {Pyramid} pyramid
 * @param {(x: number, low: number, high: number) => void} visit
 */
function walk(plot, one, pyramid, visit) {
  const [from, to] = shownSteps(plot, one);
  const level = pyramid.level(((to - from) / plot.width) * 0.7);
  const first = Math.max(0, Math.floor(from / level.factor) - 1);
  const end = Math.min(level.low.length, Math.ceil(to / level.factor) + 1);
  for (let at = first; at < end; at++) {
    visit(placeOf(plot, one.start_s + (at + 0.5) * level.factor * one.step_s), level.low[at], level.high[at]);
  }
}

// @ts-check
/** Quakes, outages, events and retargets on a chart of time series. */

/** @typedef {import("./time_chart.js").Mark} Mark */

const CROWDED_S = 400 * 86400;

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Record<string, string>} colours
 * @param {{top: number, height: number}} plot
 * @param {[number, number]} view
 * @param {Mark[]} marks
 * @param {(at_s: number) => number} place where a time is, pixels
 */
export function paintMarks(pen, colours, plot, view, marks, place) {
  const crowded = view[1] - view[0] > CROWDED_S, bottom = plot.top + plot.height;
  for (const one of marks) {
    if (one.end_s < view[0] || one.start_s > view[1]) continue;
    const x = place(one.start_s), end = place(one.end_s);
    if (one.kind === "outage") {
      pen.globalAlpha = 0.28;
      pen.fillStyle = colours["dark-time"];
      pen.fillRect(x, plot.top, Math.max(end - x, 1.5), plot.height);
    } else if (one.kind === "quake") {
      pen.fillStyle = colours.claimed;
      pen.globalAlpha = 0.14;
      pen.fillRect(x, plot.top, Math.max(end - x, 1), plot.height);
      pen.globalAlpha = 1;
      pen.fillRect(x - 1, plot.top, 2.5, plot.height);
    } else if (one.kind === "retarget" && !crowded) {
      pen.strokeStyle = colours.muted;
      pen.lineWidth = 1;
      pen.globalAlpha = 0.55;
      pen.setLineDash([2, 3]);
      pen.beginPath();
      pen.moveTo(x, plot.top);
      pen.lineTo(x, bottom);
      pen.stroke();
      pen.setLineDash([]);
    } else if (one.kind === "event") {
      pen.fillStyle = colours.muted;
      pen.beginPath();
      pen.moveTo(x - 4, bottom);
      pen.lineTo(x + 4, bottom);
      pen.lineTo(x, bottom - 7);
      pen.fill();
    }
    pen.globalAlpha = 1;
  }
}

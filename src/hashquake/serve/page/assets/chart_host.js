// @ts-check
/** What surrounds a chart on a page: its data, its tools, its menu, and the table behind it. */

import { RateData, iso, series, valueAt } from "./rate_data.js";
import { save } from "./save.js";
import { TimeChart } from "./time_chart.js";
import { hashrate, plainHashrate, time, usd } from "./words.js";

/** @typedef {import("./time_chart.js").Mark} Mark */
/**
 * @typedef {object} ChartDescription what the server says about a chart
 * @property {import("./rate_data.js").SeriesSource} source
 * @property {[number, number]} view
 * @property {string[]} names of the series
 * @property {string[]} units of the series: `hps` or `usd`
 * @property {{start_s: number, step_s: number, values: number[]}[]} more strips whose values stand in the page
 * @property {{at: number, start_s: number, step_s: number, values: (number | null)[]}[]} reported what pools reported, with the place of the series it belongs to
 * @property {Mark[]} marks
 * @property {boolean} follows whether it shows its span of the address
 */

const MOST_ROWS = 200, SETTLED_MS = 80;
/** @type {{chart: TimeChart, data: RateData}[]} */
const hosts = [];

/** Bring every chart of the page to life. */
export function startCharts() {
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    if (figure instanceof HTMLElement && !figure.dataset.started) start(figure);
  }
}

/**
 * The record went on: charts that show its end follow it.
 * @param {number} end_s UTC Unix seconds
 */
export function extendCharts(end_s) {
  for (const { chart, data } of hosts) {
    const before_s = data.source.end_s;
    if (data.source.whole || end_s <= before_s) continue;
    const atEnd = chart.view[1] >= before_s - 1;
    chart.input.bounds[1] = end_s;
    data.extend(end_s);
    if (atEnd) chart.show(chart.view[0] + end_s - before_s, end_s);
  }
}

/** The theme or the clock changed. */
export function redrawCharts() {
  for (const { chart } of hosts) chart.recolour();
}

/** @param {HTMLElement} figure */
function start(figure) {
  figure.dataset.started = "yes";
  /** @type {ChartDescription} */
  const about = JSON.parse(figure.dataset.chart ?? "{}");
  const canvas = /** @type {HTMLCanvasElement} */ (figure.querySelector("canvas"));
  const says = /** @type {HTMLElement} */ (figure.querySelector(".says"));
  const failed = /** @type {HTMLElement} */ (figure.querySelector(".failed"));
  const quiet = says.textContent ?? "";
  const data = new RateData(about.source, () => {
    failed.hidden = true;
    figure.dataset.ready = "yes";
    chart.draw();
    refill();
  }, (error) => {
    failed.hidden = false;
    failed.textContent = `${failed.dataset.text}: ${error.message}`;
  });
  const more = about.more.map(series);
  const reported = new Map(about.reported.map((one) => [one.at, series(one)]));
  const table = /** @type {HTMLDetailsElement | null} */ (figure.querySelector("details.data"));
  let waiting = 0;
  // An open table follows the chart, once it has come to rest.
  const refill = () => {
    window.clearTimeout(waiting);
    if (table?.open) waiting = window.setTimeout(() => fill(table, chart, about), SETTLED_MS);
  };
  const chart = new TimeChart(canvas, {
    bounds: [about.source.start_s, about.source.end_s],
    view: about.follows ? asked(about.view) : about.view,
    strips: about.names.slice(1),
    reported,
    marks: about.marks,
    series: (start_s, end_s) => {
      const found = data.tile(start_s, end_s)?.series;
      return found ? [...found, ...more] : null;
    },
    said: (cursor) => {
      const text = cursor ? sentence(cursor, about, reported, says.dataset.reported ?? "") : quiet;
      if (says.textContent !== text) says.textContent = text;
    },
    moved: (view) => {
      press(figure, view, about.source.end_s);
      if (about.follows) remember(view);
      refill();
    },
  });
  hosts.push({ chart, data });
  press(figure, chart.view, about.source.end_s);
  for (const button of figure.querySelectorAll("button[data-span]")) {
    button.addEventListener("click", () => {
      const span_s = Number(button.getAttribute("data-span")) || about.source.end_s - about.source.start_s;
      chart.show(data.source.end_s - span_s, data.source.end_s);
    });
  }
  figure.querySelector("button[data-zoom='in']")?.addEventListener("click", () => chart.zoom(0.5, middle(chart)));
  figure.querySelector("button[data-zoom='out']")?.addEventListener("click", () => chart.zoom(2, middle(chart)));
  menu(figure, chart, data);
  table?.addEventListener("toggle", refill);
}

/** @param {TimeChart} chart */
function middle(chart) {
  return (chart.view[0] + chart.view[1]) / 2;
}

/**
 * @param {import("./time_chart.js").Cursor} cursor
 * @param {ChartDescription} about
 * @param {Map<number, import("./rate_data.js").Series>} reported
 * @param {string} text the word for what was reported
 */
function sentence(cursor, about, reported, text) {
  const rates = about.names
    .map((_, at) => at)
    .filter((at) => at < cursor.values.length && (at < 4 || about.units[at] === "usd"))
    .map((at) => `${about.names[at]}: ${written(cursor.values[at], about.units[at])}${said(reported.get(at), cursor.at_s, text)}`);
  return [`${time(cursor.at_s)}.`, rates.join("; "), cursor.mark ? `· ${cursor.mark.label}` : ""].join(" ").trim();
}

/**
 * What a pool reported at a time, after what it found; nothing where it reported nothing.
 * @param {import("./rate_data.js").Series | undefined} one
 * @param {number} at_s
 * @param {string} text
 */
function said(one, at_s, text) {
  const value = one && valueAt(one, at_s);
  return value ? ` (${text} ${plainHashrate(value.median)})` : "";
}

/**
 * @param {{median: number, low: number, high: number} | null} one
 * @param {string} unit
 */
function written(one, unit) {
  if (!one) return document.documentElement.dataset.noData ?? "no data";
  return unit === "usd" ? usd(one.median) : hashrate(one.median, one.low, one.high);
}

/**
 * @param {HTMLElement} figure
 * @param {[number, number]} view
 * @param {number} end_s
 */
function press(figure, view, end_s) {
  const atEnd = Math.abs(view[1] - end_s) < 1;
  for (const button of figure.querySelectorAll("button[data-span]")) {
    const span_s = Number(button.getAttribute("data-span"));
    button.setAttribute("aria-pressed", String(atEnd && Math.abs(view[1] - view[0] - span_s) < 60));
  }
}

/**
 * The span that the address asks for, as `#2022-01-01..2022-02-01`.
 * @param {[number, number]} usual
 * @returns {[number, number]}
 */
function asked(usual) {
  const [from, to] = decodeURIComponent(window.location.hash.slice(1)).split("..").map((text) => Date.parse(text) / 1000);
  return from < to ? [from, to] : usual;
}

let remembering = 0;

/**
 * Write the span into the address, once the chart has come to rest: browsers limit how often.
 * @param {[number, number]} view
 */
function remember(view) {
  window.clearTimeout(remembering);
  remembering = window.setTimeout(() => {
    const [from, to] = view.map((one) => iso(Math.round(one / 60) * 60).slice(0, 16));
    window.history.replaceState(null, "", `#${from}Z..${to}Z`);
  }, SETTLED_MS);
}

/**
 * @param {HTMLElement} figure
 * @param {TimeChart} chart
 * @param {RateData} data
 */
function menu(figure, chart, data) {
  const details = figure.querySelector("details.menu");
  details?.addEventListener("toggle", () => {
    const step_s = data.tile(...chart.view)?.step_s ?? data.source.tiers[0].step_s;
    const bounds = data.source;
    const from_s = Math.max(bounds.start_s, chart.view[0]), to_s = Math.min(bounds.end_s, chart.view[1]);
    for (const link of details.querySelectorAll("a[data-format]")) {
      const url = data.url(Math.floor(from_s), Math.floor(to_s), step_s), format = link.getAttribute("data-format");
      if (!bounds.whole) link.setAttribute("href", format === "json" ? url : url.replace("/rates?", `/rates.${format}?`));
    }
  });
  figure.querySelector("button[data-save='png']")?.addEventListener("click", async () => {
    const blob = await chart.png();
    if (blob) save(blob, "hashquake.png");
  });
  figure.querySelector("button[data-save='svg']")?.addEventListener("click", () => {
    save(new Blob([chart.svg()], { type: "image/svg+xml" }), "hashquake.svg");
  });
}

/**
 * Write what the chart shows as a table, for those who do not see it.
 * @param {HTMLDetailsElement} details
 * @param {TimeChart} chart
 * @param {ChartDescription} about
 */
function fill(details, chart, about) {
  const shown = chart.input.series(...chart.view);
  const body = details.querySelector("tbody");
  if (!shown || !body) return;
  body.replaceChildren();
  const one = shown[0];
  const first = Math.max(0, Math.floor((chart.view[0] - one.start_s) / one.step_s));
  const end = Math.min(one.median.length, Math.ceil((chart.view[1] - one.start_s) / one.step_s));
  const every = Math.max(1, Math.ceil((end - first) / MOST_ROWS));
  for (let at = first; at < end; at += every) {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = time(one.start_s + at * one.step_s);
    row.append(head);
    about.names.forEach((_, which) => {
      const cell = document.createElement("td");
      cell.textContent = written(valueAt(shown[which], one.start_s + at * one.step_s), about.units[which]);
      row.append(cell);
    });
    body.append(row);
  }
}

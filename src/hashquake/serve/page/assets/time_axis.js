// @ts-check
/** Where axes have their ticks: times in UTC or in the reader's own zone, and round values. */

import { isLocal, monthName, parts, two } from "./words.js";

const HOUR_S = 3600, DAY_S = 86400;
/** @type {{size_s: number, months?: number, days?: number}[]} */
const STEPS = [
  { size_s: 600 }, { size_s: 1800 }, { size_s: HOUR_S }, { size_s: 3 * HOUR_S }, { size_s: 6 * HOUR_S }, { size_s: 12 * HOUR_S },
  { size_s: DAY_S, days: 1 }, { size_s: 2 * DAY_S, days: 2 }, { size_s: 7 * DAY_S, days: 7 },
  { size_s: 30 * DAY_S, months: 1 }, { size_s: 91 * DAY_S, months: 3 }, { size_s: 182 * DAY_S, months: 6 },
  { size_s: 365 * DAY_S, months: 12 }, { size_s: 730 * DAY_S, months: 24 },
];

/**
 * @param {number} start_s
 * @param {number} end_s
 * @param {number} most how many there is room for
 * @returns {{at_s: number, text: string}[]}
 */
export function ticks(start_s, end_s, most) {
  const wanted_s = (end_s - start_s) / Math.max(1, most);
  const step = STEPS.find((one) => one.size_s >= wanted_s) ?? STEPS[STEPS.length - 1];
  const found = [];
  for (let at_s = first(start_s, step), n = 0; at_s < end_s && n < 60; at_s = next(at_s, step), n++) {
    if (at_s >= start_s) found.push({ at_s, text: label(at_s, step) });
  }
  return found;
}

/** @param {{year: number, month: number, day?: number, hour?: number}} at */
function moment({ year, month, day = 1, hour = 0 }) {
  return (isLocal() ? new Date(year, month, day, hour).getTime() : Date.UTC(year, month, day, hour)) / 1000;
}

/**
 * @param {number} start_s
 * @param {{size_s: number, months?: number, days?: number}} step
 */
function first(start_s, step) {
  const at = parts(start_s);
  if (step.months) return moment({ year: step.months > 12 ? at.year - (at.year % 2) : at.year, month: Math.floor(at.month / step.months) * step.months });
  if (step.days === 7) {
    const day_s = moment(at);
    return day_s - ((Math.floor(day_s / DAY_S) + 3) % 7) * DAY_S;
  }
  return moment({ year: at.year, month: at.month, day: at.day });
}

/**
 * @param {number} at_s
 * @param {{size_s: number, months?: number, days?: number}} step
 */
function next(at_s, step) {
  if (step.months) {
    const at = parts(at_s);
    return moment({ year: at.year, month: at.month + step.months });
  }
  if (step.days) {
    const at = parts(at_s);
    return moment({ year: at.year, month: at.month, day: at.day + step.days });
  }
  return at_s + step.size_s;
}

/**
 * @param {number} at_s
 * @param {{size_s: number, months?: number}} step
 */
function label(at_s, step) {
  const at = parts(at_s);
  if (step.months && step.months >= 12) return `${at.year}`;
  if (step.months) return at.month === 0 ? `${at.year}` : monthName(at.month);
  if (step.size_s >= DAY_S || (at.hour === 0 && at.minute === 0)) return `${at.day} ${monthName(at.month)}`;
  return `${two(at.hour)}:${two(at.minute)}`;
}

/**
 * The smallest round step that is no smaller than what there is room for.
 * @param {number} least
 */
export function niceStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((one) => one * power >= least) ?? 10);
}

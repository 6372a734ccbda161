// @ts-check
/** Numbers and times as the server's pages write them. */

const MINUS = "\u2212", NBSP = "\u00a0";
/** @type {[number, string][]} */
const UNITS = [[1e18, "EH/s"], [1e15, "PH/s"], [1e12, "TH/s"], [1e9, "GH/s"], [1e6, "MH/s"], [1e3, "kH/s"], [1, "H/s"]];
/** The language of the page. */
const LANGUAGE = document.documentElement.lang || "en";
const MONTHS = Array.from({ length: 12 }, (_, month) => new Intl.DateTimeFormat(LANGUAGE, { month: "short", timeZone: "UTC" }).format(Date.UTC(2000, month, 15)));
/** What stands between the two limits of an interval: a comma, unless it is the decimal mark. */
export const BETWEEN = (1.5).toLocaleString(LANGUAGE).includes(",") ? ";" : ",";
/** Seconds, minutes, hours and days. */
const [S, MIN, H, D] = (document.documentElement.dataset.units ?? "s min h d").split(" ");

/**
 * @param {number} hps
 * @returns {[number, string]} size and name of the unit in which a hash rate is written
 */
export function hashrateUnit(hps) {
  if (hps >= 1e22) return [1e21, "ZH/s"];
  return UNITS.find(([size]) => hps >= size) ?? UNITS[UNITS.length - 1];
}

/** How numbers of no, one and two decimal places are written; a format costs too much to be made for each number. */
const FORMATS = [0, 1, 2].map((places) => new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: places, maximumFractionDigits: places }));

/** @param {number} value */
export function digits(value) {
  const size = Math.abs(value);
  return FORMATS[size >= 100 ? 0 : size >= 10 ? 1 : 2].format(value);
}

/**
 * @param {number} median
 * @param {number} low
 * @param {number} high
 */
export function hashrate(median, low, high) {
  const [size, name] = hashrateUnit(median || high);
  return `${digits(median / size)}${NBSP}${name} [${digits(low / size)}${BETWEEN}${NBSP}${digits(high / size)}]`;
}

/** @param {number} hps */
export function plainHashrate(hps) {
  const [size, name] = hashrateUnit(hps);
  return `${digits(hps / size)}${NBSP}${name}`;
}

/** @param {number} dollars */
export function usd(dollars) {
  return `${FORMATS[0].format(Math.round(dollars))}${NBSP}USD`;
}

/** @param {number} share */
export function percent(share) {
  const text = Math.abs(share * 100).toFixed(0);
  return `${share < 0 && text !== "0" ? MINUS : ""}${text}${NBSP}%`;
}

/** @param {number} seconds */
export function duration(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s}${NBSP}${S}`;
  if (s < 3600) return `${Math.floor(s / 60)}${NBSP}${MIN} ${s % 60}${NBSP}${S}`;
  if (s < 172800) return `${Math.floor(s / 3600)}${NBSP}${H} ${Math.floor((s % 3600) / 60)}${NBSP}${MIN}`;
  return `${Math.floor(s / 86400)}${NBSP}${D} ${Math.floor((s % 86400) / 3600)}${NBSP}${H}`;
}

/** Whether times are shown in the reader's own zone instead of UTC. */
export function isLocal() {
  return document.documentElement.dataset.clock === "local";
}

/**
 * The parts of a time in the zone that is shown.
 * @param {number} time_s
 */
export function parts(time_s) {
  const date = new Date(time_s * 1000);
  if (isLocal()) {
    return { year: date.getFullYear(), month: date.getMonth(), day: date.getDate(), hour: date.getHours(), minute: date.getMinutes() };
  }
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes() };
}

/** @param {number} month from 0 */
export function monthName(month) {
  return MONTHS[month];
}

/** @param {number} value */
export function two(value) {
  return `${value}`.padStart(2, "0");
}

/** @param {number} time_s */
export function time(time_s) {
  const at = parts(time_s);
  return `${at.day}${NBSP}${MONTHS[at.month]}${NBSP}${at.year} ${two(at.hour)}:${two(at.minute)}${isLocal() ? "" : `${NBSP}UTC`}`;
}

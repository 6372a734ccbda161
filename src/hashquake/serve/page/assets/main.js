// @ts-check
/** Every page: theme, clock, terms, the age of the newest block, charts, and what is new. */

import { extendCharts, redrawCharts, startCharts } from "./chart_host.js";
import { listen } from "./live.js";
import { startSaving } from "./save.js";
import { duration, time } from "./words.js";

const root = document.documentElement;
const THEMES = ["auto", "light", "dark"];

/**
 * @param {string} key
 * @param {string} usual
 */
function stored(key, usual) {
  try {
    return window.localStorage.getItem(key) ?? usual;
  } catch {
    return usual; // storage may be forbidden
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
function store(key, value) {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // The choice then lasts for this page alone.
  }
}

/** @param {string} name */
function theme(name) {
  root.dataset.theme = name;
  const button = document.querySelector("button[data-switch='theme']");
  if (button) button.textContent = button.getAttribute(`data-${name}`);
  redrawCharts();
}

/** @param {string} name */
function clock(name) {
  root.dataset.clock = name;
  const button = document.querySelector("button[data-switch='clock']");
  if (button) button.textContent = button.getAttribute(`data-${name}`);
  for (const one of document.querySelectorAll("time[data-at]")) {
    one.setAttribute("data-utc", one.getAttribute("data-utc") ?? one.textContent ?? "");
    one.textContent = name === "local" ? time(Number(one.getAttribute("data-at"))) : one.getAttribute("data-utc");
  }
  redrawCharts();
}

function switches() {
  theme(stored("theme", "auto"));
  clock(stored("clock", "utc"));
  document.querySelector("button[data-switch='theme']")?.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "auto") + 1) % THEMES.length];
    store("theme", next);
    theme(next);
  });
  document.querySelector("button[data-switch='clock']")?.addEventListener("click", () => {
    const next = root.dataset.clock === "local" ? "utc" : "local";
    store("clock", next);
    clock(next);
  });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawCharts);
}

/** Show how long ago the newest block came, second by second. */
function tick() {
  for (const one of document.querySelectorAll("[data-age-since]")) {
    one.textContent = duration(Date.now() / 1000 - Number(one.getAttribute("data-age-since")));
  }
}

let waiting = 0;

/** Ask for this page again, and take from it what is marked as live. */
function refresh() {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(async () => {
    try {
      const answer = await fetch(window.location.pathname + window.location.search, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const fresh of page.querySelectorAll("[data-live][id]")) {
        const shown = document.getElementById(fresh.id);
        if (shown && shown.innerHTML !== fresh.innerHTML) shown.replaceChildren(...fresh.childNodes);
      }
      clock(root.dataset.clock ?? "utc");
      tick();
    } catch {
      // The server is away; the stream's state says so.
    }
  }, 120);
}

function follow() {
  const { stream, after } = document.body.dataset;
  if (!stream) return;
  const state = document.getElementById("connection");
  let lost = false;
  listen(stream, Number(after), (change) => {
    if (change.kind === "block") {
      for (const one of document.querySelectorAll("[data-age-since]")) one.setAttribute("data-age-since", String(change.document.header_s));
      for (const one of document.querySelectorAll("[data-tip-height]")) one.textContent = Number(change.document.height).toLocaleString(root.lang);
      extendCharts(change.document.header_s);
      tick();
    }
    document.dispatchEvent(new CustomEvent("hashquake-change", { detail: change }));
    refresh();
  }, (connected) => {
    if (state) state.textContent = state.getAttribute(connected ? "data-on" : "data-off");
    if (connected && lost) refresh();
    lost = !connected;
  });
}

/** Escape closes what explains a term; menus close when the focus leaves them. */
function terms() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (document.activeElement instanceof HTMLElement && document.activeElement.matches(".term")) document.activeElement.blur();
    for (const one of document.querySelectorAll("details.menu[open]")) one.removeAttribute("open");
  });
  document.addEventListener("click", (event) => {
    for (const one of document.querySelectorAll("details.menu[open]")) {
      if (!one.contains(/** @type {Node} */ (event.target))) one.removeAttribute("open");
    }
  });
}

switches();
terms();
startCharts();
startSaving();
tick();
window.setInterval(tick, 1000);
follow();

// @ts-check
/** Simulations: asked for, followed, stopped, and the last two side by side. */

const form = /** @type {HTMLFormElement} */ (document.getElementById("ask"));
const progress = /** @type {HTMLElement} */ (document.getElementById("progress"));
const trouble = /** @type {HTMLElement} */ (document.getElementById("trouble"));
const results = /** @type {HTMLElement} */ (document.getElementById("results"));
const POLL_MS = 400;
/** A compiled engine begins to draw sooner than this. */
const COMPILING_MS = 4000;
/** @type {string | null} */
let running = null;

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement | HTMLSelectElement} */ (form.elements.namedItem(name));
}

/** Offer the subjects of the chosen scenario. */
function subjects() {
  const chosen = /** @type {HTMLSelectElement} */ (field("scenario")).selectedOptions[0];
  const known = (chosen?.dataset.subjects ?? "").split(" ").filter(Boolean);
  field("subject").replaceChildren(...known.map((one) => new Option(one.replace(":", " ").replace("country", "").trim() || one, one)));
}

/** @returns {{scenario: string, paths: number, seed: number, set: Record<string, string>}} */
function question() {
  /** @type {Record<string, string>} */
  const set = {};
  for (const input of form.querySelectorAll("input[data-key]")) {
    const { name, value, dataset } = /** @type {HTMLInputElement} */ (input);
    if (!value.trim()) continue;
    const key = dataset.key || `${field("subject").value}.${name}`;
    set[key] = value.trim();
  }
  return { scenario: field("scenario").value, paths: Number(field("paths").value), seed: Number(field("seed").value), set };
}

/** @param {string} text */
function complain(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
}

/** @returns {Record<string, string>} */
function headers() {
  const token = field("token").value;
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/**
 * @param {string} url
 * @param {RequestInit} how
 */
async function ask(url, how = {}) {
  const answer = await fetch(url, { ...how, headers: { Accept: "application/json", ...how.headers, ...headers() } });
  const said = await answer.json();
  if (!answer.ok) {
    if (said.error.code.startsWith("token")) form.querySelector(".token")?.removeAttribute("hidden");
    throw new Error([said.error.message, said.error.hint].filter(Boolean).join("; "));
  }
  return said;
}

/**
 * What a job does now. Before its first futures are drawn the engine is loaded, and compiled where it never was.
 * @param {{state: string, done_share: number}} job
 * @param {number} asked_ms when it was asked for
 */
function stage(job, asked_ms) {
  const words = progress.dataset;
  if (job.state === "running" && !job.done_share) {
    return (performance.now() - asked_ms > COMPILING_MS ? words.compiling : words.preparing) ?? "";
  }
  return `${words[job.state] ?? job.state}, ${Math.round(job.done_share * 100)} %`;
}

async function simulate() {
  complain("");
  const asked = question();
  remember(asked);
  const url = form.dataset.url ?? "";
  try {
    if (running) await ask(`${url}/${running}`, { method: "DELETE" });
    let job = await ask(url, { method: "POST", body: JSON.stringify(asked), headers: { "Content-Type": "application/json" } });
    const id = job.id, asked_ms = performance.now();
    running = id;
    progress.hidden = false;
    while (running === id && (job.state === "queued" || job.state === "running")) {
      /** @type {HTMLProgressElement} */ (progress.querySelector("progress")).value = job.done_share;
      /** @type {HTMLElement} */ (progress.querySelector(".state")).textContent = stage(job, asked_ms);
      if (job.so_far) await show(id, asked);
      await new Promise((done) => setTimeout(done, POLL_MS));
      job = await ask(`${url}/${id}`);
    }
    if (running !== id) return; // another one was asked for meanwhile
    running = null;
    progress.hidden = true;
    if (job.state === "done") await show(id, asked);
    else complain(job.error ? [job.error.message, job.error.hint].filter(Boolean).join("; ") : job.state);
  } catch (error) {
    running = null;
    progress.hidden = true;
    complain(error instanceof Error ? error.message : String(error));
  }
}

/**
 * @param {string} id
 * @param {{scenario: string, set: Record<string, string>}} asked
 */
async function show(id, asked) {
  const answer = await fetch(`${form.dataset.result}${id}`, { headers: { Accept: "text/html" } });
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("section.result");
  if (!answer.ok || !(part instanceof HTMLElement)) return;
  part.dataset.job = id;
  const settings = Object.entries(asked.set).map(([key, value]) => `${key} = ${value}`);
  const line = part.querySelector(".asked");
  if (line) line.textContent = settings.length ? settings.join(", ") : asked.scenario;
  const before = results.querySelector(`[data-job="${id}"]`);
  if (before) {
    before.replaceWith(document.adoptNode(part));
    return;
  }
  while (results.children.length > 1) results.lastElementChild?.remove();
  results.prepend(document.adoptNode(part));
}

/** @param {{scenario: string, paths: number, seed: number, set: Record<string, string>}} asked */
function remember(asked) {
  const query = new URLSearchParams({ scenario: asked.scenario, paths: `${asked.paths}`, seed: `${asked.seed}`, subject: field("subject").value });
  for (const input of form.querySelectorAll("input[data-key]")) {
    const { name, value } = /** @type {HTMLInputElement} */ (input);
    if (value.trim()) query.set(name, value.trim());
  }
  window.history.replaceState(null, "", `#${query}`);
}

/** Take what the address asks for. */
function recall() {
  const query = new URLSearchParams(window.location.hash.slice(1));
  if (query.has("scenario")) field("scenario").value = query.get("scenario") ?? "";
  subjects();
  for (const [name, value] of query) {
    if (name !== "scenario" && name !== "token" && field(name)) field(name).value = value;
  }
}

field("scenario").addEventListener("change", subjects);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  simulate();
});
progress.querySelector(".cancel")?.addEventListener("click", () => {
  const id = running;
  running = null;
  progress.hidden = true;
  if (id) ask(`${form.dataset.url}/${id}`, { method: "DELETE" }).catch((error) => complain(error.message));
});
recall();

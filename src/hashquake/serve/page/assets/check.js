// @ts-check
/** Claims of a pasted text, marked where they stand, with what was measured. */

import { BETWEEN, MINUS, hashrate, percent, plain } from "./words.js";

/** @typedef {{median: number, low: number, high: number}} Measured */
/** @typedef {{text: string, span: [number, number], call: string, subject: string, quantity: string, measured: Measured | null, because: string, probability: number | null}} Claim */

const form = /** @type {HTMLFormElement} */ (document.getElementById("check"));
const trouble = /** @type {HTMLElement} */ (document.getElementById("trouble"));
const found = /** @type {HTMLElement} */ (document.getElementById("found"));

/** @param {string} name */
function value(name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  trouble.hidden = true;
  const text = value("text");
  /** @type {Record<string, string>} */
  const asked = { text, words: document.documentElement.lang };
  for (const name of ["published", "as_known_on"]) if (value(name)) asked[name] = value(name);
  const token = value("token");
  try {
    const answer = await fetch(form.dataset.url ?? "", {
      method: "POST",
      body: JSON.stringify(asked),
      headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    });
    const said = await answer.json();
    if (!answer.ok) {
      if (said.error.code.startsWith("token")) form.querySelector(".token")?.removeAttribute("hidden");
      throw new Error([said.error.message, said.error.hint].filter(Boolean).join("; "));
    }
    show(text, said.claims);
  } catch (error) {
    trouble.textContent = error instanceof Error ? error.message : String(error);
    trouble.hidden = false;
  }
});

/**
 * @param {string} text
 * @param {Claim[]} claims
 */
function show(text, claims) {
  found.hidden = false;
  const marked = /** @type {HTMLElement} */ (found.querySelector(".marked"));
  const list = /** @type {HTMLElement} */ (found.querySelector(".claims"));
  marked.replaceChildren();
  list.replaceChildren();
  // Offsets count characters, of which a JavaScript string may need two units each.
  const characters = [...text];
  let at = 0;
  const ordered = [...claims].sort((a, b) => a.span[0] - b.span[0]);
  ordered.forEach((one, number) => {
    const [start, end] = one.span;
    if (start >= at) {
      const mark = document.createElement("mark");
      mark.className = one.call;
      mark.textContent = characters.slice(start, end).join("");
      const index = document.createElement("sup");
      index.textContent = `${number + 1}`;
      mark.append(index);
      marked.append(characters.slice(at, start).join(""), mark);
      at = end;
    }
    list.append(row(one));
  });
  marked.append(characters.slice(at).join(""));
  if (!claims.length) list.append(found.dataset.none ?? "");
}

/** @param {Claim} one */
function row(one) {
  const item = document.createElement("li");
  const call = document.createElement("span");
  call.className = `mark ${one.call}`;
  call.textContent = found.getAttribute(`data-${one.call}`) ?? one.call;
  const because = document.createElement("p");
  because.className = "note";
  because.textContent = one.because.replace(/(?<![\w-])-(?=\d)/g, MINUS);
  item.append(`${one.text} `, call);
  // Of a record the ratio to the one before is measured, which its reason says in words.
  const record = one.quantity === "rank" && ["network", "asset:btc"].includes(one.subject);
  if (one.measured && !record) item.append(` ${found.dataset.measured}: ${shown(one.quantity, one.measured)}`);
  item.append(because);
  return item;
}

/**
 * @param {string} quantity
 * @param {Measured} measured
 */
function shown(quantity, { median, low, high }) {
  if (quantity === "hashrate_hps") return hashrate(median, low, high);
  const signed = quantity.endsWith("_change_share");
  if (quantity.endsWith("_share")) return `${percent(median, signed)} [${percent(low, signed)}${BETWEEN}\u00a0${percent(high, signed)}]`;
  if (low === high) return plain(median);
  return `${plain(median)} [${plain(low)}${BETWEEN}\u00a0${plain(high)}]`;
}

// @ts-check
/** A pen that draws what a canvas would, as SVG: the part of a canvas's methods that charts use. */

/** @type {Record<string, string>} */
const XML = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export class SvgPen {
  /**
   * @param {number} width
   * @param {number} height
   * @param {CanvasRenderingContext2D} ruler measures texts
   */
  constructor(width, height, ruler) {
    this.size = [width, height];
    this.ruler = ruler;
    this.fillStyle = this.strokeStyle = "#000";
    this.lineWidth = this.globalAlpha = 1;
    this.lineJoin = "miter";
    this.font = "12px sans-serif";
    this.textBaseline = "alphabetic";
    this.dash = "";
    /** @type {string[]} */
    this.parts = [];
    this.path = "";
    this.clips = 0;
    /** @type {{state: Record<string, any>, groups: number}[]} */
    this.saved = [];
    this.groups = 0;
  }

  setTransform() {}
  clearRect() {}

  save() {
    const { fillStyle, strokeStyle, lineWidth, globalAlpha, lineJoin, font, dash } = this;
    this.saved.push({ state: { fillStyle, strokeStyle, lineWidth, globalAlpha, lineJoin, font, dash }, groups: this.groups });
  }

  restore() {
    const last = this.saved.pop();
    if (!last) return;
    for (; this.groups > last.groups; this.groups--) this.parts.push("</g>");
    Object.assign(this, last.state);
  }

  beginPath() {
    this.path = "";
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.path += `M${short(x)} ${short(y)}`;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.path += `L${short(x)} ${short(y)}`;
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  rect(x, y, width, height) {
    this.path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  }

  clip() {
    const name = `clip${++this.clips}`;
    this.parts.push(`<clipPath id="${name}"><path d="${this.path}"/></clipPath><g clip-path="url(#${name})">`);
    this.groups++;
  }

  fill() {
    this.parts.push(`<path d="${this.path}" fill="${this.fillStyle}"${this.#alpha()}/>`);
  }

  stroke() {
    const dash = this.dash ? ` stroke-dasharray="${this.dash}"` : "";
    const line = `stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" stroke-linejoin="${this.lineJoin}"`;
    this.parts.push(`<path d="${this.path}" fill="none" ${line}${dash}${this.#alpha()}/>`);
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  fillRect(x, y, width, height) {
    this.beginPath();
    this.rect(x, y, width, height);
    this.fill();
  }

  /** @param {string} text @param {number} x @param {number} y */
  fillText(text, x, y) {
    this.#text(text, x, y, `fill="${this.fillStyle}"`);
  }

  /** @param {string} text @param {number} x @param {number} y */
  strokeText(text, x, y) {
    this.#text(text, x, y, `fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"`);
  }

  /** @param {string} text */
  measureText(text) {
    this.ruler.font = this.font;
    return this.ruler.measureText(text);
  }

  /** @param {number[]} dash */
  setLineDash(dash) {
    this.dash = dash.join(" ");
  }

  /** @returns {string} a whole file */
  toString() {
    const [width, height] = this.size;
    const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
    return `${open}\n${this.parts.join("\n")}\n</svg>\n`;
  }

  #alpha() {
    return this.globalAlpha < 1 ? ` opacity="${this.globalAlpha}"` : "";
  }

  /** @param {string} text @param {number} x @param {number} y @param {string} colours */
  #text(text, x, y, colours) {
    const [, weight, size, family] = /^(\d+ )?([\d.]+px) (.*)$/.exec(this.font) ?? ["", "", "12px", "sans-serif"];
    const face = `font-family="${escaped(family)}" font-size="${size}"${weight ? ` font-weight="${weight.trim()}"` : ""}`;
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" ${face} ${colours}>${escaped(text)}</text>`);
  }
}

/** @param {number} value */
function short(value) {
  return `${Math.round(value * 100) / 100}`;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (one) => XML[one]);
}

// @ts-check
/** Files that the browser makes: pictures of charts, also of those that the server drew. */

/** What a drawing has from the style sheet, to be written into a file that has none. */
const LOOK = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight"];

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Let the menus of drawn charts save what is on screen. */
export function startSaving() {
  for (const button of document.querySelectorAll("button[data-save-drawn]")) {
    button.addEventListener("click", () => {
      const drawings = [...(button.closest("figure")?.querySelectorAll("svg.small") ?? [])];
      const shown = drawings.find((one) => one.getBoundingClientRect().width > 0);
      if (!(shown instanceof SVGSVGElement)) return;
      if (button.getAttribute("data-save-drawn") === "svg") save(new Blob([alone(shown)], { type: "image/svg+xml" }), "hashquake.svg");
      else picture(shown);
    });
  }
}

/**
 * A drawing as a file of its own: its look written into it, on paper of its own.
 * @param {SVGSVGElement} shown
 */
function alone(shown) {
  const copy = /** @type {SVGSVGElement} */ (shown.cloneNode(true));
  const from = [...shown.querySelectorAll("*")], to = [...copy.querySelectorAll("*")];
  from.forEach((one, at) => {
    const look = getComputedStyle(one);
    for (const name of LOOK) to[at].setAttribute(name, look.getPropertyValue(name));
  });
  const { x, y, width, height } = shown.viewBox.baseVal;
  const paper = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x, y, width, height })) paper.setAttribute(name, `${value}`);
  paper.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
  copy.prepend(paper);
  copy.setAttribute("width", `${width}`);
  copy.setAttribute("height", `${height}`);
  return new XMLSerializer().serializeToString(copy);
}

/** @param {SVGSVGElement} shown */
async function picture(shown) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(alone(shown))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * image.naturalWidth;
  canvas.height = 2 * image.naturalHeight;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => blob && save(blob, "hashquake.png"), "image/png");
}

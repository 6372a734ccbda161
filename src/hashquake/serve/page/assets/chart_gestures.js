// @ts-check
/** Pointer, wheel and keys of a chart of time series. */

/** @typedef {import("./time_chart.js").TimeChart} TimeChart */

/**
 * Let a chart follow pointer, wheel and keys.
 * @param {TimeChart} chart
 */
export function listen(chart) {
  const canvas = chart.canvas;
  const time = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return chart.view[0] + Math.max(0, (event.clientX - box.left - chart.left) / (box.width - chart.left)) * (chart.view[1] - chart.view[0]);
  };
  /** @type {{x: number, view: [number, number], far: boolean} | null} */
  let drag = null;
  canvas.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, view: [...chart.view], far: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drag && Math.abs(event.clientX - drag.x) > 3) {
      drag.far = true;
      const shift = ((drag.x - event.clientX) / (canvas.clientWidth - chart.left)) * (drag.view[1] - drag.view[0]);
      chart.show(drag.view[0] + shift, drag.view[1] + shift);
    }
    chart.point(time(event));
  });
  const release = () => {
    drag = null;
  };
  canvas.addEventListener("pointerup", (event) => {
    const mark = drag && !drag.far ? chart.markAt(time(event)) : null;
    release();
    if (mark?.href) window.location.assign(mark.href);
  });
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", () => chart.point(null));
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.shiftKey && !event.altKey && document.activeElement !== canvas) return;
    event.preventDefault();
    chart.zoom(Math.exp(Math.sign(event.deltaY || event.deltaX) * 0.18), time(event));
  }, { passive: false });
  canvas.addEventListener("dblclick", (event) => chart.zoom(0.4, time(event)));
  canvas.addEventListener("keydown", (event) => key(chart, event));
  canvas.addEventListener("blur", () => chart.point(null));
}

/**
 * @param {TimeChart} chart
 * @param {KeyboardEvent} event
 */
function key(chart, event) {
  const [start_s, end_s] = chart.view;
  const span_s = end_s - start_s, middle_s = chart.cursor_s ?? (start_s + end_s) / 2;
  const step_s = span_s * (event.shiftKey ? 0.5 : 0.02) * (event.key === "ArrowLeft" ? -1 : 1);
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const at_s = middle_s + step_s;
    if (event.shiftKey || at_s < start_s || at_s > end_s) chart.show(start_s + step_s, end_s + step_s);
    chart.point(Math.min(Math.max(event.shiftKey ? middle_s : at_s, chart.view[0]), chart.view[1]));
  } else if (event.key === "+" || event.key === "=") chart.zoom(0.6, middle_s);
  else if (event.key === "-") chart.zoom(1 / 0.6, middle_s);
  else if (event.key === "Home") chart.show(...chart.input.bounds);
  else if (event.key === "End") chart.show(chart.input.bounds[1] - span_s, chart.input.bounds[1]);
  else if (event.key === "Enter") {
    const mark = chart.markAt(middle_s);
    if (mark?.href) window.location.assign(mark.href);
  } else return;
  event.preventDefault();
}

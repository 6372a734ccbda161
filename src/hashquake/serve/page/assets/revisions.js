// @ts-check
/** The slider "what was known when": one opinion at a time, in place of all one under another. */

for (const section of document.querySelectorAll("[data-revisions]")) {
  const opinions = [...section.querySelectorAll("ol.opinions > li")];
  const slider = section.querySelector("input[type='range']");
  const output = section.querySelector("output");
  if (!(slider instanceof HTMLInputElement) || opinions.length < 2) continue;
  const show = () => {
    const chosen = Number(slider.value) - 1;
    opinions.forEach((one, at) => one.toggleAttribute("hidden", at !== chosen));
    const at = opinions[chosen].getAttribute("data-at") ?? "";
    if (output) output.textContent = at;
    slider.setAttribute("aria-valuetext", at);
  };
  slider.closest(".slider")?.removeAttribute("hidden");
  slider.addEventListener("input", show);
  show();
}

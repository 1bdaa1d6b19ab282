/* One key for each act: a button with data-key="n" is pressed by N. The switch turns the keys off (WCAG 2.1.4). */

const STORE = "onestop-keys";
const switches = () => document.querySelectorAll("[data-keys-switch]");
const on = () => localStorage.getItem(STORE) !== "off";

function show() {
  document.documentElement.classList.toggle("keys-off", !on());
  switches().forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(on()));
  });
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-keys-switch]")) return;
  localStorage.setItem(STORE, on() ? "off" : "on");
  show();
});

document.addEventListener("keydown", (event) => {
  if (!on() || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, dialog[open]")) return;
  if ((event.key === "Enter" || event.key === " ") && event.target.closest("a, button, summary, input")) return;
  const wanted = event.key.toLowerCase();
  const button = [...document.querySelectorAll("[data-key]")].find(
    (each) => each.dataset.key.toLowerCase() === wanted && !each.disabled && each.checkVisibility(),
  );
  if (!button) return;
  event.preventDefault();
  button.focus();
  button.click();
});

show();

/* One key for each act: a button with data-key="n" is pressed by N, and by data-also-key. Keys reach into a closed
   <details data-keys-inside>, which opens. The switch turns the keys off (WCAG 2.1.4). */

const STORE = "onestop-keys";
const switches = () => document.querySelectorAll("[data-keys-switch]");
const on = () => localStorage.getItem(STORE) !== "off";

/** The closed part a button hides in, if keys may reach into it. */
const foldOf = (button) => button.closest("details[data-keys-inside]:not([open])");

function show() {
  document.documentElement.classList.toggle("keys-off", !on());
  switches().forEach((button) => {
    button.hidden = !document.querySelector("[data-key]");
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
    (each) =>
      [each.dataset.key, each.dataset.alsoKey].some((key) => key?.toLowerCase() === wanted) &&
      !each.disabled &&
      (each.checkVisibility() || foldOf(each)),
  );
  if (!button) return;
  event.preventDefault();
  if (!button.checkVisibility()) foldOf(button).open = true;
  button.focus();
  button.click();
});

show();

/* One key for each act: a button with data-key="n" is pressed by N, and by data-also-key. Keys reach into a closed
   <details data-keys-inside>, which opens. A link with data-leaves is pressed from inside a field too, while nothing that
   was typed is lost by it. The switch turns the keys off (WCAG 2.1.4). */

const STORE = "onestop-keys";
const switches = () => document.querySelectorAll("[data-keys-switch]");
const on = () => localStorage.getItem(STORE) !== "off";

/** The closed part a button hides in, if keys may reach into it. */
const foldOf = (button) => button.closest("details[data-keys-inside]:not([open])");

/** Whether a field is not as the page came. */
function differs(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  return field.selectedIndex !== Math.max(0, [...field.options].findIndex((each) => each.defaultSelected));
}

/** Whether something stands in a form that is nowhere else; what was refused is. */
const unsaved = () =>
  Boolean(document.querySelector("main [aria-invalid=true]")) ||
  [...document.querySelectorAll("main form[method=post] :is(input, textarea, select)")].some(differs);

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
  if (event.target.closest("dialog[open]")) return;
  const inField = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
  if (inField && event.key !== "Escape") return;
  if ((event.key === "Enter" || event.key === " ") && event.target.closest("a, button, summary, input")) return;
  const wanted = event.key.toLowerCase();
  const button = [...document.querySelectorAll("[data-key]")].find(
    (each) =>
      [each.dataset.key, each.dataset.alsoKey].some((key) => key?.toLowerCase() === wanted) &&
      !each.disabled &&
      (each.checkVisibility() || foldOf(each)),
  );
  if (!button) return;
  const leaves = "leaves" in button.dataset;
  if (leaves ? unsaved() : inField) return;
  event.preventDefault();
  if (!button.checkVisibility()) foldOf(button).open = true;
  /* What opens shows itself; the page stays where it is. */
  button.focus({ preventScroll: button.matches("summary") });
  button.click();
});

show();

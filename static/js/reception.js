/* Reception: whatever is typed, scanned or read by the camera goes to the search field, and a button prints. */

const field = document.querySelector("[data-search]");

/* A scanner types like a keyboard, wherever the focus is. */
document.addEventListener("keydown", (event) => {
  if (!field || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.key.length !== 1) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === " " && event.target.closest("a, button, summary")) return;
  field.value = "";
  field.focus();
});

/* A page without that field: a quick line that ends with Enter is a paper that was scanned, and presses nothing here. */
const FAST = 50; // milliseconds between keys: a scanner, not a finger
const LEAST = 8;
const door = location.pathname.match(/^\/reception\/[^/]+/)?.[0];
let typed = "";
let last = 0;
document.addEventListener(
  "keydown",
  (event) => {
    if (field || !door || event.target.closest("input, textarea, select")) return;
    const quick = event.timeStamp - last < FAST;
    last = event.timeStamp;
    if (event.key === "Enter") {
      if (quick && typed.length >= LEAST) {
        event.preventDefault();
        find(typed);
      }
      typed = "";
    } else if (event.key.length === 1) typed = quick ? typed + event.key : event.key;
  },
  true,
);

function find(text) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: `${door}/find` });
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "q", value: text });
  form.append(input);
  document.body.append(form);
  form.requestSubmit();
}

document.addEventListener("camera:read", (event) => {
  field.value = event.detail.slice(0, field.maxLength);
  field.form.requestSubmit();
});

/* The next search replaces the last one. */
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "results") field?.select();
});

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
  button.focus();
});

/* One press makes a new paper and prints it. */
if (document.querySelector("[data-print]") && /[?&]did=renewed/.test(location.search)) {
  window.addEventListener("load", () => print(), { once: true });
}

/* What was just done is read out; the page stays where it came back. */
document.getElementById("done")?.focus({ preventScroll: true });

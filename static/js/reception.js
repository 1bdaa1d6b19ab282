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

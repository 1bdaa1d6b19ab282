/* Says that something is being done, stops the double tap, and says in words when the server cannot be reached. */

import { signedOut } from "./signed_out.js";

const SHOW_AFTER_MS = 300;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.hasAttribute("target")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => form.dataset.sent && event.submitter?.setAttribute("aria-busy", "true"), SHOW_AFTER_MS);
});

/* Back to a page that was kept: its forms may be sent again. */
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
});

function trouble(seen) {
  document.querySelectorAll("[data-trouble]").forEach((sign) => (sign.hidden = !seen));
}

/* A refusal comes as a fragment or names its own target: it is shown, not swallowed. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status < 400 || !xhr.getResponseHeader("HX-Retarget")) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});

document.addEventListener("htmx:sendError", () => trouble(true));
document.addEventListener("htmx:timeout", () => trouble(true));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) signedOut();
  else trouble(true);
});
document.addEventListener("htmx:afterOnLoad", () => trouble(false));

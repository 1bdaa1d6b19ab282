/* What was typed is never lost: a form with data-kept stays as it is until an answer has come that shows it again or leads
   on. Without one the page says what to do; pressed again it carries the same key, so that nothing is stored twice. */

const LASTS_MS = 15_000;
const SIGNS = ["trouble", "signed-out", "not-kept"];

/** Shows one of the signs, or none. */
function tell(which, why = "") {
  for (const name of SIGNS) document.querySelectorAll(`[data-${name}]`).forEach((sign) => (sign.hidden = name !== which));
  document.querySelectorAll("[data-not-kept-why]").forEach((place) => (place.textContent = why));
}

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("form[data-kept]")) return;
    event.preventDefault();
    if (!event.target.hasAttribute("aria-busy")) send(event.target, event.submitter);
  },
  true,
);

/* Whoever is signed out elsewhere still has a text here: the page is not taken away from under it. */
addEventListener("live:signed-out", (event) => {
  event.preventDefault();
  tell("signed-out");
});

async function send(form, button) {
  form.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form, button)),
    signal: AbortSignal.timeout(LASTS_MS),
  }).catch(() => null);
  const text = await answer?.text().catch(() => null);
  form.removeAttribute("aria-busy");
  if (!answer || text === null || answer.status >= 500) return tell("trouble");
  if (answer.status === 401 || (answer.redirected && new URL(answer.url).pathname === "/sign-in")) return tell("signed-out");
  if (answer.redirected && answer.ok) {
    tell();
    dispatchEvent(new Event("live:leaves"));
    location.assign(answer.url);
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  if (!page.querySelector(`main form[data-kept][action="${form.getAttribute("action")}"]`)) {
    return tell("not-kept", page.querySelector("main h1")?.textContent.trim());
  }
  tell();
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("main [aria-invalid=true]")?.focus();
}

/* What was typed is never lost: while the server does not answer, a form with data-kept stays as it is and the page says
   so. Pressed again it carries the same key, so that nothing is stored twice. */

const LASTS_MS = 15_000;

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.matches("form[data-kept]")) return;
    event.preventDefault();
    if (!event.target.hasAttribute("aria-busy")) send(event.target, event.submitter);
  },
  true,
);

async function send(form, button) {
  form.setAttribute("aria-busy", "true");
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form, button)),
    signal: AbortSignal.timeout(LASTS_MS),
  }).catch(() => null);
  form.removeAttribute("aria-busy");
  const lost = !answer || answer.status >= 500;
  document.querySelectorAll("[data-trouble]").forEach((sign) => (sign.hidden = !lost));
  if (lost) return;
  if (answer.redirected) {
    location.assign(answer.url);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector("main").replaceWith(page.querySelector("main"));
  document.querySelector("main [aria-invalid=true]")?.focus();
}

/* What a screen of the hall shows is fresh, or says how old it is: asked for at each change and every five seconds besides,
   marked after 15 s without an answer, grey after 60 s, hidden after 5 min. Only the time that passes counts, so that a
   machine whose clock is wrong is no worse. */

import { listen } from "./live.js";

const POLL_MS = 5000;
const FETCH_MS = 4000;
const STALE_S = 15;
const GREY_S = 60;
const GONE_S = 300;

const part = (id) => document.getElementById(id);

/** Keeps a part fresh: `take(html)` gets each answer of `address()`; it is asked for when `stream` tells of a change. */
export function follow({ stream, address, take }) {
  let heardAt = performance.now();
  let asking = false;
  let again = false;

  async function ask() {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      const answer = await fetch(address(), {
        headers: { "HX-Request": "true" },
        cache: "no-store",
        signal: AbortSignal.timeout(FETCH_MS),
      });
      if (answer.redirected || [401, 403, 404].includes(answer.status)) location.reload();
      else if (answer.ok) {
        const html = await answer.text();
        heard();
        take(html);
      }
    } catch {
      /* Not reachable: the band tells it, the next poll tries again. */
    } finally {
      asking = false;
      if (again) {
        again = false;
        ask();
      }
    }
  }

  function heard() {
    heardAt = performance.now();
    const shown = part("stale").querySelector("bdi");
    const face = document.querySelector("[data-clock] bdi");
    if (shown && face) shown.textContent = face.textContent;
    age();
  }

  function age() {
    const seconds = (performance.now() - heardAt) / 1000;
    const root = document.documentElement.classList;
    part("stale").hidden = seconds <= STALE_S;
    root.toggle("stale", seconds > GREY_S);
    root.toggle("gone", seconds > GONE_S);
    part("gone").hidden = seconds <= GONE_S;
  }

  listen(stream, { onTopic: ask, onPoll: ask, onState: (live) => live && ask() });
  setInterval(ask, POLL_MS);
  setInterval(age, 1000);
  addEventListener("online", ask);
}

/* The hall's clock: the server's time carried on, at the server's pace (a demo day may run faster). */

const { now, rate = "1", zone = "UTC" } = document.documentElement.dataset;
const startedAt = performance.now();
const words = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });

/** The day's time as a Date. */
export function serverNow() {
  return new Date(Date.parse(now) + (performance.now() - startedAt) * Number(rate));
}

function tick() {
  const shown = words.format(serverNow());
  document.querySelectorAll("[data-clock] bdi").forEach((face) => {
    if (face.textContent !== shown) face.textContent = shown;
  });
}

if (now) setInterval(tick, 1000);

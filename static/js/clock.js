/* The hall's clock: the server's time carried on, at the server's pace (a demo day may run faster). */

const { now, rate = "1", zone = "UTC" } = document.documentElement.dataset;
let told = Date.parse(now);
let toldAt = performance.now();
const words = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone });

/** The day's time as a Date. */
export function serverNow() {
  return new Date(told + (performance.now() - toldAt) * Number(rate));
}

/* A machine that slept counted nothing meanwhile: each answer of the server sets the clock. */
document.addEventListener("live:heard", ({ detail }) => {
  if (Number.isNaN(Date.parse(detail))) return;
  told = Date.parse(detail);
  toldAt = performance.now();
});

function tick() {
  const shown = words.format(serverNow());
  document.querySelectorAll("[data-clock] bdi").forEach((face) => {
    if (face.textContent !== shown) face.textContent = shown;
  });
}

if (now) setInterval(tick, 1000);

/* A mediator who is needed hears it and feels it, once for each talk, until she touches the phone. */
import { hush, ring } from "./ring.js";
import "./staff_phone.js";

let needed = document.getElementById("place").dataset.needed;

function look() {
  const now = document.getElementById("place")?.dataset.needed ?? "";
  if (now && now !== needed) {
    ring(false);
    scrollTo({ top: 0 });
  }
  if (!now) hush();
  needed = now;
}

document.addEventListener("live:changed", look);
document.addEventListener("htmx:afterSwap", look);

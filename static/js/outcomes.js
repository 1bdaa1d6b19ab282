/* Finish without an outcome sends nothing: the page says in its own words what is missing, beside the outcomes. */

const missing = () => document.getElementById("outcome-missing");

document.addEventListener(
  "submit",
  (event) => {
    if (event.target.id !== "finish") return;
    const outcomes = document.getElementById("outcomes");
    if (!outcomes || outcomes.querySelector(":checked")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    missing().hidden = false;
    outcomes.querySelector("input").focus();
  },
  true,
);

document.addEventListener("change", ({ target }) => {
  if (target.name === "outcome" && missing()) missing().hidden = true;
});

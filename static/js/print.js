/* A button that prints, where there is script; without it the browser's menu does. */
const button = document.getElementById("print");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

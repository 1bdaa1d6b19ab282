/* The plan fits the screen, and a tap tells its point as if the picture had its own size. */
const form = document.querySelector(".floor-tap");
const picture = form?.querySelector("input[type=image]");

if (form && picture) {
  form.classList.add("fits");
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    if (event.detail === 0 || !box.width || !box.height) return;
    event.preventDefault();
    for (const [name, value] of [
      ["at.x", ((event.clientX - box.left) / box.width) * Number(picture.getAttribute("width"))],
      ["at.y", ((event.clientY - box.top) / box.height) * Number(picture.getAttribute("height"))],
    ]) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = String(Math.round(value));
      form.append(field);
    }
    form.submit();
  });
}

/** Beside the text of a colour, the browser's own picker. The text stays the field that is sent. */
const FIELD = "clientRequest.backgroundColor";

function addPicker() {
  const text = document.getElementById(`id_${FIELD}`);
  if (!text || text.parentElement.querySelector("[type=color]")) return;
  const picker = document.createElement("input");
  picker.type = "color";
  picker.setAttribute("aria-label", document.querySelector(`label[for="id_${FIELD}"]`).textContent.trim());
  const follow = () => {
    if (/^#[0-9a-f]{6}$/i.test(text.value)) picker.value = text.value.toLowerCase();
  };
  text.addEventListener("input", follow);
  picker.addEventListener("input", (event) => {
    event.stopPropagation();
    text.value = picker.value;
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  text.before(picker);
  follow();
}

addPicker();
document.addEventListener("htmx:after:swap", addPicker);

// “Near me”, for every page that has it: asks the browser where it is, on a click only, and sends the button's form with the
// place in it, rounded to a thousandth of a degree, about 100 m. Where somebody is goes into the address of that one page
// and is kept nowhere.
//
//   <button type="button" data-here data-without="place q" data-wait="…" data-denied="…" hidden>
//
// data-without names fields that would only narrow what is nearest.
const places = (degrees) => degrees.toFixed(3);

for (const button of document.querySelectorAll("[data-here]")) {
  if (!("geolocation" in navigator)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    const word = button.textContent;
    button.disabled = true;
    if (button.dataset.wait) button.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => location.assign(address(button, coords)),
      () => {
        button.disabled = false;
        button.textContent = word;
        tell(button, button.dataset.denied);
      },
      { timeout: 10_000, maximumAge: 60_000 },
    );
  });
}

/** The form's own address with what stands in it and the place. */
function address({ form, dataset }, { latitude, longitude }) {
  const fields = new FormData(form);
  for (const name of ["near", "lat", "lng", ...(dataset.without ?? "").split(" ")]) fields.delete(name);
  const to = new URL(form.action);
  to.search = new URLSearchParams([...fields].filter(([, value]) => value !== ""));
  to.searchParams.set("lat", places(latitude));
  to.searchParams.set("lng", places(longitude));
  return to;
}

/** Says below the form's buttons why nothing happened; the same words again are said again. */
function tell(button, words) {
  let note = button.parentElement.querySelector("[data-here-note]");
  if (!note) {
    note = document.createElement("span");
    note.className = "here-note";
    note.dataset.hereNote = "";
    note.setAttribute("role", "status");
    button.after(note);
  }
  note.textContent = "";
  requestAnimationFrame(() => {
    note.textContent = words;
  });
}

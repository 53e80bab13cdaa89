// "Near me": asks the browser where it is, on a click only, and opens the list of what is nearest. The place goes into the
// address rounded to a hundred metres, and nowhere else.
const button = document.querySelector("[data-near]");

if (button && "geolocation" in navigator) {
  const note = document.querySelector("[data-map-note]");
  const words = document.querySelector("[data-map]")?.dataset.wordsRefused ?? "";
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const address = new URL(location.href);
        address.searchParams.delete("after");
        address.searchParams.set("near", `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`);
        address.hash = "";
        location.assign(address);
      },
      () => {
        button.disabled = false;
        note.textContent = words;
        note.hidden = false;
      },
      { timeout: 10_000, maximumAge: 60_000 },
    );
  });
}

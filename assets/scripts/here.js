// “Near me”: asks the browser where it is, on a click only, and opens the same list ordered by distance. Where somebody is
// goes into the address of that one page and is kept nowhere.
for (const button of document.querySelectorAll("[data-here]")) {
  if (!navigator.geolocation) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    const refused = () => {
      button.textContent = button.dataset.denied;
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const fields = new FormData(button.form);
        fields.delete("near");
        const query = new URLSearchParams([...fields].filter(([, value]) => value !== ""));
        query.set("lat", coords.latitude.toFixed(4));
        query.set("lng", coords.longitude.toFixed(4));
        location.assign(`${location.pathname}?${query}#entries`);
      },
      refused,
      { timeout: 10_000, maximumAge: 60_000 },
    );
  });
}

// 一键找桩: on a click, and only then, the browser is asked where it is; rounded to a thousandth of a degree, about 100 m.
const button = document.querySelector("[data-locate]");
const status = document.querySelector("[data-locate-status]");

if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const { form } = button;
    status.textContent = button.dataset.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(3);
        form.elements.lng.value = coords.longitude.toFixed(3);
        // Place and words would only narrow what is nearest.
        form.elements.place.value = "";
        form.elements.q.value = "";
        form.requestSubmit();
      },
      () => {
        status.textContent = button.dataset.refused;
      },
      { timeout: 10_000, maximumAge: 60_000 },
    );
  });
}

// A form marked data-check asks the server about what is typed, by the rules of submitting, and shows its remarks at the
// fields. Without a script the same remarks come with the answer to the form.
const WAIT = 500;
const waiting = new WeakMap();
const latest = new WeakMap();

document.addEventListener("change", ({ target }) => {
  const form = target.closest?.("form[data-check]");
  if (!form || target.type === "file") return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => check(form, target), WAIT));
});

async function check(form, target) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  const asked = Symbol("asked");
  latest.set(form, asked);
  const answer = await fetch(form.dataset.check, { method: "POST", body: fields }).catch(() => null);
  if (!answer?.ok || latest.get(form) !== asked) return;
  const { faults, flags } = await answer.json();
  for (const [name, told] of Object.entries(flags)) list(form, `${name}-flags`, told);
  // Only where somebody has been: an empty form is not full of faults.
  for (const input of form.elements) {
    if (!input.name || (!input.value && input !== target && !input.hasAttribute("aria-invalid"))) continue;
    tell(form, input, faults[input.name]);
  }
}

function tell(form, input, text) {
  const place = form.querySelector(`#${CSS.escape(`${input.name}-trouble`)}`);
  if (!place) return;
  place.textContent = text ?? "";
  place.hidden = !text;
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

function list(form, id, told) {
  const place = form.querySelector(`#${CSS.escape(id)}`);
  if (!place) return;
  place.replaceChildren(...told.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  place.hidden = told.length === 0;
}

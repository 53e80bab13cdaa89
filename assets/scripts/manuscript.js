// Writing a text with placeholders: the preview follows what is typed, a click puts a placeholder at the cursor, a word
// narrows the list. Without a script the same preview comes with saving, and placeholders are copied from the list.
//
//   <form data-preview="/office/…/preview" data-preview-into="preview">…</form>
//   <button data-insert="{{完成:12}}" data-insert-into="body">
//   <div data-filter-for="placeholders" hidden><input></div>
const WAIT = 600;
let waiting;
let latest;

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-preview]");
  if (form) {
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh(form), WAIT);
  }
  const list = target.closest?.("[data-filter-for]")?.dataset.filterFor;
  if (list) narrow(document.getElementById(list), target.value.trim().toLowerCase());
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-insert]");
  const field = button && document.getElementById(button.dataset.insertInto);
  if (!field) return;
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

for (const filter of document.querySelectorAll("[data-filter-for]")) filter.hidden = false;

async function refresh(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields.append(name, value);
  const asked = Symbol("asked");
  latest = asked;
  const answer = await fetch(form.dataset.preview, { method: "POST", body: fields }).catch(() => null);
  if (!answer?.ok || latest !== asked) return;
  const place = document.getElementById(form.dataset.previewInto);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...page.body.childNodes);
}

function narrow(list, word) {
  for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(word);
}

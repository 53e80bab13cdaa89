// A file that is too large, or one too many, is told beside its field before minutes are spent on sending it; without a
// script the server says the same. The words are the page's own.
document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement) || !target.dataset.mostBytes) return;
  const { mostBytes, mostFiles, wordsLarge, wordsMany } = target.dataset;
  const large = [...target.files].find((file) => file.size > Number(mostBytes));
  const many = target.files.length > Number(mostFiles);
  const trouble = large ? `“${large.name}”${wordsLarge}` : many ? wordsMany : "";
  target.setCustomValidity(trouble);
  const id = `${target.id}-too-much`;
  document.getElementById(id)?.remove();
  if (!trouble) {
    target.removeAttribute("aria-invalid");
    return;
  }
  target.setAttribute("aria-invalid", "true");
  const told = Object.assign(document.createElement("p"), { id, className: "field-trouble", textContent: trouble });
  told.setAttribute("role", "alert");
  target.after(told);
});

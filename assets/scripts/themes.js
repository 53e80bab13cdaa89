// The theme switch: as the system has it, light, dark. theme.js applies the choice on the next page.
//
//   <button type="button" data-theme-switch data-system="跟随系统" data-light="浅色" data-dark="深色" hidden></button>
const ORDER = ["system", "light", "dark"];
const root = document.documentElement;

function current() {
  return ORDER.includes(root.dataset.theme) ? root.dataset.theme : "system";
}

function choose(theme) {
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // Without storage the choice lasts for this page.
  }
  root.dispatchEvent(new Event("themechange"));
}

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  const label = () => {
    button.textContent = button.dataset[current()] ?? current();
  };
  label();
  root.addEventListener("themechange", label);
  button.hidden = false;
  button.addEventListener("click", () => choose(ORDER[(ORDER.indexOf(current()) + 1) % ORDER.length]));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (current() === "system") root.dispatchEvent(new Event("themechange"));
});

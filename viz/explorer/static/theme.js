/** Light and dark: as the system has it, until somebody presses the button. */
function followTheme(button) {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const press = (on) => button.setAttribute("aria-pressed", on);
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    root.dataset.theme = on ? "dark" : "light";
    press(on);
  });
  dark.addEventListener("change", () => root.dataset.theme ?? press(dark.matches));
  press(dark.matches);
}

/**
 * Loaded before the first paint on every page, as a classic script: the reader's colour theme, the
 * mark that scripts run at all, and two buttons. Everything else of a page is a module.
 */
const key = "weightscan-theme";
const root = document.documentElement;

/** Storage throws where cookies are blocked; the choice then lasts for the page. */
function remember(theme: string): void {
  try {
    localStorage.setItem(key, theme);
  } catch { /* The page still changes. */ }
}

function recall(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function isDark(): boolean {
  const chosen = root.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

const chosen = recall();
if (chosen === "dark" || chosen === "light") root.dataset.theme = chosen;
root.dataset.js = "";

function nameTheme(button: Element): void {
  button.setAttribute("aria-label", `Use the ${isDark() ? "light" : "dark"} colour theme`);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-theme-toggle]").forEach(nameTheme);
});

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const toggle = event.target.closest("[data-theme-toggle]");
  if (toggle) {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    nameTheme(toggle);
  }
  const copy = event.target.closest<HTMLButtonElement>("[data-copy]");
  if (copy) void copyBeside(copy);
});

/** Copies the text beside the button: a link as it stands in the address bar, with the view it names. */
async function copyBeside(button: HTMLButtonElement): Promise<void> {
  const source = button.parentElement?.querySelector("[data-copy-text]");
  const text = source instanceof HTMLAnchorElement ? location.href : source?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Press Ctrl+C";
    if (source) getSelection()?.selectAllChildren(source);
  }
  setTimeout(() => button.textContent = "Copy", 2000);
}

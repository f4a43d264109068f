// Light or dark: what somebody chose is kept where the browser keeps anything.

/** What the browser keeps for us; nothing where it keeps nothing for files. */
function kept() {
  try {
    return localStorage;
  } catch {
    return {};
  }
}

if (["light", "dark"].includes(kept().theme)) document.documentElement.dataset.theme = kept().theme;
$("theme").onclick = () => {
  switchTheme();
  kept().theme = document.documentElement.dataset.theme;
};

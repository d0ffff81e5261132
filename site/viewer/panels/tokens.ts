import { make } from "../dom.ts";
import { colourAt, scales } from "../palette.ts";
import { Disposer } from "../state.ts";
import { sayToken } from "../text.ts";
import type { Panel } from "./panel.ts";

/**
 * Makes the prompt's tokens choosable: the guesses on show are then those after that token. The page
 * lists the tokens itself; this panel only puts a button into each, marked with the token's colour where
 * the particles have it.
 */
export const tokens: Panel = (container, { session, lensUrl, look }) => {
  const disposer = new Disposer();
  // Without the file that has the other tokens' guesses there is nothing to choose.
  if (lensUrl === null) return () => disposer.dispose();
  const buttons: HTMLButtonElement[] = [];

  for (const item of container.querySelectorAll<HTMLElement>("[data-token]")) {
    const index = Number(item.dataset.token);
    const button = make("button", { type: "button", class: "ws-token", "aria-pressed": "false" });
    button.append(...item.childNodes);
    item.append(button);
    buttons[index] = button;
    disposer.add(() => {
      item.append(...button.childNodes);
      button.remove();
    });
    disposer.listen(button, "click", () => {
      const last = buttons.length - 1;
      const isShown = (session.token.value ?? last) === index;
      session.token.value = isShown || index === last ? null : index;
      if (session.token.value === null) return;
      button.toggleAttribute("data-busy", true);
      session.loadLens(lensUrl)
        .catch(() => session.token.value = null)
        .finally(() => button.removeAttribute("data-busy"));
    });
  }

  const draw = () => {
    const header = session.header.value;
    const chosen = session.token.value ?? buttons.length - 1;
    const coloured = session.colouring === "token" && session.arrived.value > 0;
    buttons.forEach((button, index) => {
      const place = index / Math.max(1, buttons.length - 1);
      const colour = coloured ? colourAt(scales.token, look.value, place) : "transparent";
      button.style.setProperty("--ws-token-colour", colour);
      button.setAttribute("aria-pressed", String(index === chosen));
      const token = header?.tokens[index];
      if (token) button.title = `Show the guesses after “${sayToken(token.text)}”`;
    });
  };
  disposer.add(
    session.token.subscribe(draw),
    session.arrived.subscribe(draw),
    session.settings.colour.subscribe(draw),
    look.subscribe(draw),
    session.header.follow(draw),
  );
  return () => disposer.dispose();
};

import { make } from "../dom.ts";
import { Disposer, type Tracked } from "../state.ts";

/** Keys, and what they do. */
export type KeyRow = readonly [keys: readonly string[], meaning: string];

/** Keys of a stage with one scan. */
export const scanKeys: readonly KeyRow[] = [
  [["space"], "play or pause"],
  [["["], "previous layer"],
  [["]"], "next layer"],
  [["Home", "End"], "first, last layer"],
  [["←", "→", "↑", "↓"], "turn the cloud, shift a flat one"],
  [["+", "−"], "zoom"],
  [["c"], "next colouring"],
  [["e"], "edges on or off"],
  [["r"], "reset the view"],
  [["?"], "this list"],
];

/** Keys of a stage with two scans. */
export const pairKeys: readonly KeyRow[] = [
  [["a", "b"], "show one prompt or the other"],
  [[",", "."], "go between them"],
  [["s"], "together or side by side"],
  [["g"], "ghost of the other on or off"],
  [["v"], "arrows from one to the other on or off"],
  [["w"], "same layers or most alike layers"],
  [["d"], "picture or directions of the difference"],
  [["n", "p"], "choose the next, previous token's particles"],
  [["click"], "choose the particles that read the same token"],
  [["Esc"], "choose none"],
  ...scanKeys,
];

const hands: readonly (readonly [string, string])[] = [
  ["drag", "turn, shift a flat cloud"],
  ["one finger", "the same sideways; up and down scrolls"],
  ["right drag, two fingers", "shift"],
  ["wheel", "zoom after a click into the stage, or with ctrl"],
  ["pinch", "zoom"],
];

/**
 * A dialog that lists the keys.
 *
 * @param rows the keys
 * @param everywhere whether single keys also work while nothing on the page has the focus; can be
 * switched off here, as single-key shortcuts must be (WCAG 2.1.4)
 */
export function makeShortcuts(
  rows: readonly KeyRow[],
  everywhere: Tracked<boolean>,
  disposer: Disposer,
): HTMLDialogElement {
  const keys = make("dl", { class: "ws-keys" });
  for (const [names, meaning] of rows) {
    const term = make("dt");
    names.forEach((name) => term.append(make("kbd", {}, name)));
    keys.append(make("div", {}, term, make("dd", {}, meaning)));
  }
  for (const [name, meaning] of hands) {
    keys.append(make("div", {}, make("dt", {}, name), make("dd", {}, meaning)));
  }
  const box = make("input", { type: "checkbox" });
  disposer.add(everywhere.follow((on) => box.checked = on));
  disposer.listen(box, "change", () => everywhere.value = box.checked);
  const close = make("button", { type: "button", class: "ws-text-button" }, "Close");
  const dialog = make(
    "dialog",
    { class: "ws-dialog", "aria-label": "Keys, mouse and touch" },
    // The focus begins where the list does, so that a long one is read from its top.
    make("h2", { tabindex: -1, autofocus: true }, "Keys, mouse and touch"),
    keys,
    make(
      "label",
      { class: "ws-option" },
      box,
      make("span", {}, "Keys also work while the stage is in view and nothing has the focus"),
    ),
    close,
  );
  disposer.listen(close, "click", () => dialog.close());
  disposer.listen<MouseEvent>(dialog, "click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
}

/** Which key does what. */

export type Action =
  | "toggle"
  | "back"
  | "forward"
  | "first"
  | "last"
  | "left"
  | "right"
  | "up"
  | "down"
  | "nearer"
  | "farther"
  | "edges"
  | "colour"
  | "reset"
  | "help";

/** The part of a `KeyboardEvent` that counts. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Keys that also work while nothing on the page has the focus: the page itself does not use them. */
const pageKeys: { readonly [key: string]: Action } = {
  " ": "toggle",
  "[": "back",
  "]": "forward",
  "e": "edges",
  "c": "colour",
  "r": "reset",
  "?": "help",
};

/** Keys that scroll the page, and so belong to the stage only while it has the focus. */
const stageKeys: { readonly [key: string]: Action } = {
  "Home": "first",
  "End": "last",
  "ArrowLeft": "left",
  "ArrowRight": "right",
  "ArrowUp": "up",
  "ArrowDown": "down",
  "+": "nearer",
  "=": "nearer",
  "-": "farther",
};

/**
 * What a key press means.
 *
 * @param onStage whether the stage itself has the focus
 * @returns null where the key is not the viewer's
 */
export function actionOf(press: KeyPress, onStage: boolean): Action | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return pageKeys[key] ?? (onStage ? stageKeys[key] ?? null : null);
}

/** Whether an element uses keys itself: no shortcut takes them away from it. */
export function usesKeys(element: Element | null): boolean {
  if (element === null) return false;
  return element.closest(
    "input, textarea, select, button, a[href], summary, dialog, [contenteditable], [role=textbox]",
  ) !== null;
}

/** Whether what is typed into an element is text. */
export function isTextField(element: Element | null): boolean {
  return element !== null && element.closest("textarea, input:not([type=range])") !== null;
}

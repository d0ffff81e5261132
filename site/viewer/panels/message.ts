import { make } from "../dom.ts";
import type { Graphics } from "./panel.ts";

/** A reader who steps quickly hears the last layer, not each. */
const settleMs = 450;

/** A line that only screen readers see, and that waits until there is nothing newer to say. */
export class Speaker {
  readonly element = make("p", { class: "ws-hidden", role: "status", "aria-live": "polite" });
  #timer: ReturnType<typeof setTimeout> | undefined;

  say(text: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.element.textContent !== text) this.element.textContent = text;
    }, settleMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}

/** Words for everybody when a file cannot be had or the graphics fail. */
export interface Message {
  readonly lines: readonly string[];
  /** Whether trying again may help. */
  readonly again: boolean;
  /** Whether a picture is on show, whose middle the words keep out of. */
  readonly small: boolean;
}

export function makeMessage(): HTMLElement {
  return make("div", { class: "ws-message", role: "alert", hidden: true });
}

export function showMessage(element: HTMLElement, message: Message, retry: () => void): void {
  element.hidden = message.lines.length === 0;
  element.toggleAttribute("data-small", message.small);
  const button = make("button", { type: "button", class: "ws-retry" }, "Try again");
  button.addEventListener("click", retry);
  element.replaceChildren(
    ...message.lines.map((line) => make("p", {}, line)),
    ...(message.again ? [button] : []),
  );
}

/** What to say of the graphics; null while they are well or only starting. */
export function graphicsLines(graphics: Graphics): Omit<Message, "small"> | null {
  if (graphics === "lost") {
    return { lines: ["The graphics driver took the picture away."], again: true };
  }
  if (graphics !== "unavailable") return null;
  return {
    lines: [
      "This browser offers no WebGL 2, so the cloud cannot be drawn.",
      "The guesses and measures of every layer can still be read.",
    ],
    again: false,
  };
}

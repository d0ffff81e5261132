/** The little that building elements by hand needs. */

import { showToken } from "./text.ts";

type Child = Node | string | null;

/** Attributes; `true` sets an empty one, `false`, null and undefined leave it out. */
export type Attributes = {
  readonly [name: string]: string | number | boolean | null | undefined;
};

/** Makes an HTML element. Text children are text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Makes an SVG element. */
export function makeSvg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
}

/** A token's text; its outer blanks are there but quiet. */
export function makeToken(text: string): HTMLSpanElement {
  const [, lead, word, tail] = text.match(/^(\s*)([\s\S]*?)(\s*)$/) ?? ["", "", text, ""];
  const blank = (part: string) =>
    part === "" ? null : make("span", { class: "ws-space" }, showToken(part));
  return make(
    "span",
    {},
    blank(lead),
    word === "" && lead + tail !== "" ? null : showToken(word),
    blank(tail),
  );
}

/** Paths of the icons, drawn in a 16 × 16 box with round 1.6 px strokes or filled. */
const icons = {
  play: { d: "M5 3.2v9.6L12.6 8z", fill: true },
  pause: { d: "M4.6 3.4h2.2v9.2H4.6zM9.2 3.4h2.2v9.2H9.2z", fill: true },
  back: { d: "M10.2 3.6 5.8 8l4.4 4.4", fill: false },
  forward: { d: "M5.8 3.6 10.2 8l-4.4 4.4", fill: false },
  tune: { d: "M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M10.2 3.3v3.4M5.8 9.3v3.4", fill: false },
  help: { d: "M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.8-.9 1.4M8 11.9v.1", fill: false },
} as const;

export type IconName = keyof typeof icons;

/** An icon in the text's colour, unseen by screen readers: its button has a label. */
export function makeIcon(name: IconName): SVGSVGElement {
  const { d, fill } = icons[name];
  return makeSvg(
    "svg",
    { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true", class: "ws-icon" },
    makeSvg(
      "path",
      fill ? { d, fill: "currentColor", stroke: "none" } : {
        d,
        fill: "none",
        stroke: "currentColor",
        "stroke-width": 1.6,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
      },
    ),
  );
}

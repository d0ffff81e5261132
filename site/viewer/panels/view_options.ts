import { make, makeIcon } from "../dom.ts";
import type { Header } from "../../../scan/format/types.ts";
import {
  type Colouring,
  colourings,
  type Settings,
  type StageLook,
  stageLooks,
} from "../settings.ts";
import { Disposer, type Readable, type Tracked, type Unsubscribe } from "../state.ts";
import type { Panel, PanelContext } from "./panel.ts";

const colourWords: { readonly [name in Colouring]: readonly [string, string] } = {
  token: ["Token", "which token of the prompt each particle reads most"],
  motion: ["Motion", "how far each particle moved since the layer before"],
  identity: ["Identity", "where each particle was in the embedding"],
  displacement: ["Displacement", "how far each particle is displaced between the two prompts"],
  standout: ["Standout", "how much more it is displaced than the particles around it"],
  density: ["Density", "how near each particle's neighbours are"],
};

const stageWords: { readonly [name in StageLook]: string } = {
  auto: "Default",
  dark: "Dark",
  light: "Light",
};

let nextId = 0;

/** How the cloud is drawn: a button, and what it opens. */
export const viewOptions: Panel = (container, context) => {
  const disposer = new Disposer();
  return fillOptions(container, disposer, {
    ...context,
    settings: context.session.settings,
    header: context.session.header,
    colourings,
    makeMore: () => [],
  });
};

export interface OptionsContext
  extends Pick<PanelContext, "resetCamera" | "savePicture" | "showShortcuts"> {
  readonly settings: Settings;
  readonly header: Readable<Header | null>;
  readonly colourings: readonly Colouring[];
  /** Further settings. @param id begins the names of their inputs */
  makeMore(id: string): readonly HTMLElement[];
}

/** Makes the button and its popup, for one scan or for two. @returns takes both away again */
export function fillOptions(
  container: HTMLElement,
  disposer: Disposer,
  context: OptionsContext,
): Unsubscribe {
  const { settings } = context;
  const id = `ws-options-${nextId++}`;
  const button = make("button", {
    type: "button",
    class: "ws-button",
    "aria-label": "View options",
    title: "View options",
    "aria-expanded": "false",
    "aria-controls": id,
  }, makeIcon("tune"));

  const colour = choices(
    disposer,
    `${id}-colour`,
    "Colour",
    settings.colour,
    context.colourings,
    (name) => colourWords[name],
  );
  const stage = choices(
    disposer,
    `${id}-stage`,
    "Stage",
    settings.stage,
    stageLooks,
    (name) => [stageWords[name], ""],
  );
  const size = make("input", { type: "range", min: 0.4, max: 3, step: 0.1 });
  disposer.add(settings.pointSize.follow((value) => size.value = String(value)));
  disposer.listen(size, "input", () => settings.pointSize.value = Number(size.value));

  const turn = checkbox(disposer, "Turn slowly while playing", settings.turn);
  // A flat cloud faces the reader and stays so.
  disposer.add(context.header.follow((header) => turn.hidden = header?.nDims === 2));

  const popup = make(
    "div",
    { class: "ws-options", id, hidden: true, role: "group", "aria-label": "View options" },
    colour,
    make(
      "div",
      { class: "ws-option-list" },
      checkbox(disposer, "Edges to nearest neighbours", settings.edges),
      turn,
      make("label", { class: "ws-option" }, make("span", {}, "Particle size"), size),
    ),
    ...context.makeMore(id),
    stage,
    make(
      "div",
      { class: "ws-option-buttons" },
      action("Reset view", () => context.resetCamera()),
      action("Save picture", () => context.savePicture()),
      action("Shortcuts", () => {
        close(false);
        context.showShortcuts();
      }),
    ),
  );
  container.append(button, popup);

  const close = (focus: boolean) => {
    if (popup.hidden) return;
    popup.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focus) button.focus();
  };
  disposer.listen(button, "click", () => {
    if (!popup.hidden) return close(false);
    popup.hidden = false;
    button.setAttribute("aria-expanded", "true");
    popup.querySelector<HTMLInputElement>("input:checked")?.focus();
  });
  disposer.listen<KeyboardEvent>(container, "keydown", (event) => {
    if (event.key === "Escape" && !popup.hidden) {
      event.stopPropagation();
      close(true);
    }
  });
  disposer.listen<PointerEvent>(document, "pointerdown", (event) => {
    if (event.target instanceof Node && !container.contains(event.target)) close(false);
  });
  return () => {
    disposer.dispose();
    container.replaceChildren();
  };
}

/** A group of radio buttons that follows a setting. */
export function choices<T extends string>(
  disposer: Disposer,
  name: string,
  title: string,
  setting: Tracked<T>,
  all: readonly T[],
  wordsOf: (value: T) => readonly [string, string],
): HTMLElement {
  const inputs = all.map((value) => make("input", { type: "radio", name, value }));
  const many = all.length > 4;
  const set = make(
    "fieldset",
    { class: `ws-choices${many ? " ws-choices-many" : ""}` },
    make("legend", {}, title),
  );
  all.forEach((value, i) => {
    const [word, explanation] = wordsOf(value);
    set.append(
      make("label", { title: explanation }, inputs[i], make("span", {}, word)),
    );
    disposer.listen(inputs[i], "change", () => setting.value = value);
  });
  disposer.add(
    setting.follow((value) => inputs.forEach((input, i) => input.checked = all[i] === value)),
  );
  return set;
}

function checkbox(disposer: Disposer, text: string, setting: Tracked<boolean>): HTMLElement {
  const input = make("input", { type: "checkbox" });
  disposer.add(setting.follow((on) => input.checked = on));
  disposer.listen(input, "change", () => setting.value = input.checked);
  return make("label", { class: "ws-option" }, input, make("span", {}, text));
}

function action(text: string, run: () => void): HTMLButtonElement {
  const button = make("button", { type: "button", class: "ws-text-button" }, text);
  button.addEventListener("click", run);
  return button;
}

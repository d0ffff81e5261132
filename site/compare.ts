/**
 * The compare page's script: two lists to choose from, and the two clouds. What is chosen stands in the
 * address (`#a=days&b=days/friday`), beside what the viewer keeps there.
 */
import "./viewer/pair_main.ts";
import { readChoice, writeChoice } from "./compare_state.ts";

const root = document.querySelector<HTMLElement>("[data-compare]");
const form = root?.querySelector<HTMLFormElement>("[data-pickers]");
if (root && form) start(root, form);

interface Picker {
  readonly select: HTMLSelectElement;
  readonly filter: HTMLInputElement;
  readonly count: HTMLElement;
}

function start(root: HTMLElement, form: HTMLFormElement): void {
  const section = root.querySelector<HTMLElement>("[data-beside]");
  const words = root.querySelector<HTMLElement>("[data-words]");
  const film = root.querySelector<HTMLElement>("[data-film]");
  const a = pickerOf(form, "a");
  const b = pickerOf(form, "b");
  if (!section || !words || !film || !a || !b) return;

  // The choices stand in the page once.
  const groups = [...a.select.children].map((group) => group.cloneNode(true) as Element);
  const choices = new Map(
    groups.flatMap((group) => [...group.querySelectorAll("option")])
      .map((option) => [option.value, option]),
  );
  const pairs = [...root.querySelectorAll<HTMLElement>("[data-pair]")];
  for (const picker of [a, b]) fill(picker, groups, "");

  let shown = "";
  const show = () => {
    const chosen = [choices.get(a.select.value), choices.get(b.select.value)];
    const key = JSON.stringify([a.select.value, b.select.value]);
    const [first, second] = chosen;
    if (!first || !second || key === shown) return;
    shown = key;
    const pair = pairs.find(({ dataset }) =>
      dataset.a === first.value && dataset.b === second.value ||
      dataset.a === second.value && dataset.b === first.value
    );
    // A comparison has an order; its page and its clouds keep it.
    const isTurned = pair !== undefined && pair.dataset.a !== first.value;
    const [one, other] = isTurned ? [second, first] : [first, second];
    film.replaceChildren(makeClouds(one, other, pair));
    words.replaceChildren(...makeWords(one, other, pair, isTurned));
    section.hidden = false;
  };
  const write = () => {
    const hash = writeChoice({ a: a.select.value, b: b.select.value }, location.hash);
    if (hash !== location.hash) history.replaceState(history.state, "", hash);
  };
  const read = () => {
    const wanted = readChoice(location.hash);
    const [firstPair] = pairs;
    const keys = [...choices.keys()];
    const fallback = {
      a: firstPair?.dataset.a ?? keys[0],
      b: firstPair?.dataset.b ?? keys[1] ?? keys[0],
    };
    for (const [picker, side] of [[a, "a"], [b, "b"]] as const) {
      const key = wanted[side];
      picker.select.value = key !== null && choices.has(key) ? key : fallback[side];
    }
    show();
  };
  const choose = () => {
    show();
    write();
  };

  for (const picker of [a, b]) {
    picker.select.addEventListener("change", choose);
    picker.filter.addEventListener("input", () => fill(picker, groups, picker.filter.value));
  }
  form.addEventListener("submit", (event) => event.preventDefault());
  form.querySelector("[data-swap]")?.addEventListener("click", () => {
    const { value } = a.select;
    for (const picker of [a, b]) {
      picker.filter.value = "";
      fill(picker, groups, "");
    }
    [a.select.value, b.select.value] = [b.select.value, value];
    choose();
  });
  addEventListener("hashchange", read);
  read();
}

function pickerOf(form: HTMLFormElement, side: string): Picker | null {
  const box = form.querySelector(`[data-picker="${side}"]`);
  const select = box?.querySelector("select");
  const filter = box?.querySelector("input");
  const count = box?.querySelector<HTMLElement>("[role=status]");
  return select && filter && count ? { select, filter, count } : null;
}

/** Leaves the choices that hold every word of a filter, and the one that is chosen. */
function fill({ select, count }: Picker, groups: readonly Element[], filter: string): void {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const { value } = select;
  let nFound = 0;
  let nAll = 0;
  const left = groups.map((group) => {
    const copy = group.cloneNode(true) as HTMLOptGroupElement;
    for (const option of [...copy.querySelectorAll("option")]) {
      nAll++;
      const text = `${copy.label} ${option.dataset.text} ${option.value}`.toLowerCase();
      const isFound = words.every((word) => text.includes(word));
      if (isFound) nFound++;
      else if (option.value !== value) option.remove();
    }
    return copy;
  }).filter((group) => group.children.length > 0);
  select.replaceChildren(...left);
  select.value = value;
  count.textContent = words.length === 0 ? "" : `${nFound} of ${nAll}`;
}

function makeClouds(
  a: HTMLOptionElement,
  b: HTMLOptionElement,
  pair: HTMLElement | undefined,
): HTMLElement {
  const element = document.createElement("weightscan-pair");
  const attributes: Record<string, string | undefined> = {
    a: a.dataset.frames,
    b: b.dataset.frames,
    pair: pair?.dataset.pair,
    "difference-a": pair?.dataset.differenceA,
    "difference-b": pair?.dataset.differenceB,
    "a-label": pair?.dataset.aLabel ?? "A",
    "b-label": pair?.dataset.bLabel ?? "B",
    poster: a.dataset.poster,
    label: `Two prompts: A “${a.dataset.text}”, B “${b.dataset.text}”`,
  };
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  return element;
}

function makeWords(
  a: HTMLOptionElement,
  b: HTMLOptionElement,
  pair: HTMLElement | undefined,
  isTurned: boolean,
): HTMLElement[] {
  const sides = [["A", a], ["B", b]] as const;
  const prompts = sides.map(([letter, { dataset }]) => {
    const line = document.createElement("p");
    line.className = "beside-prompt";
    const mark = document.createElement("span");
    mark.className = "side-mark";
    mark.dataset.side = letter;
    mark.textContent = letter;
    const link = document.createElement("a");
    link.className = "prompt";
    link.href = dataset.href ?? "";
    link.textContent = dataset.text ?? "";
    line.append(mark, " ", link);
    return line;
  });
  const note = document.createElement("p");
  if (pair !== undefined) {
    note.className = "beside-finding";
    const link = document.createElement("a");
    link.href = pair.querySelector("a")?.getAttribute("href") ?? "";
    link.textContent = "See the whole comparison";
    const turned = isTurned
      ? " The comparison keeps the order of the family: its A and B are the other way round."
      : "";
    note.append(`${pair.querySelector(".pair-sentence")?.textContent ?? ""}${turned} `, link);
  } else {
    note.className = "quiet";
    note.textContent = a.value === b.value
      ? "This is the same scan twice: nothing differs."
      : a.dataset.family === b.dataset.family
      ? "These two have not been compared; they share a space, so that places can be held against each other."
      : "These two are of no common family: each has a space of its own, so that only shapes and layers can be compared, not places. They are shown beside each other.";
  }
  return [...prompts, note];
}

import type { Guess } from "../../../scan/format/types.ts";
import { make, makeToken } from "../dom.ts";
import { Disposer } from "../state.ts";
import { formatProbability, sayToken, showToken } from "../text.ts";
import type { Panel } from "./panel.ts";

/** Most guesses on show. */
const nRows = 6;

/** One guess's row, kept while the guess stays among the best, so that it moves and does not jump. */
interface Row {
  readonly element: HTMLElement;
  readonly share: HTMLElement;
  p: number;
  isIn: boolean;
}

/**
 * The best guesses of the layer on show, with their probabilities. A guess that stays keeps its row,
 * which glides to its new rank; newcomers and leavers fade. The order that is read aloud is the order of
 * the ranks.
 */
export const lens: Panel = (container, { session }) => {
  const disposer = new Disposer();
  const heading = container.querySelector<HTMLElement>("h1, h2, h3, h4");
  const served = [...container.childNodes].filter((node) => node !== heading);
  const servedHeading = heading?.textContent ?? "";
  const list = make("ol", { class: "ws-lens" });
  const note = make("p", { class: "ws-lens-note" });
  const rows = new Map<string, Row>();
  let taken = false;

  /** The page's own table of the last layer stays until there is something better. */
  const takeOver = () => {
    if (taken) return;
    taken = true;
    served.forEach((node) => node.parentNode?.removeChild(node));
    container.append(list, note);
  };

  const draw = () => {
    const header = session.header.value;
    const guesses = session.guesses().slice(0, nRows);
    if (header === null || session.arrived.value === 0) return;
    takeOver();
    if (heading) heading.textContent = titleOf(header.layers[session.layer.value] ?? "");
    const token = session.token.value;
    const isWaiting = token !== null && session.lens.value === null;
    note.textContent = token === null
      ? ""
      : isWaiting
      ? "Fetching the guesses of the other tokens …"
      : `After the token “${showToken(header.tokens[token]?.text ?? "")}”.`;
    list.style.setProperty("--rows", String(Math.max(guesses.length, 1)));

    const gone = new Set(rows.keys());
    guesses.forEach((guess, rank) => {
      const key = String(guess.id);
      gone.delete(key);
      const known = rows.get(key);
      const row = known ?? makeRow(guess);
      rows.set(key, row);
      row.share.textContent = formatProbability(guess.p);
      row.p = Math.max(0, Math.min(1, guess.p));
      row.element.style.setProperty("--rank", String(rank));
      if (known?.isIn) row.element.style.setProperty("--p", String(row.p));
      // A newcomer starts at its place, without a bar, and fades in.
      else requestAnimationFrame(() => letIn(row));
    });
    for (const key of gone) {
      rows.get(key)?.element.remove();
      rows.delete(key);
    }
    putInOrder(list, guesses.map((guess) => rows.get(String(guess.id))!.element));
  };

  disposer.add(session.followGuesses(draw));
  return () => {
    disposer.dispose();
    if (!taken) return;
    list.remove();
    note.remove();
    container.append(...served);
    if (heading) heading.textContent = servedHeading;
  };
};

function titleOf(layer: string): string {
  return `Next word, as ${layer === "embedding" ? "the embedding" : layer} guesses it`;
}

function makeRow(guess: Guess): Row {
  const bar = make("span", { class: "ws-lens-bar", "aria-hidden": "true" });
  const share = make("span", { class: "ws-lens-share" });
  const word = make("span", { class: "ws-lens-word", title: `token ${guess.id}` });
  word.append(
    make("span", { "aria-hidden": "true" }, makeToken(guess.text)),
    make("span", { class: "ws-hidden" }, sayToken(guess.text)),
  );
  const element = make("li", { class: "ws-lens-row" }, bar, word, share);
  element.style.setProperty("--p", "0");
  return { element, share, p: 0, isIn: false };
}

function letIn(row: Row): void {
  row.isIn = true;
  row.element.style.setProperty("--p", String(row.p));
  row.element.toggleAttribute("data-in", true);
}

/**
 * Reorders children with the fewest moves: a node that is moved loses its running transition, so those
 * that are in order already stay.
 */
function putInOrder(list: HTMLElement, elements: readonly HTMLElement[]): void {
  let after: Element | null = null;
  for (const element of elements) {
    const next: Element | null = after === null ? list.firstElementChild : after.nextElementSibling;
    if (next !== element) list.insertBefore(element, next);
    after = element;
  }
}

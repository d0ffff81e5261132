import type { Pair } from "../../../scan/format/pair_types.ts";
import { make } from "../dom.ts";
import { Disposer } from "../state.ts";
import type { PairPanel, PairPanelContext } from "./pair_panel.ts";

/**
 * A panel that needs the comparison's file. While it comes the panel says so, if it fails why; the first
 * panel of the page alone is loud about it. When the panel goes, what the page had there comes back.
 *
 * @param build what to show, and who undoes it
 */
export function withPair(
  build: (pair: Pair, context: PairPanelContext, disposer: Disposer) => readonly (Node | string)[],
): PairPanel {
  return (container, context) => {
    const { session } = context;
    const disposer = new Disposer();
    const served = [...container.childNodes];
    let inside = new Disposer();

    const draw = () => {
      inside.dispose();
      inside = new Disposer();
      const pair = session.pair.value;
      if (pair !== null) container.replaceChildren(...build(pair, context, inside));
      else container.replaceChildren(...messageOf(container, context));
    };
    disposer.add(
      session.pairLoading.subscribe(() => {
        if (session.pair.value === null) draw();
      }),
      session.pair.follow(draw),
      () => {
        inside.dispose();
        container.replaceChildren(...served);
      },
    );
    return () => disposer.dispose();
  };
}

function messageOf(container: HTMLElement, { session, retry }: PairPanelContext): Node[] {
  const isFirst = document.querySelector('[data-panel^="pair-"]') === container;
  const loading = session.pairLoading.value;
  if (loading.kind !== "failed") {
    const text = isFirst ? "Fetching the comparison …" : "…";
    return [make("p", { class: "quiet", ...isFirst ? { role: "status" } : {} }, text)];
  }
  if (!isFirst) return [make("p", { class: "quiet" }, "The comparison's file has not arrived.")];
  const again = make("button", { type: "button", class: "button" }, "Try again");
  again.addEventListener("click", () => retry());
  return [make("p", { role: "alert" }, sentenceOf(loading.error.sentence)), again];
}

/** The faults' sentences speak of a scan; what failed here is the comparison. */
function sentenceOf(sentence: string): string {
  return sentence.replace(/^This scan's/, "This comparison's")
    .replace(/^This scan/, "This comparison")
    .replace("this scan's", "this comparison's")
    .replace("before this scan", "before this comparison")
    .replace("not a frame file", "not a comparison");
}

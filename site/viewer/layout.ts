/**
 * How much of a stage's height words and controls cover, in CSS pixels. On narrow stages the caption
 * lies above the cloud and the legend below it, elsewhere both lie beside it.
 */
export function coveredOf(viewer: HTMLElement): { top: number; bottom: number } {
  const boxOf = (selector: string) => viewer.querySelector(selector)?.getBoundingClientRect();
  const stage = viewer.getBoundingClientRect();
  const legend = boxOf(".ws-legend");
  const isNarrow = legend !== undefined && legend.width > stage.width * 0.7;
  if (!isNarrow) {
    const lowest = Math.min(
      boxOf(".ws-transport")?.top ?? stage.bottom,
      boxOf(".ws-ends")?.top ?? stage.bottom,
    );
    return { top: headlineOver(viewer, stage), bottom: stage.bottom - lowest };
  }
  return {
    top: Math.max(0, (boxOf(".ws-caption")?.bottom ?? stage.top) - stage.top),
    bottom: stage.bottom - legend.top,
  };
}

/**
 * How far a page's headline reaches down over two clouds side by side. Over one cloud it lies in a corner,
 * beside it.
 */
function headlineOver(viewer: HTMLElement, stage: DOMRect): number {
  if (viewer.dataset.arrangement !== "beside") return 0;
  const head = viewer.closest(".stage")?.querySelector(".stage-head")?.getBoundingClientRect();
  return head === undefined ? 0 : Math.max(0, head.bottom - stage.top);
}

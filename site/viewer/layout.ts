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
    return { top: 0, bottom: stage.bottom - lowest };
  }
  return {
    top: Math.max(0, (boxOf(".ws-caption")?.bottom ?? stage.top) - stage.top),
    bottom: stage.bottom - legend.top,
  };
}

/** Geometry of small line charts over the layers, without any drawing. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface ChartSize {
  readonly width: number;
  readonly height: number;
  /** Room kept free on every side. */
  readonly inset: number;
}

/** Turns layers and values into places of a chart; y runs downwards, as on screens. */
export interface ChartFrame {
  readonly min: number;
  readonly max: number;
  x(layer: number): number;
  y(value: number): number;
}

/**
 * A frame that holds some values.
 *
 * @param nFrames layers on the x axis
 * @param values what has to fit; what is not finite is left out
 * @param base a value that has to fit too, e.g. the zero line
 */
export function frameChart(
  { width, height, inset }: ChartSize,
  nFrames: number,
  values: readonly number[],
  base: number | null = null,
): ChartFrame {
  const all = [...values.filter(Number.isFinite), ...base === null ? [] : [base]];
  const min = all.length > 0 ? Math.min(...all) : 0;
  const max = all.length > 0 ? Math.max(...all) : 0;
  const reach = max - min || 1;
  const last = nFrames - 1;
  return {
    min,
    max,
    x: (layer) => last > 0 ? inset + (width - 2 * inset) * layer / last : width / 2,
    y: (value) => height - inset - (height - 2 * inset) * (value - min) / reach,
  };
}

/** An SVG path through a value of every layer, broken where a value is missing. */
export function linePath(frame: ChartFrame, values: readonly number[]): string {
  let isDown = false;
  return values.flatMap((value, layer) => {
    if (!Number.isFinite(value)) {
      isDown = false;
      return [];
    }
    const step = `${isDown ? "L" : "M"}${round(frame.x(layer))} ${round(frame.y(value))}`;
    isDown = true;
    return [step];
  }).join("");
}

/** An SVG path around the area between a base and a value of every layer; "" where there is none. */
export function areaPath(frame: ChartFrame, values: readonly number[], base: number): string {
  if (values.length === 0 || !values.every(Number.isFinite)) return "";
  const back = round(frame.y(base));
  const [first, last] = [frame.x(0), frame.x(values.length - 1)].map(round);
  return `${linePath(frame, values)}L${last} ${back}L${first} ${back}Z`;
}

/**
 * Where the line through the values crosses a level, between the layers, first to last. A line that only
 * touches the level, or lies on it, does not cross.
 */
export function crossings(values: readonly number[], level = 0): number[] {
  const found: number[] = [];
  let before: { readonly layer: number; readonly height: number } | null = null;
  for (const [layer, value] of values.entries()) {
    const height = value - level;
    if (!Number.isFinite(height)) before = null;
    else if (height !== 0) {
      if (before !== null && before.height * height < 0) {
        found.push(
          before.layer + (layer - before.layer) * before.height / (before.height - height),
        );
      }
      before = { layer, height };
    }
  }
  return found;
}

/** Value of a line at a place between layers. */
export function valueAt(values: readonly number[], position: number): number {
  const from = Math.min(Math.max(0, Math.floor(position)), values.length - 1);
  const to = Math.min(from + 1, values.length - 1);
  return values[from] + (values[to] - values[from]) * Math.min(1, Math.max(0, position - from));
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

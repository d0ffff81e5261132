/** Measured sizes as rows and as a chart. */
import { type Row, row } from "../harness.ts";
import type { Chart, Panel, Series } from "./chart.ts";
import type { GrowthReport } from "./measure.ts";

/** One size. */
export interface Measured {
  /** Particles or layers, whichever grows. */
  readonly size: number;
  readonly particles: number;
  readonly nStates: number;
  readonly ours: GrowthReport;
  /** The same with another encoder; null where there is none, or it was left out. */
  readonly rival: GrowthReport | null;
}

/** Sizes that differ in one thing, in ascending order. */
export interface Growth {
  readonly by: "particles" | "layers";
  readonly measured: readonly Measured[];
}

/**
 * Three rows a size: both stages' seconds and the peak of memory. The rival is the other encoder
 * where it was measured; the projection is the same for both, and is compared with growth in proportion to
 * the points from the smallest size, as all are where there is no other encoder.
 */
export function rowsOf({ measured }: Growth, rivalEncoder: string | null): Row[] {
  return measured.flatMap(({ particles, nStates, ours, rival }) => {
    const size = `${nStates} × ${particles} particles`;
    const first = measured[0];
    const factor = particles * nStates / (first.particles * first.nStates);
    const inProportion = (key: keyof GrowthReport) => ({
      ours: ours[key],
      rival: first.ours[key] * factor,
      rivalName: "in proportion",
    });
    const against = (key: keyof GrowthReport) =>
      rival === null || rivalEncoder === null
        ? inProportion(key)
        : { ours: ours[key], rival: rival[key], rivalName: rivalEncoder };
    const steps = `${ours.nSteps} steps`;
    return [
      row({ name: `states to particles, ${steps}`, size, unit: "s", ...against("encodeSeconds") }),
      row({ name: "particles to frames", size, unit: "s", ...inProportion("projectSeconds") }),
      row({ name: "peak memory", size, unit: "MiB", ...against("peakMiB") }),
    ];
  });
}

/** The chart of a whole run: time above memory, a column for each direction of growth. */
export function describeGrowth(
  growths: readonly Growth[],
  encoder: string,
  rivalEncoder: string | null,
): Chart {
  const series = (
    { measured }: Growth,
    name: string,
    style: number,
    read: (one: Measured) => number | undefined,
  ): Series[] => {
    const points = measured.flatMap((one) => {
      const value = read(one);
      return value === undefined ? [] : [[one.size, value] as const];
    });
    return points.length === 0 ? [] : [{ name, style, points }];
  };
  const panel = (growth: Growth, what: string, yLabel: string, lines: Series[][]): Panel => ({
    title: `${what}, ${describeRest(growth)}`,
    xLabel: growth.by === "particles" ? "particles of a layer" : "layers",
    yLabel,
    series: lines.flat(),
  });
  const times = growths.map((growth) =>
    panel(growth, "Time", "seconds", [
      series(growth, `${encoder} encoder`, 0, ({ ours }) => ours.encodeSeconds),
      series(growth, "projection", 1, ({ ours }) => ours.projectSeconds),
      series(growth, `${rivalEncoder} encoder`, 3, ({ rival }) => rival?.encodeSeconds),
    ])
  );
  const memory = growths.map((growth) =>
    panel(growth, "Peak memory", "MiB", [
      series(growth, `${encoder} encoder`, 0, ({ ours }) => ours.peakMiB),
      series(growth, `${rivalEncoder} encoder`, 3, ({ rival }) => rival?.peakMiB),
    ])
  );
  return {
    title: "How the cost of a scan grows",
    description: growths.map((growth) => describeInWords(growth)).join(" "),
    panels: [...times, ...memory],
  };
}

/** What stays the same while one thing grows. */
function describeRest({ by, measured: [first] }: Growth): string {
  const { nStates, particles } = first;
  return by === "particles" ? `${nStates - 1} layers` : `${particles} particles a layer`;
}

function describeInWords({ by, measured }: Growth): string {
  const sizes = measured.map(({ size, ours }) =>
    `${size}: ${ours.encodeSeconds.toPrecision(2)} s for the encoder, ` +
    `${ours.projectSeconds.toPrecision(2)} s for the projection, ${Math.round(ours.peakMiB)} MiB`
  );
  return `By number of ${by}: ${sizes.join("; ")}.`;
}

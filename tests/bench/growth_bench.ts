import { fileURLToPath } from "node:url";
import { builtInParameters } from "../../scan/collection/mod.ts";
import type { EncoderName } from "../../scan/encoder/mod.ts";
import { runChild } from "./child.ts";
import { drawChart } from "./growth/chart.ts";
import { describeGrowth, type Growth, type Measured, rowsOf } from "./growth/growth.ts";
import { type Cost, reasonToSkip } from "./growth/limits.ts";
import { type GrowthReport, growthReportSchema, type GrowthRequest } from "./growth/measure.ts";
import type { Bench, BenchOptions, Row } from "./harness.ts";

const chartFile = fileURLToPath(new URL("../../.github/images/growth.svg", import.meta.url));

/** A prompt of the bundled model's kind: so many tokens, so wide. */
const states = { nTokens: 24, dModel: 128 };

/** Longest that a size may take, in seconds, and share of the free memory that it may have. */
const limitSeconds = 300;
const memoryShare = 0.9;

/** The original's encoder; where it is the default, sizes are compared with the smallest alone. */
const rivalEncoder: EncoderName | null = builtInParameters.encoder === "pooled" ? null : "pooled";

interface Sweep {
  readonly by: Growth["by"];
  readonly sizes: readonly number[];
  /** What of the request a size says. */
  readonly request: (size: number) => Pick<GrowthRequest, "particles" | "nStates">;
}

const full: readonly Sweep[] = [
  {
    by: "particles",
    sizes: [256, 1024, 4096, 16384],
    request: (particles) => ({ particles, nStates: 13 }),
  },
  {
    by: "layers",
    sizes: [1, 4, 16, 64],
    // The embedding is a state too.
    request: (nLayers) => ({ particles: 1024, nStates: nLayers + 1 }),
  },
];

const small: readonly Sweep[] = [
  { ...full[0], sizes: [64, 256] },
  { ...full[1], sizes: [1, 4], request: (nLayers) => ({ particles: 64, nStates: nLayers + 1 }) },
];

async function* run({ quick, seed }: BenchOptions): AsyncGenerator<Row> {
  const growths: Growth[] = [];
  for (const { by, sizes, request } of quick ? small : full) {
    const measured: Measured[] = [];
    const costs = { ours: [] as Cost[], rival: [] as Cost[] };
    for (const size of sizes) {
      const sized = { ...states, ...request(size), seed };
      const measure = async (encoder: EncoderName, before: Cost[]) => {
        const report = await measureOrSkip({ ...sized, encoder }, size, before);
        if (typeof report === "string") {
          console.error(`growth: ${size} ${by} with ${encoder} are left out: ${report}`);
          return null;
        }
        before.push({ size, seconds: secondsOf(report), peakMiB: report.peakMiB });
        return report;
      };
      const ours = await measure(builtInParameters.encoder, costs.ours);
      // Larger ones would not do either.
      if (ours === null) break;
      const rival = rivalEncoder && await measure(rivalEncoder, costs.rival);
      measured.push({ size, ...request(size), ours, rival });
      yield* rowsOf({ by, measured }, rivalEncoder).slice(-3);
    }
    growths.push({ by, measured });
  }
  // The picture shows the full sizes or nothing.
  if (quick) return;
  const chart = describeGrowth(growths, builtInParameters.encoder, rivalEncoder);
  await Deno.writeTextFile(chartFile, drawChart(chart));
  console.error("growth: drawn into .github/images/growth.svg");
}

/** Measures a size, or says why not. */
async function measureOrSkip(
  request: GrowthRequest,
  size: number,
  before: readonly Cost[],
): Promise<GrowthReport | string> {
  const freeMiB = Deno.systemMemoryInfo().available / 2 ** 20;
  const limits = { seconds: limitSeconds, peakMiB: memoryShare * freeMiB };
  const reason = reasonToSkip(before, size, limits);
  if (reason !== null) return reason;
  const args = [JSON.stringify(request)];
  try {
    // What comes before the clock starts is a few seconds at most.
    const options = { limitSeconds: 1.2 * limitSeconds };
    for await (const report of runChild(growthReportSchema, "growth/measure.ts", args, options)) {
      return report;
    }
  } catch (error) {
    // ONNX Runtime throws where it cannot allocate.
    const isLack = error instanceof RangeError || /alloc|memory/i.test(String(error));
    if (before.length > 0 && isLack) return (error as Error).message;
    throw error;
  }
  throw new Error(`Cannot measure ${size}: expected a report, got none`);
}

const secondsOf = (report: GrowthReport) => report.encodeSeconds + report.projectSeconds;

/** Seconds and peak memory of encoder and projection, by number of particles and of layers. */
export const benches: readonly Bench[] = [{ name: "growth", onlyByName: true, run }];

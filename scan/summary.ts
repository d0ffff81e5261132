import { formatBytes, formatDuration } from "./progress.ts";
import type { JobOutcome } from "./scan_collection.ts";
import type { PairRecord } from "./store/manifest.ts";

/** A run in numbers, as `--json` prints it. */
export interface RunSummary {
  readonly scanned: number;
  readonly skipped: number;
  readonly failed: number;
  readonly interrupted: number;
  readonly durationMs: number;
  /** Why this provider, one line for each that was tried; empty where nothing had to run. */
  readonly device: readonly string[];
  readonly scans: readonly ScanLine[];
  readonly pairs: readonly PairLine[];
}

/** One comparison × model that is stored. */
export interface PairLine {
  readonly a: string;
  readonly b: string;
  readonly model: string;
  readonly key: string;
  readonly control: boolean;
  readonly kind: PairRecord["finding"]["kind"];
  readonly sentence: string;
  /** Of the side file and both frame files. */
  readonly bytes: number;
}

/** One prompt × model. */
export interface ScanLine {
  readonly id: string;
  readonly model: string;
  readonly status: JobOutcome["status"];
  readonly reason: string;
  readonly key: string;
  readonly durationMs: number;
  /** Of the frame file; 0 where there is none. */
  readonly bytes: number;
  readonly explainedVariance: number | null;
  readonly trustworthiness: number | null;
  readonly neighbourRecall: number | null;
  /** Mean way of a particle from layer to layer, in radii of the cloud. */
  readonly meanStep: number | null;
  /** Share of the change between family members that the picture shows; null where there is one member. */
  readonly visibleChange: number | null;
  readonly expected: string;
  readonly answer: string;
}

/** Counts prompts, not jobs: a family of three is three. */
export function summarise(
  outcomes: readonly JobOutcome[],
  durationMs: number,
  device: readonly string[],
): RunSummary {
  const scans = outcomes.flatMap(({ job, status, records, durationMs, reason }) =>
    job.members.map(({ prompt, key }, i): ScanLine => ({
      id: prompt.id,
      model: job.modelName,
      status,
      reason,
      key,
      durationMs: Math.round(durationMs),
      bytes: records[i]?.frames.bytes ?? 0,
      explainedVariance: records[i]?.quality.explainedVariance ?? null,
      trustworthiness: records[i]?.quality.trustworthiness ?? null,
      neighbourRecall: records[i]?.quality.neighbourRecall ?? null,
      meanStep: records[i]?.quality.meanStep ?? null,
      visibleChange: records[i]?.quality.visibleChange ?? null,
      expected: prompt.expected,
      answer: records[i]?.answer[0]?.text ?? "",
    }))
  );
  const pairs = outcomes.flatMap((outcome) =>
    outcome.pairs.map(({ a, b, model, key, control, finding, pair, difference }): PairLine => ({
      a,
      b,
      model,
      key,
      control,
      kind: finding.kind,
      sentence: finding.sentence,
      bytes: pair.bytes + (difference ? difference.a.bytes + difference.b.bytes : 0),
    }))
  );
  const count = (status: JobOutcome["status"]) =>
    scans.filter((scan) => scan.status === status).length;
  return {
    scanned: count("scanned"),
    skipped: count("skipped"),
    failed: count("failed"),
    interrupted: count("interrupted"),
    durationMs: Math.round(durationMs),
    device,
    scans,
    pairs,
  };
}

/** The closing lines of a run. */
export function formatSummary(summary: RunSummary): string {
  const { scans, durationMs } = summary;
  const lines: string[] = [];
  const done = scans.filter((scan) => scan.status === "scanned");
  if (done.length > 0) {
    const bytes = done.reduce((sum, scan) => sum + scan.bytes, 0);
    lines.push(
      `  explained variance   ${range(done.map((scan) => scan.explainedVariance))}`,
      `  trustworthiness      ${range(done.map((scan) => scan.trustworthiness))}`,
      `  neighbour recall     ${range(done.map((scan) => scan.neighbourRecall))}`,
      `  step of a layer      ${range(done.map((scan) => scan.meanStep))}`,
      `  visible change       ${range(done.map((scan) => scan.visibleChange))}`,
      `  frame files          ${formatBytes(bytes)}, ${formatBytes(bytes / done.length)} each`,
    );
  }
  if (done.length > 0 && summary.pairs.length > 0) {
    const { pairs } = summary;
    const nTurned = pairs.filter(({ kind }) => kind !== "stays").length;
    const most = Math.max(...pairs.map(({ bytes }) => bytes));
    lines.push(
      `  comparisons          ${pairs.length}, the answer differs in ${nTurned}; ` +
        `files of at most ${formatBytes(most)} each`,
    );
  }
  const answered = scans.filter((scan) => scan.expected !== "" && scan.answer !== "");
  if (answered.length > 0) {
    const wrong = answered.filter((scan) => scan.answer !== scan.expected);
    const right = answered.length - wrong.length;
    lines.push(`  expected token       ${right} of ${answered.length} right`);
    for (const { id, model, expected, answer } of wrong) {
      lines.push(
        `    ${id} · ${model}: "${answer}" instead of "${expected}" (its page says so)`,
      );
    }
  }
  for (const [reason, ids] of byReason(scans)) lines.push(`  ${reason}: ${ids}`);
  const parts = [
    summary.scanned > 0 ? `${summary.scanned} scanned` : "",
    summary.skipped > 0 ? `${summary.skipped} already there` : "",
    summary.failed > 0 ? `${summary.failed} failed` : "",
    summary.interrupted > 0 ? `${summary.interrupted} left for the next run` : "",
  ].filter(Boolean);
  lines.push(`${parts.join(", ") || "nothing to scan"} in ${formatDuration(durationMs)}`);
  return lines.join("\n");
}

/** Least, median and most. */
function range(values: readonly (number | null)[]): string {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return "–";
  const show = (value: number) => value.toFixed(3);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (sorted[0] === sorted[sorted.length - 1]) return show(median);
  return `${show(median)} (${show(sorted[0])} … ${show(sorted[sorted.length - 1])})`;
}

/** Failures by their reason, with what they befell. */
function byReason(scans: readonly ScanLine[]): Map<string, string> {
  const reasons = new Map<string, string>();
  for (const { status, id, model, reason } of scans) {
    if (status !== "failed") continue;
    const name = `${id} · ${model}`;
    reasons.set(reason, reasons.has(reason) ? `${reasons.get(reason)}, ${name}` : name);
  }
  return reasons;
}

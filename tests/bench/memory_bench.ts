import * as v from "valibot";
import { runChild } from "./child.ts";
import { type Bench, type BenchOptions, formatNumber, type Row, row } from "./harness.ts";
import { judgeMemory } from "./memory/judge_memory.ts";
import { memoryReportSchema } from "./memory/scan_many.ts";

type Report = v.InferOutput<typeof memoryReportSchema>;

/** Small, so that a hundred scans take minutes; all that a scan opens and closes is as ever. */
const nParticles = 64;

async function* run({ quick, seed }: BenchOptions): AsyncGenerator<Row> {
  const nScans = quick ? 12 : 100;
  const reports: Report[] = [];
  const args = [nScans, nParticles, seed].map(String);
  for await (const report of runChild(memoryReportSchema, "memory/scan_many.ts", args)) {
    reports.push(report);
    if (reports.length % 10 === 0) {
      console.error(`memory: ${reports.length} scans, ${formatNumber(report.residentMiB)} MiB`);
    }
  }
  const { first, last, perScanMiB, isFlat } = judgeMemory(
    reports.map(({ residentMiB }) => residentMiB),
  );
  const size = `${nScans} families, ${nParticles} particles`;
  const rivalName = "first quarter";
  yield row({ name: "resident memory", size, ours: last, rival: first, rivalName, unit: "MiB" });
  const heap = judgeMemory(reports.map(({ heapMiB }) => heapMiB));
  yield row({
    name: "of it: JavaScript's heap",
    size,
    ours: heap.last,
    rival: heap.first,
    rivalName,
    unit: "MiB",
  });
  const open = Math.max(...reports.map(({ openSessions }) => openSessions));
  console.error(
    `memory: ${
      isFlat ? "flat" : "NOT flat"
    } over ${nScans} scans in one process, after one of each family: ` +
      `${formatNumber(first)} MiB in the first quarter, ${formatNumber(last)} MiB in the last, ` +
      // Over a few scans it tells only which families they were.
      (quick ? "" : `${formatNumber(perScanMiB)} MiB more a scan over the second half; `) +
      `${open === 0 ? "no session was" : `up to ${open} sessions were`} left open after a scan`,
  );
}

/** Resident memory after each of a hundred scans in one process; the rival is its own beginning. */
export const benches: readonly Bench[] = [{ name: "memory", onlyByName: true, run }];

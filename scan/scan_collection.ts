import type { Family } from "./collection/mod.ts";
import type { Lane, Stored } from "./lane.ts";
import { type Job, listPairs, listScans } from "./plan.ts";
import { formatDuration, type Reporter, type ReporterRow } from "./progress.ts";
import type { PairRecord, ScanRecord } from "./store/manifest.ts";
import type { Store } from "./store/store.ts";

const nothing: Stored = { records: [], pairs: [] };

/** What a run needs from outside. */
export interface RunContext {
  readonly store: Store;
  readonly reporter: Reporter;
  /**
   * Makes the lanes that see to the jobs, at least one; the run releases them. Asked for when the first
   * job needs one: a run that finds everything done never starts a runtime.
   */
  readonly openLanes: (jobs: readonly Job[]) => Promise<readonly Lane[]>;
  readonly signal: AbortSignal;
  /** Scans again what is stored already. */
  readonly force: boolean;
}

/** The jobs of a run and what the list is made of. */
export interface RunPlan {
  /** All families of the collection: the list has their order. */
  readonly families: readonly Family[];
  /** What this run is to see to. */
  readonly jobs: readonly Job[];
  /** What the collection's own settings ask for. */
  readonly ownJobs: readonly Job[];
  /** Whether scans that neither names are dropped from the list. */
  readonly forgetOthers: boolean;
}

export interface JobOutcome {
  readonly job: Job;
  readonly status: "scanned" | "skipped" | "failed" | "interrupted";
  /** One for each member, in order; fewer where the job failed. */
  readonly records: readonly ScanRecord[];
  /** One for each pair, in order; fewer where the job failed. */
  readonly pairs: readonly PairRecord[];
  readonly durationMs: number;
  /** Why a job was skipped or failed. */
  readonly reason: string;
}

/**
 * Sees to every job: stored scans are left alone, the others made and stored, and the list for the
 * site is written after each, so that a run that is cut short loses the families it was at and no more.
 *
 * @returns one outcome for each job, in order; a job that fails does not stop the others
 */
export async function runJobs(plan: RunPlan, context: RunContext): Promise<JobOutcome[]> {
  const outcomes: JobOutcome[] = [];
  const waiting: number[] = [];
  for (const [index, job] of plan.jobs.entries()) {
    const stored = context.force ? null : await readAll(job, context.store);
    if (stored) {
      outcomes[index] = outcome(job, "skipped", stored, 0, "nothing changed since it was scanned");
    } else waiting.push(index);
  }
  if (waiting.length > 0) await runWaiting(plan, waiting, outcomes, context);
  await writeList(plan, context.store);
  return outcomes;
}

/** Every lane takes the next job that waits, until none is left. */
async function runWaiting(
  plan: RunPlan,
  waiting: number[],
  outcomes: JobOutcome[],
  context: RunContext,
): Promise<void> {
  const { reporter, signal, store } = context;
  const total = waiting.length;
  let nDone = 0;
  let listed: Promise<void> = Promise.resolve();

  const runOne = async (index: number, lane: Lane | Error, row: ReporterRow) => {
    const job = plan.jobs[index];
    if (signal.aborted) {
      outcomes[index] = outcome(job, "interrupted", nothing, 0, "stopped before it began");
      return;
    }
    const startMs = performance.now();
    try {
      if (lane instanceof Error) throw lane;
      const stored = await lane.scan(job, {
        onStage: (stage) => row.stage(nameOf(job), stage),
        signal,
      });
      const durationMs = performance.now() - startMs;
      outcomes[index] = outcome(job, "scanned", stored, durationMs, "");
      reporter.line(describeScanned(job, stored.records, durationMs, ++nDone, total));
      // One after the other: each list must hold what the one before held.
      await (listed = listed.catch(() => {}).then(() => writeList(plan, store)));
    } catch (error) {
      const durationMs = performance.now() - startMs;
      const reason = error instanceof Error ? error.message : String(error);
      const status = signal.aborted ? "interrupted" : "failed";
      outcomes[index] = outcome(job, status, nothing, durationMs, reason);
      if (!signal.aborted) reporter.line(`✗ ${nameOf(job)}: ${reason}`);
    } finally {
      row.end();
    }
  };

  const lanes: readonly (Lane | Error)[] = signal.aborted
    ? [new Error("stopped")]
    : await context.openLanes(waiting.map((index) => plan.jobs[index])).catch((error) => [
      error instanceof Error ? error : new Error(String(error)),
    ]);
  try {
    await Promise.all(lanes.map(async (lane) => {
      const row = reporter.row();
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        await runOne(index, lane, row);
      }
    }));
  } finally {
    await Promise.all(lanes.map((lane) => lane instanceof Error ? undefined : lane.release()));
  }
}

async function writeList(plan: RunPlan, store: Store): Promise<void> {
  const before = plan.forgetOthers ? [] : (await store.readManifest()).scans;
  const read = (key: string) => store.readRecord(key);
  const scans = await listScans(plan.families, plan.jobs, before, plan.ownJobs, read);
  const pairs = await listPairs(scans, (key) => store.readPairRecord(key));
  await store.writeManifest({ scans, pairs });
}

/** What is stored of a job, or null where something is missing: a family is scanned as a whole. */
async function readAll(job: Job, store: Store): Promise<Stored | null> {
  const records: ScanRecord[] = [];
  for (const { key } of job.members) {
    const record = await store.readRecord(key);
    if (!record) return null;
    records.push(record);
  }
  const pairs: PairRecord[] = [];
  for (const { key } of job.pairs) {
    const record = await store.readPairRecord(key);
    if (!record) return null;
    pairs.push(record);
  }
  return { records, pairs };
}

/** How a job is called in messages. */
export function nameOf(job: Job): string {
  return `${job.family.id} · ${job.modelName}`;
}

function outcome(
  job: Job,
  status: JobOutcome["status"],
  { records, pairs }: Stored,
  durationMs: number,
  reason: string,
): JobOutcome {
  return { job, status, records, pairs, durationMs, reason };
}

function describeScanned(
  job: Job,
  records: readonly ScanRecord[],
  durationMs: number,
  nDone: number,
  total: number,
): string {
  const [{ quality }] = records;
  const count = `${nDone}/${total}`.padStart(String(total).length * 2 + 1);
  const prompts = records.length === 1 ? "1 prompt" : `${records.length} prompts`;
  return `✓ ${count} ${nameOf(job)}: ${prompts} in ${formatDuration(durationMs)}, explained ` +
    `variance ${quality.explainedVariance.toFixed(3)}, trustworthiness ` +
    `${quality.trustworthiness.toFixed(3)}`;
}

import type { Family } from "./collection/mod.ts";
import type { MemberScan } from "./compose_scan.ts";
import { encodeLens, encodeScan } from "./format/mod.ts";
import type { Engine } from "./onnx/engine.ts";
import type { LanguageModel } from "./model/types.ts";
import { scanFamily } from "./pipeline.ts";
import { type Job, listScans } from "./plan.ts";
import { formatDuration, type Reporter } from "./progress.ts";
import type { ScanRecord } from "./store/manifest.ts";
import type { Store } from "./store/store.ts";
import { encodeThumbnail, renderThumbnail } from "./thumbnail/mod.ts";
import { writer } from "./version.ts";

/** What a run needs from outside. */
export interface RunContext {
  readonly store: Store;
  readonly reporter: Reporter;
  /** Made when the first job needs it: a run that finds everything done never starts a runtime. */
  readonly engine: () => Promise<Engine>;
  /** Loads a model onto the engine; the run releases it. */
  readonly loadModel: (name: string, engine: Engine) => Promise<LanguageModel>;
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
  readonly durationMs: number;
  /** Why a job was skipped or failed. */
  readonly reason: string;
}

/**
 * Sees to every job: stored scans are left alone, the others made and stored, and the list for the
 * site is written after each, so that a run that is cut short loses the family it was at and no more.
 *
 * @returns one outcome for each job, in order; a job that fails does not stop the others
 */
export async function runJobs(plan: RunPlan, context: RunContext): Promise<JobOutcome[]> {
  const outcomes: JobOutcome[] = [];
  const models = new ModelSlot(context.loadModel);
  try {
    for (const [index, job] of plan.jobs.entries()) {
      const stored = context.force ? null : await readAll(job, context.store);
      if (stored) {
        outcomes.push(outcome(job, "skipped", stored, 0, "nothing changed since it was scanned"));
        continue;
      }
      if (context.signal.aborted) {
        outcomes.push(outcome(job, "interrupted", [], 0, "stopped before it began"));
        continue;
      }
      const startMs = performance.now();
      try {
        const engine = await context.engine();
        const model = await models.take(job.modelName, engine);
        const records = await scanAndStore(job, model, engine, context, startMs);
        const durationMs = performance.now() - startMs;
        outcomes.push(outcome(job, "scanned", records, durationMs, ""));
        context.reporter.line(describeScanned(job, records, durationMs, index, plan.jobs.length));
        await writeList(plan, context.store);
      } catch (error) {
        const durationMs = performance.now() - startMs;
        const interrupted = context.signal.aborted;
        const reason = error instanceof Error ? error.message : String(error);
        const status = interrupted ? "interrupted" : "failed";
        outcomes.push(outcome(job, status, [], durationMs, reason));
        if (!interrupted) context.reporter.line(`✗ ${nameOf(job)}: ${reason}`);
      }
    }
  } finally {
    context.reporter.end();
    await models.release();
  }
  await writeList(plan, context.store);
  return outcomes;
}

/** Holds the model of the job at hand; one at a time, since a model can be large. */
class ModelSlot {
  #name = "";
  #model: LanguageModel | null = null;

  constructor(private readonly load: RunContext["loadModel"]) {}

  async take(name: string, engine: Engine): Promise<LanguageModel> {
    if (this.#model && this.#name === name) return this.#model;
    await this.release();
    this.#name = name;
    return this.#model = await this.load(name, engine);
  }

  async release(): Promise<void> {
    const model = this.#model;
    this.#model = null;
    await model?.release();
  }
}

/** Makes and stores one family's scans. */
async function scanAndStore(
  job: Job,
  model: LanguageModel,
  engine: Engine,
  { store, reporter, signal }: RunContext,
  startMs: number,
): Promise<ScanRecord[]> {
  const members = await scanFamily(job.family, model, engine, job.parameters, {
    onStage: (stage) => reporter.stage(nameOf(job), stage),
    signal,
  });
  const onWrite = reporter.stage(nameOf(job), "files");
  const records: ScanRecord[] = [];
  for (const [i, member] of members.entries()) {
    signal.throwIfAborted();
    const files = await encodeFiles(member);
    const { header, frames } = member.scan;
    records.push(
      await store.writeScan(job.members[i].key, files, {
        model: header.model,
        parameters: header.parameters,
        quality: header.quality,
        tokens: [...header.tokens],
        answer: [...frames[frames.length - 1].guesses],
        layers: [...header.layers],
        run: {
          provider: engine.provider,
          durationMs: Math.round(performance.now() - startMs),
          writer,
          date: new Date().toISOString(),
        },
      }),
    );
    onWrite(i + 1, members.length, member.prompt.id);
  }
  return records;
}

async function encodeFiles({ scan, lens }: MemberScan) {
  return {
    frames: await encodeScan(scan),
    lens: await encodeLens(lens),
    thumbnail: await encodeThumbnail(renderThumbnail(scan)),
  };
}

async function writeList(plan: RunPlan, store: Store): Promise<void> {
  const before = plan.forgetOthers ? [] : await store.readManifest();
  const read = (key: string) => store.readRecord(key);
  await store.writeManifest(await listScans(plan.families, plan.jobs, before, plan.ownJobs, read));
}

/** The records of all members, or null where one is missing: a family is scanned as a whole. */
async function readAll(job: Job, store: Store): Promise<ScanRecord[] | null> {
  const records: ScanRecord[] = [];
  for (const { key } of job.members) {
    const record = await store.readRecord(key);
    if (!record) return null;
    records.push(record);
  }
  return records;
}

/** How a job is called in messages. */
export function nameOf(job: Job): string {
  return `${job.family.id} · ${job.modelName}`;
}

function outcome(
  job: Job,
  status: JobOutcome["status"],
  records: readonly ScanRecord[],
  durationMs: number,
  reason: string,
): JobOutcome {
  return { job, status, records, durationMs, reason };
}

function describeScanned(
  job: Job,
  records: readonly ScanRecord[],
  durationMs: number,
  index: number,
  total: number,
): string {
  const [{ quality }] = records;
  const count = `${index + 1}/${total}`.padStart(String(total).length * 2 + 1);
  const prompts = records.length === 1 ? "1 prompt" : `${records.length} prompts`;
  return `✓ ${count} ${nameOf(job)}: ${prompts} in ${formatDuration(durationMs)}, explained ` +
    `variance ${quality.explainedVariance.toFixed(3)}, trustworthiness ` +
    `${quality.trustworthiness.toFixed(3)}`;
}

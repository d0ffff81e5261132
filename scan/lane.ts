import type { FitCheck } from "./fit_check.ts";
import { encodeLens, encodePair, encodeScan } from "./format/mod.ts";
import type { LanguageModel } from "./model/types.ts";
import type { Engine, OnProgress } from "./onnx/engine.ts";
import { scanFamily, type ScannedFamily, type Stage } from "./pipeline.ts";
import type { Job } from "./plan.ts";
import type { PairRecord, ScanRecord } from "./store/manifest.ts";
import type { Store } from "./store/store.ts";
import { encodeThumbnail, renderThumbnail } from "./thumbnail/mod.ts";
import { writer } from "./version.ts";

/** Bits of a coordinate in the space of a difference: a quarter of a pixel on a cloud 500 pixels wide. */
const differenceBits = 10;

/** What a lane tells while it is at a job. */
export interface LaneHooks {
  /** Told when a stage starts; what it returns is told how far the stage is. */
  readonly onStage: (stage: Stage | "files") => OnProgress;
  readonly signal: AbortSignal;
}

/** What is stored of a job. */
export interface Stored {
  /** One for each member, in order. */
  readonly records: readonly ScanRecord[];
  /** One for each pair, in order. */
  readonly pairs: readonly PairRecord[];
}

/** Sees to one job at a time. Several lanes work side by side. */
export interface Lane {
  /**
   * Scans a family and stores it.
   *
   * @throws the signal's reason when it is aborted, and whatever makes the scan fail
   */
  scan(job: Job, hooks: LaneHooks): Promise<Stored>;
  release(): Promise<void>;
}

/** What a lane on this very thread works with. */
export interface LocalLaneParts {
  readonly store: Store;
  readonly engine: Engine;
  /** Loads a model onto the engine; the lane releases it. */
  readonly loadModel: (name: string, engine: Engine) => Promise<LanguageModel>;
  /** Refuses what does not fit into memory, before a model is loaded and again when it is. */
  readonly checkFit?: FitCheck;
}

/** A lane on this thread. Holds the model of the job at hand, one at a time, since a model can be large. */
export function createLocalLane({ store, engine, loadModel, checkFit }: LocalLaneParts): Lane {
  let held: { readonly name: string; readonly model: LanguageModel } | null = null;
  const release = async () => {
    const { model } = held ?? {};
    held = null;
    await model?.release();
  };
  return {
    async scan(job, hooks) {
      const startMs = performance.now();
      if (held?.name !== job.modelName) {
        await release();
        await checkFit?.(job, engine);
        held = { name: job.modelName, model: await loadModel(job.modelName, engine) };
      }
      await checkFit?.(job, engine, held.model);
      const scanned = await scanFamily(job.family, held.model, engine, job.parameters, hooks);
      return await storeScanned(job, scanned, store, engine, hooks, startMs);
    },
    release,
  };
}

/** Writes members first: a comparison is of two scans that are there. */
async function storeScanned(
  job: Job,
  { members, pairs }: ScannedFamily,
  store: Store,
  engine: Engine,
  { onStage, signal }: LaneHooks,
  startMs: number,
): Promise<Stored> {
  const onWrite = onStage("files");
  const total = members.length + pairs.length;
  const records: ScanRecord[] = [];
  for (const [i, { prompt, scan, lens }] of members.entries()) {
    signal.throwIfAborted();
    const files = {
      frames: await encodeScan(scan),
      lens: await encodeLens(lens),
      thumbnail: await encodeThumbnail(renderThumbnail(scan)),
    };
    const { header, frames } = scan;
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
    onWrite(i + 1, total, prompt.id);
  }
  const compared: PairRecord[] = [];
  for (const [i, { a, b, pair, difference }] of pairs.entries()) {
    signal.throwIfAborted();
    const { header } = pair;
    const files = {
      pair: await encodePair(pair),
      difference: difference && {
        a: await encodeScan(difference.a, { bits: differenceBits }),
        b: await encodeScan(difference.b, { bits: differenceBits }),
      },
    };
    compared.push(
      await store.writePair(job.pairs[i].key, files, {
        model: header.model.name,
        family: header.family,
        a: header.a.promptId,
        b: header.b.promptId,
        aKey: job.members[a].key,
        bKey: job.members[b].key,
        control: header.control,
        soundness: header.soundness,
        finding: {
          kind: header.finding.kind,
          sentence: header.finding.sentence,
          turnsAt: header.finding.turnsAt,
        },
      }),
    );
    onWrite(members.length + i + 1, total, header.b.promptId);
  }
  return { records, pairs: compared };
}

/** `deno task train`: trains the bundled model and writes its weights and card. */
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import type { Engine } from "../onnx/engine.ts";
import { sizeOf } from "../onnx/tensor.ts";
import { createEngine } from "../runtime/node_engine.ts";
import { writeAtomic } from "../store/atomic.ts";
import {
  type Architecture,
  buildInferenceModel,
  bundledArchitecture,
  type Named,
  parametersOf,
} from "./architecture.ts";
import { type Card, cardSchema, renderCard } from "./card.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { type Example, generateExamples, skills } from "./corpus/mod.ts";
import { type Accuracy, accuracyTable, evaluate, sampleExamples } from "./evaluate.ts";
import { type FastTokenizer, loadTokenizer } from "./tokenizer/mod.ts";
import { initialState } from "../onnx/adam.ts";
import { readWeights } from "./read_weights.ts";
import { bundledFocus, mixExamples, sharesOf } from "./mixture.ts";
import { type Budget, bundledRecipe, type Report, train } from "./training.ts";

const usage = `Trains the bundled language model on generated texts, on the CPU.

Usage: deno task train [options]

  --minutes N   minutes of training, breaks left out (default 75)
  --steps N     steps instead of minutes
  --seed N      seed of weights and texts (default 1)
  --fresh       start anew, even if a training was cut off
  --improve     start from the weights in the folder that --out names, with a fresh schedule; the
                card counts what they were trained before
  --export      no training: write model and card from where the training stands
  --out DIR     folder for model.onnx, card.json and CARD.md (default scan/bundled)
  --note TEXT   what the card should say of how the training went
  --help        show this

A checkpoint is written to .cache/train/ every two minutes and taken up by the next call. Ctrl-C
writes one and ends. When the training is done the model is measured on held-out texts.`;

const checkpointEverySeconds = 120;
const evaluateEverySeconds = 240;
const heldOutSeed = 20_261_123;
/** Goes up when the weights change in a way that pictures of them change too. */
const bundledRevision = "3";
const folder = fileURLToPath(new URL(".", import.meta.url));
const defaultCheckpointPath = fileURLToPath(
  new URL("../../.cache/train/checkpoint.msgpack", import.meta.url),
);

interface Flags {
  readonly budget: Budget;
  readonly seed: number;
  readonly fresh: boolean;
  readonly improve: boolean;
  readonly exportOnly: boolean;
  readonly out: string;
  readonly note: string;
  readonly checkpointPath: string;
}

/** @throws {RangeError} if a flag does not fit; parseArgs throws a TypeError for an unknown one */
function readFlags(args: string[]): Flags | "help" {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: "string" },
      steps: { type: "string" },
      seed: { type: "string", default: "1" },
      fresh: { type: "boolean", default: false },
      improve: { type: "boolean", default: false },
      export: { type: "boolean", default: false },
      out: { type: "string", default: folder },
      checkpoint: { type: "string", default: defaultCheckpointPath },
      note: { type: "string", default: "" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return "help";
  const positive = (name: string, text: string) => {
    const n = Number(text);
    if (text.trim() !== "" && n > 0 && Number.isFinite(n)) return n;
    throw new RangeError(`Cannot read --${name}: expected a number above 0, got "${text}"`);
  };
  const seed = Number(values.seed);
  if (!Number.isInteger(seed)) {
    throw new RangeError(`Cannot read --seed: expected a whole number, got "${values.seed}"`);
  }
  return {
    budget: values.steps === undefined
      ? { kind: "seconds", seconds: 60 * positive("minutes", values.minutes ?? "75") }
      : { kind: "steps", steps: Math.ceil(positive("steps", values.steps)) },
    seed,
    fresh: values.fresh,
    improve: values.improve,
    exportOnly: values.export,
    out: values.out,
    note: values.note,
    checkpointPath: values.checkpoint,
  };
}

async function readCheckpoint(path: string): Promise<Checkpoint | undefined> {
  try {
    return decodeCheckpoint(await Deno.readFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** What the weights in a folder went through; nothing where training starts from nothing. */
async function readEarlier(folder: string): Promise<Card["training"]> {
  return v.parse(cardSchema, JSON.parse(await Deno.readTextFile(`${folder}/card.json`))).training;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** Accuracy of weights on held-out texts, measured with the file that would ship. */
async function measure(
  engine: Engine,
  architecture: Architecture,
  tokenizer: FastTokenizer,
  weights: Named<Float32Array>,
  examples: readonly Example[],
): Promise<Accuracy[]> {
  const session = await engine.load(buildInferenceModel(architecture, weights));
  try {
    return await evaluate(session, tokenizer, examples, architecture.context);
  } finally {
    await session.release();
  }
}

function heldOut(count: number): Example[] {
  return sampleExamples(generateExamples(heldOutSeed, "held-out"), skills, count);
}

function line(report: Report): string {
  const minutes = Math.floor(report.secondsLeft / 60);
  const seconds = Math.round(report.secondsLeft % 60).toString().padStart(2, "0");
  return [
    `${(100 * report.progress).toFixed(1).padStart(5)} %`,
    `step ${report.step}`,
    `loss ${report.loss.toFixed(4)}`,
    `rate ${report.learningRate.toExponential(2)}`,
    `${Math.round(report.tokensPerSecond)} tokens/s`,
    `${minutes}:${seconds} left`,
  ].join("  ");
}

async function writeModel(
  flags: Flags,
  architecture: Architecture,
  checkpoint: Checkpoint,
  loss: number,
  accuracies: readonly Accuracy[],
  earlier?: Card["training"],
): Promise<void> {
  const model = buildInferenceModel(architecture, checkpoint.state.parameters);
  const parameters = parametersOf(architecture);
  const card: Card = {
    name: "weightscan-mini",
    revision: bundledRevision,
    digest: `sha256:${await sha256(new Uint8Array(model))}`,
    licence: "MIT",
    date: new Date().toISOString().slice(0, 10),
    architecture,
    nParameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    fileBytes: model.length,
    training: {
      seed: flags.seed,
      steps: checkpoint.state.step + (earlier?.steps ?? 0),
      nTokens: checkpoint.nTokens + (earlier?.nTokens ?? 0),
      seconds: Math.round(checkpoint.seconds + (earlier?.seconds ?? 0)),
      loss,
      recipe: { ...bundledRecipe },
      mixture: sharesOf(bundledFocus),
      note: flags.note,
    },
    heldOut: { seed: heldOutSeed, skills: [...accuracies] },
  };
  await writeAtomic(`${flags.out}/model.onnx`, model);
  await writeAtomic(`${flags.out}/card.json`, JSON.stringify(card, null, 2) + "\n");
  await writeAtomic(`${flags.out}/CARD.md`, renderCard(card));
  console.log(`Wrote model.onnx (${model.length} bytes), card.json and CARD.md; ${card.digest}`);
}

async function main(): Promise<number> {
  const flags = readFlags(Deno.args);
  if (flags === "help") {
    console.log(usage);
    return 0;
  }
  const tokenizerText = await Deno.readTextFile(
    new URL("tokenizer/tokenizer.json", import.meta.url),
  );
  const tokenizer = loadTokenizer(JSON.parse(tokenizerText));
  const architecture = { ...bundledArchitecture, dVocab: tokenizer.vocabularySize };
  const identity = JSON.stringify({
    architecture,
    seed: flags.seed,
    improve: flags.improve,
    tokenizer: await sha256(new TextEncoder().encode(tokenizerText)),
  });
  // Others use the machine too while a training runs for an hour.
  const engine = await createEngine("cpu", { spins: false });
  const earlier = flags.improve ? await readEarlier(flags.out) : undefined;
  let checkpoint = flags.fresh ? undefined : await readCheckpoint(flags.checkpointPath);
  if (earlier && !checkpoint) {
    const weights = readWeights(architecture, await Deno.readFile(`${flags.out}/model.onnx`));
    checkpoint = { identity, state: initialState(weights), seconds: 0, nTokens: 0 };
    console.log(`Improving the weights in ${flags.out}`);
  } else if (checkpoint) {
    console.log(
      `Going on from step ${checkpoint.state.step}, after ${
        Math.round(checkpoint.seconds / 60)
      } minutes of training`,
    );
  }

  const stop = new AbortController();
  Deno.addSignalListener("SIGINT", () => stop.abort());
  const quickSample = heldOut(24);
  const shares = sharesOf(bundledFocus);
  let loss = 0;
  let checkpointAt = checkpoint?.seconds ?? 0;
  let evaluateAt = checkpointAt;
  const save = (state: Checkpoint) => writeAtomic(flags.checkpointPath, encodeCheckpoint(state));
  const end = flags.exportOnly && checkpoint ? checkpoint : await train({
    engine,
    architecture,
    tokenizer,
    generateExamples: (seed, split) => mixExamples(seed, split, shares),
    recipe: bundledRecipe,
    budget: flags.budget,
    seed: flags.seed,
    identity,
    checkpoint,
    signal: stop.signal,
    async onRun(report, snapshot) {
      loss = report.loss;
      console.log(line(report));
      const now = snapshot();
      if (now.seconds - checkpointAt >= checkpointEverySeconds) {
        await save(now);
        checkpointAt = now.seconds;
      }
      if (now.seconds - evaluateAt >= evaluateEverySeconds) {
        const weights = now.state.parameters;
        const table = await measure(engine, architecture, tokenizer, weights, quickSample);
        console.log(accuracyTable(table));
        evaluateAt = now.seconds;
      }
      // The runtime holds the thread: this lets a Ctrl-C in.
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  });
  if (!flags.exportOnly) await save(end);
  if (stop.signal.aborted) {
    console.log(`Stopped at step ${end.state.step}; the next call goes on from here`);
    return 130;
  }
  const accuracies = await measure(
    engine,
    architecture,
    tokenizer,
    end.state.parameters,
    heldOut(200),
  );
  console.log(accuracyTable(accuracies));
  await writeModel(flags, architecture, end, loss, accuracies, earlier);
  return 0;
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exitCode = 2;
  }
}

import { parseCollection, readCollection } from "../../scan/collection/mod.ts";
import { encode, type EncoderMember, type EncoderName } from "../../scan/encoder/mod.ts";
import type { Family } from "../../scan/collection/mod.ts";
import { meanStep, shareOutDisplacement } from "../../scan/measure/mod.ts";
import { loadModel } from "../../scan/model/load_model.ts";
import { createModelKnowledge } from "../../scan/model/knowledge.ts";
import { bundledName } from "../../scan/model/source.ts";
import type { LanguageModel } from "../../scan/model/types.ts";
import type { Engine } from "../../scan/onnx/engine.ts";
import { gatherRows, project, sharePoints } from "../../scan/projection/mod.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { root } from "../ground/files.ts";
import { type Bench, median, type Row, row } from "./harness.ts";

/** The encoder that scans take, and the original's. */
const [ours, rival] = ["slots", "pooled"] as const satisfies readonly EncoderName[];
const rivalName = `encoder ${rival}`;

async function readFamilies(): Promise<readonly Family[]> {
  const { files } = await readCollection(`${root}prompts`);
  const parsed = parseCollection(files, createModelKnowledge());
  if (parsed.ok) return parsed.families;
  throw new Error('Cannot read "prompts": expected no fault; see deno task prompts');
}

async function readMembers(model: LanguageModel, family: Family): Promise<EncoderMember[]> {
  const members: EncoderMember[] = [];
  for (const { text } of family.members) {
    const { normed, tokens } = await model.read(text);
    members.push({
      states: normed.data,
      nTokens: tokens.length,
      dModel: model.dModel,
      tokenIds: tokens.map(({ id }) => id),
    });
  }
  return members;
}

/** First token in which two members differ. */
function changedToken({ tokenIds: a }: EncoderMember, { tokenIds: b }: EncoderMember): number {
  const at = b!.findIndex((id, i) => id !== a![i]);
  return at < 0 ? b!.length : at;
}

/** For every variant: the share of displaced mass that belongs to the tokens before the changed one. */
async function misplacedShares(
  engine: Engine,
  family: Family,
  members: readonly EncoderMember[],
  encoder: EncoderName,
  seed: number,
): Promise<number[]> {
  const encoding = await encode(engine, members, { ...family.parameters, encoder, seed });
  const withTokens = encoding.members.map((encoded, m) => ({
    ...encoded,
    nTokens: members[m].nTokens,
  }));
  return members.slice(1).map((member, i) => {
    const shares = shareOutDisplacement(withTokens[0], withTokens[i + 1]);
    return shares.slice(0, changedToken(members[0], member)).reduce((sum, x) => sum + x, 0);
  });
}

/** Where the difference between two prompts is found, by each encoder. */
async function* localise(quick: boolean, seed: number): AsyncGenerator<Row> {
  const engine = await createEngine("cpu");
  const model = await loadModel(bundledName, engine);
  const found = { crucial: [[], []], control: [[], []] } as Record<string, [number[], number[]]>;
  const families = await readFamilies();
  for (const family of quick ? families.slice(0, 3) : families) {
    const members = await readMembers(model, family);
    for (const [e, encoder] of [ours, rival].entries()) {
      const misplaced = await misplacedShares(engine, family, members, encoder, seed);
      misplaced.forEach((share, i) => {
        found[family.members[i + 1].control ? "control" : "crucial"][e].push(share);
      });
    }
  }
  await model.release();
  for (const [kind, [mine, other]] of Object.entries(found)) {
    yield row({
      name: `displaced mass before the change, ${kind} word`,
      size: `median of ${mine.length} pairs`,
      ours: median(mine),
      rival: median(other),
      rivalName,
      unit: "share",
    });
  }
}

/** A family's picture from the start with one seed: how far it can be trusted, how far a layer moves it. */
async function judgeSeed(
  engine: Engine,
  family: Family,
  members: readonly EncoderMember[],
  encoder: EncoderName,
  seed: number,
): Promise<{ distrust: number; step: number }> {
  const parameters = { ...family.parameters, encoder, seed };
  const encoding = await encode(engine, members, parameters);
  const [{ dCode, nParticles }] = encoding.members;
  const { points, n, rows } = sharePoints(encoding.members.map(({ codes }) => codes), dCode);
  const { positions, trustworthiness } = await project(engine, points, n, dCode, parameters);
  const steps = rows.map((own) => {
    const all = gatherRows(positions, parameters.dims, own);
    const length = nParticles * parameters.dims;
    const frames = Array.from(
      { length: all.length / length },
      (_, f) => all.subarray(f * length, (f + 1) * length),
    );
    return meanStep(frames, parameters.dims);
  });
  return { distrust: 1 - trustworthiness, step: median(steps) };
}

/** How trustworthiness and the step of a layer change over five seeds. */
async function* compareSeeds(quick: boolean, seed: number): AsyncGenerator<Row> {
  const engine = await createEngine("cpu");
  const model = await loadModel(bundledName, engine);
  const [family] = await readFamilies();
  const members = await readMembers(model, family);
  await model.release();
  const seeds = Array.from({ length: quick ? 2 : 5 }, (_, i) => seed + i);
  type Verdict = Awaited<ReturnType<typeof judgeSeed>>;
  const verdicts: Record<typeof ours | typeof rival, Verdict[]> = { [ours]: [], [rival]: [] };
  for (const one of seeds) {
    for (const encoder of [ours, rival] as const) {
      verdicts[encoder].push(await judgeSeed(engine, family, members, encoder, one));
    }
  }
  const size = `${family.id}, ${seeds.length} seeds`;
  const spread = (values: number[]) => Math.max(...values) - Math.min(...values);
  const figures = [
    ["1 − trustworthiness, median", "distrust", median],
    ["1 − trustworthiness, range", "distrust", spread],
    ["step of a layer, median", "step", median],
    ["step of a layer, range", "step", spread],
  ] as const;
  for (const [name, key, summarise] of figures) {
    const [mine, other] = ([ours, rival] as const).map((e) =>
      summarise(verdicts[e].map((v) => v[key]))
    );
    yield row({ name, size, ours: mine, rival: other, rivalName, unit: "share" });
  }
}

export const benches: readonly Bench[] = [
  { name: "localisation", run: ({ quick, seed }) => localise(quick, seed) },
  { name: "seeds", run: ({ quick, seed }) => compareSeeds(quick, seed) },
];

import * as v from "valibot";
import { accuracyTable } from "./evaluate.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** `card.json`: what the bundled model is, for programs. `CARD.md` says the same to people. */
export const cardSchema = v.object({
  name: v.string(),
  /** Goes up when the weights change in a way that pictures of it change too. */
  revision: v.string(),
  /** `sha256:` + 64 hex digits of `model.onnx`. */
  digest: v.pipe(v.string(), v.regex(/^sha256:[0-9a-f]{64}$/)),
  licence: v.string(),
  /** Day on which the training ended, ISO. */
  date: v.string(),
  architecture: v.object({
    nLayers: count,
    dModel: count,
    nHeads: count,
    dFeedForward: count,
    dVocab: count,
    context: count,
  }),
  nParameters: count,
  fileBytes: count,
  training: v.object({
    seed: v.number(),
    steps: count,
    /** Tokens trained on, repeats and joined texts included. */
    nTokens: count,
    seconds: v.number(),
    /** Mean weighted cross-entropy of the last run of steps, in nats. */
    loss: v.number(),
    recipe: v.record(v.string(), v.number()),
    /** Share of each skill among the texts. */
    mixture: v.record(v.string(), share),
    /** What a reader should know of how it went, "" for a training in one go. */
    note: v.string(),
  }),
  heldOut: v.object({
    seed: v.number(),
    skills: v.array(v.object({
      skill: v.string(),
      nTexts: count,
      nTokens: count,
      tokenAccuracy: share,
      textAccuracy: share,
    })),
  }),
});

export type Card = v.InferOutput<typeof cardSchema>;

/** `CARD.md`. */
export function renderCard(card: Card): string {
  const { architecture: a, training: t } = card;
  const million = (n: number) => `${(n / 1e6).toFixed(2)} million`;
  return `# ${card.name}

The small language model that ships with weightscan, so that a clone has something to scan at once.

| | |
|---|---|
| Revision | ${card.revision} |
| Digest of \`model.onnx\` | \`${card.digest}\` |
| Licence | ${card.licence}, like the project; trained from nothing by \`deno task train\` |
| Date | ${card.date} |
| Architecture | decoder, pre-norm, RMSNorm, rotary positions, biases of queries, keys and values, SwiGLU, tied embedding |
| Size | ${a.nLayers} layers, dModel ${a.dModel}, ${a.nHeads} heads, feed-forward ${a.dFeedForward}, vocabulary ${a.dVocab} |
| Context | ${a.context} tokens, one \`<|bos|>\` first |
| Parameters | ${million(card.nParameters)}, float16, ${(card.fileBytes / 1e6).toFixed(2)} MB |
| Training | ${t.steps.toLocaleString("en")} steps, ${million(t.nTokens)} tokens, ${
    Math.round(t.seconds / 60)
  } minutes on a CPU, seed ${t.seed} |
| Loss at the end | ${t.loss.toFixed(4)} nats per weighted token |

## What it knows

It reads and continues a micro-English that \`corpus/\` generates: short texts of ${card.heldOut.skills.length} skills. No
foreign text went into it. One combination of template and content in eight is held out; the table is
measured on texts made of held-out combinations only, with the best guess at every token that can be
known from what stands before it.

${accuracyTable(card.heldOut.skills)}

## What it is for

Showing how a decoder's hidden states move from layer to layer, on prompts like those of its corpus,
and testing the pipeline. Its answers are right often enough that a wrong one is worth a look.

## What it is not

It knows no English beyond its corpus and no facts beyond its table; on any other text its guesses mean
nothing. Its geometry shows what this small model does with these texts, and says nothing about how a
large model works. It was trained on generated sentences with a few dozen names and things; they stand
for nobody.

## Making it again

\`deno task train --fresh --seed ${t.seed}\` trains it anew (the schedule follows elapsed time, so that the numbers
differ a little from run to run), \`--improve\` goes on from the weights that are there, and
\`deno task train --help\` tells more.
${t.note === "" ? "" : `\n${t.note}\n`}`;
}

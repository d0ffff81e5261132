import assert from "node:assert/strict";
import { bundledArchitecture, rotaryTables } from "../../scan/bundled/architecture.ts";
import { initialWeights, seededRandom } from "../../scan/bundled/initial_weights.ts";

const architecture = { ...bundledArchitecture, dVocab: 64 };
const { dModel, nHeads, nLayers } = architecture;
const dHead = dModel / nHeads;
const weights = initialWeights(architecture, 5);
const nTokens = 24;
const tables = rotaryTables(nTokens, dHead);

/** Queries or keys of a head, turned by their places, as the formula has it. [nTokens][dHead] */
function turned(layer: number, head: number, part: 0 | 1, inputs: readonly Float32Array[]) {
  const matrix = weights[`layers.${layer}.query_key_value`];
  const bias = weights[`layers.${layer}.query_key_value_bias`];
  return inputs.map((x, t) => {
    const plain = Array.from({ length: dHead }, (_, i) => {
      const column = part * dModel + head * dHead + i;
      return x.reduce(
        (sum, value, row) => sum + value * matrix[row * 3 * dModel + column],
        bias[column],
      );
    });
    const half = dHead / 2;
    return plain.map((value, i) => {
      const at = t * dHead + i;
      const other = i < half ? -plain[i + half] : plain[i - half];
      return value * tables.cosines.data[at] + other * tables.sines.data[at];
    });
  });
}

/** Where the last token looks. [nTokens], adding up to 1 */
function lastAttention(layer: number, head: number, inputs: readonly Float32Array[]): number[] {
  const query = turned(layer, head, 0, inputs)[nTokens - 1];
  const scores = turned(layer, head, 1, inputs)
    .map((key) => key.reduce((sum, value, i) => sum + value * query[i], 0) / Math.sqrt(dHead));
  const most = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - most));
  const total = exponentials.reduce((sum, e) => sum + e, 0);
  return exponentials.map((e) => e / total);
}

/** Tokens of length √dModel in random directions, as a norm hands them on. */
function makeInputs(seed: number): Float32Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: nTokens }, () => {
    const x = Float32Array.from({ length: dModel }, () => random() + random() + random() - 1.5);
    const norm = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / dModel);
    return x.map((value) => value / norm);
  });
}

const layers = Array.from({ length: nLayers }, (_, layer) => layer);
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

Deno.test("initialWeights() lets the first head of every layer look at the token before", () => {
  for (const layer of layers) {
    const shares = [1, 2, 3, 4].map((seed) =>
      lastAttention(layer, 0, makeInputs(seed))[nTokens - 2]
    );
    assert.ok(mean(shares) > 0.5, `layer ${layer}: ${shares}`);
  }
});

Deno.test("initialWeights() lets the other heads look at tokens like the one they are at", () => {
  const shares = layers.flatMap((layer) =>
    [1, 2, 3].map((head) => {
      const inputs = makeInputs(17 * layer + head);
      // What stands last stood five tokens earlier too.
      inputs[nTokens - 6] = inputs[nTokens - 1];
      const attention = lastAttention(layer, head, inputs);
      return attention[nTokens - 6] + attention[nTokens - 1];
    })
  );
  assert.ok(mean(shares) > 6 * 2 / nTokens, `${mean(shares)} instead of ${2 / nTokens} by chance`);
});

Deno.test("initialWeights() writes what a head reads", () => {
  for (const layer of layers) {
    const joined = weights[`layers.${layer}.query_key_value`];
    const out = weights[`layers.${layer}.attention_out`];
    let [product, read, written] = [0, 0, 0];
    for (let row = 0; row < dModel; row++) {
      for (let value = 0; value < dModel; value++) {
        const x = joined[row * 3 * dModel + 2 * dModel + value];
        const y = out[value * dModel + row];
        [product, read, written] = [product + x * y, read + x * x, written + y * y];
      }
    }
    const correlation = product / Math.sqrt(read * written);
    assert.ok(Math.abs(correlation - 0.7) < 0.05, `layer ${layer}: ${correlation}`);
  }
});

Deno.test("initialWeights() repeats for a seed and differs between seeds", () => {
  assert.deepEqual(initialWeights(architecture, 5), weights);
  assert.notDeepEqual(initialWeights(architecture, 6).embedding, weights.embedding);
});

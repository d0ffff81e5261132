import assert from "node:assert/strict";
import { join } from "node:path";
import type { PairHeader } from "../../scan/format/mod.ts";
import { carrierPair, writeCarrierModel } from "../fixtures/carrier_model.ts";
import { diff, makeCollection } from "./collection.ts";

/** A comparison as `--json` prints it. */
interface Told extends Omit<PairHeader, "layers"> {
  readonly layers: readonly { readonly cause: { readonly restored: readonly (number | null)[] } }[];
}

Deno.test("deno task diff names layer and token that carry the answer of a model built so", async () => {
  await using collection = await makeCollection();
  const model = join(collection.folder, "carrier");
  await writeCarrierModel(model);
  const { a, b, answers, carriers, nLayers } = carrierPair;
  const run = await diff(collection, a, b, "--text", "--model", model, "--json");
  assert.equal(run.code, 0, run.err);
  const [pair]: readonly Told[] = JSON.parse(run.out);

  assert.equal(pair.firstChange, 1);
  assert.deepEqual(pair.ladder, pair.a.tokens.map((_, i) => ({ a: i, b: i })));
  assert.deepEqual([pair.contrast.a.text, pair.contrast.b.text], [answers.a, answers.b]);
  assert.equal(pair.layers.length, nLayers + 1);
  pair.layers.forEach(({ cause }, frame) => {
    const best = cause.restored.reduce<number>(
      (best, share, rung) => (share ?? -1) > (cause.restored[best] ?? -1) ? rung : best,
      0,
    );
    assert.equal(best, carriers[frame], `frame ${frame}`);
  });

  const { finding } = pair;
  assert.equal(finding.kind, "turns");
  assert.deepEqual(
    finding.carriers.map(({ rung, from, to }) => [rung, from, to]).filter(([rung]) => rung === 4),
    [[4, 1, 2]],
  );
  assert.match(finding.sentence, /turns from “s” to “t” at layer 3/);
  assert.match(finding.sentence, /100 % of it is carried by the token “m” .*layer 1 .*layer 2/);
  assert.match(finding.sentence, /“\?”.* from layer 3 on/);
  assert.doesNotMatch(finding.sentence, /“n”/, "what moves without effect is no carrier");
});

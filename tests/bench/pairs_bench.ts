import { parseCollection, readCollection } from "../../scan/collection/mod.ts";
import { loadModel } from "../../scan/model/load_model.ts";
import { bundledName } from "../../scan/model/source.ts";
import { scanFamily } from "../../scan/pipeline.ts";
import { createEngine } from "../../scan/runtime/node_engine.ts";
import { type Bench, median, type Row, row } from "./harness.ts";

/** Rounds of each family; the first warms up and is not counted. */
const nRounds = 4;

/** What comparing two prompts costs beside scanning them. */
const comparePrompts: Bench = {
  name: "pairs",
  async *run({ quick }): AsyncGenerator<Row> {
    const { files } = await readCollection("prompts");
    const parsed = parseCollection(files);
    if (!parsed.ok) throw new Error("Cannot compare prompts: expected a sound collection");
    const families = parsed.families.filter(({ members }) => members.length === 2);
    const engine = await createEngine("cpu");
    const model = await loadModel(bundledName, engine);
    try {
      for (const family of quick ? families.slice(0, 1) : families) {
        const times = { scans: [] as number[], pairs: [] as number[] };
        for (let round = 0; round < nRounds; round++) {
          const startMs = performance.now();
          let scannedMs = startMs;
          const { pairs } = await scanFamily(family, model, engine, family.parameters, {
            onStage: (stage) => {
              if (stage === "pairs") scannedMs = performance.now();
              return () => {};
            },
          });
          if (pairs.length !== 1) {
            throw new Error(`Cannot time the comparison: expected one, got ${pairs.length}`);
          }
          if (round === 0) continue;
          times.scans.push(scannedMs - startMs);
          times.pairs.push(performance.now() - scannedMs);
        }
        yield row({
          name: "compare two prompts",
          size: `${family.id}, ${family.members[0].text.length} characters`,
          unit: "ms",
          ours: median(times.pairs),
          rival: median(times.scans),
          rivalName: "the two scans alone",
        });
      }
    } finally {
      await model.release();
    }
  },
};

export const benches: readonly Bench[] = [comparePrompts];

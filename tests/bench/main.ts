/** `deno task bench [name…] [--quick] [--seed N] [--json]`: every comparison that the README shows. */
import { parseArgs } from "node:util";
import { benches as encoder } from "./encoder_bench.ts";
import { benches as format } from "./format_bench.ts";
import { benches as growth } from "./growth_bench.ts";
import { type Bench, formatTable, type Row } from "./harness.ts";
import { benches as memory } from "./memory_bench.ts";
import { benches as pairs } from "./pairs_bench.ts";
import { benches as peers } from "./peers_bench.ts";
import { benches as model } from "./model_bench.ts";
import { benches as projection } from "./projection_bench.ts";
import { benches as site } from "./site_bench.ts";
import { benches as render } from "./render_bench.ts";

/** By the name of the file that they live in. */
const files: Readonly<Record<string, readonly Bench[]>> = {
  encoder,
  format,
  growth,
  memory,
  model,
  pairs,
  peers,
  projection,
  render,
  site,
};

const benches = Object.values(files).flat();

const help = `Usage: deno task bench [name…] [options]

Times this project against its rivals, in the same run and on the same seeded input.
A ratio above 1 means that this project is ahead.

  --quick     the smaller sizes only
  --seed N    seed of all input, 1 by default
  --json      one JSON object a line
  --help

Names: ${benches.filter((bench) => !bench.onlyByName).map((bench) => bench.name).join(", ")}
Slow, and run by name alone: ${
  benches.filter((bench) => bench.onlyByName).map((bench) => bench.name).join(", ")
}
(peers needs Python packages: "deno task bench:peers" sets them up)`;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const unknown = positionals.find((name) => benches.every((bench) => bench.name !== name));
  const seed = Number(values.seed);
  if (unknown !== undefined || !Number.isSafeInteger(seed) || seed < 0) {
    console.error(
      unknown === undefined
        ? `Cannot use seed "${values.seed}": expected a whole number of at least 0`
        : `Cannot run the benchmark "${unknown}": expected one of ${
          benches.map((bench) => bench.name).join(", ")
        }`,
    );
    return 2;
  }

  const rows: Row[] = [];
  for (const bench of benches) {
    const named = positionals.includes(bench.name);
    if (!named && (positionals.length > 0 || bench.onlyByName)) continue;
    if (!values.json) console.error(`running ${bench.name} …`);
    for await (const row of bench.run({ quick: values.quick, seed })) {
      rows.push(row);
      if (values.json) console.log(JSON.stringify(row));
    }
  }
  if (!values.json) console.log(formatTable(rows));
  return 0;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    if (!(error instanceof TypeError) || !("code" in error)) throw error;
    // node:util says itself which flag it does not know.
    console.error(`${error.message}\n\n${help}`);
    Deno.exit(2);
  }
}

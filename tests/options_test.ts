import assert from "node:assert/strict";
import { parseScanOptions, usage, UsageError } from "../scan/options.ts";

Deno.test("parseScanOptions() scans everything with the collection's settings when given nothing", () => {
  assert.deepEqual(parseScanOptions([]), {
    ids: [],
    models: null,
    device: "auto",
    parameters: {},
    atOnce: null,
    memoryBytes: null,
    offline: false,
    promptsFolder: "prompts",
    dataFolder: "_data",
    force: false,
    prune: false,
    dryRun: false,
    json: false,
    help: false,
  });
});

Deno.test("parseScanOptions() reads ids and every flag", () => {
  const options = parseScanOptions(
    "days days/back --model a --model=b --device cpu --particles 64 --seed 0 --encoder pooled --projection pca --dims 2 --neighbours 12 --min-dist .25 --spread 2 --metric euclidean --epochs 0 --jobs 3 --memory 1.5GB --offline --prompts p --data d --force --prune --dry-run --json"
      .split(" "),
  );
  assert.deepEqual(options, {
    ids: ["days", "days/back"],
    models: ["a", "b"],
    device: "cpu",
    parameters: {
      encoder: "pooled",
      particles: 64,
      projection: "pca",
      dims: 2,
      neighbours: 12,
      minDist: 0.25,
      spread: 2,
      metric: "euclidean",
      epochs: 0,
      seed: 0,
    },
    atOnce: 3,
    memoryBytes: 1.5e9,
    offline: true,
    promptsFolder: "p",
    dataFolder: "d",
    force: true,
    prune: true,
    dryRun: true,
    json: true,
    help: false,
  });
});

Deno.test("parseScanOptions() throws UsageError that names the flag and the mend", () => {
  const cases: [string[], RegExp][] = [
    [["--device", "tpu"], /"tpu".*auto, cuda, webgpu, cpu/],
    [["--encoder", "dense"], /--encoder "dense".*slots, pooled, tokens/],
    [["--projection", "tsne"], /--projection "tsne".*umap, pca/],
    [["--dims", "4"], /--dims "4".*2, 3/],
    [["--min-dist", "-1"], /min-dist/],
    [["--min-dist", "11"], /--min-dist "11".*a number from 0 to 10/],
    [["--jobs", "0"], /--jobs "0".*1 to 64/],
    [["--memory", "much"], /--memory "much".*6GB/],
    [["--memory", "0GB"], /--memory "0GB"/],
    [["--particles", "15"], /--particles "15".*16 to 16384/],
    [["--particles", "1e3"], /--particles "1e3"/],
    [["--seed", "-1"], /seed/],
    [["--seed", "4294967296"], /0 to 4294967295/],
    [["--colour"], /--colour.*--help/],
    [["Days!"], /"Days!".*family/],
    [["a/b/c"], /"a\/b\/c"/],
    [["--model"], /--model/],
  ];
  for (const [args, message] of cases) {
    assert.throws(() => parseScanOptions(args), (error) => {
      assert(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("usage names every flag that is read", () => {
  for (
    const flag
      of "model device memory offline particles seed prompts data force prune dry-run json help"
        .split(
          " ",
        )
  ) {
    assert(usage.includes(`--${flag}`), flag);
  }
});

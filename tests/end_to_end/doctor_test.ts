import assert from "node:assert/strict";
import { join } from "node:path";
import * as v from "valibot";
import { topics } from "../../scan/doctor/finding.ts";
import { modelFolder } from "../fixtures/models.ts";
import { root } from "../ground/files.ts";

const reportSchema = v.object({
  works: v.boolean(),
  findings: v.array(v.object({
    topic: v.picklist(topics),
    level: v.picklist(["ok", "note", "fault"]),
    says: v.pipe(v.string(), v.minLength(1)),
    mend: v.optional(v.string()),
  })),
});

async function doctor(home: string, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "doctor", "--data", join(home, "data"), ...args],
    cwd: root,
    env: { NO_COLOR: "1", HF_HOME: home, HF_HUB_CACHE: "" },
  }).output();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("deno task doctor tells what works here and what does not", async (t) => {
  const home = await Deno.makeTempDir({ prefix: "weightscan-" });
  try {
    await t.step("all that is needed works: 0", async () => {
      const run = await doctor(home, "--json", "--model", modelFolder("phi3-genai-int4"));
      assert.equal(run.code, 0, run.err);
      const { works, findings } = v.parse(reportSchema, JSON.parse(run.out));
      assert.ok(works);
      assert.deepEqual(new Set(findings.map(({ topic }) => topic)), new Set(topics));
      const says = findings.map(({ says }) => says).join("\n");
      assert.match(says, /cpu works/);
      assert.match(says, /12 layers of 128, 1024 tokens, .* found by own/);
      assert.match(says, /3 layers of 32, 112 tokens, .* found by genai/);
      assert.match(says, /hub, with nothing in it/);
      // A device that does not work has its mend.
      for (const { level, mend } of findings) assert.ok(level === "ok" || mend);
      assert.deepEqual([...Deno.readDirSync(home)], []);
    });

    await t.step("a model that is needed does not: 1, as text with the mend", async () => {
      const run = await doctor(home, "--model", "org/nowhere");
      assert.equal(run.code, 1, run.err);
      assert.match(run.out, /^fault {2}model .*Fetch it with: deno task model org\/nowhere\n +→ /m);
      assert.match(run.out, /1 thing that a scan needs does not work/);
    });

    await t.step("a command line that is not understood: 2", async () => {
      for (const args of [["--colour"], ["--device", "abacus"], ["what"]]) {
        const run = await doctor(home, ...args);
        assert.equal(run.code, 2, args.join(" "));
        assert.equal(run.out, "");
      }
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

/** `deno task prompts`: checks the collection alone, without a scan. */
import { parseArgs } from "node:util";
import { createModelKnowledge } from "../model/knowledge.ts";
import { formatAnnotations, formatFaults, plural } from "./fault.ts";
import { parseCollection } from "./parse.ts";
import { readCollection } from "./read.ts";

const usage = `Checks the collection of prompts and reports every fault of every file.

Usage: deno task prompts [folder] [options]

  folder         the collection (default: prompts)

Options
  --json         print the faults, or a list of the prompts, as one JSON object
  --help         this text

Exit codes: 0 the collection is sound · 2 it is not`;

/** What goes out, for the caller to print. */
interface Outcome {
  readonly out: string;
  readonly error: string;
  readonly code: 0 | 2;
}

/** Checks what the command line names. */
export async function check(args: readonly string[], color: boolean): Promise<Outcome> {
  let values, positionals;
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { out: "", error: `${reason}\n\n${usage}\n`, code: 2 };
  }
  if (values.help) return { out: `${usage}\n`, error: "", code: 0 };
  if (positionals.length > 1) {
    const error = `Cannot check "${positionals.join(" ")}": expected one folder, got ` +
      `${positionals.length}. Check them one by one.\n`;
    return { out: "", error, code: 2 };
  }

  const { files, nFiles, faults } = await readCollection(positionals[0] ?? "prompts");
  const parsed = parseCollection(files, createModelKnowledge(), faults);
  const told = parsed.ok ? parsed.warnings : parsed.faults;
  const code = parsed.ok ? 0 : 2;
  if (values.json) {
    const prompts = parsed.ok
      ? parsed.families.flatMap((family) => family.members.map((member) => member.id))
      : [];
    return {
      out: JSON.stringify({ ok: parsed.ok, prompts, faults: told }) + "\n",
      error: "",
      code,
    };
  }
  const annotations = Deno.env.get("GITHUB_ACTIONS") === "true" ? formatAnnotations(told) : "";
  const report = told.length > 0 ? formatFaults(told, { color, nFiles }) : "";
  if (!parsed.ok) return { out: annotations, error: report, code };
  const nPrompts = parsed.families.reduce((sum, family) => sum + family.members.length, 0);
  const summary = `${plural(nPrompts, "prompt")} in ${parsed.families.length} ` +
    `${parsed.families.length === 1 ? "family" : "families"}: sound\n`;
  return { out: annotations + summary, error: report, code };
}

if (import.meta.main) {
  const { out, error, code } = await check(
    Deno.args,
    Deno.stderr.isTerminal() && !Deno.env.get("NO_COLOR"),
  );
  await Deno.stdout.write(new TextEncoder().encode(out));
  await Deno.stderr.write(new TextEncoder().encode(error));
  Deno.exitCode = code;
}

/**
 * `deno task prompts:schema`: writes the JSON Schemas that give completion and hints in editors,
 * from the schemas that the parser itself uses.
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import { defaultsSchema, familySchema } from "./schema.ts";

/** Files in `prompts/` with their texts. */
export function makeJsonSchemas(): Record<string, string> {
  const family = convert(familySchema);
  const defaults = convert(defaultsSchema);
  return {
    "schema.json": print("A prompt and its variants", family),
    "defaults.schema.json": print("What holds for every prompt", defaults),
  };
}

function convert(schema: typeof familySchema | typeof defaultsSchema) {
  return toJsonSchema(schema, {
    target: "draft-07",
    typeMode: "input",
    // JSON has no infinities to forbid.
    ignoreActions: ["finite"],
  });
}

function print(title: string, schema: object): string {
  const $schema = "http://json-schema.org/draft-07/schema#";
  return JSON.stringify({ $schema, title, ...schema }, null, 2) + "\n";
}

const usage = `Writes prompts/schema.json and prompts/defaults.schema.json anew.

Usage: deno task prompts:schema`;

if (import.meta.main) {
  if (Deno.args.length > 0) {
    console.log(usage);
    Deno.exit(Deno.args[0] === "--help" ? 0 : 2);
  }
  const folder = new URL("../../prompts/", import.meta.url);
  for (const [name, text] of Object.entries(makeJsonSchemas())) {
    await Deno.writeTextFile(new URL(name, folder), text);
    console.log(`wrote prompts/${name}`);
  }
}

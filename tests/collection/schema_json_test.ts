import assert from "node:assert/strict";
import { makeJsonSchemas } from "../../scan/collection/schema_json.ts";
import { builtInParameters, parametersSchema } from "../../scan/collection/schema.ts";
import * as v from "valibot";

Deno.test("makeJsonSchemas() gives what is in prompts/ when nothing was forgotten", async () => {
  for (const [name, text] of Object.entries(makeJsonSchemas())) {
    const written = await Deno.readTextFile(new URL(`../../prompts/${name}`, import.meta.url));
    assert.equal(
      written.replaceAll("\r\n", "\n"),
      text,
      `prompts/${name} is not up to date: run "deno task prompts:schema"`,
    );
  }
});

/** Every property's schema, at any depth. */
function* properties(schema: unknown): Generator<[string, unknown]> {
  if (typeof schema !== "object" || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") yield* Object.entries(value);
    yield* properties(value);
  }
}

Deno.test("makeJsonSchemas() describes every key, so that editors can explain it", () => {
  for (const text of Object.values(makeJsonSchemas())) {
    const all = [...properties(JSON.parse(text))];
    assert.ok(all.length >= 16);
    for (const [key, schema] of all) {
      assert.ok(schema instanceof Object && "description" in schema, key);
    }
  }
});

Deno.test("builtInParameters are allowed by the schema", () => {
  assert.deepEqual(v.parse(parametersSchema, builtInParameters), builtInParameters);
  assert.deepEqual(
    Object.keys(builtInParameters).sort(),
    Object.keys(parametersSchema.entries).sort(),
  );
});

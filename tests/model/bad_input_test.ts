import assert from "node:assert/strict";
import { join } from "node:path";
import { createModelKnowledge } from "../../scan/model/knowledge.ts";
import { readModelSource } from "../../scan/model/source.ts";
import { Graph } from "../../scan/onnx/graph.ts";
import { Ops } from "../../scan/onnx/ops.ts";
import { changeJson, withModel, withModelFolder } from "./model_folder.ts";

const nothing = () => Promise.resolve();

/** What goes wrong when the model of a folder is opened. */
async function messageOf(folder: string): Promise<string> {
  try {
    await withModel(folder, nothing);
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.match(error.name, /^(TypeError|RangeError|SyntaxError)$/);
    return error.message;
  }
  return assert.fail("the model was opened");
}

const notOnnx: readonly [what: string, bytes: Uint8Array, reason: RegExp][] = [
  ["an empty file", new Uint8Array(), /got an empty file/],
  ["a web page", new TextEncoder().encode("<!doctype html><p>Sign in</p>"), /got a text/],
  [
    "a pointer of Git LFS",
    new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"),
    /git lfs pull/,
  ],
  ["zeros", new Uint8Array(64), /none or are cut off/],
];

for (const [what, bytes, reason] of notOnnx) {
  Deno.test(`readModelSource() refuses a model.onnx that is ${what}`, () =>
    withModelFolder("llama-genai", async (folder) => {
      await Deno.writeFile(join(folder, "model.onnx"), bytes);
      const message = await messageOf(folder);
      assert.match(message, /^Cannot read ".*model\.onnx": expected an ONNX file/);
      assert.match(message, reason);
      assert.match(message, /Fetch or export it anew/);
    }));
}

for (const share of [0.1, 0.5, 0.99]) {
  Deno.test(`readModelSource() refuses a file cut off after ${100 * share} %`, () =>
    withModelFolder("llama-genai", async (folder) => {
      const path = join(folder, "model.onnx");
      const bytes = await Deno.readFile(path);
      await Deno.writeFile(path, bytes.subarray(0, Math.floor(share * bytes.length)));
      assert.match(await messageOf(folder), /Cannot read ".*model\.onnx": .* cut off/);
    }));
}

Deno.test("openModel() refuses an encoder by its config.json", () =>
  withModelFolder("bert-optimum", async (folder) => {
    const message = await messageOf(folder);
    assert.match(message, /config\.json": expected a decoder-only .* got BertForMaskedLM/);
    assert.match(message, /Take a model for text generation/);
    const { knownModel } = createModelKnowledge();
    assert.match(knownModel(folder) ?? "", /got BertForMaskedLM, an encoder/);
  }));

Deno.test("openModel() says what it saw in a graph without a residual stream", () =>
  withModelFolder("bert-optimum", async (folder) => {
    await changeJson(folder, "config.json", { architectures: null });
    const message = await messageOf(folder);
    assert.match(message, /^Cannot scan ".*model\.onnx"\. Cannot find the model's hidden states/);
    assert.match(message, /the model takes input_ids, attention_mask, token_type_ids/);
    assert.match(message, /take a decoder-only model/);
  }));

Deno.test("openModel() sees that tokens of an encoder know what comes after them", () =>
  withModelFolder("gpt-neox-two-way", async (folder) => {
    assert.match(await messageOf(folder), /model\.onnx": expected a decoder, .* got an encoder/);
  }));

Deno.test("openModel() refuses a model with an encoder in front", () =>
  withModelFolder("llama-optimum-past", async (folder) => {
    await changeJson(folder, "config.json", { is_encoder_decoder: true });
    assert.match(await messageOf(folder), /expected a decoder-only language model/);
  }));

Deno.test("openModel() refuses a model without a head", () =>
  withModelFolder("llama-genai", async (folder) => {
    const graph = new Graph();
    const ids = graph.input("input_ids", "int64", ["batch", "sequence"]);
    graph.output("last_hidden_state", new Ops(graph).cast(ids, "float32"));
    await Deno.writeFile(join(folder, "model.onnx"), graph.toModel());
    assert.match(await messageOf(folder), /got last_hidden_state\. .* text-generation/);
  }));

Deno.test("openModel() says that the layers of a merged export cannot be reached", () =>
  withModelFolder("llama-genai", async (folder) => {
    const graph = new Graph();
    const o = new Ops(graph);
    const x = o.cast(graph.input("input_ids", "int64", ["batch", "sequence"]), "float32");
    const branch = (n: number) => {
      const inner = graph.subgraph();
      inner.output(`branch_${n}`, new Ops(inner).mul(x, n));
      return inner;
    };
    const cached = graph.input("use_cache_branch", "bool", [1]);
    const branches = { then_branch: branch(2), else_branch: branch(3) };
    const { dtype, shape } = x;
    const [y] = graph.op("If", [cached], branches, { outputs: [{ dtype, shape }] });
    graph.output("logits", y);
    await Deno.writeFile(join(folder, "model.onnx"), graph.toModel());
    assert.match(await messageOf(folder), /branches of an If, .* take decoder_model\.onnx/);
  }));

Deno.test("openModel() refuses a description of another model", () =>
  withModelFolder("llama-optimum-past", async (folder) => {
    await changeJson(folder, "config.json", { num_hidden_layers: 12 });
    assert.match(await messageOf(folder), /expected 12 layers by config\.json, got 3 in the graph/);
  }));

Deno.test("openModel() refuses a tokenizer with more tokens than the model", () =>
  withModelFolder("llama-genai", async (folder) => {
    const other = new URL("../../scan/bundled/tokenizer/tokenizer.json", import.meta.url);
    await Deno.copyFile(other, join(folder, "tokenizer.json"));
    const message = await messageOf(folder);
    assert.match(message, /tokenizer\.json" with ".*model\.onnx": expected a tokenizer for 112/);
    assert.match(message, /published with the model/);
  }));

Deno.test("openModel() refuses a tokenizer with far fewer tokens than the model", () =>
  withModelFolder("llama-genai", async (folder) => {
    const path = join(folder, "tokenizer.json");
    const json = JSON.parse(await Deno.readTextFile(path));
    const few = Object.entries(json.model.vocab as Record<string, number>).filter(([, id]) =>
      id < 50
    );
    json.model = { ...json.model, vocab: Object.fromEntries(few), merges: [] };
    await Deno.writeTextFile(path, JSON.stringify(json));
    assert.match(await messageOf(folder), /expected a tokenizer for 112 tokens, got one with 50/);
  }));

Deno.test("read() says by how much a prompt is too long", () =>
  withModelFolder("qwen3-genai", (folder) =>
    withModel(folder, async (model) => {
      assert.equal(model.context, 64);
      await assert.rejects(model.read("z".repeat(70)), {
        name: "RangeError",
        message: /model "qwen3-genai": expected 1 to 64 tokens, got 70\. Shorten the prompt/,
      });
      await assert.rejects(model.read(""), /expected 1 to 64 tokens, got 0/);
      assert.equal((await model.read("z".repeat(64))).tokens.length, 64);
    })));

Deno.test("readModelSource() asks which of several files is meant", () =>
  withModelFolder("llama-genai", async (folder) => {
    await Deno.rename(join(folder, "model.onnx"), join(folder, "model_q4.onnx"));
    const source = await readModelSource(folder);
    assert.equal(source.identity.name, "llama-genai:model_q4.onnx");
    await Deno.copyFile(join(folder, "model_q4.onnx"), join(folder, "model_fp16.onnx"));
    await assert.rejects(
      readModelSource(folder),
      /Name one of .*model_fp16\.onnx, .*model_q4\.onnx/,
    );
    const named = await readModelSource(join(folder, "model_q4.onnx"));
    assert.deepEqual(named.identity, source.identity);
  }));

Deno.test("readModelSource() takes a folder laid out as on the hub", () =>
  withModelFolder("llama-genai", async (folder) => {
    const before = await readModelSource(folder);
    await Deno.mkdir(join(folder, "onnx"));
    await Deno.rename(join(folder, "model.onnx"), join(folder, "onnx", "model.onnx"));
    assert.deepEqual((await readModelSource(folder)).identity, before.identity);
    assert.equal(createModelKnowledge().knownModel(folder), null);
  }));

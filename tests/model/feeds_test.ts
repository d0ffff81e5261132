import assert from "node:assert/strict";
import { planFeeds } from "../../scan/model/feeds.ts";
import { bfloat16Type, type Declaration } from "../../scan/onnx/declarations.ts";
import { dataTypes } from "../../scan/onnx/proto.ts";
import type { DType } from "../../scan/onnx/tensor.ts";

function input(name: string, dtype: DType, shape: Declaration["shape"]): Declaration {
  return { name, elementType: dataTypes[dtype], shape };
}

const text = ["batch_size", "sequence_length"];

/** What is fed for the tokens 7, 8, 9. */
const cases: readonly [Declaration, shape: number[], numbers: number[]][] = [
  [input("input_ids", "int64", text), [1, 3], [7, 8, 9]],
  [input("input_ids", "int32", text), [1, 3], [7, 8, 9]],
  [input("attention_mask", "int64", ["batch_size", "total"]), [1, 3], [1, 1, 1]],
  [input("attention_mask", "bool", text), [1, 3], [1, 1, 1]],
  [input("position_ids", "int64", text), [1, 3], [0, 1, 2]],
  [input("position_ids", "int64", [3, "batch", "n"]), [3, 1, 3], [0, 1, 2, 0, 1, 2, 0, 1, 2]],
  [input("cache_position", "int64", ["n"]), [3], [0, 1, 2]],
  [input("token_type_ids", "int64", text), [1, 3], [0, 0, 0]],
  [input("use_cache_branch", "bool", [1]), [1], [0]],
  [input("num_logits_to_keep", "int64", []), [], [0]],
  [input("total_sequence_length", "int32", []), [], [3]],
  [
    input("past_key_values.0.key", "float32", ["batch_size", 2, "past_sequence_length", 16]),
    [1, 2, 0, 16],
    [],
  ],
  [input("past_key_values.0.key", "float16", ["s0", "s1", "s2", "s3"]), [1, 4, 0, 8], []],
  [input("past_key_values.3.value", "float16", ["", 4, "past", 8]), [1, 4, 0, 8], []],
  [input("past_conv.0", "float32", ["batch_size", 3, 2]), [1, 3, 2], [0, 0, 0, 0, 0, 0]],
];

for (const [declaration, shape, numbers] of cases) {
  const { name, elementType } = declaration;
  Deno.test(`planFeeds() makes ${name} of type ${elementType} and shape [${declaration.shape}]`, () => {
    const feeds = planFeeds([declaration], { nKeyValueHeads: 4, dHead: 8 })([7, 8, 9]);
    assert.deepEqual(feeds[name].shape, shape);
    assert.equal(dataTypes[feeds[name].dtype], elementType);
    assert.deepEqual(Array.from(feeds[name].data, Number), numbers);
  });
}

/** What is fed for the tokens 7, 8, 9 twice over. */
const batched: readonly [Declaration, shape: number[], numbers: number[]][] = [
  [input("input_ids", "int64", text), [2, 3], [7, 8, 9, 7, 8, 9]],
  [input("attention_mask", "int64", text), [2, 3], [1, 1, 1, 1, 1, 1]],
  [input("position_ids", "int64", text), [2, 3], [0, 1, 2, 0, 1, 2]],
  [input("position_ids", "int64", [1, "n"]), [1, 3], [0, 1, 2]],
  [input("position_ids", "int64", ["n"]), [3], [0, 1, 2]],
  [
    input("position_ids", "int64", [3, "batch", "n"]),
    [3, 2, 3],
    [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2],
  ],
  [input("cache_position", "int64", ["n"]), [3], [0, 1, 2]],
  [input("token_type_ids", "int64", text), [2, 3], [0, 0, 0, 0, 0, 0]],
  [input("total_sequence_length", "int32", []), [], [3]],
  [input("past_key_values.0.key", "float32", ["batch_size", 2, "past", 16]), [2, 2, 0, 16], []],
  [input("past_key_values.0.key", "float32", ["batch * heads", "past", 8]), [8, 0, 8], []],
  [input("past_key_values.0.key", "float16", ["s0", "s1", "s2", "s3"]), [2, 4, 0, 8], []],
  [input("past_key_values.0.key", "float32", [1, 2, "past", 16]), [1, 2, 0, 16], []],
];

for (const [declaration, shape, numbers] of batched) {
  const { name } = declaration;
  Deno.test(`planFeeds() makes ${name} of shape [${declaration.shape}] for a batch`, () => {
    const feeds = planFeeds([declaration], { nKeyValueHeads: 4, dHead: 8 })([7, 8, 9], 2);
    assert.deepEqual(feeds[name].shape, shape);
    assert.deepEqual(Array.from(feeds[name].data, Number), numbers);
  });
}

const refused: readonly [Declaration, RegExp][] = [
  [input("inputs_embeds", "float32", ["b", "n", 8]), /"inputs_embeds": .* holds the embedding too/],
  [input("encoder_hidden_states", "float32", ["b", "n", 8]), /no encoder's states, got float32/],
  [input("attention_mask", "float32", ["b", 1, "n", "m"]), /expected a mask of two axes/],
  [input("past_key_values.0.key", "float32", ["a", "b", "c", "d"]), /or in config\.json, got/],
  [input("past_key_values.0.key", "float32", null), /expected a cache with a shape/],
  [{ name: "speed", elementType: bfloat16Type, shape: [1] }, /"speed": .* got bfloat16 \[1\]/],
];

for (const [declaration, message] of refused) {
  Deno.test(`planFeeds() refuses ${declaration.name} of shape ${declaration.shape}`, () => {
    assert.throws(() => planFeeds([declaration], {}), { name: "TypeError", message });
  });
}

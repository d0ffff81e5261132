import protobuf from "protobufjs/minimal";
import { readFields } from "./proto.ts";

/** Field numbers of `onnx.proto` (ONNX 1.16) on the way from a model to a weight's place. */
const graphField = 7;
const initializerField = 5;
const externalField = 13;

const decoder = new TextDecoder();

/**
 * Rewrites where a model says that its weights lie. Weights inside the file are copied as they are.
 *
 * @param places new places by old ones, both relative to the folder that the model is loaded with
 * @returns a new file
 * @throws {SyntaxError} if the bytes are no ONNX file
 */
export function relocateWeights(
  model: Uint8Array,
  places: ReadonlyMap<string, string>,
): Uint8Array<ArrayBuffer> {
  return rewrite(
    model,
    graphField,
    (graph) => rewrite(graph, initializerField, (tensor) => relocateTensor(tensor, places)),
  );
}

function relocateTensor(tensor: Uint8Array, places: ReadonlyMap<string, string>): Uint8Array {
  const isExternal = [...readFields(tensor)].some(({ field }) => field === externalField);
  return isExternal
    ? rewrite(tensor, externalField, (entry) => relocateEntry(entry, places))
    : tensor;
}

/** Rewrites a `StringStringEntryProto` whose key is `location`. */
function relocateEntry(entry: Uint8Array, places: ReadonlyMap<string, string>): Uint8Array {
  const texts = new Map<number, string>();
  for (const { field, value } of readFields(entry)) {
    if (value instanceof Uint8Array) texts.set(field, decoder.decode(value));
  }
  const place = texts.get(1) === "location" ? places.get(texts.get(2) ?? "") : undefined;
  if (place === undefined) return entry;
  const writer = protobuf.Writer.create();
  return writer.uint32(1 << 3 | 2).string("location").uint32(2 << 3 | 2).string(place).finish();
}

/** Copies a message with some of its fields changed. Those here have no floating-point fields. */
function rewrite(
  message: Uint8Array,
  changed: number,
  change: (bytes: Uint8Array) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  const writer = protobuf.Writer.create();
  for (const { field, value } of readFields(message)) {
    if (typeof value === "number") writer.uint32(field << 3).int64(value);
    else writer.uint32(field << 3 | 2).bytes(field === changed ? change(value) : value);
  }
  return new Uint8Array(writer.finish());
}

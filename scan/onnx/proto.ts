import protobuf from "protobufjs/minimal";
import type { DType, Tensor } from "./tensor.ts";

/**
 * ONNX's protobuf messages, written and read field by field. Field numbers are those of `onnx.proto`
 * (ONNX 1.16). Parts that nobody looks into are carried as the bytes they came in, so that whatever
 * is taken out of a model file goes into the next one unchanged.
 */

type Writer = protobuf.Writer;

/** Version of the file format; 8 is read by every runtime of the last years. */
export const irVersion = 8;
/** Version of the default operator set that the graphs here are written in. */
export const opset = 18;

/** `TensorProto.DataType` of each element type. */
export const dataTypes: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
};

/** `AttributeProto.AttributeType`. */
const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7 };

/** Encoded attribute value; a graph comes already encoded. */
export type AttributeValue =
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "tensor"; readonly value: Tensor }
  | { readonly kind: "graph"; readonly value: Uint8Array };

/** What a node's bytes are made of. */
export interface NodeFields {
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** Operator set that the type belongs to, the default one where it is left out. */
  readonly domain?: string;
}

/** What a graph's bytes are made of; all but the name already encoded. */
export interface GraphFields {
  readonly name: string;
  readonly nodes: readonly Uint8Array[];
  readonly initializers: readonly Uint8Array[];
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
  /** Types of inner tensors. */
  readonly valueInfos?: readonly Uint8Array[];
}

/** A length-delimited field's tag. */
const tagOf = (field: number, wireType: number) => (field << 3) | wireType;
const lengthDelimited = 2;

function bytesField(writer: Writer, field: number, bytes: Uint8Array): Writer {
  return writer.uint32(tagOf(field, lengthDelimited)).bytes(bytes);
}

function stringField(writer: Writer, field: number, text: string): Writer {
  return writer.uint32(tagOf(field, lengthDelimited)).string(text);
}

function intField(writer: Writer, field: number, value: number): Writer {
  return writer.uint32(tagOf(field, 0)).int64(value);
}

/** Bytes of a `TensorProto`, with the numbers as little-endian raw data. */
export function encodeTensor(name: string, tensor: Tensor): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const n of tensor.shape) intField(writer, 1, n);
  intField(writer, 2, dataTypes[tensor.dtype]);
  stringField(writer, 8, name);
  const { buffer, byteOffset, byteLength } = tensor.data;
  bytesField(writer, 9, new Uint8Array(buffer, byteOffset, byteLength));
  return writer.finish();
}

/** Bytes of an `AttributeProto`. */
function encodeAttribute(name: string, attribute: AttributeValue): Uint8Array {
  const writer = protobuf.Writer.create();
  stringField(writer, 1, name);
  switch (attribute.kind) {
    case "float":
      writer.uint32(tagOf(2, 5)).float(attribute.value);
      break;
    case "int":
      intField(writer, 3, attribute.value);
      break;
    case "string":
      stringField(writer, 4, attribute.value);
      break;
    case "tensor":
      bytesField(writer, 5, encodeTensor("", attribute.value));
      break;
    case "graph":
      bytesField(writer, 6, attribute.value);
      break;
    case "ints":
      for (const n of attribute.value) intField(writer, 8, n);
  }
  return intField(writer, 20, attributeTypes[attribute.kind]).finish();
}

/** Bytes of a `NodeProto`. */
export function encodeNode(node: NodeFields): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const input of node.inputs) stringField(writer, 1, input);
  for (const output of node.outputs) stringField(writer, 2, output);
  stringField(writer, 3, node.name);
  stringField(writer, 4, node.type);
  for (const [name, value] of Object.entries(node.attributes)) {
    bytesField(writer, 5, encodeAttribute(name, value));
  }
  if (node.domain) stringField(writer, 7, node.domain);
  return writer.finish();
}

/**
 * A `NodeProto` with other inputs; all else stays as it came.
 *
 * @throws {SyntaxError} if the bytes are no protobuf message
 */
export function replaceInputs(node: Uint8Array, inputs: readonly string[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const input of inputs) stringField(writer, 1, input);
  for (const { field, value } of readFields(node)) {
    // A node has no numbers of its own: every other field is a text or a message.
    if (field !== 1 && value instanceof Uint8Array) bytesField(writer, field, value);
  }
  return writer.finish();
}

/** Bytes of a `TensorProto` without elements, of a type that may have no array here. */
export function encodeEmptyTensor(
  name: string,
  elementType: number,
  shape: readonly number[],
): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const n of shape) intField(writer, 1, n);
  intField(writer, 2, elementType);
  stringField(writer, 8, name);
  return bytesField(writer, 9, new Uint8Array()).finish();
}

/**
 * Bytes of a `ValueInfoProto`: the name of an input or output with what is known of its type.
 *
 * @param shape sizes, or names of sizes known only when the graph runs; left out where even the rank is unknown
 */
export function encodeValueInfo(
  name: string,
  dtype?: DType,
  shape?: readonly (number | string)[],
): Uint8Array {
  const writer = stringField(protobuf.Writer.create(), 1, name);
  if (dtype === undefined) return writer.finish();
  const tensorType = intField(protobuf.Writer.create(), 1, dataTypes[dtype]);
  if (shape !== undefined) {
    const shapeProto = protobuf.Writer.create();
    for (const dim of shape) {
      const dimension = protobuf.Writer.create();
      if (typeof dim === "number") intField(dimension, 1, dim);
      else stringField(dimension, 2, dim);
      bytesField(shapeProto, 1, dimension.finish());
    }
    bytesField(tensorType, 2, shapeProto.finish());
  }
  const type = bytesField(protobuf.Writer.create(), 1, tensorType.finish());
  return bytesField(writer, 2, type.finish()).finish();
}

/** Bytes of a `GraphProto`. */
export function encodeGraph(graph: GraphFields): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const node of graph.nodes) bytesField(writer, 1, node);
  stringField(writer, 2, graph.name);
  for (const initializer of graph.initializers) bytesField(writer, 5, initializer);
  for (const input of graph.inputs) bytesField(writer, 11, input);
  for (const output of graph.outputs) bytesField(writer, 12, output);
  for (const valueInfo of graph.valueInfos ?? []) bytesField(writer, 13, valueInfo);
  return writer.finish();
}

/** What can be added to a graph, all of it encoded. */
export interface GraphPart {
  readonly nodes?: readonly Uint8Array[];
  readonly initializers?: readonly Uint8Array[];
  readonly outputs?: readonly Uint8Array[];
}

/** Bytes that add to a model's graph when they stand behind the model's own bytes. */
export function encodeGraphPart(part: GraphPart): Uint8Array {
  const graph = protobuf.Writer.create();
  for (const node of part.nodes ?? []) bytesField(graph, 1, node);
  for (const initializer of part.initializers ?? []) bytesField(graph, 5, initializer);
  for (const output of part.outputs ?? []) bytesField(graph, 12, output);
  return bytesField(protobuf.Writer.create(), 7, graph.finish()).finish();
}

/**
 * Bytes of a `ModelProto`.
 *
 * @param opsetImports encoded `OperatorSetIdProto`s, the default set at {@linkcode opset} where left out
 */
export function encodeModel(
  graph: Uint8Array,
  opsetImports: readonly Uint8Array[] = [encodeOpset("", opset)],
  version = irVersion,
): Uint8Array {
  const writer = protobuf.Writer.create();
  intField(writer, 1, version);
  stringField(writer, 2, "weightscan");
  bytesField(writer, 7, graph);
  for (const opsetImport of opsetImports) bytesField(writer, 8, opsetImport);
  return writer.finish();
}

function encodeOpset(domain: string, version: number): Uint8Array {
  return intField(stringField(protobuf.Writer.create(), 1, domain), 2, version).finish();
}

/** One field of a message: a number, or the bytes of something length-delimited. */
export interface Field {
  readonly field: number;
  readonly value: number | Uint8Array;
}

/**
 * Walks the fields of a message.
 *
 * @returns views into `bytes`, nothing is copied
 * @throws {SyntaxError} if the bytes are no protobuf message
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    try {
      const tag = reader.uint32();
      const field = tag >>> 3;
      const wireType = tag & 7;
      if (wireType === lengthDelimited) {
        const length = reader.uint32();
        if (length > reader.len - reader.pos) throw new RangeError("a field is cut off");
        const start = reader.pos;
        reader.pos += length;
        yield { field, value: bytes.subarray(start, start + length) };
      } else if (wireType === 0) {
        yield { field, value: Number(reader.int64()) };
      } else {
        reader.skipType(wireType);
      }
    } catch (cause) {
      throw new SyntaxError(
        `Cannot read the ONNX file: expected a protobuf message, got a broken field at byte ${reader.pos}`,
        { cause },
      );
    }
  }
}

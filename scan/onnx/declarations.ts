import { dataTypes, readFields } from "./proto.ts";
import type { DType } from "./tensor.ts";

/**
 * What a file says of its inputs, weights and nodes beyond their names: field by field out of the
 * bytes that `read_model.ts` left unread. Field numbers are those of `onnx.proto` (ONNX 1.16).
 */

/** `TensorProto.DataType` of bfloat16, which has no array and does not cross the runtime's binding. */
export const bfloat16Type = 16;
export const float32Type = dataTypes.float32;
export const float16Type = dataTypes.float16;

const dtypeNames = new Map(
  Object.entries(dataTypes).map(([dtype, n]) => [n, dtype as DType] as const),
);

/** The element type's name, or null for one that tensors here do not have. */
export function dtypeOf(elementType: number): DType | null {
  return dtypeNames.get(elementType) ?? null;
}

/** Name of an element type for messages. */
export function nameOfType(elementType: number): string {
  return dtypeOf(elementType) ??
    (elementType === bfloat16Type ? "bfloat16" : `type ${elementType}`);
}

/** Type of an input, an output or an inner tensor, as declared. */
export interface Declaration {
  readonly name: string;
  /** `TensorProto.DataType`, 0 where the file does not say. */
  readonly elementType: number;
  /** A name stands for a size known when the graph runs, "" for one without a name; null if not even the rank is told. */
  readonly shape: readonly (number | string)[] | null;
}

const decoder = new TextDecoder();

/** Reads a `ValueInfoProto`. @throws {SyntaxError} if the bytes are none */
export function readDeclaration(bytes: Uint8Array): Declaration {
  let name = "";
  let elementType = 0;
  let shape: (number | string)[] | null = null;
  for (const { field, value } of readFields(bytes)) {
    if (!(value instanceof Uint8Array)) continue;
    if (field === 1) name = decoder.decode(value);
    if (field !== 2) continue;
    for (const type of readFields(value)) {
      // 1 is a tensor's type; sequences and maps are of no use here.
      if (type.field !== 1 || !(type.value instanceof Uint8Array)) continue;
      for (const part of readFields(type.value)) {
        if (part.field === 1 && typeof part.value === "number") elementType = part.value;
        if (part.field === 2 && part.value instanceof Uint8Array) shape = readShape(part.value);
      }
    }
  }
  return { name, elementType, shape };
}

function readShape(bytes: Uint8Array): (number | string)[] {
  const shape: (number | string)[] = [];
  for (const { field, value } of readFields(bytes)) {
    if (field !== 1 || !(value instanceof Uint8Array)) continue;
    let size: number | string = "";
    for (const dimension of readFields(value)) {
      if (dimension.field === 1 && typeof dimension.value === "number") size = dimension.value;
      if (dimension.field === 2 && dimension.value instanceof Uint8Array) {
        size = decoder.decode(dimension.value);
      }
    }
    shape.push(size);
  }
  return shape;
}

/** What can be said of a weight without looking at its numbers. */
export interface TensorHead {
  readonly elementType: number;
  readonly shape: readonly number[];
  /** Where the numbers are, null for inside the model's own file. */
  readonly external: ExternalData | null;
}

/** Numbers that lie in a file beside the model. */
export interface ExternalData {
  /** Path relative to the model's folder. */
  readonly location: string;
  readonly offsetBytes: number;
  /** 0 where the model does not say. */
  readonly lengthBytes: number;
}

/** Reads a `TensorProto`'s head. @throws {SyntaxError} if the bytes are none */
export function readTensorHead(bytes: Uint8Array): TensorHead {
  const shape: number[] = [];
  let elementType = 0;
  const external = new Map<string, string>();
  for (const { field, value } of readFields(bytes)) {
    if (field === 1 && typeof value === "number") shape.push(value);
    // Repeated numbers may be packed.
    if (field === 1 && value instanceof Uint8Array) shape.push(...readVarints(value));
    if (field === 2 && typeof value === "number") elementType = value;
    if (field === 13 && value instanceof Uint8Array) external.set(...readPair(value));
  }
  const location = external.get("location");
  return {
    elementType,
    shape,
    external: location === undefined ? null : {
      location,
      offsetBytes: Number(external.get("offset") ?? 0),
      lengthBytes: Number(external.get("length") ?? 0),
    },
  };
}

function readVarints(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let n = 0;
  let factor = 1;
  for (const byte of bytes) {
    n += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 0x80) {
      numbers.push(n);
      n = 0;
      factor = 1;
    }
  }
  return numbers;
}

/** Reads a `StringStringEntryProto`. */
function readPair(bytes: Uint8Array): [key: string, value: string] {
  const pair: [string, string] = ["", ""];
  for (const { field, value } of readFields(bytes)) {
    if ((field === 1 || field === 2) && value instanceof Uint8Array) {
      pair[field - 1] = decoder.decode(value);
    }
  }
  return pair;
}

/** A node's notes by key, which some exporters write instead of speaking names. */
export function readNotes(node: Uint8Array): Map<string, string> {
  const notes = new Map<string, string>();
  for (const { field, value } of readFields(node)) {
    if (field === 9 && value instanceof Uint8Array) notes.set(...readPair(value));
  }
  return notes;
}

/** An attribute's whole number, or the element type of its tensor; null where there is neither. */
export function readTypeAttribute(node: Uint8Array, wanted: string): number | null {
  for (const { field, value } of readFields(node)) {
    if (field !== 5 || !(value instanceof Uint8Array)) continue;
    let name = "";
    let found: number | null = null;
    for (const part of readFields(value)) {
      if (part.field === 1 && part.value instanceof Uint8Array) name = decoder.decode(part.value);
      if (part.field === 3 && typeof part.value === "number") found = part.value;
      if (part.field === 5 && part.value instanceof Uint8Array) {
        found = readTensorHead(part.value).elementType;
      }
    }
    if (name === wanted) return found;
  }
  return null;
}

import { type Field, readFields } from "./proto.ts";

/** A node as it stands in a file. */
export interface NodeView {
  /** Exporters write the module it comes from into it; may be empty. */
  readonly name: string;
  readonly type: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of the graph around it that its subgraphs read. */
  readonly captures: readonly string[];
  /** The node's own bytes, a view into the file. */
  readonly bytes: Uint8Array;
}

/** Something that has a name, with its bytes. */
export interface NamedView {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An ONNX file, read no deeper than its names; all bytes are views into the file. */
export interface ModelView {
  readonly irVersion: number;
  /** Encoded `OperatorSetIdProto`s. */
  readonly opsetImports: readonly Uint8Array[];
  readonly nodes: readonly NodeView[];
  readonly initializers: readonly NamedView[];
  readonly inputs: readonly NamedView[];
  readonly outputs: readonly NamedView[];
  /** `ValueInfoProto`s of inner tensors, as many as the exporter cared to write. */
  readonly valueInfos: readonly NamedView[];
}

const decoder = new TextDecoder();

function isBytes(field: Field): field is Field & { value: Uint8Array } {
  return field.value instanceof Uint8Array;
}

function textFields(message: Uint8Array, wanted: number): string[] {
  const texts: string[] = [];
  for (const field of readFields(message)) {
    if (field.field === wanted && isBytes(field)) texts.push(decoder.decode(field.value));
  }
  return texts;
}

function named(bytes: Uint8Array, nameField: number): NamedView {
  return { name: textFields(bytes, nameField)[0] ?? "", bytes };
}

interface GraphView {
  nodes: NodeView[];
  initializers: NamedView[];
  inputs: NamedView[];
  outputs: NamedView[];
  valueInfos: NamedView[];
}

function readGraph(bytes: Uint8Array, into: GraphView): void {
  for (const field of readFields(bytes)) {
    if (!isBytes(field)) continue;
    if (field.field === 1) into.nodes.push(readNode(field.value));
    else if (field.field === 5) into.initializers.push(readInitializer(field.value));
    else if (field.field === 11) into.inputs.push(named(field.value, 1));
    else if (field.field === 12) into.outputs.push(named(field.value, 1));
    else if (field.field === 13) into.valueInfos.push(named(field.value, 1));
  }
}

function emptyGraph(): GraphView {
  return { nodes: [], initializers: [], inputs: [], outputs: [], valueInfos: [] };
}

/** Reads a `TensorProto`'s name. @throws {SyntaxError} if the bytes are none */
export function readInitializer(bytes: Uint8Array): NamedView {
  return named(bytes, 8);
}

/** Reads a `NodeProto`. @throws {SyntaxError} if the bytes are none */
export function readNode(bytes: Uint8Array): NodeView {
  const node = { name: "", type: "", domain: "", inputs: [] as string[], outputs: [] as string[] };
  const captures = new Set<string>();
  for (const field of readFields(bytes)) {
    if (!isBytes(field)) continue;
    if (field.field === 1) node.inputs.push(decoder.decode(field.value));
    else if (field.field === 2) node.outputs.push(decoder.decode(field.value));
    else if (field.field === 3) node.name = decoder.decode(field.value);
    else if (field.field === 4) node.type = decoder.decode(field.value);
    else if (field.field === 7) node.domain = decoder.decode(field.value);
    else if (field.field === 5) {
      for (const name of attributeCaptures(field.value)) captures.add(name);
    }
  }
  return { ...node, captures: [...captures], bytes };
}

/** Names that the graphs in an attribute read and do not define. */
function attributeCaptures(attribute: Uint8Array): string[] {
  const captures: string[] = [];
  for (const field of readFields(attribute)) {
    // `g`, one graph, and `graphs`.
    if ((field.field !== 6 && field.field !== 11) || !isBytes(field)) continue;
    const graph = emptyGraph();
    readGraph(field.value, graph);
    const own = new Set([
      ...graph.inputs.map(({ name }) => name),
      ...graph.initializers.map(({ name }) => name),
      ...graph.nodes.flatMap(({ outputs }) => outputs),
    ]);
    const read = [
      ...graph.nodes.flatMap((node) => [...node.inputs, ...node.captures]),
      ...graph.outputs.map(({ name }) => name),
    ];
    captures.push(...read.filter((name) => name !== "" && !own.has(name)));
  }
  return captures;
}

/**
 * Reads the structure of an ONNX file: what there is, by name. Weights are not looked at.
 *
 * @throws {SyntaxError} if the bytes are no ONNX file
 */
export function readModel(bytes: Uint8Array): ModelView {
  const graph = emptyGraph();
  const opsetImports: Uint8Array[] = [];
  let irVersion = 0;
  let found = false;
  for (const field of readFields(bytes)) {
    if (field.field === 1 && typeof field.value === "number") irVersion = field.value;
    if (!isBytes(field)) continue;
    if (field.field === 8) opsetImports.push(field.value);
    // A file that was appended to holds the graph in several parts, which belong together.
    if (field.field === 7) {
      readGraph(field.value, graph);
      found = true;
    }
  }
  if (!found) throw new SyntaxError("Cannot read the ONNX file: expected a graph in it, got none");
  return { irVersion, opsetImports, ...graph };
}

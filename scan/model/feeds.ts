import { bfloat16Type, type Declaration, dtypeOf, nameOfType } from "../onnx/declarations.ts";
import { encodeEmptyTensor } from "../onnx/proto.ts";
import { type DType, sizeOf, type Tensor, tensor, type TensorData } from "../onnx/tensor.ts";

/** What of a model's description the empty caches are shaped by, where the graph does not say. */
export interface CacheFacts {
  readonly nKeyValueHeads?: number;
  readonly dHead?: number;
}

/** What a run is about: one prompt with nothing before it, `batch` times over. */
interface Run {
  readonly ids: readonly number[];
  readonly batch: number;
}

/** Makes an input for a run. */
type Rule = (declaration: Declaration, run: Run, facts: CacheFacts) => Tensor;

/** Inputs that decoders take, by name; the first pattern that fits counts. */
const rules: readonly (readonly [pattern: RegExp, rule: Rule])[] = [
  [/^(input_ids|tokens)$/, (d, run) => filled(d, perToken(d, run), (i) => run.ids[i % n(run)])],
  [/^(attention_mask|mask)$/, (d, run) => {
    if (d.shape && d.shape.length !== 2) throw refuse(d, "a mask of two axes");
    return filled(d, perToken(d, run), () => 1);
  }],
  [/^position_ids$/, (d, run) => {
    // Models that see pictures have three axes of positions, alike for text.
    const shape = d.shape?.length === 3
      ? [Number(d.shape[0]) || 3, ...perToken(d, run, 1)]
      : d.shape?.length === 1
      ? [n(run)]
      : perToken(d, run);
    return filled(d, shape, (i) => i % n(run));
  }],
  [/^cache_position$/, (d, run) => filled(d, [n(run)], (i) => i)],
  [/^token_type_ids$/, (d, run) => filled(d, perToken(d, run), () => 0)],
  [/^use_cache_branch$|^use_cache$/, (d) => filled(d, d.shape?.length === 0 ? [] : [1], () => 0)],
  // 0 keeps the logits of all tokens.
  [/^num_logits_to_keep$|^logits_to_keep$/, (d) => filled(d, d.shape?.length ? [1] : [], () => 0)],
  [/^past_(sequence_length|seq_len)$/, (d) => filled(d, d.shape?.length ? [1] : [], () => 0)],
  [
    /^total_(sequence_length|seq_len)$/,
    (d, run) => filled(d, d.shape?.length ? [1] : [], () => n(run)),
  ],
  [/past|cache/, (d, { batch }, facts) => filled(d, cacheShape(d, facts, batch), () => 0)],
];

/** Number of tokens. */
function n({ ids }: Run): number {
  return ids.length;
}

/** [batch, nTokens]; a graph that was exported for one prompt says 1 itself. @param axis of the batch */
function perToken(d: Declaration, { ids, batch }: Run, axis = 0): number[] {
  return [d.shape?.[axis] === 1 ? 1 : batch, ids.length];
}

/**
 * Plans what to feed a model besides its states: every input is found a rule now, so that a model
 * that wants more is refused before any work starts.
 *
 * @param declarations the inputs of the graph, without those that are weights
 * @returns makes the inputs for one prompt, or for a batch of altered runs of it; the caller owns them
 * @throws {TypeError} if an input is not known
 */
export function planFeeds(
  declarations: readonly Declaration[],
  facts: CacheFacts,
): (ids: readonly number[], batch?: number) => Record<string, Tensor> {
  const plan = declarations.filter((d) => !hasDefault(d)).map((d) => {
    const rule = rules.find(([pattern]) => pattern.test(d.name))?.[1];
    if (!rule) throw refuse(d, `a decoder that takes input_ids${hintFor(d.name)}`);
    // Shows now what would fail later.
    rule(d, { ids: [0], batch: 1 }, facts);
    return [d, rule] as const;
  });
  return (ids, batch = 1) =>
    Object.fromEntries(plan.map(([d, rule]) => [d.name, rule(d, { ids, batch }, facts)]));
}

/**
 * Caches of a type that the runtime's binding has no array for. They stay unfed: a weight of the
 * same name is what such an input is then.
 *
 * @returns encoded weights to append to the graph
 */
export function defaultInputs(
  declarations: readonly Declaration[],
  facts: CacheFacts,
): Uint8Array[] {
  return declarations.filter(hasDefault).map((d) => {
    const shape = cacheShape(d, facts);
    if (sizeOf(shape) > 0) throw refuse(d, "a cache that may be empty");
    return encodeEmptyTensor(d.name, d.elementType, shape);
  });
}

function hasDefault({ name, elementType }: Declaration): boolean {
  return elementType === bfloat16Type && /past|cache/.test(name);
}

/** A cache of no tokens: sizes as declared, nothing past. */
function cacheShape(d: Declaration, { nKeyValueHeads, dHead }: CacheFacts, batch = 1): number[] {
  if (!d.shape) throw refuse(d, "a cache with a shape");
  const byPlace = [batch, nKeyValueHeads, 0, dHead];
  return d.shape.map((size, axis) => {
    if (typeof size === "number") return size;
    if (/past|seq|cache|length/i.test(size)) return 0;
    if (/batch/i.test(size)) return /head/i.test(size) ? batch * (nKeyValueHeads ?? 1) : batch;
    const known = d.shape?.length === 4 ? byPlace[axis] : undefined;
    if (known === undefined) {
      throw refuse(d, "numbers of heads and sizes in the graph, or in config.json");
    }
    return known;
  });
}

function filled(d: Declaration, shape: readonly number[], value: (i: number) => number): Tensor {
  const n = sizeOf(shape);
  const numbers = Array.from({ length: n }, (_, i) => value(i));
  const dtype = dtypeOf(d.elementType || 7);
  if (!dtype || (dtype === "float16" && numbers.some((x) => x !== 0))) {
    throw refuse(d, "a type that can be fed");
  }
  return tensor<DType>(dtype, shape, arrays[dtype](numbers));
}

const arrays: { readonly [D in DType]: (numbers: readonly number[]) => TensorData[D] } = {
  float32: (x) => Float32Array.from(x),
  float64: (x) => Float64Array.from(x),
  int32: (x) => Int32Array.from(x),
  int64: (x) => BigInt64Array.from(x, BigInt),
  uint8: (x) => Uint8Array.from(x),
  bool: (x) => Uint8Array.from(x),
  float16: (x) => Uint16Array.from(x),
};

function refuse(d: Declaration, expected: string): TypeError {
  const shape = d.shape ? `[${d.shape.join(", ")}]` : "of unknown shape";
  return new TypeError(
    `Cannot feed the input "${d.name}": expected ${expected}, got ${
      nameOfType(d.elementType)
    } ${shape}`,
  );
}

function hintFor(name: string): string {
  if (/^encoder_|decoder_input/.test(name)) return " alone, no encoder's states";
  if (/embeds|pixel|image|audio/.test(name)) {
    return ": take the export whose file holds the embedding too";
  }
  return " and masks, positions and caches";
}

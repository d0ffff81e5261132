import * as v from "valibot";

/** What a model's description says that its graph does not. */
export interface ModelFacts {
  /** Longest prompt in tokens. */
  readonly context: number;
  readonly nLayers?: number;
  readonly dModel?: number;
  readonly dVocab?: number;
  readonly nHeads?: number;
  readonly nKeyValueHeads?: number;
  /** Size of one attention head. */
  readonly dHead?: number;
  readonly revision: string;
}

const count = v.optional(v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))));

/** What is read of `config.json`; families of models name the same thing differently. */
const configEntries = {
  max_position_embeddings: count,
  n_positions: count,
  n_ctx: count,
  max_sequence_length: count,
  max_seq_len: count,
  seq_length: count,
  model_max_length: count,
  num_hidden_layers: count,
  n_layer: count,
  n_layers: count,
  num_attention_heads: count,
  n_head: count,
  n_heads: count,
  num_key_value_heads: count,
  hidden_size: count,
  n_embd: count,
  d_model: count,
  head_dim: count,
  vocab_size: count,
  architectures: v.optional(v.nullable(v.array(v.string()))),
  is_encoder_decoder: v.optional(v.nullable(v.boolean())),
  _commit_hash: v.optional(v.nullable(v.string())),
};

/** Models that see as well keep the description of their language part apart. */
const configSchema = v.object({
  ...configEntries,
  text_config: v.optional(v.nullable(v.object(configEntries))),
});

/** `genai_config.json` of the ONNX Runtime GenAI builder. */
const genaiSchema = v.object({
  model: v.object({
    context_length: v.pipe(v.number(), v.integer(), v.minValue(1)),
    vocab_size: count,
    decoder: v.optional(v.object({
      num_hidden_layers: count,
      num_attention_heads: count,
      hidden_size: count,
      num_key_value_heads: count,
      head_size: count,
    })),
  }),
});

/** Heads that only encoders have. */
const encoderHead = /For(MaskedLM|PreTraining|\w*Classification|QuestionAnswering|MultipleChoice)$/;

/**
 * Reads `config.json`, Hugging Face's description of a model, or `genai_config.json`.
 *
 * @param path for messages
 * @throws {SyntaxError} if it does not say how long a prompt may be
 * @throws {TypeError} if it describes an encoder
 */
export function readFacts(config: object, path: string): ModelFacts {
  if ("model" in config && !("architectures" in config)) {
    const { model } = parse(genaiSchema, config, path, "context_length");
    return {
      context: model.context_length,
      nLayers: model.decoder?.num_hidden_layers ?? undefined,
      dModel: model.decoder?.hidden_size ?? undefined,
      dVocab: model.vocab_size ?? undefined,
      nHeads: model.decoder?.num_attention_heads ?? undefined,
      nKeyValueHeads: model.decoder?.num_key_value_heads ?? undefined,
      dHead: model.decoder?.head_size ?? undefined,
      revision: "",
    };
  }
  const outer = parse(configSchema, config, path, "max_position_embeddings");
  refuseEncoders(outer.architectures ?? [], outer.is_encoder_decoder ?? false, path);
  const c = outer.text_config ?? outer;
  const context = c.max_position_embeddings ?? c.n_positions ?? c.n_ctx ?? c.max_sequence_length ??
    c.max_seq_len ?? c.seq_length ?? c.model_max_length;
  if (!context) {
    throw new SyntaxError(
      `Cannot read "${path}": expected max_position_embeddings, the longest prompt in tokens, got ` +
        "none. Write it into the file.",
    );
  }
  const nHeads = c.num_attention_heads ?? c.n_head ?? c.n_heads;
  const dModel = c.hidden_size ?? c.n_embd ?? c.d_model;
  return {
    context,
    nLayers: c.num_hidden_layers ?? c.n_layer ?? c.n_layers ?? undefined,
    dModel: dModel ?? undefined,
    dVocab: c.vocab_size ?? undefined,
    nHeads: nHeads ?? undefined,
    nKeyValueHeads: c.num_key_value_heads ?? nHeads ?? undefined,
    dHead: c.head_dim ?? (nHeads && dModel ? dModel / nHeads : undefined),
    revision: outer._commit_hash ?? "",
  };
}

function refuseEncoders(architectures: readonly string[], both: boolean, path: string): void {
  const encoder = architectures.find((name) => encoderHead.test(name));
  if (encoder === undefined && !both) return;
  throw new TypeError(
    `Cannot scan the model of "${path}": expected a decoder-only language model, got ` +
      `${encoder ?? architectures[0] ?? "an encoder and a decoder"}${
        encoder ? ", an encoder" : ""
      }. ` +
      "Take a model for text generation, such as GPT, Llama, Qwen, Gemma or Phi.",
  );
}

function parse<S extends v.GenericSchema>(
  schema: S,
  config: object,
  path: string,
  wanted: string,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, config);
  if (parsed.success) return parsed.output;
  throw new SyntaxError(
    `Cannot read "${path}": expected ${wanted}, got ${v.summarize(parsed.issues)}`,
  );
}

/** The bundled model's tokenizer: a byte-level BPE of at most 1,024 tokens, trained on its corpus. */

export {
  type EncodedExample,
  type Encoding,
  FastTokenizer,
  loadTokenizer,
} from "./fast_tokenizer.ts";
export { beginToken } from "./tokenizer_file.ts";

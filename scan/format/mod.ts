/**
 * The frame format, the only place that knows its bytes (`spec.md`). The viewer imports `decode.ts`,
 * `decode_lens.ts` and `decode_pair.ts` alone, which spares its bundle the compressor.
 */
export * from "./decode.ts";
export * from "./decode_lens.ts";
export * from "./decode_pair.ts";
export * from "./encode.ts";
export * from "./encode_lens.ts";
export * from "./encode_pair.ts";
export * from "./errors.ts";
export * from "./limits.ts";
export * from "./pair_types.ts";
export * from "./types.ts";

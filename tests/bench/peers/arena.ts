import type { Engine } from "../../../scan/onnx/engine.ts";

/** Where both sides run and meet. */
export interface Arena {
  readonly engine: Engine;
  /** Path of a Python that has the packages. */
  readonly python: string;
  /** Temporary folder for the arrays that are handed over. */
  readonly folder: string;
  readonly seed: number;
}

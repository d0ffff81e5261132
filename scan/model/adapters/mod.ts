import { dynamo } from "./dynamo.ts";
import { genai } from "./genai.ts";
import { hiddenStates } from "./hidden_states.ts";
import { optimum } from "./optimum.ts";
import { own } from "./own.ts";
import { torchscript } from "./torchscript.ts";
import type { Adapter } from "./types.ts";
import { weightNames } from "./weight_names.ts";

export type { Adapter } from "./types.ts";

/** All naming schemes, in the order in which they are tried: the more particular ones first. */
export const adapters = {
  hidden_states: hiddenStates,
  own,
  genai,
  optimum,
  torchscript,
  dynamo,
  weight_names: weightNames,
} as const satisfies Readonly<Record<string, Adapter>>;

export type AdapterName = keyof typeof adapters;

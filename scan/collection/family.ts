/** What a collection is once it has been found sound. */
import type { ScanParameters } from "./schema.ts";

/** One text that a model reads. */
export interface Prompt {
  /** `family`, or `family/variant`: unique in the collection, safe in a path and in a URL. */
  readonly id: string;
  readonly family: string;
  /** Variant id, "" for the family's base prompt. */
  readonly variant: string;
  readonly title: string;
  /** Exactly what the model reads. */
  readonly text: string;
  /** What this variant changes and why it matters, "" for the base prompt. */
  readonly change: string;
  /** The next token that is right, its leading space included; "" where none is named. */
  readonly expected: string;
  /** What the reader should look for. */
  readonly lookFor: string;
  /** Whether the change should make no difference. */
  readonly control: boolean;
}

/** A prompt and its variants: one file, scanned and projected jointly. */
export interface Family {
  readonly id: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly author: string;
  /** SPDX expression. */
  readonly licence: string;
  /** ISO day. */
  readonly date: string;
  /** Models to scan with, the defaults' where the file names none. */
  readonly models: readonly string[];
  /** Complete: built in, then the defaults', then the file's. */
  readonly parameters: ScanParameters;
  /** The base prompt first, then the variants in the order written. */
  readonly members: readonly Prompt[];
}

/** What holds for a family that says nothing else. */
export interface Defaults {
  readonly models: readonly string[];
  readonly parameters: ScanParameters;
}

/** A file of the collection, read but not parsed. */
export interface CollectionFile {
  /** As it is shown in faults; its last part gives the id. */
  readonly path: string;
  readonly text: string;
}

/**
 * What the parser has to be told about models, since it opens none. Every part may be left out:
 * the checks that need it are then not made.
 */
export interface ModelKnowledge {
  /** Why a model cannot be used and what to do, or null where it can. */
  readonly knownModel?: (name: string) => string | null;
  /** Token ids of a text as the model reads it, those included that the tokenizer adds itself; null where it is not known here. */
  readonly tokenize?: (name: string, text: string) => readonly number[] | null;
  /** Length of the model's context in tokens, null where it is not known here. */
  readonly maxTokens?: (name: string) => number | null;
}

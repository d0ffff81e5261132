/** YAML texts → families, or every fault of every file at once. */
import * as v from "valibot";
import { checkModels, checkTexts, type Draft } from "./checks.ts";
import type { CollectionFile, Defaults, Family, ModelKnowledge, Prompt } from "./family.ts";
import { type Fault, sortFaults } from "./fault.ts";
import { findIdFault } from "./ids.ts";
import { addIssues, addLists, addUnknownKeys } from "./issues.ts";
import {
  builtInParameters,
  defaultsSchema,
  familySchema,
  parametersSchema,
  type PartialParameters,
  type ScanParameters,
  variantSchema,
} from "./schema.ts";
import { parseSource, type Path, type Source } from "./syntax.ts";

/** Name of the file that holds what is not one family's. */
export const defaultsFileName = "_defaults.yml";

export type ParsedCollection =
  | {
    readonly ok: true;
    /** In the order of their ids. */
    readonly families: readonly Family[];
    readonly defaults: Defaults;
    /** What is odd but does no harm. */
    readonly warnings: readonly Fault[];
  }
  | {
    readonly ok: false;
    /** Sorted by file, line and column; at least one is an error. */
    readonly faults: readonly Fault[];
  };

/**
 * Reads a whole collection. Nothing is thrown and nothing is half read: either every file is
 * sound, or all that is wrong with all of them is told.
 *
 * @param files `<id>.yml` and, if there is one, `_defaults.yml`
 * @param knowledge what the checks have to know of models; checks that it leaves out are not made
 * @param found faults found while the files were read, told along with the rest
 */
export function parseCollection(
  files: readonly CollectionFile[],
  knowledge: ModelKnowledge = {},
  found: readonly Fault[] = [],
): ParsedCollection {
  const sources = [...files]
    .sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
    .map((file) => parseSource(file.path, file.text));
  const defaultsSource = sources.find((source) => nameOf(source) === defaultsFileName);
  const defaults = readDefaults(defaultsSource);

  const drafts = sources
    .filter((source) => source !== defaultsSource)
    .map((source) => readFamily(source));
  checkIds(drafts);
  checkTexts(drafts);
  checkModels(drafts, defaultsSource, defaults.models, knowledge);
  for (const { source, value } of drafts) {
    checkTogether(source, defaults.parameters, record(record(value).parameters));
  }

  const faults = sortFaults([...found, ...sources.flatMap((source) => source.faults)]);
  if (faults.some((fault) => fault.severity === "error")) return { ok: false, faults };
  const families = drafts.map((draft) => toFamily(draft, defaults))
    .sort((a, b) => a.id < b.id ? -1 : 1);
  return { ok: true, families, defaults, warnings: faults };
}

function nameOf(source: Source): string {
  return source.path.replace(/^.*[/\\]/, "");
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : {};
}

function readDefaults(source: Source | undefined): Defaults {
  const builtIn: Defaults = { models: ["bundled"], parameters: builtInParameters };
  if (source === undefined || source.value === null) return builtIn;
  addUnknownKeys(source, [], Object.keys(defaultsSchema.entries));
  addUnknownKeys(source, ["parameters"], Object.keys(parametersSchema.entries));
  const result = v.safeParse(defaultsSchema, source.value);
  if (!result.success) {
    addIssues(source, result.issues, { lists: addLists(source, [[], ["parameters"]]) });
    return { ...builtIn, models: texts(record(source.value).models) ?? builtIn.models };
  }
  const { models, parameters } = result.output;
  checkTogether(source, builtInParameters, parameters ?? {});
  return {
    models: models ?? builtIn.models,
    parameters: merge(builtInParameters, parameters ?? {}),
  };
}

/** The entries of a list that are text, null where it is no list. */
function texts(list: unknown): string[] | null {
  return Array.isArray(list) ? list.filter((entry) => typeof entry === "string") : null;
}

function merge(base: ScanParameters, over: PartialParameters): ScanParameters {
  return { ...base, ...over };
}

/** Parameters that must fit each other, after `over` was laid on `base`. */
function checkTogether(
  source: Source,
  base: ScanParameters,
  over: Readonly<Record<string, unknown>>,
): void {
  if (over.minDist === undefined && over.spread === undefined) return;
  const minDist = over.minDist ?? base.minDist;
  const spread = over.spread ?? base.spread;
  if (typeof minDist !== "number" || typeof spread !== "number") return;
  if (!Number.isFinite(minDist) || minDist <= spread) return;
  const key = over.minDist === undefined ? "spread" : "minDist";
  source.add(
    source.locate(["parameters", key]),
    "value",
    `minDist and spread do not fit: expected minDist of at most spread, got ${minDist} and ${spread}`,
    "make minDist smaller or spread larger",
  );
}

function readFamily(source: Source): Draft {
  const id = nameOf(source).replace(/\.ya?ml$/i, "");
  const value = record(source.value);
  if (source.value === null) return { id, source, value, texts: [], file: null };
  const variantIds = source.keys(["variants"]);
  const meant = [
    ...addUnknownKeys(source, [], Object.keys(familySchema.entries)),
    ...addUnknownKeys(source, ["parameters"], Object.keys(parametersSchema.entries)),
    ...variantIds.flatMap((variant) =>
      addUnknownKeys(source, ["variants", variant], Object.keys(variantSchema.entries))
    ),
  ];
  const result = v.safeParse(familySchema, source.value);
  if (!result.success) {
    const maps = [[], ["parameters"], ["variants"], ...variantIds.map((id) => ["variants", id])];
    addIssues(source, result.issues, { meant, lists: addLists(source, maps) });
  }

  // The checks below go on with whatever has the right type, so that all faults are told at once.
  const variants = record(value.variants);
  const texts = [
    { variant: "", path: [] as Path, value },
    ...variantIds.filter((variant) => Object.hasOwn(variants, variant)).map((variant) => ({
      variant,
      path: ["variants", variant] as Path,
      value: record(variants[variant]),
    })),
  ];
  return { id, source, value, texts, file: result.success ? result.output : null };
}

function checkIds(drafts: readonly Draft[]): void {
  const taken = new Map<string, string>();
  for (const { id, source } of drafts) {
    const file = { offset: 0, length: 1 };
    const fault = findIdFault(id);
    if (fault !== null) {
      source.add(file, "id", `in the file's name, ${fault.message}`, `${fault.mend}.yml`);
    }
    const other = taken.get(id.toLowerCase());
    if (other === undefined) {
      taken.set(id.toLowerCase(), source.path);
    } else {
      source.add(
        file,
        "duplicate-id",
        `the id "${id}" is taken by ${other}; upper and lower case do not count`,
        "rename one of the two files",
      );
    }
    const variants = new Map<string, string>();
    for (const variant of source.keys(["variants"])) {
      const span = source.locate(["variants", variant], "key");
      const wrong = findIdFault(variant);
      if (wrong !== null) source.add(span, "id", wrong.message, wrong.mend);
      const twin = variants.get(variant.toLowerCase());
      if (twin === undefined) {
        variants.set(variant.toLowerCase(), variant);
      } else {
        source.add(
          span,
          "duplicate-id",
          `the variant "${variant}" is there already as "${twin}"; upper and lower case do not count`,
          "rename one of the two",
        );
      }
    }
  }
}

function toFamily({ id, file }: Draft, defaults: Defaults): Family {
  if (file === null) {
    throw new Error(`Cannot make the family "${id}": expected a file without faults, got faults`);
  }
  const base: Prompt = {
    id,
    family: id,
    variant: "",
    title: file.title,
    text: file.text,
    change: "",
    expected: file.expected ?? "",
    lookFor: file.lookFor.trim(),
    control: false,
  };
  const variants = Object.entries(file.variants ?? {}).map(([variant, given]): Prompt => ({
    id: `${id}/${variant}`,
    family: id,
    variant,
    title: given.title ?? `${file.title}: ${variant.replaceAll("-", " ")}`,
    text: given.text,
    change: given.change,
    expected: given.expected ?? "",
    lookFor: (given.lookFor ?? file.lookFor).trim(),
    control: given.control ?? false,
  }));
  return {
    id,
    title: file.title,
    tags: file.tags,
    author: file.author,
    licence: file.licence,
    date: file.date,
    models: file.models ?? defaults.models,
    parameters: merge(defaults.parameters, file.parameters ?? {}),
    members: [base, ...variants],
  };
}

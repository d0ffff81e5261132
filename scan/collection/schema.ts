/**
 * The shape of `prompts/*.yml`. Types, the parser's checks and the editors' JSON Schema all come
 * from here.
 */
import * as v from "valibot";
import { defaultEncoderParameters } from "../encoder/mod.ts";
import type { EncoderParameters } from "../encoder/types.ts";
import { defaultProjectionParameters } from "../projection/mod.ts";
import { idLengthMax, idPattern } from "./ids.ts";
import type { ProjectionParameters } from "../projection/types.ts";

/** What a value has to be, by the name that the schemas below carry as their message. */
export const rules = {
  text: { expected: "text", mend: 'put it in quotes: "…"' },
  list: { expected: "a list", mend: "write it in brackets: [one, two]" },
  map: { expected: "a map of keys", mend: "write each entry on a line of its own: key: value" },
  truth: { expected: "true or false", mend: "write true or false, without quotes" },
  number: { expected: "a number", mend: "write digits, without quotes" },
  whole: { expected: "a whole number", mend: "write digits only" },
  filled: { expected: "text that is not blank", mend: "write something, or delete the key" },
  line: { expected: "a single line that is not blank", mend: "write it on one line" },
  title: { expected: "at most 120 characters", mend: "shorten it" },
  prompt: { expected: "at most 8000 characters", mend: "shorten it" },
  token: { expected: "at most 64 characters", mend: "give the one token that comes next" },
  change: { expected: "at most 300 characters", mend: "shorten it" },
  note: { expected: "at most 2000 characters", mend: "shorten it" },
  name: { expected: "at most 200 characters", mend: "shorten it" },
  tag: {
    expected: "lower-case letters, digits and hyphens, at most 32",
    mend: "write it like this: number-sequence",
  },
  tags: { expected: "at most 12 tags", mend: "keep those that a reader would search for" },
  filledList: { expected: "at least one entry", mend: "name one, or delete the key" },
  models: { expected: "at most 16 models", mend: "name fewer" },
  day: { expected: "a day as YYYY-MM-DD", mend: "write it like this: 2026-11-23" },
  licence: {
    expected: "an SPDX licence expression",
    mend: "write it like this: CC0-1.0 (https://spdx.org/licenses lists them)",
  },
} as const;

export type Rule = keyof typeof rules;

/** A rule's name as a valibot message: the compiler sees to it that it is in the table. */
const by = (rule: Rule): Rule => rule;

const describe = v.description;

const filled = v.regex(/\S/, by("filled"));
const oneLine = v.regex(/^(?=.*\S)[^\n\r\u2028\u2029]*$/, by("line"));

const title = v.pipe(v.string(by("text")), oneLine, v.maxLength(120, by("title")));
const text = v.pipe(v.string(by("text")), filled, v.maxLength(8000, by("prompt")));
const expected = v.pipe(
  v.string(by("text")),
  v.minLength(1, by("filled")),
  v.maxLength(64, by("token")),
);
const note = v.pipe(v.string(by("text")), filled, v.maxLength(2000, by("note")));
const name = v.pipe(v.string(by("text")), oneLine, v.maxLength(200, by("name")));

const expectedText =
  "The next token that is right, exactly one token of the model. A leading space matters and needs quotes.";

/** A variant: the base prompt with one crucial thing changed. */
export const variantSchema = v.strictObject({
  title: v.optional(v.pipe(
    title,
    describe("Title of this variant; by default the family's title with the variant's id."),
  )),
  text: v.pipe(text, describe("What the model reads instead of the family's text.")),
  expected: v.optional(v.pipe(expected, describe(expectedText))),
  change: v.pipe(
    v.string(by("text")),
    oneLine,
    v.maxLength(300, by("change")),
    describe("One line: what was changed and why it matters."),
  ),
  lookFor: v.optional(v.pipe(
    note,
    describe("What the reader should look for here; by default the family's."),
  )),
  control: v.optional(v.pipe(
    v.boolean(by("truth")),
    describe(
      "True where the change should make no difference, so that others can be judged by it.",
    ),
  )),
}, by("map"));

/** Bounds of each number among the parameters, inclusive. */
export const parameterBounds = {
  particles: { min: 16, max: 16384, meaning: "Particles that a layer is turned into." },
  code: { min: 2, max: 128, meaning: "Numbers that make up a particle's code." },
  hidden: { min: 8, max: 4096, meaning: "Width of the encoder's hidden layer." },
  learningRate: {
    min: 0,
    max: 0.5,
    fractional: true,
    meaning: "Adam's learning rate; 0 takes the encoder's own.",
  },
  maxSteps: { min: 1, max: 20000, meaning: "Training steps of the encoder at most." },
  neighbours: { min: 2, max: 200, meaning: "Nearest neighbours that UMAP looks at." },
  minDist: {
    min: 0,
    max: 10,
    fractional: true,
    meaning: "UMAP's least distance between two points.",
  },
  spread: { min: 0.1, max: 10, fractional: true, meaning: "UMAP's scale; at least minDist." },
  epochs: {
    min: 0,
    max: 5000,
    meaning: "UMAP's passes over the graph; 0 chooses by the number of points.",
  },
  seed: { min: 0, max: 4294967295, meaning: "Seed of every random choice." },
} as const;

/** Values of each parameter that is chosen from a list. */
export const parameterChoices = {
  encoder: ["slots", "pooled", "tokens"],
  projection: ["umap", "pca"],
  dims: [2, 3],
  metric: ["cosine", "euclidean"],
} as const satisfies { readonly [key in keyof ScanParameters]?: readonly ScanParameters[key][] };

export type NumberParameter = keyof typeof parameterBounds;

/** All that a scan depends on besides prompt and model. */
export type ScanParameters = EncoderParameters & ProjectionParameters;

/** What holds where no file says otherwise: the original's choices where it made one. */
export const builtInParameters: ScanParameters = {
  ...defaultEncoderParameters,
  ...defaultProjectionParameters,
};

/** A description with the value that holds where nothing is said. */
const hint = (meaning: string, key: keyof ScanParameters) =>
  `${meaning} Built in: ${builtInParameters[key]}.`;

const between = (key: NumberParameter) => {
  const { min, max, meaning } = parameterBounds[key];
  return [
    v.minValue<number, number>(min),
    v.maxValue<number, number>(max),
    describe<number, string>(hint(meaning, key)),
  ] as const;
};
const bounded = (key: NumberParameter) =>
  v.optional(v.pipe(v.number(by("number")), v.finite(by("number")), ...between(key)));
const boundedWhole = (key: NumberParameter) =>
  v.optional(v.pipe(v.number(by("number")), v.integer(by("whole")), ...between(key)));

const choice = <const V extends readonly (string | number)[]>(
  values: V,
  key: keyof ScanParameters,
  meaning: string,
) => v.optional(v.pipe(v.picklist(values), describe(hint(meaning, key))));

/** Parameters as a file may give them: each is optional. */
export const parametersSchema = v.strictObject({
  encoder: choice(
    parameterChoices.encoder,
    "encoder",
    "How hidden states become particles: slots lets each particle read the tokens, pooled takes their " +
      "mean first, tokens takes the tokens themselves.",
  ),
  particles: boundedWhole("particles"),
  code: boundedWhole("code"),
  hidden: boundedWhole("hidden"),
  learningRate: bounded("learningRate"),
  maxSteps: boundedWhole("maxSteps"),
  projection: choice(
    parameterChoices.projection,
    "projection",
    "How particles become points of the picture.",
  ),
  dims: choice(parameterChoices.dims, "dims", "Dimensions of the picture."),
  neighbours: boundedWhole("neighbours"),
  minDist: bounded("minDist"),
  spread: bounded("spread"),
  metric: choice(
    parameterChoices.metric,
    "metric",
    "Distance between particles that the projection keeps.",
  ),
  epochs: boundedWhole("epochs"),
  seed: boundedWhole("seed"),
}, by("map"));

export type PartialParameters = v.InferOutput<typeof parametersSchema>;

const models = v.pipe(
  v.array(name, by("list")),
  v.minLength(1, by("filledList")),
  v.maxLength(16, by("models")),
);

/** `_defaults.yml`. */
export const defaultsSchema = v.strictObject({
  models: v.optional(v.pipe(
    models,
    describe("Models that every prompt is scanned with: bundled, or the path of a folder."),
  )),
  parameters: v.optional(v.pipe(
    parametersSchema,
    describe("Parameters of every scan; a family may override each."),
  )),
}, by("map"));

/** `<id>.yml`: a family. */
export const familySchema = v.strictObject({
  title: v.pipe(title, describe("Title on the gallery's card.")),
  text: v.pipe(text, describe("The prompt, exactly as the model reads it.")),
  expected: v.optional(v.pipe(expected, describe(expectedText))),
  lookFor: v.pipe(note, describe("What the reader should look for in the picture.")),
  tags: v.pipe(
    v.array(
      v.pipe(v.string(by("text")), v.regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/, by("tag"))),
      by("list"),
    ),
    v.minLength(1, by("filledList")),
    v.maxLength(12, by("tags")),
    describe("Words that the gallery filters by."),
  ),
  author: v.pipe(name, describe("Who wrote the prompt, as it is shown.")),
  licence: v.pipe(
    v.string(by("text")),
    v.regex(
      /^[A-Za-z0-9][A-Za-z0-9.+-]{0,63}(?: (?:AND|OR|WITH) [A-Za-z0-9][A-Za-z0-9.+-]{0,63}){0,4}$/,
      by("licence"),
    ),
    describe("Licence of the text as an SPDX expression, e.g. CC0-1.0."),
  ),
  date: v.pipe(
    v.string(by("text")),
    v.isoDate(by("day")),
    describe("Day on which the prompt was added, YYYY-MM-DD."),
  ),
  variants: v.optional(v.pipe(
    v.record(
      v.pipe(v.string(), v.maxLength(idLengthMax), v.regex(idPattern)),
      variantSchema,
      by("map"),
    ),
    describe("Variants by id (lower-case letters, digits, hyphens), each with one thing changed."),
  )),
  models: v.optional(v.pipe(models, describe("Models for this family instead of the defaults."))),
  parameters: v.optional(v.pipe(
    parametersSchema,
    describe("Parameters of this family that differ from the defaults."),
  )),
}, by("map"));

export type FamilyFile = v.InferOutput<typeof familySchema>;
export type VariantFile = v.InferOutput<typeof variantSchema>;
export type DefaultsFile = v.InferOutput<typeof defaultsSchema>;

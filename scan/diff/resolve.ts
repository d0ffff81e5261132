import type { Defaults, Family, Prompt } from "../collection/mod.ts";
import { UsageError } from "../options.ts";
import { ownFamilyId } from "../store/key.ts";

/** What is to be compared. */
export interface Comparison {
  readonly family: Family;
  /** Ids of the two prompts; null for every two of the family. */
  readonly only: readonly [a: string, b: string] | null;
}

/** What stands in a collection, and what holds for prompts that are not in it. */
export interface Known {
  readonly families: readonly Family[];
  readonly defaults: Defaults;
  /** ISO day that a family of its own gets. */
  readonly today: string;
}

/** Looks like an id, and like no text that anybody would compare. */
const idLike = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\/[a-z0-9-]+)?$/;

/**
 * What the words of the command line name: prompts of one family are compared as its members; any other
 * two become a family of their own.
 *
 * @param areTexts whether they are texts, even where they look like ids
 * @throws {UsageError} if an id names nothing, or there is nothing to compare
 */
export async function resolveComparison(
  operands: readonly string[],
  areTexts: boolean,
  known: Known,
): Promise<Comparison> {
  const { families } = known;
  if (operands.length === 1) {
    const [name] = operands;
    const family = families.find(({ id }) => id === name);
    const member = family ? undefined : findMember(name, families);
    const owner = family ?? member?.family;
    if (!owner) throw unknownId(name, families);
    if (owner.members.length < 2) {
      throw new UsageError(
        `Cannot compare "${name}": expected a family of at least two prompts, got one. Name ` +
          `another prompt or a text to compare it with`,
      );
    }
    const base = owner.members[0].id;
    if (!member || member.prompt.id === base) return { family: owner, only: null };
    return { family: owner, only: [base, member.prompt.id] };
  }

  const found = operands.map((operand) => {
    const member = areTexts ? undefined : findMember(operand, families);
    if (!member && !areTexts && idLike.test(operand)) throw unknownId(operand, families);
    return member ?? operand;
  });
  const [a, b] = found;
  if (typeof a !== "string" && typeof b !== "string" && a.family === b.family) {
    if (a.prompt === b.prompt) {
      throw new UsageError(`Cannot compare "${a.prompt.id}" with itself: expected two prompts`);
    }
    const order = a.family.members;
    const first = order.indexOf(a.prompt) < order.indexOf(b.prompt);
    return {
      family: a.family,
      only: first ? [a.prompt.id, b.prompt.id] : [b.prompt.id, a.prompt.id],
    };
  }
  return { family: await ownFamily(a, b, known), only: null };
}

/** A prompt of the collection with its family, or a text. */
type Operand = { readonly family: Family; readonly prompt: Prompt } | string;

function findMember(name: string, families: readonly Family[]) {
  for (const family of families) {
    const prompt = family.members.find(({ id }) => id === name);
    if (prompt) return { family, prompt };
  }
  return undefined;
}

/** Two prompts that are no family become one. Its id depends on the texts alone. */
async function ownFamily(a: Operand, b: Operand, { defaults, today }: Known): Promise<Family> {
  const texts = [a, b].map((operand) =>
    typeof operand === "string" ? operand : operand.prompt.text
  );
  if (texts[0] === texts[1]) {
    throw new UsageError(`Cannot compare "${texts[0]}" with itself: expected two texts`);
  }
  const empty = texts.find((text) => text.trim() === "");
  if (empty !== undefined) throw new UsageError("Cannot compare an empty text: expected words");
  const id = await ownFamilyId(texts);
  const owner = [a, b].find((operand) => typeof operand !== "string");
  const prompt = (operand: Operand, variant: string): Prompt => ({
    id: variant === "" ? id : `${id}/${variant}`,
    family: id,
    variant,
    title: typeof operand === "string" ? shorten(operand) : operand.prompt.title,
    text: typeof operand === "string" ? operand : operand.prompt.text,
    change: "",
    expected: typeof operand === "string" ? "" : operand.prompt.expected,
    lookFor: "",
    control: false,
  });
  return {
    id,
    title: prompt(a, "").title,
    tags: ["own comparison"],
    author: "",
    licence: "",
    date: today,
    models: owner?.family.models ?? defaults.models,
    parameters: owner?.family.parameters ?? defaults.parameters,
    members: [prompt(a, ""), prompt(b, "b")],
  };
}

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const characters = [...line];
  return characters.length <= 60 ? line : `${characters.slice(0, 59).join("")}…`;
}

function unknownId(name: string, families: readonly Family[]): UsageError {
  const ids = families.flatMap(({ members }) => members.map(({ id }) => id));
  return new UsageError(
    `Cannot compare "${name}": expected the id of a prompt, or a text in quotes (with --text where ` +
      `it looks like an id). Known are ${ids.join(", ") || "none"}`,
  );
}

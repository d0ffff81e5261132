import type { Family, Prompt } from "./collection/mod.ts";
import type { ScanParameters } from "./collection/schema.ts";
import type { ModelIdentity } from "./model/types.ts";
import { isOwnFamily, pairKey, scanKey } from "./store/key.ts";
import type { PairRecord, ScanEntry, ScanRecord } from "./store/manifest.ts";

/** One member of a job and the address of its scan. */
export interface JobMember {
  readonly prompt: Prompt;
  readonly key: string;
}

/** Two members of a job and the address of their comparison. */
export interface JobPair {
  /** Places in the job's members, a < b. */
  readonly a: number;
  readonly b: number;
  readonly key: string;
}

/** One family × one model × one parameter set: what is scanned in one go. */
export interface Job {
  readonly family: Family;
  /** As the collection or the command line names it. */
  readonly modelName: string;
  readonly parameters: ScanParameters;
  readonly members: readonly JobMember[];
  /** Every two of them. */
  readonly pairs: readonly JobPair[];
}

/** What the command line changes of the collection's settings. */
export interface Overrides {
  readonly models: readonly string[] | null;
  readonly parameters: Partial<ScanParameters>;
}

/**
 * The jobs of some families, in the collection's order.
 *
 * @param identify digest of a model by its name
 */
export async function planJobs(
  families: readonly Family[],
  overrides: Overrides,
  identify: (modelName: string) => Promise<Pick<ModelIdentity, "name" | "digest">>,
): Promise<Job[]> {
  const jobs: Job[] = [];
  for (const family of families) {
    const parameters: ScanParameters = { ...family.parameters, ...overrides.parameters };
    for (const modelName of new Set(overrides.models ?? family.models)) {
      const identity = await identify(modelName);
      const input = {
        family: family.id,
        modelName: identity.name,
        modelDigest: identity.digest,
        parameters: { ...parameters },
        members: family.members.map(({ id, title, text }) => ({ id, title, text })),
      };
      const members: JobMember[] = [];
      for (const prompt of family.members) {
        members.push({ prompt, key: await scanKey(input, prompt.id) });
      }
      jobs.push({ family, modelName, parameters, members, pairs: await pairUp(members) });
    }
  }
  return jobs;
}

/** Every two of some members, in their order. */
async function pairUp(members: readonly JobMember[]): Promise<JobPair[]> {
  const pairs: JobPair[] = [];
  for (let a = 0; a < members.length; a++) {
    for (let b = a + 1; b < members.length; b++) {
      pairs.push({ a, b, key: await pairKey(members[a].key, members[b].key) });
    }
  }
  return pairs;
}

/**
 * The families that the ids name, in the collection's order.
 *
 * @param ids families or members; none of them means every family
 * @returns the families, and the ids that name nothing
 */
export function selectFamilies(
  families: readonly Family[],
  ids: readonly string[],
): { families: readonly Family[]; unknown: readonly string[] } {
  if (ids.length === 0) return { families, unknown: [] };
  const owners = new Map<string, Family>();
  for (const family of families) {
    owners.set(family.id, family);
    for (const member of family.members) owners.set(member.id, family);
  }
  const chosen = new Set(ids.map((id) => owners.get(id)));
  return {
    families: families.filter((family) => chosen.has(family)),
    unknown: ids.filter((id) => !owners.has(id)),
  };
}

/** What the site lists for a member: the collection's words and the scan's facts. */
export function entryOf(family: Family, prompt: Prompt, record: ScanRecord): ScanEntry {
  return {
    id: prompt.id,
    family: family.id,
    variant: prompt.variant,
    title: prompt.title,
    text: prompt.text,
    change: prompt.change,
    control: prompt.control,
    tags: [...family.tags],
    lookFor: prompt.lookFor,
    expected: prompt.expected,
    author: family.author,
    licence: family.licence,
    date: family.date,
    correct: prompt.expected === "" ? null : record.answer[0]?.text === prompt.expected,
    ...record,
  };
}

/**
 * The list for the site, in the collection's order.
 *
 * For each member and model the first of these that is stored is listed: the scan that this run
 * asked for, the one that was listed before, the one that the collection's own settings ask for. A
 * prompt that the collection no longer has, or has with other words, is not listed; families that two
 * compared texts made stay listed, after the collection's.
 *
 * @param run the jobs of this run
 * @param before the list as it stands
 * @param own the jobs of the whole collection by its own settings
 * @param readRecord the stored scan at a key, or null
 */
export async function listScans(
  families: readonly Family[],
  run: readonly Job[],
  before: readonly ScanEntry[],
  own: readonly Job[],
  readRecord: (key: string) => Promise<ScanRecord | null>,
): Promise<ScanEntry[]> {
  const listed: ScanEntry[] = [];
  for (const family of families) {
    for (const prompt of family.members) {
      const keysIn = (jobs: readonly Job[]) =>
        jobs.flatMap((job) => job.family.id === family.id ? job.members : [])
          .filter((member) => member.prompt.id === prompt.id)
          .map((member) => member.key);
      const keysBefore = before
        .filter((entry) => entry.id === prompt.id && entry.text === prompt.text)
        .map((entry) => entry.key);
      const models = new Set<string>();
      for (const key of new Set([...keysIn(run), ...keysBefore, ...keysIn(own)])) {
        const record = await readRecord(key);
        if (!record || models.has(record.model.name)) continue;
        models.add(record.model.name);
        listed.push(entryOf(family, prompt, record));
      }
    }
  }
  const ids = new Set(families.map(({ id }) => id));
  for (const entry of before) {
    if (!isOwnFamily(entry.family) || ids.has(entry.family)) continue;
    const record = await readRecord(entry.key);
    if (record) listed.push({ ...entry, ...record });
  }
  return listed;
}

/**
 * The comparisons for the site: those that are stored of every two scans of a family and a model that
 * are listed.
 *
 * @param readPair the stored comparison at a key, or null
 */
export async function listPairs(
  scans: readonly ScanEntry[],
  readPair: (key: string) => Promise<PairRecord | null>,
): Promise<PairRecord[]> {
  const listed: PairRecord[] = [];
  const families = Map.groupBy(scans, ({ family, model }) => JSON.stringify([family, model.name]));
  for (const members of families.values()) {
    for (const [i, a] of members.entries()) {
      for (const b of members.slice(i + 1)) {
        const record = await readPair(await pairKey(a.key, b.key));
        if (record) listed.push(record);
      }
    }
  }
  return listed;
}

/** The collection: `prompts/*.yml` → families of prompts, or every fault at once. */
export type { CollectionFile, Defaults, Family, ModelKnowledge, Prompt } from "./family.ts";
export { type Fault, formatAnnotations, formatFaults, sortFaults } from "./fault.ts";
export { defaultsFileName, parseCollection, type ParsedCollection } from "./parse.ts";
export { type ReadCollection, readCollection } from "./read.ts";
export { builtInParameters, type ScanParameters } from "./schema.ts";

import config from "../deno.json" with { type: "json" };

/** Program and version, as written into every file. */
export const writer = `weightscan ${config.version}`;

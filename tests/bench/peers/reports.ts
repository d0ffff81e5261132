/** What a peer prints, checked. */
import * as v from "valibot";

const seconds = v.pipe(v.number(), v.minValue(0));

/** The line that a peer greets with once it is warm. */
export const greetingSchema = v.object({ versions: v.record(v.string(), v.string()) });

/** Answer of `umap_peer.py`. */
export const umapReportSchema = v.object({ seconds, peakMiB: v.number() });

/** Answer of `pipeline_peer.py`. */
export const pipelineReportSchema = v.object({
  encodeSeconds: seconds,
  projectSeconds: seconds,
  /** Steps of Adam that were made. */
  steps: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Of the states' means over the tokens; at most 1. */
  explainedVariance: v.pipe(v.number(), v.maxValue(1)),
  peakMiB: v.number(),
});

export type PipelineReport = v.InferOutput<typeof pipelineReportSchema>;

/**
 * One line of a child process as the value that a schema describes.
 *
 * @param who names the program in messages
 * @throws {SyntaxError} if it is no JSON, or not what the schema describes
 */
export function parseReport<S extends v.GenericSchema>(
  schema: S,
  line: string,
  who: string,
): v.InferOutput<S> {
  const got = JSON.stringify(line.length > 200 ? `${line.slice(0, 200)}…` : line);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(`Cannot read the report of "${who}": expected JSON, got ${got}`, {
      cause,
    });
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new SyntaxError(
    `Cannot read the report of "${who}": ${v.summarize(parsed.issues)}; got ${got}`,
  );
}

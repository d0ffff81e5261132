/** What the doctor says about one thing. */
export interface Finding {
  readonly topic: Topic;
  /**
   * `fault`: something that is needed does not work. `note`: something does not work, or is left over,
   * and scans run without it.
   */
  readonly level: "ok" | "note" | "fault";
  readonly says: string;
  /** What to do about it; every fault has one. */
  readonly mend?: string;
}

/** What is looked at, in the order in which it is told. */
export const topics = [
  "Deno",
  "ONNX Runtime",
  "memory",
  "graphics card",
  "device",
  "bundled model",
  "model",
  "model cache",
  "data folder",
] as const;

export type Topic = typeof topics[number];

export function ok(topic: Topic, says: string): Finding {
  return { topic, level: "ok", says };
}

export function note(topic: Topic, says: string, mend?: string): Finding {
  return { topic, level: "note", says, ...(mend === undefined ? {} : { mend }) };
}

export function fault(topic: Topic, says: string, mend: string): Finding {
  return { topic, level: "fault", says, mend };
}

/** The first line of what was thrown. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0].trim();
}

/** Everything as text, a line for each finding and one for each mend. */
export function formatFindings(findings: readonly Finding[]): string {
  const width = Math.max(...topics.map((topic) => topic.length));
  const lines = findings.flatMap(({ topic, level, says, mend }) => [
    `${level.padEnd(5)}  ${topic.padEnd(width)}  ${says}`,
    ...(mend === undefined ? [] : [`${" ".repeat(width + 9)}→ ${mend}`]),
  ]);
  const nFaults = findings.filter(({ level }) => level === "fault").length;
  const verdict = nFaults === 0
    ? "Everything that a scan needs works."
    : `${
      nFaults === 1 ? "1 thing" : `${nFaults} things`
    } that a scan needs does not work: see above.`;
  return [...lines, "", verdict].join("\n");
}

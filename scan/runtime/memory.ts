import process from "node:process";

/** What is asked for memory; tests ask others. */
export interface MemoryProbes {
  /** Bytes that are free on the machine, 0 where the system does not say. */
  readonly available: () => number;
  /** Bytes that this container, or batch job, may take; 0 or very many where there is no limit. */
  readonly limit: () => number;
  /** Bytes that this process has taken. */
  readonly taken: () => number;
}

const ownProbes: MemoryProbes = {
  available: () => Deno.systemMemoryInfo().available,
  limit: () => process.constrainedMemory(),
  taken: () => Deno.memoryUsage().rss,
};

/**
 * Memory that may be taken: what is free on this machine, and no more than the container's limit leaves.
 * What other programs in the container have taken is not seen.
 *
 * @returns bytes; infinite where the system does not say
 */
export function freeMemoryBytes(probes: MemoryProbes = ownProbes): number {
  const limitBytes = probes.limit();
  const leftBytes = limitBytes > 0 ? Math.max(0, limitBytes - probes.taken()) : Infinity;
  return Math.min(probes.available() || Infinity, leftBytes);
}

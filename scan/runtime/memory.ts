/** What of this machine's memory may be taken. */

/** Files in which Linux says what a container may take and has taken. */
const containerFiles = {
  limit: "/sys/fs/cgroup/memory.max",
  used: "/sys/fs/cgroup/memory.current",
  details: "/sys/fs/cgroup/memory.stat",
};

/**
 * Memory that is free on this machine and within the container's limit, in bytes; infinite where the
 * system does not say.
 *
 * @param readText reads a file, or throws
 */
export function freeMemoryBytes(
  info: () => Pick<Deno.SystemMemoryInfo, "available"> = Deno.systemMemoryInfo,
  readText: (path: string) => string = Deno.readTextFileSync,
): number {
  // 0 is what systems give that do not know.
  const machineBytes = info().available || Infinity;
  return Math.min(machineBytes, freeInContainer(readText));
}

function freeInContainer(readText: (path: string) => string): number {
  try {
    // `max` where there is no limit.
    const limit = Number(readText(containerFiles.limit));
    const used = Number(readText(containerFiles.used));
    // Files that were read count as taken, and are given up when memory is wanted.
    const details = readText(containerFiles.details);
    const givenUp = Number(/^inactive_file (\d+)$/m.exec(details)?.[1] ?? 0);
    const free = limit - (used - givenUp);
    return Number.isFinite(free) ? Math.max(0, free) : Infinity;
  } catch {
    // No container of that kind, or it may not be read.
    return Infinity;
  }
}

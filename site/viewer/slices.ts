/** Long work in short slices, so that the page answers and animates meanwhile. */

/** Longest a slice may take before the page gets its turn. */
const sliceMs = 4;

/**
 * Runs a generator to its end, giving the page a turn after every few milliseconds.
 *
 * @throws the signal's reason when it stops the work, and whatever the generator throws
 */
export async function runSliced<T>(
  work: Generator<void, T, void>,
  signal?: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    const startMs = now();
    while (now() - startMs < sliceMs) {
      const step = work.next();
      if (step.done) return step.value;
    }
    await nextTurn();
  }
}

/** A turn of the event loop; a message is not held back to 4 ms as nested timers are. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

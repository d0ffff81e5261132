/**
 * Lets a long stage be interrupted: ONNX Runtime and our own loops hold the thread, so that
 * signals, timers and a progress bar get their turn only when a stage steps back into the event
 * loop.
 */
export interface Pacer {
  /** Gives other work its turn if enough time has gone by, then throws if the stage is to stop. */
  breathe(): Promise<void>;
}

/**
 * @param signal stops the stage: `breathe()` throws its reason
 * @param everyMs time between two turns, at most
 */
export function createPacer(signal?: AbortSignal, everyMs = 200): Pacer {
  let lastMs = performance.now();
  return {
    async breathe() {
      signal?.throwIfAborted();
      if (performance.now() - lastMs < everyMs) return;
      await new Promise((resolve) => setTimeout(resolve, 0));
      lastMs = performance.now();
      signal?.throwIfAborted();
    },
  };
}

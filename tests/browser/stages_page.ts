/** Script of the test's page: hands requests to a module worker, one at a time. */
const worker = new Worker("stages_worker.js", { type: "module" });

const runInWorker = (request: unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<{ result?: unknown; error?: string }>) => {
      if (data.error === undefined) resolve(data.result);
      else reject(new Error(data.error));
    };
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    worker.postMessage(request);
  });

Object.assign(globalThis, { runInWorker });

import { createRandom } from "../onnx/random.ts";
import { type LayoutForces, tabulateForces } from "./forces.ts";
import { base64 } from "./layout_kernel.wasm.ts";
import type { EdgeSchedule } from "./schedule.ts";

/** An optimiser and the positions that it moves. */
export interface Layout {
  /** Moves every point once. @param epoch 0 … nEpochs − 1, in order */
  runEpoch(epoch: number, nEpochs: number): void;
  /** Where the points are now, [n, nDims] float32 in projection units. The caller owns it. */
  readPositions(): Float32Array;
}

/** θ of the first epoch, see {@linkcode createLayout}: found by trial on clusters, sheets and noise. */
export const firstTheta = 0.35;
/** Where no point is: it is out of reach of every force. */
const nowhere = 1e9;

/** The function of `layout_kernel.as.ts`. */
type RunEpoch = (...args: number[]) => number;

/**
 * UMAP's stochastic gradient descent (McInnes, Healy & Melville 2018, algorithm 5), a point at a
 * time instead of an edge at a time, in WebAssembly, four lanes wide.
 *
 * An epoch takes every point x once, with those of its edges that are due, and with five random
 * points o for each. All forces are taken where the point is, and it moves by
 *
 *     α (Σ 2p (t − x) + Σ clamp(r (x − o))) / (1 + θ α Σ 2p)
 *
 * p and r being the pull of a tail t and the push of a random point, looked up by squared distance
 * (`forces.ts`). Without the divisor steps jump far over the tails until α is small; for θ = 1 they
 * are semi-implicit (the pulls are those at the step's end) and settle at once, tangles included. So
 * α falls from the learning rate to 0 as a square, and θ rises to 1: tangles come undone first, then
 * the details settle, in fewer epochs than UMAP's own steps take.
 *
 * @param start [n, nDims] float32, not changed, not kept. Points in the very same place stay
 *   together until they are pulled apart
 * @param nDims 2 or 3: a flat layout stays flat
 */
export function createLayout(
  start: Float32Array,
  nDims: number,
  schedule: EdgeSchedule,
  forces: LayoutForces,
): Layout {
  const { n, points } = schedule;
  const nBlocks = Math.ceil(n / 4);
  const { attraction, repulsion } = tabulateForces(forces);
  const arena = planArena();
  const positions = arena.place(new Float32Array(3 * nBlocks * 4).fill(nowhere));
  const starts = arena.place(schedule.starts);
  const columns = arena.place(schedule.columns);
  const weights = arena.place(schedule.weights);
  const pulls = arena.place(attraction);
  const pushes = arena.place(repulsion);
  const packings = arena.place(createPackings());
  const tails = arena.place(new Int32Array(schedule.longestRow + 4));

  const memory = arena.build();
  const coordinates = new Float32Array(memory.buffer, positions, 3 * nBlocks * 4);
  for (let c = 0; c < 3; c++) {
    const column = coordinates.subarray(c * nBlocks * 4);
    for (let i = 0; i < n; i++) column[i] = c < nDims ? start[points[i] * nDims + c] : 0;
  }
  const runKernel = loadKernel(memory);
  let seed = createRandom(forces.seed).nextUint32() | 1;

  const runEpoch = (epoch: number, nEpochs: number): void => {
    const progress = epoch / nEpochs;
    const alpha = forces.learningRate * (1 - progress) ** 2;
    const damping = alpha * (firstTheta + (1 - firstTheta) * progress);
    seed = runKernel(
      ...[n, nBlocks, forces.nNegatives],
      ...[positions, starts, columns, weights, pulls, pushes, packings, tails],
      ...[epoch + 1, alpha, damping, seed],
    );
  };
  const readPositions = (): Float32Array => {
    const result = new Float32Array(n * nDims);
    for (let c = 0; c < nDims; c++) {
      const column = coordinates.subarray(c * nBlocks * 4);
      for (let i = 0; i < n; i++) result[points[i] * nDims + c] = column[i];
    }
    return result;
  };
  return { runEpoch, readPositions };
}

/** Lays arrays out one after the other, then makes the memory that holds them. */
function planArena() {
  const placed: { at: number; data: Float32Array | Int32Array | Uint16Array | Uint8Array }[] = [];
  // The kernel has no data of its own; address 0 stays free all the same.
  let end = 16;
  return {
    /** @returns address, a multiple of 16. The kernel may read and write 16 bytes past the end */
    place(data: Float32Array | Int32Array | Uint16Array | Uint8Array): number {
      const at = end;
      placed.push({ at, data });
      end = Math.ceil((at + data.byteLength + 16) / 16) * 16;
      return at;
    },
    build(): WebAssembly.Memory {
      const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65536) });
      for (const { at, data } of placed) {
        const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
        new Uint8Array(memory.buffer).set(bytes, at);
      }
      return memory;
    },
  };
}

/**
 * For every mask of four lanes the shuffle that brings the lanes of the mask to the front.
 *
 * @returns [16, 16] uint8, byte indices
 */
function createPackings(): Uint8Array {
  const packings = new Uint8Array(16 * 16);
  for (let mask = 0; mask < 16; mask++) {
    let to = mask * 16;
    for (let lane = 0; lane < 4; lane++) {
      if ((mask >> lane) & 1) {
        for (let byte = 0; byte < 4; byte++) packings[to++] = 4 * lane + byte;
      }
    }
  }
  return packings;
}

let compiled: WebAssembly.Module | undefined;

function loadKernel(memory: WebAssembly.Memory): RunEpoch {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
  );
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  const runEpoch = exports.runEpoch as RunEpoch;
  // WebAssembly has signed numbers only.
  return (...args) => runEpoch(...args) >>> 0;
}

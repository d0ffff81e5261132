import { createRandom } from "../../scan/onnx/random.ts";
import {
  findCell,
  type LayoutForces,
  maxForce,
  tabulateForces,
} from "../../scan/projection/forces.ts";
import { firstTheta, type Layout } from "../../scan/projection/layout.ts";
import type { EdgeSchedule } from "../../scan/projection/schedule.ts";

const f = Math.fround;

/**
 * What `createLayout()` does, in plain TypeScript: the oracle of the WebAssembly kernel, equal to it
 * bit for bit. Every sum is taken in four lanes, as there.
 */
export function createPlainLayout(
  start: Float32Array,
  nDims: number,
  schedule: EdgeSchedule,
  forces: LayoutForces,
): Layout {
  const { n, points, starts, columns, weights } = schedule;
  const { attraction, repulsion } = tabulateForces(forces);
  // Past the last point a block is filled up with points that nothing reaches.
  const positions = new Float32Array(Math.ceil(n / 4) * 4 * 3).fill(1e9);
  points.forEach((point, place) => {
    for (let c = 0; c < 3; c++) positions[place * 3 + c] = c < nDims ? start[point * nDims + c] : 0;
  });
  let seed = createRandom(forces.seed).nextUint32() | 1;

  const drawBlock = (): number => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return Math.floor((seed >>> 0) * Math.ceil(n / 4) / 2 ** 32);
  };

  const runEpoch = (epoch: number, nEpochs: number): void => {
    const progress = epoch / nEpochs;
    const alpha = forces.learningRate * (1 - progress) ** 2;
    const damping = alpha * (firstTheta + (1 - firstTheta) * progress);
    let owed = 0;
    for (let head = 0; head < n; head++) {
      const tails: number[] = [];
      for (let e = starts[head]; e < starts[head + 1]; e++) {
        const counted = ((epoch + 1) * weights[e] + (e % 8) * 0x9e37) % 2 ** 16;
        if (counted < weights[e]) tails.push(columns[e]);
      }
      if (tails.length === 0) continue;

      // [3 coordinates and the stiffness, 4 lanes]
      const sums = new Float32Array(16);
      const difference = new Float32Array(3);
      const look = (other: number, sign: number): number => {
        for (let c = 0; c < 3; c++) {
          difference[c] = sign * f(positions[other * 3 + c] - positions[head * 3 + c]);
        }
        const [x, y, z] = difference;
        return findCell(f(f(f(x * x) + f(y * y)) + f(z * z)));
      };
      tails.forEach((tail, i) => {
        const pull = attraction[look(tail, 1)];
        for (let c = 0; c < 3; c++) sums[c * 4 + i % 4] += f(pull * difference[c]);
        sums[12 + i % 4] += pull;
      });
      owed += tails.length * forces.nNegatives;
      for (; owed >= 4; owed -= 4) {
        const block = drawBlock();
        for (let lane = 0; lane < 4; lane++) {
          const push = repulsion[look(block * 4 + lane, -1)];
          for (let c = 0; c < 3; c++) {
            const force = f(push * difference[c]);
            sums[c * 4 + lane] += Math.min(maxForce, Math.max(-maxForce, force));
          }
        }
      }
      const sumLanes = (at: number) =>
        f(f(sums[at] + sums[at + 1]) + f(sums[at + 2] + sums[at + 3]));
      const step = f(f(alpha) / f(1 + f(f(damping) * sumLanes(12))));
      for (let c = 0; c < 3; c++) positions[head * 3 + c] += f(step * sumLanes(c * 4));
    }
  };
  const readPositions = (): Float32Array => {
    const result = new Float32Array(n * nDims);
    points.forEach((point, place) => {
      for (let c = 0; c < nDims; c++) result[point * nDims + c] = positions[place * 3 + c];
    });
    return result;
  };
  return { runEpoch, readPositions };
}

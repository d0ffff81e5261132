import type { AdamSpec } from "../onnx/adam.ts";
import { createRandom } from "../onnx/random.ts";
import { float32, int64, type Tensor } from "../onnx/tensor.ts";
import { listSlotParameters, slotData, slotLoss, type SlotSizes } from "./slots_graph.ts";
import { alignPlaces, createWindow } from "./slots_window.ts";
import type { ReducedStates } from "./reduced_states.ts";
import type { TokenStates } from "./token_states.ts";
import type { TrainingPlan } from "./training.ts";
import type { EncoderMember } from "./types.ts";

/** Numbers of a step's largest tensor, at most: 64 MB each. Where a family has more, a step takes some of its layers. */
const mostNumbers = 2 ** 24;

/** Some states of one member, as the graphs of `slots_graph.ts` take them. */
export interface Batch {
  readonly member: number;
  readonly firstState: number;
  /** [1, count, nTokens, dModel] */
  readonly x: Tensor<"float32">;
  /** [1, 1, particles, nTokens] */
  readonly window: Tensor<"float32">;
}

/** Numbers of the largest tensor that one state of one member needs. */
function numbersOfState(nTokens: number, { particles, channels, dModel }: SlotSizes): number {
  return Math.max(particles * Math.max(nTokens, channels), nTokens * dModel);
}

/**
 * All states of all members, as many at a time as memory allows.
 *
 * @returns a function that lists them anew
 */
export function listBatches(
  members: readonly EncoderMember[],
  { nStates, nTokens: width, dModel, x }: TokenStates,
  sizes: SlotSizes,
): () => Iterable<Batch> {
  const { particles } = sizes;
  return function* () {
    for (const [m, { nTokens }] of members.entries()) {
      const all = windowOf(members, m, particles, width);
      const window = new Float32Array(particles * nTokens);
      for (let p = 0; p < particles; p++) {
        window.set(all.subarray(p * width, p * width + nTokens), p * nTokens);
      }
      const atOnce = Math.max(1, Math.floor(mostNumbers / numbersOfState(nTokens, sizes)));
      for (let firstState = 0; firstState < nStates; firstState += atOnce) {
        const count = Math.min(atOnce, nStates - firstState);
        const part = new Float32Array(count * nTokens * dModel);
        for (let s = 0; s < count; s++) {
          const at = (m * nStates + firstState + s) * width * dModel;
          part.set(x.subarray(at, at + nTokens * dModel), s * nTokens * dModel);
        }
        yield {
          member: m,
          firstState,
          x: float32([1, count, nTokens, dModel], part),
          window: float32([1, 1, particles, nTokens], window),
        };
      }
    }
  };
}

/** @returns [particles, width] float32 */
function windowOf(
  members: readonly EncoderMember[],
  m: number,
  particles: number,
  width: number,
): Float32Array {
  const longest = members.find(({ nTokens }) => nTokens === width)!;
  const member = members[m];
  return createWindow(particles, alignPlaces(longest, member), member.nTokens, width);
}

/**
 * What each step of the training is made of: all layers, or as many as memory allows, drawn anew for
 * each step.
 *
 * @param dWhole width of the states before they were reduced: errors are shared out over it
 */
export function planSteps(
  members: readonly EncoderMember[],
  { nStates, nTokens, nReal, dModel, x, lost }: ReducedStates,
  dWhole: number,
  sizes: SlotSizes,
  seed: number,
): Pick<TrainingPlan, "spec" | "dataOf"> {
  const { particles } = sizes;
  const nMembers = members.length;
  const fitting = Math.floor(mostNumbers / (nMembers * numbersOfState(nTokens, sizes)));
  const nChosen = Math.max(1, Math.min(nStates, fitting));

  const window = new Float32Array(nMembers * particles * nTokens);
  const share = new Float32Array(nMembers * nTokens);
  members.forEach((member, m) => {
    window.set(windowOf(members, m, particles, nTokens), m * particles * nTokens);
    share.fill(nStates / (nReal * dWhole), m * nTokens, m * nTokens + member.nTokens);
  });
  const fixed = {
    x: float32([nMembers, nStates, nTokens, dModel], x),
    window: float32([nMembers, 1, particles, nTokens], window),
    share: float32([nMembers, 1, nTokens, 1], share),
    lost: float32([], [lost / (nReal * dWhole)]),
  };
  const spec: AdamSpec = {
    parameters: listSlotParameters(sizes),
    data: slotData({ nMembers, nStates, nTokens }, sizes, nChosen),
    buildLoss: slotLoss,
  };
  const dataOf = (step: number, nSteps: number) => {
    const chosen = Array.from(
      { length: nSteps },
      (_, i) => chooseStates(nStates, nChosen, seed, step + i),
    );
    return { ...fixed, chosen: int64([nSteps, nChosen], chosen.flat()) };
  };
  return { spec, dataOf };
}

/** `count` of n states; which, depends on the seed and the step alone. */
function chooseStates(n: number, count: number, seed: number, step: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  if (count === n) return order;
  const random = createRandom(seed + 7919 * (step + 1));
  for (let i = 0; i < count; i++) {
    const j = i + random.nextIndex(n - i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order.slice(0, count);
}

import assert from "node:assert/strict";
import { makeStates } from "./made_up_states.ts";

Deno.test("makeStates() gives normed vectors of the sizes asked for, the same for a seed", () => {
  const sizes = { nStates: 3, nTokens: 2, dModel: 40 };
  const { states, nTokens, dModel } = makeStates(sizes, 1);
  assert.deepEqual([states.length, nTokens, dModel], [3 * 2 * 40, 2, 40]);
  for (let at = 0; at < states.length; at += dModel) {
    let squares = 0;
    for (const x of states.subarray(at, at + dModel)) squares += x * x;
    assert.ok(Math.abs(squares / dModel - 1) < 1e-5);
  }
  assert.deepEqual(makeStates(sizes, 1).states, states);
  assert.notDeepEqual(makeStates(sizes, 2).states, states);
});

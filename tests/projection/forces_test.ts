import assert from "node:assert/strict";
import { findCell, tabulateForces } from "../../scan/projection/forces.ts";

Deno.test("tabulateForces() comes within 1.6 % of the forces of the paper, the pull taken twice", () => {
  const [a, b] = [1.93, 0.79];
  const { attraction, repulsion } = tabulateForces({ a, b, repulsion: 1 });
  for (let squared = 1e-6; squared < 1e6; squared *= 1.37) {
    const cell = findCell(squared);
    const power = a * squared ** b;
    const pull = 2 * 2 * a * b * squared ** (b - 1) / (1 + power);
    const push = 2 * b / ((0.001 + squared) * (1 + power));
    assert.ok(Math.abs(attraction[cell] / pull - 1) < 0.016, `${squared}`);
    assert.ok(Math.abs(repulsion[cell] / push - 1) < 0.016, `${squared}`);
  }
});

Deno.test("tabulateForces() pushes nothing when points are out of reach, and is finite when they touch", () => {
  const { attraction, repulsion } = tabulateForces({ a: 1.93, b: 0.79, repulsion: 1 });
  assert.equal(repulsion[findCell(1e18)], 0);
  assert.equal(findCell(Infinity), repulsion.length - 1);
  assert.equal(findCell(0), 0);
  assert.ok(attraction.every((force) => force > 0 && Number.isFinite(force)));
});

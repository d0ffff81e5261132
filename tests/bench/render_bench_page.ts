/**
 * The page of the render benchmark: draws one frame with its edges as the viewer does, and as the
 * original's page does, with one `THREE.Line` per edge. Bundled and run in a browser by
 * `render_bench.ts`.
 */
import {
  BufferGeometry,
  Float32BufferAttribute,
  Line,
  LineBasicMaterial,
  PerspectiveCamera,
  Points,
  PointsMaterial,
  Scene,
  Vector3,
  WebGLRenderer,
} from "three";
import { edgesOf, type Neighbours, searchNeighbours } from "../../site/viewer/neighbours.ts";
import { scales } from "../../site/viewer/palette.ts";
import { Cloud } from "../../site/viewer/scene/cloud.ts";
import { makeContext } from "../../site/viewer/scene/renderer.ts";
import { makeCloud } from "../fixtures/synthetic_cloud.ts";

export interface RenderSize {
  readonly nParticles: number;
  readonly k: number;
  readonly width: number;
  readonly height: number;
  readonly turns: number;
  /** Where between two frames the viewer's picture is: 0 draws one frame's edges, 0.5 those of both. */
  readonly mix: number;
  readonly seed: number;
}

export interface RenderTimes {
  /** Milliseconds of each picture, until its pixels can be read. */
  readonly ours: readonly number[];
  readonly rival: readonly number[];
  readonly oursCalls: number;
  readonly rivalCalls: number;
}

/** What is drawn, and by whom. */
interface Contender {
  readonly renderer: WebGLRenderer;
  readonly scene: Scene;
  readonly camera: PerspectiveCamera;
}

function measure(size: RenderSize): RenderTimes {
  const { nParticles, k, seed } = size;
  const frames = makeCloud({ seed, member: 0, nFrames: 2, nParticles, nDims: 3 });
  const neighbours = frames.map((positions) => finish(searchNeighbours(positions, 3, k)));
  const ours = makeOurs(size, frames, neighbours);
  const rival = makeRival(size, frames[0], neighbours[0]);
  const times = { ours: [] as number[], rival: [] as number[] };

  // Shaders are compiled and buffers uploaded before the clock runs.
  for (let i = 0; i < 3; i++) [ours, rival].forEach(draw);
  for (let turn = 0; turn < size.turns; turn++) {
    const order = turn % 2 === 0 ? ["ours", "rival"] as const : ["rival", "ours"] as const;
    for (const name of order) {
      const contender = name === "ours" ? ours : rival;
      // Pictures follow each other: what it costs to change from one context to the other is nobody's.
      draw(contender);
      times[name].push(draw(contender));
    }
  }
  return {
    ...times,
    oursCalls: ours.renderer.info.render.calls,
    rivalCalls: rival.renderer.info.render.calls,
  };
}

/** Draws once. @returns milliseconds until the picture is finished */
function draw({ renderer, scene, camera }: Contender): number {
  const gl = renderer.getContext();
  const startMs = performance.now();
  renderer.render(scene, camera);
  // Reading a pixel waits for the drawing: without it only the queueing of commands would be timed.
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  return performance.now() - startMs;
}

/** The viewer's own cloud in the viewer's own context. */
function makeOurs(
  size: RenderSize,
  frames: readonly Float32Array[],
  neighbours: readonly Neighbours[],
): Contender {
  const contender = makeContender(size);
  const cloud = new Cloud(size.nParticles, 3, frames.length, size.nParticles * size.k);
  frames.forEach((positions, frame) => {
    cloud.setPositions(frame, positions);
    const { ends, lengths } = edgesOf(neighbours[frame]);
    cloud.setEdges(frame, ends, lengths);
  });
  cloud.setLook("dark", scales.motion, scales.edge);
  cloud.setPointDomain([0, 1], false, true);
  cloud.setEdgeDomain([-4, 1]);
  const { distance } = placeCamera(contender.camera);
  const half = Math.tan(contender.camera.fov * Math.PI / 360);
  cloud.setOptics(size.height / (2 * half), distance - 10, distance + 10);
  cloud.show({ from: 0, to: 1, mix: size.mix, position: size.mix, layer: 0 });
  cloud.update(1000);
  contender.scene.add(cloud.group);
  return contender;
}

/** One object, geometry and material for each edge of each particle, and unsorted plain points. */
function makeRival(
  size: RenderSize,
  positions: Float32Array,
  neighbours: Neighbours,
): Contender {
  const contender = makeContender(size);
  placeCamera(contender.camera);
  const at = (i: number) => new Vector3().fromArray(positions, 3 * i);
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
  contender.scene.add(new Points(geometry, new PointsMaterial({ size: 0.1, transparent: true })));
  for (let i = 0; i < size.nParticles; i++) {
    for (let j = 0; j < size.k; j++) {
      const ends = [at(i), at(neighbours.indices[i * size.k + j])];
      const line = new BufferGeometry().setFromPoints(ends);
      contender.scene.add(new Line(line, new LineBasicMaterial({ color: 0xffffff })));
    }
  }
  return contender;
}

function makeContender({ width, height }: RenderSize): Contender {
  // The same for both: by default the original asks for no smoothing, and in software the viewer
  // neither.
  const canvas = document.createElement("canvas");
  const renderer = new WebGLRenderer({ canvas, context: makeContext(canvas) });
  renderer.setPixelRatio(1);
  renderer.setSize(width, height);
  document.body.append(renderer.domElement);
  return {
    renderer,
    scene: new Scene(),
    camera: new PerspectiveCamera(34, width / height, 0.1, 200),
  };
}

function placeCamera(camera: PerspectiveCamera): { distance: number } {
  const distance = 42;
  camera.position.set(0, 0, distance);
  return { distance };
}

function finish<T>(work: Generator<void, T, void>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

Object.assign(globalThis, { measureRendering: measure });

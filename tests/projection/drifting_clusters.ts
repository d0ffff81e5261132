import { createRandom } from "../../scan/onnx/random.ts";

/** Points that stand for the particles of one family. */
export interface DriftingClusters {
  /** [nFrames × nParticles, d] float32, frame after frame */
  readonly points: Float32Array;
  readonly n: number;
  readonly d: number;
  /** [n] cluster of each point */
  readonly clusters: Int32Array;
}

/**
 * Particles in clusters of a few widths that wander from frame to frame, as a layer's particles
 * do: what neighbours, projection and their benchmark are tried on.
 */
export function createDriftingClusters(
  nFrames: number,
  nParticles: number,
  d: number,
  nClusters: number,
  seed: number,
): DriftingClusters {
  const random = createRandom(seed);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const centres = Float32Array.from({ length: nClusters * d }, normal);
  const widths = Float32Array.from({ length: nClusters }, () => 0.1 + 0.2 * random.next());
  const offsets = Float32Array.from({ length: nParticles * d }, normal);
  const n = nFrames * nParticles;
  const points = new Float32Array(n * d);
  const clusters = new Int32Array(n);
  for (let frame = 0; frame < nFrames; frame++) {
    for (let c = 0; c < centres.length; c++) centres[c] += 0.12 * normal();
    for (let c = 0; c < offsets.length; c++) offsets[c] += 0.25 * normal();
    for (let particle = 0; particle < nParticles; particle++) {
      const i = frame * nParticles + particle;
      const cluster = particle % nClusters;
      clusters[i] = cluster;
      for (let c = 0; c < d; c++) {
        points[i * d + c] = centres[cluster * d + c] +
          widths[cluster] * offsets[particle * d + c];
      }
    }
  }
  return { points, n, d, clusters };
}

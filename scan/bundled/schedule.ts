/** Shape of a training's learning rate. */
export interface Schedule {
  /** Highest learning rate. */
  readonly peak: number;
  /** Share of the training over which it rises from 0 to the peak. */
  readonly warmUp: number;
  /** Share of the training after which it begins to fall; what is learned late needs the high rate. */
  readonly holdUntil: number;
  /** Share of the peak that is left at the end. */
  readonly floor: number;
}

/**
 * Learning rate at a share of the training: a linear rise, the peak, then half a cosine. The share may be one
 * of steps or of a time budget; the second ends on time on a machine that others use too.
 *
 * @param progress 0 … 1, larger values count as 1
 */
export function learningRateAt(
  progress: number,
  { peak, warmUp, holdUntil, floor }: Schedule,
): number {
  if (progress < warmUp) return peak * progress / warmUp;
  const share = Math.min(1, Math.max(0, (progress - holdUntil) / (1 - holdUntil)));
  return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * share)));
}

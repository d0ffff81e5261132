/** Which frame of one scan goes with which of another, where layers are not taken one by one. */

import type { Playhead } from "./timeline.ts";

/** Steps [frame of a, frame of b]; both rise from the first to the last. */
export type WarpPath = readonly (readonly [number, number])[];

/** For every frame of a the one of b that goes with it; rises from 0 to b's last frame. */
export type FramePath = readonly number[];

/**
 * One frame of b for every frame of a: the middle one where the path names several. The ends stay
 * together, so that both close their loop at once.
 *
 * @param turned whether to look from b to a instead
 */
export function framePathOf(warp: WarpPath, turned = false): FramePath {
  const groups: number[][] = [];
  for (const [a, b] of warp) {
    const [from, to] = turned ? [b, a] : [a, b];
    (groups[from] ??= []).push(to);
  }
  const last = groups.length - 1;
  return Array.from(groups, (group, frame) => {
    if (frame === last) return group[group.length - 1];
    return frame === 0 ? group[0] : group[(group.length - 1) >> 1];
  });
}

/** Where a place between a's frames lies between b's. @param path null takes frames one by one */
export function followPath(path: FramePath | null, position: number): number {
  if (path === null) return position;
  const last = path.length - 1;
  const from = Math.min(last, Math.max(0, Math.floor(position)));
  const to = Math.min(last, from + 1);
  return path[from] + (path[to] - path[from]) * Math.min(1, Math.max(0, position - from));
}

/** What b shows while a shows `playhead`: frames that the path skips are passed through. */
export function mapPlayhead(path: FramePath | null, playhead: Playhead): Playhead {
  if (path === null) return playhead;
  const last = path[path.length - 1];
  if (playhead.to < playhead.from) {
    const { mix } = playhead;
    return { from: last, to: 0, mix, position: last * (1 - mix), layer: mix < 0.5 ? last : 0 };
  }
  const position = followPath(path, playhead.from + playhead.mix);
  const from = Math.min(Math.floor(position), last);
  const to = Math.min(from + 1, last);
  return { from, to, mix: position - from, position, layer: Math.round(position) };
}

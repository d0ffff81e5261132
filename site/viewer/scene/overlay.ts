import { AddEquation, CustomBlending, OneFactor, OneMinusSrcAlphaFactor } from "three";

/**
 * Material settings of all that is drawn: premultiplied colours over one another without depth, so that
 * one blending serves glow and ink, and the page's own stage shows through.
 */
export const overlay = {
  transparent: true,
  depthTest: false,
  depthWrite: false,
  blending: CustomBlending,
  blendEquation: AddEquation,
  blendSrc: OneFactor,
  blendDst: OneMinusSrcAlphaFactor,
} as const;

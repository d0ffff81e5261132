import {
  ClampToEdgeWrapping,
  DataTexture,
  LinearFilter,
  RGBAFormat,
  UnsignedByteType,
} from "three";
import { type Look, rampBytes, rampSize, type Scale } from "../palette.ts";

/** A colour scale that shaders look up. */
export function makeRamp(): DataTexture {
  const ramp = new DataTexture(
    new Uint8Array(rampSize * 4),
    rampSize,
    1,
    RGBAFormat,
    UnsignedByteType,
  );
  ramp.minFilter = ramp.magFilter = LinearFilter;
  ramp.wrapS = ramp.wrapT = ClampToEdgeWrapping;
  return ramp;
}

export function fillRamp(ramp: DataTexture, scale: Scale, look: Look): void {
  const target = ramp.image.data;
  if (target instanceof Uint8Array) target.set(rampBytes(scale, look));
  ramp.needsUpdate = true;
}

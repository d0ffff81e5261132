/** Words and numbers as readers see them. */

/** A probability: `62 %`, `0.4 %`, `< 0.1 %`. @param p 0 … 1 */
export function formatProbability(p: number): string {
  if (!Number.isFinite(p)) return "–";
  const percent = p * 100;
  if (percent > 0 && percent < 0.1) return "<\u202f0.1\u202f%";
  if (percent > 0 && percent < 1) return `${percent.toFixed(1)}\u202f%`;
  // 100 % is said only of a certainty.
  if (p < 1 && percent > 99) return `${Math.min(99.9, percent).toFixed(1)}\u202f%`;
  return `${Math.round(percent)}\u202f%`;
}

/** A measure with three significant digits, without exponents: `0.0312`, `1.25`, `48.1`, `1,240`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en");
  if (size === 0) return "0";
  if (size < 0.001) return value < 0 ? "> −0.001" : "< 0.001";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(size)));
  return value.toFixed(digits).replace("-", "−");
}

/** A token's text with what cannot be seen made visible; "" becomes `∅`. */
export function showToken(text: string): string {
  if (text === "") return "∅";
  return text.replaceAll(" ", "␣").replaceAll("\n", "↵").replaceAll("\t", "⇥")
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u001f\u007f]/g, "�");
}

/** A token as a screen reader should say it. */
export function sayToken(text: string): string {
  if (text === "") return "empty token";
  const words = text.trim();
  if (words !== "") return words;
  return text.includes("\n") ? "new line" : "space";
}

/** `layer 7 of 12`; the embedding is `embedding, before layer 1 of 12`. @param nFrames layers + 1 */
export function sayLayer(layer: number, nFrames: number): string {
  const nLayers = Math.max(0, nFrames - 1);
  if (layer === 0) return nLayers > 0 ? `embedding, before layer 1 of ${nLayers}` : "embedding";
  return `layer ${layer} of ${nLayers}`;
}

/** Bytes: `48 kB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

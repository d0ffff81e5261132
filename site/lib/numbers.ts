/** Numbers as the pages show them: always English, so that every machine builds the same bytes. */

/** `0.9567` → `95.7 %`. */
export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)}\u202f%`;
}

/** A figure between 0 and 1 with three digits: `0.987`. */
export function ratio(value: number): string {
  return value.toFixed(3);
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** `3.2e-7` → `3 × 10⁻⁷`, `0` → `0`: for sizes that matter by their order only. */
export function magnitude(value: number): string {
  if (value === 0) return "0";
  const [digits, exponent] = value.toExponential(0).split("e");
  const raised = String(Math.abs(Number(exponent))).replace(/\d/g, (digit) => superscripts[+digit]);
  return `${digits}\u202f×\u202f10${Number(exponent) < 0 ? "⁻" : ""}${raised}`;
}

/** `1536` → `1.5 kB`. Decimal units, as download lists use them. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} bytes`;
  const unit = n < 1e6 ? "kB" : "MB";
  const value = n / (n < 1e6 ? 1e3 : 1e6);
  return `${value.toFixed(value < 10 ? 1 : 0)}\u202f${unit}`;
}

/** `21340` → `21 s`, `125000` → `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 950) return `${Math.round(ms)}\u202fms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return ms < 9950 ? `${(ms / 1000).toFixed(1)}\u202fs` : `${seconds}\u202fs`;
  return `${Math.floor(seconds / 60)}\u202fmin ${seconds % 60}\u202fs`;
}

/** `2654` → `2,654`. */
export function count(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `2026-11-23` → `23 November 2026`. */
export function longDay(isoDay: string): string {
  const [year, month, day] = isoDay.slice(0, 10).split("-").map(Number);
  const names =
    "January February March April May June July August September October November December"
      .split(" ");
  return `${day} ${names[month - 1]} ${year}`;
}

/** `2` → `two`, up to twelve; digits beyond. */
export function inWords(n: number): string {
  const words = "no one two three four five six seven eight nine ten eleven twelve".split(" ");
  return words[n] ?? String(n);
}

/** `plural(1, "prompt")` → `1 prompt`. */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

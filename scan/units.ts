/** Bytes as people read and write them, in decimal units. */

const units = ["KB", "MB", "GB", "TB"];

/** `812 B`, `64.2 KB`, `1.9 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** Reads `8GB`, `1.5 gb` or `300MB`; null if the text is no size. */
export function parseBytes(text: string): number | null {
  const groups = /^(?<n>\d+(?:\.\d+)?) ?(?<unit>[KMGT]B|B)$/i.exec(text.trim())?.groups;
  if (!groups) return null;
  return Math.round(Number(groups.n) * 1000 ** (units.indexOf(groups.unit.toUpperCase()) + 1));
}

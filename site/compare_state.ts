/** Two scans as the compare page's address names them; null where it names none. */
export interface Choice {
  readonly a: string | null;
  readonly b: string | null;
}

/** Reads `#a=days&b=days/friday`, with or without its `#`. */
export function readChoice(hash: string): Choice {
  const found = new URLSearchParams(hash.replace(/^#/, ""));
  return { a: found.get("a") || null, b: found.get("b") || null };
}

/** Writes a choice into a hash; what others keep there stays. */
export function writeChoice({ a, b }: Choice, present: string): string {
  const parameters = new URLSearchParams(present.replace(/^#/, ""));
  for (const [key, value] of [["a", a], ["b", b]] as const) {
    if (value === null) parameters.delete(key);
    else parameters.set(key, value);
  }
  const first = ["a", "b"].filter((key) => parameters.has(key));
  const order = [
    ...first,
    ...[...new Set(parameters.keys())].filter((key) => !first.includes(key)),
  ];
  const pairs = order.map((key) =>
    `${encodeURIComponent(key)}=${
      encodeURIComponent(parameters.get(key) ?? "").replaceAll("%2F", "/").replaceAll("%2C", ",")
    }`
  );
  return pairs.length === 0 ? "" : `#${pairs.join("&")}`;
}

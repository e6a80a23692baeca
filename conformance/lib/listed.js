// The differences that are meant, from differences.json. Each entry must be met wherever
// it says that it applies, so that none outlives its cause.

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const path = new URL("../differences.json", import.meta.url);
const { ignored_headers: headers, differences } = JSON.parse(readFileSync(path, "utf8"));
const met = new Set();

// { "pattern": "…" } stands for any text that it matches.
function fits(wanted, value) {
  if (wanted !== null && typeof wanted === "object" && "pattern" in wanted) {
    return typeof value === "string" && new RegExp(wanted.pattern).test(value);
  }
  return isDeepStrictEqual(wanted, value);
}

/** Whether a header is left out of the comparison. */
export function isIgnored(name) {
  const ignored = headers.some((entry) => entry.name === name);
  if (ignored) met.add(`header ${name}`);
  return ignored;
}

export function isListed({ on, field, official, ours }) {
  const index = differences.findIndex((entry) => entry.on.includes(on)
    && entry.field === field && fits(entry.official, official) && fits(entry.ours, ours));
  if (index >= 0) met.add(`${index} ${on}`);
  return index >= 0;
}

/** Every promise of the file, and whether this run has met it. */
export function promises() {
  return [
    ...headers.map(({ name, reason }) =>
      ({ name: `header ${name}, not compared`, reason, met: met.has(`header ${name}`) })),
    ...differences.flatMap(({ on, field, reason }, index) => on.map((route) =>
      ({ name: `${route}: ${field}`, reason, met: met.has(`${index} ${route}`) }))),
  ];
}

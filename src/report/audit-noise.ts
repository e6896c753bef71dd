import { excerpt } from "../tensor/file-error.ts";
import type { AuditedNoise } from "./audit-record.ts";
import { readable } from "./numbers.ts";

/** "nn.Dropout(0.5) at head.drop"; noise of the same strength together: "2 × nn.Dropout(0.5) at block.2, block.5". */
export function noiseInWords(noise: readonly AuditedNoise[]): string {
  const calls = [...new Set(noise.map(callOf))];
  return few(
    calls.map((call) => {
      const alike = noise.filter((one) => callOf(one) === call);
      const modules = few(alike.map(({ module }) => module).filter((module) => module !== ""));
      const times = alike.length === 1 ? "" : `${alike.length} × `;
      return `${times}${call}${modules === "" ? "" : ` at ${modules}`}`;
    }),
  );
}

/** A noise in a framework's words: "nn.Dropout2d(0.3)". */
export function callOf({ kind, shares, drop, variance }: AuditedNoise): string {
  const strength = readable(drop ?? variance ?? 0, 4);
  switch (kind) {
    case "dropout":
      return `${DROPOUTS[shares]}(${strength})`;
    case "alpha-dropout":
      return `${shares === "unit" ? "nn.AlphaDropout" : "nn.FeatureAlphaDropout"}(${strength})`;
    case "multiplied":
      return `noise of σ² ${strength}`;
    case "added":
      return `added noise of variance ${strength}`;
    case "unknown":
      return "noise written by hand";
  }
}

const DROPOUTS: { readonly [Shares in AuditedNoise["shares"]]: string } = {
  unit: "nn.Dropout",
  channel: "nn.Dropout2d",
  sample: "DropPath",
};

/** The first of them, and how many more there are. */
export function few(items: readonly string[]): string {
  const each = [...new Set(items)].map(excerpt);
  const rest = each.length - MOST_NAMED;
  return rest > 0 ? `${each.slice(0, MOST_NAMED).join(", ")} and ${rest} more` : each.join(", ");
}

const MOST_NAMED = 2;

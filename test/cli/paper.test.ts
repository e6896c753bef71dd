import { describe, expect, it } from "vitest";
import { paperCommand } from "../../src/cli/commands/paper.ts";
import type { Streams } from "../../src/cli/streams.ts";
import type { Claim, ComputedClaim } from "../../src/theory/paper/claim.ts";
import { CLAIMS } from "../../src/theory/paper/claims.ts";
import { vshift } from "./in-process.ts";

const computed = CLAIMS.filter((claim): claim is ComputedClaim => claim.kind === "computed");

it("paper prints a line of JSON for each number, and exits with 0", async () => {
  const { code, stdout, stderr } = await vshift(["paper"]);
  const records = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect({ code, stderr, count: records.length }).toEqual({ code: 0, stderr: "", count: CLAIMS.length });
  expect(new Set(records.map(({ schema }) => schema))).toEqual(new Set(["vshift.claim/1"]));
});

it.each([
  [
    "table",
    /^ {2}The paper's equations in numbers, and its tables\n\n {2}Its equations give 19 numbers: .*\n(.*\n)+ +stated +ours /,
  ],
  ["json", /^\[\n {2}\{\n {4}"schema": "vshift\.claim\/1",/],
  ["csv", /^schema,kind,origin,source,claim,stated,ours,difference,verdict,asExpected,because,flags\n/],
  [
    "markdown",
    /^# The paper's equations in numbers, and its tables\n\n\*\*Its equations give 19 numbers: .* Its tables print 32 numbers: /,
  ],
])("paper has the format %s", async (format, look) => {
  expect((await vshift(["paper", "--format", format])).stdout).toMatch(look);
});

describe("the flags of a claim make theory say the same", () => {
  it.each(computed.map(({ claim, flags, source }) => [`${claim}, ${source}`, flags] as const))(
    "%s",
    async (_, flags) => {
      const { stdout } = await vshift(["theory", ...flags.split(" ")]);
      const records = (await vshift(["paper"])).stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      const { ours } = records.find((record) => record.flags === flags);
      // Flags with the moments of a ReLU have six digits of them; weights in single precision have their alignment to 1e-7.
      expect(Math.abs(JSON.parse(stdout).theory.shift - ours)).toBeLessThan(2e-6);
    },
  );
});

it("paper exits with 1 if a number that should match does not", async () => {
  const printed: string[] = [];
  const streams = { stdout: { write: (text: string) => printed.push(text) }, env: {} } as unknown as Streams;
  const [first, ...rest] = CLAIMS;
  expect(await paperCommand({}, streams)).toBe(0);
  expect(await paperCommand({}, streams, [{ ...first, stated: "0.8" } as Claim, ...rest])).toBe(1);
  expect(printed.join("")).toContain('"verdict":"differs","asExpected":false');
});

it("paper takes no scenario", async () => {
  const { code, stderr } = await vshift(["paper", "--drop", "0.5"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^vshift: --drop: is an option of vshift simulate/);
});

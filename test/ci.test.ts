import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { EXIT } from "../src/cli/exit-codes.ts";
import { FIELD_FLAGS } from "../src/cli/options.ts";
import { gridOf } from "../src/scenario/grid.ts";
import { sweepSchema } from "../src/scenario/json-schema.ts";

const PAGE = readFileSync("docs/CI.md", "utf8");
const ACTION_PATH = ".github/actions/check";
const NO_BASH = "Windows has no bash of its own";

interface Action {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly runs: {
    readonly using: string;
    readonly steps: readonly { readonly run: string; readonly env: Readonly<Record<string, string>> }[];
  };
}

const ACTION = parse(readFileSync(join(ACTION_PATH, "action.yml"), "utf8")) as Action;

const CHECK_FLAGS = [
  ...["--alpha", "--annotations", "--baseline", "--config", "--format", "--junit", "--measured", "--output", "--plan"],
  ...["--quiet", "--summary", "--threads", "--tolerance", "--zip"],
  ...FIELD_FLAGS.flatMap(({ flag }) => flag.match(/--[a-z-]+/g) ?? []),
];

/** The code in fences of a language. */
function snippets(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, code = ""]) => code);
}

/** Every object in a parsed document. */
function objectsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value as Record<string, unknown>, ...inside];
}

/** The flags in what follows "vshift check" on its line, up to the end of the quotation or a comment. */
function flagsOfCheck(text: string): string[] {
  const commands = [...text.matchAll(/vshift check([^\n'`#|]*)/g)].map(([, rest = ""]) => rest);
  return commands.flatMap((rest) => rest.match(/(?<= )--[a-z-]+/g) ?? []);
}

/** What npx is called with when the action's script runs with these inputs. */
function calledWith(inputs: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "vshift-action-"));
  try {
    writeFileSync(join(folder, "npx"), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const env = { PATH: `${folder}${delimiter}${process.env.PATH}`, GITHUB_STEP_SUMMARY: "step summary.md" };
    const script = ACTION.runs.steps[0]?.run ?? "";
    const output = execFileSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      env: { ...env, CONFIG: "", ARGS: "", JUNIT: "", VERSION: "", ...inputs },
      encoding: "utf8",
    });
    return output.split("\n").slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the action", () => {
  it("is a composite one, whose step has an input for each of its variables", () => {
    expect(ACTION.runs.using).toBe("composite");
    expect(ACTION.runs.steps.map(({ env }) => env)).toEqual([
      Object.fromEntries(Object.keys(ACTION.inputs).map((name) => [name.toUpperCase(), `\${{ inputs.${name} }}`])),
    ]);
    expect(ACTION.runs.steps[0]?.run).not.toContain("${{");
  });

  it("passes on what it is given, and no more", ({ skip }) => {
    skip(process.platform === "win32", NO_BASH);
    const always = ["--summary", "step summary.md", "--annotations", "github"];
    expect(calledWith({})).toEqual(["--yes", "vshift", "check", ...always]);
    expect(
      calledWith({ CONFIG: "my checks.json", JUNIT: "a b.xml", VERSION: "1.2.3", ARGS: "--alpha 0.01 *" }),
    ).toEqual(
      ["--yes", "vshift@1.2.3", "check", ...always, "--config", "my checks.json", "--junit", "a b.xml"].concat([
        "--alpha",
        "0.01",
        "*",
      ]),
    );
  });

  it("runs nothing that stands in an input", ({ skip }) => {
    skip(process.platform === "win32", NO_BASH);
    const input = "$(echo run);`echo run`";
    expect(calledWith({ CONFIG: input, ARGS: ";echo" })).toEqual(expect.arrayContaining([input, ";echo"]));
  });

  it("uses flags of vshift check alone", () => {
    const flags = ACTION.runs.steps[0]?.run.match(/(?<= )--[a-z-]+/g)?.filter((flag) => flag !== "--yes") ?? [];
    expect(flags.sort()).toEqual(["--annotations", "--config", "--junit", "--summary"]);
    for (const flag of flags) expect(CHECK_FLAGS).toContain(flag);
  });
});

describe("docs/CI.md", () => {
  const documents = snippets("yaml").map((text) => parse(text) as unknown);
  const steps = documents.flatMap(objectsIn);

  it("has YAML that parses", () => {
    expect(documents).toHaveLength(3);
    for (const document of documents) expect(typeof document).toBe("object");
  });

  it("uses flags of vshift check alone", () => {
    const given = steps.flatMap((step) => ("args" in step ? (String(step.args).match(/--[a-z-]+/g) ?? []) : []));
    const named = [...PAGE.matchAll(/`(--[a-z-]+)`/g)].map(([, flag = ""]) => flag);
    const used = [...flagsOfCheck(PAGE), ...given, ...named];
    for (const flag of used) expect(CHECK_FLAGS).toContain(flag);
    expect(new Set(used)).toEqual(
      new Set([
        ...[
          "--alpha",
          "--annotations",
          "--baseline",
          "--config",
          "--d",
          "--drop",
          "--format",
          "--junit",
          "--max-samples",
        ],
        ...["--measured", "--output", "--plan", "--quiet", "--summary", "--tolerance"],
      ]),
    );
  });

  it("uses the action where it is, with inputs that it has", () => {
    const uses = steps.filter((step) => step.uses === `./${ACTION_PATH}`);
    expect(uses).toHaveLength(1);
    for (const name of Object.keys(uses[0]?.with ?? {})) expect(Object.keys(ACTION.inputs)).toContain(name);
  });

  it("has a file of ten cells that vshift accepts", () => {
    const [text = ""] = snippets("json");
    const input = JSON.parse(text);
    const accepts = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(sweepSchema());
    expect(accepts(input), JSON.stringify(accepts.errors)).toBe(true);
    expect(gridOf(input, []).size).toBe(10);
  });

  it("explains every exit code", () => {
    const codes = [...PAGE.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT));
  });
});

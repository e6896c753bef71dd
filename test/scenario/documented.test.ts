import { readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { DEFAULTS, FIELDS } from "../../src/scenario/fields.ts";
import { DERIVED_FIELDS, type Scenario } from "../../src/scenario/scenario.ts";

interface Property {
  readonly name: string;
  readonly comment: string;
}

/** The properties of an interface with their comments, on one line. */
function propertiesOf(path: string, isWanted: (name: string) => boolean): readonly Property[] {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  return file.statements
    .filter((statement): statement is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(statement))
    .filter(({ name }) => isWanted(name.text))
    .flatMap(({ members }) => [...members])
    .filter(ts.isPropertySignature)
    .map((member) => ({
      name: member.name.getText(),
      comment: ts
        .getJSDocCommentsAndTags(member)
        .map((node) => (typeof node.comment === "string" ? node.comment : ""))
        .join(" ")
        .replace(/\s+/g, " "),
    }));
}

/** A number as comments have it. */
function shown(value: number): string {
  const [long, short] = [String(value), value.toExponential().replace("+", "")];
  return (long.length > 7 && short.length < long.length ? short : long).replace("-", value < 0 ? "−" : "-");
}

describe("each field that a user may give has a comment with its domain and its default", () => {
  const comments = new Map(
    propertiesOf("src/scenario/scenario.ts", (name) => name === "ScenarioFields").map(({ name, comment }) => [
      name,
      comment,
    ]),
  );
  const names = (Object.keys(FIELDS) as (keyof Scenario)[]).filter(
    (name) => !DERIVED_FIELDS.some((one) => one === name),
  );

  it.each(names)("%s", (name) => {
    const field = FIELDS[name];
    const comment = comments.get(name) ?? "";
    const [, usual = ""] = /\[(.*)\]/.exec(comment) ?? [];
    expect(usual).not.toBe("");
    const fallback = DEFAULTS[name] ?? field.defaultNote;
    if (fallback !== undefined) expect(usual.replaceAll('"', "")).toContain(String(fallback).replace(/'s$/, ""));
    if (field.type === "number") {
      const { minimum, exclusiveMinimum, maximum } = field;
      for (const bound of [minimum ?? exclusiveMinimum, maximum])
        if (bound !== undefined) expect(comment).toContain(shown(bound));
      expect(comment.includes("whole number")).toBe(field.integer === true);
    }
    if (field.type === "choice") for (const choice of field.choices) expect(comment).toContain(choice);
    if (field.type === "text" && field.pattern === undefined) expect(comment).toContain(String(field.maximumLength));
  });
});

it.each([
  ...["simulate", "sweep", "solve", "plot", "check", "weights", "network-theory"].map(
    (name) => `src/library/${name}.ts`,
  ),
  ...["audit", "repair", "check"].map((name) => `src/check/${name}.ts`),
])("each option in %s has a comment with its default", (path) => {
  const options = propertiesOf(path, (name) => name.endsWith("Options") && !["MeasureOptions"].includes(name));
  expect(options).not.toEqual([]);
  const lacking = options.filter(({ comment }) => !/\[.*\]|Must be given/.test(comment));
  expect(lacking).toEqual([]);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";

const FORGE = ".github";
const { version, license, engines, scripts } = JSON.parse(readFileSync("package.json", "utf8"));

function yaml(path: string) {
  return parse(readFileSync(path, "utf8"));
}

it("CITATION.cff names this version and this licence", () => {
  expect(yaml("CITATION.cff")).toMatchObject({ version, license, "cff-version": "1.2.0" });
});

it("the README cites this version, and the paper as CITATION.cff does", () => {
  const readme = readFileSync("README.md", "utf8");
  expect(readme).toContain(`version = {${version}}`);
  const [paper] = yaml("CITATION.cff").references;
  expect(readme.replaceAll(/\s+/g, " ")).toContain(paper.title);
  for (const { "family-names": name } of paper.authors) expect(readme).toContain(name);
  expect(readme).toContain(`${paper.start}--${paper.end}`);
});

it("workflows run scripts that there are, the tests on the oldest Node that package.json allows", () => {
  const workflows = readdirSync(join(FORGE, "workflows")).map((name) => yaml(join(FORGE, "workflows", name)));
  const steps = workflows.flatMap(({ jobs }) =>
    Object.values(jobs as Record<string, { readonly steps: readonly { readonly run?: string }[] }>),
  );
  const runs = steps.flatMap((job) => job.steps.flatMap(({ run }) => run ?? []));
  for (const run of runs.filter((line) => line.startsWith("npm run "))) {
    expect(scripts).toHaveProperty([run.replace("npm run ", "")]);
  }
  expect(runs).toEqual(expect.arrayContaining(["npm ci", "npm test"]));
  const { matrix } = yaml(join(FORGE, "workflows/test.yml")).jobs.test.strategy;
  expect(Math.min(...matrix.node)).toBe(Number(engines.node.replace(/^>=/, "")));
});

it("the job that may publish the site runs no command, and what it publishes is what npm run site builds", () => {
  const { permissions, jobs } = yaml(join(FORGE, "workflows/pages.yml"));
  expect(permissions).toEqual({ contents: "read" });
  const { build, deploy } = jobs;
  expect(Object.values(build.permissions)).not.toContain("write");
  expect(deploy.steps.filter(({ run }: { run?: string }) => run !== undefined)).toEqual([]);
  const upload = build.steps.find(({ uses = "" }) => uses.startsWith("actions/upload-pages-artifact@"));
  expect(readFileSync(".gitignore", "utf8")).toContain(`/${upload.with.path}/\n`);
});

it("forms for issues have a name and ask for something", () => {
  for (const name of readdirSync(join(FORGE, "ISSUE_TEMPLATE"))) {
    const form = yaml(join(FORGE, "ISSUE_TEMPLATE", name));
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    expect(form.body.some(({ validations }: { validations?: { required?: boolean } }) => validations?.required)).toBe(
      true,
    );
  }
});

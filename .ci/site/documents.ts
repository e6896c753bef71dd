import { readFileSync } from "node:fs";
import { posix } from "node:path";

/** A document of the repository as a page of the site. */
export interface Page {
  /** From the root of the repository: "docs/GUIDE.md". */
  readonly path: string;
  /** What the navigation calls it. */
  readonly name: string;
  /** From the root of the site, without its ending: "docs/GUIDE". */
  readonly url: string;
}

/** Pages that the navigation shows under one heading. */
export interface Chapter {
  readonly title: string;
  readonly pages: readonly Page[];
}

const INDEX = "docs/README.md";
const GUIDE = "docs/GUIDE.md";
/** Read by who follows a link in another document. */
const FURTHER = ["bench/README.md", ".github/SECURITY.md"];

/** Where the first words of the heading say too little alone. */
const NAMES: Readonly<Record<string, string>> = {
  [INDEX]: "All documents",
  "docs/examples/README.md": "Examples",
  "bench/README.md": "How the benchmark works",
  "bench/RESULTS.md": "Benchmark",
  "docs/PAPER.md": "The paper's numbers",
};

/** All documents in the order of docs/README.md: what it lists first is for use, what comes after it for judging and changing. */
export function chapters(): readonly Chapter[] {
  const [use = [], change = []] = readFileSync(INDEX, "utf8")
    .split(/\n\n(?=For readers)/)
    .map(linkedFrom);
  return [
    { title: "Start", pages: [GUIDE, INDEX].map(pageOf) },
    { title: "Use", pages: use.filter((path) => path !== GUIDE).map(pageOf) },
    { title: "Judge and change", pages: [...change, ...FURTHER].map(pageOf) },
  ];
}

/** The documents that a part of docs/README.md links to. */
function linkedFrom(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#]+\.md)\)/g)].map(([, link = ""]) => posix.join("docs", link));
}

function pageOf(path: string): Page {
  const [, heading = path] = /^# (.*)$/m.exec(readFileSync(path, "utf8")) ?? [];
  const url = path.replace(/^\.github\//, "").replace(/\.md$/, "");
  return { path, name: NAMES[path] ?? heading.replace(/[:,].*/, ""), url: url.replace(/\bREADME$/, "index") };
}

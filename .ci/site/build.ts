// Builds the documentation site: npm run site, or with another folder as argument.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import {
  Application,
  Comment,
  type Context,
  Converter,
  type DeclarationReflection,
  DocumentReflection,
  LiteralType,
  ReflectionKind,
  type RouterTarget,
  type SomeType,
  UnionType,
} from "typedoc";
import manifest from "../../package.json" with { type: "json" };
import { layOutComment } from "./comments.ts";
import { type Chapter, chapters } from "./documents.ts";
import { defineTheme } from "./theme.ts";

const HERE = ".ci/site";
const SCHEMAS = "dist/schema";
const PROGRAM = "bin/vshift.cjs";

/** The first words of a module's page, with links from there. */
const INTRODUCTIONS: Readonly<Record<string, string>> = {
  vshift:
    'What `import { simulate } from "vshift"` has.\n\nThe [guide](../../docs/GUIDE.html#use-the-library) shows how to use it.',
  "vshift/vitest":
    "Matchers for vitest, and for other test runners with its `expect.extend`.\n\n[An example](../../index.html#check-in-ci).",
};

const folder = process.argv[2] ?? "site";
await writePages(folder);
cpSync(SCHEMAS, join(folder, "schema"), { recursive: true });
execFileSync(process.execPath, [PROGRAM, "explore", "--quiet", "--output", join(folder, "explorer.html")]);

async function writePages(out: string): Promise<void> {
  const list = chapters();
  const paths = list.flatMap(({ pages }) => pages.map(({ path }) => path));
  const { statement, text } = readme();
  const urls = new Map<RouterTarget, string>();
  const app = await Application.bootstrap({
    name: "vshift",
    entryPoints: ["src/index.ts", "src/vitest.ts"],
    tsconfig: join(HERE, "tsconfig.json"),
    // npm run typecheck looks for errors.
    skipErrorChecking: true,
    projectDocuments: paths,
    readme: "README.md",
    customCss: join(HERE, "style.css"),
    customJs: join(HERE, "script.js"),
    favicon: join(HERE, "favicon.svg"),
    router: "site",
    theme: "site",
    headings: { readme: false, document: false },
    lightHighlightTheme: "github-light-high-contrast",
    darkHighlightTheme: "github-dark-high-contrast",
    highlightLanguages: [
      ...["bash", "ts", "tsx", "js", "json", "jsonc", "yaml", "python", "xml", "groovy", "sql", "r"],
      ...["sh", "bibtex", "html"],
    ],
    // Most of it is output, which is no language.
    ignoredHighlightLanguages: ["console"],
    markdownItLoader: keepCodeInHeadings,
    navigation: { includeGroups: false, includeCategories: false, includeFolders: false, excludeReferences: true },
    groupOrder: ["Functions", "Variables", "Classes", "Interfaces", "Type Aliases"],
    useFirstParagraphOfCommentAsSummary: true,
    includeHierarchySummary: false,
    searchInDocuments: true,
    sort: ["alphabetical-ignoring-documents"],
    visibilityFilters: {},
    ...sources(process.env),
    customFooterHtml: `vshift ${manifest.version}, MIT licence`,
    validation: { notExported: true, invalidLink: true, invalidPath: true, rewrittenLink: true, notDocumented: true },
    requiredToBeDocumented: ["Class", "Function", "Interface", "Method", "TypeAlias", "Variable"],
    treatWarningsAsErrors: true,
    logLevel: "Warn",
  });
  defineTheme(app, { chapters: list, urls, statement });
  app.converter.on(Converter.EVENT_BEGIN, ({ project }) => {
    const schemas = new DocumentReflection("JSON Schemas", project, [{ kind: "text", text: schemaPage() }], {});
    urls.set(schemas, "schema/index");
    project.addChild(schemas);
    project.registerReflection(schemas, undefined, undefined);
  });
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => placeDocument(document, list, urls));
  const lists = new Map<DeclarationReflection, SomeType>();
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, declaration) => {
    const type = listed(context, declaration);
    if (type !== undefined) lists.set(declaration, type);
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const [first] = project.readme ?? [];
    if (first !== undefined) first.text = first.text.replace(text, "");
    for (const module of project.children ?? []) {
      module.name = module.name === "index" ? "vshift" : `vshift/${module.name}`;
      module.comment = new Comment([{ kind: "text", text: INTRODUCTIONS[module.name] ?? "" }]);
    }
    for (const [declaration, type] of lists) declaration.type = type;
    for (const reflection of Object.values(project.reflections)) {
      layOutComment(reflection);
      if (reflection.name === "__namedParameters") reflection.name = "options";
    }
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("site: TypeDoc cannot read the sources");
  app.validate(project);
  await app.generateDocs(project, out);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("site: TypeDoc warns; see the lines above");
}

/** Where a workflow of GitHub builds the site, links to the sources of that commit; elsewhere nobody knows where they are. */
function sources({ GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_SHA }: NodeJS.ProcessEnv) {
  if (GITHUB_REPOSITORY === undefined || GITHUB_SHA === undefined) return { disableSources: true };
  const template = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/blob/{gitRevision}/src/{path}#L{line}`;
  return { disableGit: true, gitRevision: GITHUB_SHA, sourceLinkTemplate: template };
}

/** The sentence in bold with which README.md begins, and all text up to there. */
function readme(): { readonly statement: string; readonly text: string } {
  const [text, statement] = /^# vshift\s+\*\*([^*]+)\*\*\s+/.exec(readFileSync("README.md", "utf8")) ?? [];
  if (text === undefined || statement === undefined) throw new Error("site: README.md does not begin with a statement");
  return { statement: statement.replace(/\s+/g, " "), text };
}

/** Gives a document the name and the address that the site has for it. TypeDoc has named it by its path. */
function placeDocument(document: DocumentReflection, list: readonly Chapter[], urls: Map<RouterTarget, string>): void {
  const page = list.flatMap(({ pages }) => pages).find(({ path }) => path === `${document.name}.md`);
  if (page === undefined) throw new Error(`site: no page for ${document.name}`);
  document.name = page.name;
  document.content.push({ kind: "text", text: programsOf(page.path) });
  urls.set(document, page.url);
}

/** The programs that a document links to, in full below it. */
function programsOf(path: string): string {
  const links = readFileSync(path, "utf8").matchAll(/\]\(([\w/-]+\.(?:js|cjs|ts))\)/g);
  const programs = [...links].map(([, link = ""]) => {
    const text = readFileSync(join(dirname(path), link), "utf8");
    return `\n\n## ${link}\n\n\`\`\`${extname(link) === ".ts" ? "ts" : "js"}\n${text}\`\`\`\n`;
  });
  return programs.join("");
}

/** What this needs of markdown-it. */
interface Token {
  type: string;
  content: string;
  children: Token[] | null;
}
interface MarkdownParser {
  readonly core: { readonly ruler: { push(name: string, rule: (state: ParserState) => void): void } };
}
interface ParserState {
  readonly tokens: readonly Token[];
  readonly Token: new (type: string, tag: string, nesting: number) => Token;
}

/** Makes code in headings text: TypeDoc takes anchors, and the list of what is on a page, from the text alone. */
function keepCodeInHeadings({ core }: MarkdownParser): void {
  core.ruler.push("code-in-headings", ({ tokens, Token }) => {
    const made = (type: string, content: string) => Object.assign(new Token(type, "", 0), { content });
    const spelled = (token: Token) =>
      token.type === "code_inline"
        ? [made("html_inline", "<code>"), made("text", token.content), made("html_inline", "</code>")]
        : [token];
    for (const [index, { type }] of tokens.entries()) {
      const text = type === "heading_open" ? tokens[index + 1] : undefined;
      if (text) text.children = text.children?.flatMap(spelled) ?? null;
    }
  });
}

/** The words of a type that the sources make of a list, where a declaration is one: not the name of the list. */
function listed(context: Context, declaration: DeclarationReflection): SomeType | undefined {
  if (!declaration.kindOf(ReflectionKind.TypeAlias)) return undefined;
  const symbol = context.getSymbolFromReflection(declaration);
  const type = symbol && context.checker.getDeclaredTypeOfSymbol(symbol);
  if (!type?.isUnion()) return undefined;
  const words = type.types.flatMap((member) => (member.isStringLiteral() ? member.value : []));
  return words.length < type.types.length ? undefined : new UnionType(words.map((word) => new LiteralType(word)));
}

/** Markdown of the page that lists the JSON Schemas. */
function schemaPage(): string {
  const rows = readdirSync(SCHEMAS).map((file) => {
    const { title, description } = JSON.parse(readFileSync(join(SCHEMAS, file), "utf8"));
    return `| [${file}](./${file}) | ${title} | ${description} |`;
  });
  return [
    "# JSON Schemas\n",
    "Schemas of the files that vshift reads and writes, in the dialect 2020-12. The package has them too: import or require",
    "`vshift/schema/record.json`.\n",
    "| schema | title | description |\n|---|---|---|",
    ...rows,
  ].join("\n");
}

import {
  type Application,
  DefaultTheme,
  DefaultThemeRenderContext,
  JSX,
  KindRouter,
  type NavigationElement,
  type PageDefinition,
  PageEvent,
  PageKind,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  type RouterTarget,
  Slugger,
} from "typedoc";
import type { Chapter } from "./documents.ts";

const h = JSX.createElement;

/** What the pages of the site are, and what stands at the top of the first. */
export interface Site {
  readonly chapters: readonly Chapter[];
  /** Where a page that is not of the API is, from the root of the site and without its ending. */
  readonly urls: ReadonlyMap<RouterTarget, string>;
  /** The sentence under the title. */
  readonly statement: string;
}

interface Link {
  readonly text: string;
  /** From the root of the site; none for a heading. */
  readonly path?: string;
  readonly children?: readonly Link[];
}

/** Gives the site its addresses and its looks: a router and a theme, both named "site". */
export function defineTheme(app: Application, site: Site): void {
  app.renderer.defineRouter("site", routerOf(site));
  app.renderer.defineTheme("site", themeOf(site));
  app.renderer.hooks.on("body.begin", () => h("a", { href: "#main", class: "skip-link" }, "Skip to the text"));
  app.renderer.on(PageEvent.END, (page) => {
    if (page.contents !== undefined) page.contents = accessible(page.contents);
  });
}

/** Documents where the repository has them, with the anchors of GitHub, and the API in a folder of its own. */
function routerOf(site: Site) {
  return class extends KindRouter {
    override buildPages(project: ProjectReflection): PageDefinition[] {
      const pages = super.buildPages(project);
      for (const target of [project, ...site.urls.keys()]) this.sluggers.set(target, new GitHubSlugger());
      return pages;
    }
    override getIdealBaseName(target: Reflection): string {
      return site.urls.get(target) ?? `api/${super.getIdealBaseName(target).replace(/\/vshift\.(?=.)/, "/")}`;
    }
  };
}

class GitHubSlugger extends Slugger {
  private readonly given = new Map<string, number>();

  constructor() {
    super({ lowercase: true });
  }

  override slug(heading: string): string {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    const count = this.given.get(slug) ?? 0;
    this.given.set(slug, count + 1);
    const unique = count === 0 ? slug : `${slug}-${count}`;
    if (count > 0) this.given.set(unique, 1);
    return unique;
  }

  override hasAnchor(anchor: string): boolean {
    return this.given.has(anchor);
  }

  override getSimilarAnchors(anchor: string): string[] {
    return [...this.given.keys()].filter((given) => given.startsWith(anchor.slice(0, 3)));
  }
}

function themeOf(site: Site) {
  class Context extends DefaultThemeRenderContext {
    constructor(...args: ConstructorParameters<typeof DefaultThemeRenderContext>) {
      super(...args);
      const { header } = this;
      this.header = (page) => {
        if (page.pageKind === PageKind.Document) return h(JSX.Fragment, null);
        return page.url === "index.html" ? front(this, site) : header(page);
      };
      this.navigation = (page) => {
        const list = listOf(linksOf(this.getNavigation(), site), (path) => this.relativeURL(path), page.url);
        return h("nav", { class: "tsd-navigation site-navigation", "aria-label": "Pages" }, list);
      };
    }
  }
  return class extends DefaultTheme {
    override ContextClass = Context;
  };
}

/** The top of the first page: what vshift is, and the ways in. */
function front(context: DefaultThemeRenderContext, { statement }: Site): JSX.Element {
  const explorer = h(
    "a",
    { href: context.relativeURL("explorer.html"), class: "explorer-link" },
    h("strong", null, "Explorer"),
    h("span", null, "Choose a network, and watch the variance shift: measured and in theory, in this browser."),
  );
  return h(
    "section",
    { class: "front" },
    h("h1", null, "vshift"),
    h("p", { class: "statement" }, statement),
    explorer,
    h(
      "p",
      { class: "ways-in" },
      h("a", { href: context.relativeURL("docs/GUIDE.html") }, "Guide"),
      h("a", { href: context.relativeURL("docs/FLAGS.html") }, "Flags"),
      h("a", { href: context.relativeURL("api/modules/vshift.html") }, "API"),
      h("a", { href: context.relativeURL("docs/index.html") }, "All documents"),
    ),
  );
}

/** The navigation: chapters of documents, then the API as TypeDoc finds it. */
function linksOf(found: readonly NavigationElement[], { chapters }: Site): readonly Link[] {
  const [start = { title: "", pages: [] }, use = { title: "", pages: [] }, change = { title: "", pages: [] }] =
    chapters;
  const of = ({ title, pages }: Chapter): Link => ({
    text: title,
    children: pages.map(({ name, url }) => ({ text: name, path: `${url}.html` })),
  });
  const first = [
    { text: "vshift", path: "index.html" },
    { text: "Explorer", path: "explorer.html" },
    ...(of(start).children ?? []),
  ];
  const modules = found.filter(({ kind }) => kind === ReflectionKind.Module);
  const linkOf = ({ text, path = "" }: NavigationElement): Link => ({ text, path });
  const isType = ({ kind }: NavigationElement) =>
    kind === ReflectionKind.Interface || kind === ReflectionKind.TypeAlias;
  const api = modules.map((module): Link => {
    const { children = [] } = module;
    const types = { text: "Types", children: children.filter(isType).map(linkOf) };
    return { ...linkOf(module), children: [...children.filter((child) => !isType(child)).map(linkOf), types] };
  });
  const schemas = { text: "JSON Schemas", path: "schema/index.html" };
  return [
    { text: start.title, children: first },
    of(use),
    { text: "Library", children: [...api, schemas] },
    of(change),
  ];
}

/** A list of links: chapters under headings, and further lists that unfold. */
function listOf(chapters: readonly Link[], hrefOf: (path: string) => string, current: string): JSX.Element {
  const list = (links: readonly Link[]) => h("ul", null, ...links.map((link) => h("li", null, item(link))));
  const item = ({ text, path, children = [] }: Link): JSX.Element => {
    if (path === undefined) {
      const isOpen = children.some((link) => link.path === current);
      return h("details", { open: isOpen }, h("summary", null, text), list(children));
    }
    const mark = path === current ? ({ "aria-current": "page", class: "current" } as const) : {};
    const link = h("a", { href: hrefOf(path), ...mark }, text);
    return children.length === 0 ? link : h(JSX.Fragment, null, link, list(children));
  };
  const chapter = ({ text, children = [] }: Link) => h("li", null, h("strong", null, text), list(children));
  return h("ul", null, ...chapters.map(chapter));
}

/** A link within what is itself a button, which unfolds a section. */
const LINK_IN_SUMMARY = /<a (?:(?!<\/a>).)*<\/a>(?=<\/h\d><\/summary>)/g;

/** A link to the folder of the first page, which only a server knows to be that page. */
const TO_FOLDER = /(?<=\shref="(?:\.\.?\/)+)(?=[#"])/g;

/** Longer code may be wider than a phone. */
const SHORT_CODE = /<code>(?=[^<\n]{1,24}<\/code>)/g;

/** Names the parts of a page for who does not see it, and lets the keyboard scroll what is wider than the page. */
function accessible(page: string): string {
  return withoutGaps(page)
    .replace('<div class="col-content">', '<div class="col-content" id="main" role="main" tabindex="-1">')
    .replace('<div class="page-menu">', '<div class="page-menu" role="navigation" aria-label="This page">')
    .replaceAll("<pre>", '<pre tabindex="0">')
    .replaceAll("<table>", '<div class="table" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>")
    .replaceAll(LINK_IN_SUMMARY, "")
    .replaceAll(TO_FOLDER, "index.html")
    .replaceAll(SHORT_CODE, '<code class="short">')
    .replaceAll(/(?<=<code class="console">)\$ [^\n<]*/g, "<strong>$&</strong>");
}

/** Says of headings that skip levels, as TypeDoc's own do, which level they are of. */
function withoutGaps(page: string): string {
  const open: number[] = [];
  return page.replaceAll(/<h([1-6])\b/g, (tag, digit) => {
    const level = Number(digit);
    while ((open.at(-1) ?? 0) >= level) open.pop();
    open.push(level);
    return open.length === level ? tag : `${tag} aria-level="${open.length}"`;
  });
}

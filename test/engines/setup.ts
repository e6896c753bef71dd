import type { TestProject } from "vitest/node";
import { chromiumPath } from "./installed-chromium.ts";
import { type OtherNode, otherNodes } from "./installed-nodes.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly otherNodes: readonly OtherNode[];
    /** Empty where there is none. */
    readonly chromium: string;
  }
}

/** Before the tests on other engines: finds those engines, or gets them. */
export default function setup({ provide }: TestProject): void {
  provide("otherNodes", otherNodes());
  provide("chromium", chromiumPath() ?? "");
}

import "./.ci/built.mjs";
import { defineConfig } from "vitest/config";

/** Tests that run what is built, as a user does, rather than import the sources. */
const BUILT = ["test/cli/**/*.test.ts"];
/** Tests that run the package as it is once installed. */
const PACKAGE = ["test/package/**/*.test.ts"];
/** Tests that run what is built on other engines than the one that runs the tests. */
const ENGINES = ["test/engines/**/*.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ["test/fixed-seed.ts"],
    reporters: ["default", "./test/closing-line.ts"],
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
    projects: [
      {
        extends: true,
        test: { name: "source", include: ["test/**/*.test.ts"], exclude: [...BUILT, ...PACKAGE, ...ENGINES] },
      },
      {
        extends: true,
        // Each test waits for a process of its own.
        test: { name: "built", include: BUILT, globalSetup: "test/fresh-build.ts", sequence: { concurrent: true } },
      },
      {
        extends: true,
        test: {
          name: "package",
          include: PACKAGE,
          globalSetup: ["test/fresh-build.ts", "test/package/setup.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "engines",
          include: ENGINES,
          globalSetup: ["test/fresh-build.ts", "test/engines/setup.ts"],
        },
      },
    ],
  },
});

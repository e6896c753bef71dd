import { defineConfig } from "vitest/config";

/** Tests that run what is built, as a user does, rather than import the sources. */
const BUILT = ["test/cli/**/*.test.ts", "test/package/**/*.test.ts", "test/readme.test.ts"];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ["test/fixed-seed.ts"],
    reporters: ["default", "./test/closing-line.ts"],
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
    projects: [
      { extends: true, test: { name: "source", include: ["test/**/*.test.ts"], exclude: BUILT } },
      {
        extends: true,
        // Each test waits for a process of its own.
        test: { name: "built", include: BUILT, globalSetup: "test/fresh-build.ts", sequence: { concurrent: true } },
      },
    ],
  },
});

import "./.ci/built.mjs";
import { defineConfig } from "vitest/config";

/** Tests that start what is built, as a user does, rather than import the sources. */
const BUILT = ["test/cli/**/*.process.test.ts"];
/** Tests that run the package as it is once installed. */
const PACKAGE = ["test/package/**/*.test.ts"];
/** Tests that have several processes share out work through a server, and end some of them. */
const MACHINES = ["test/queue/**/*.process.test.ts"];
/** Tests that run what is built on other engines than the one that runs the tests. */
const ENGINES = ["test/engines/**/*.test.ts"];
/** Tests that draw many samples: seconds each, most of it in loops. */
const STATISTICAL = ["test/**/*.statistical.test.ts"];

export default defineConfig(({ mode }) => {
  // Of the whole run: test/form.ts reads it in the tests and in the closing lines.
  if (mode === "long") process.env.VSHIFT_LONG = "1";
  return {
    test: {
      // All cores: the process that hands out the files has little to do itself.
      maxWorkers: "100%",
      testTimeout: 60_000,
      hookTimeout: 60_000,
      setupFiles: ["test/fixed-seed.ts"],
      reporters: ["default", "./test/closing-line.ts"],
      coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
      projects: [
        {
          extends: true,
          test: {
            name: "source",
            include: ["test/**/*.test.ts"],
            exclude: [...BUILT, ...MACHINES, ...PACKAGE, ...ENGINES, ...STATISTICAL],
            // One import of src/ serves all files of a worker: no module there holds state that a test can see.
            isolate: false,
          },
        },
        // Isolated: loops that have run for other tests are compiled for what all of them do, and twice as slow.
        { extends: true, test: { name: "statistical", include: STATISTICAL } },
        {
          extends: true,
          // Each test waits for a process of its own.
          test: { name: "built", include: BUILT, globalSetup: "test/fresh-build.ts", sequence: { concurrent: true } },
        },
        {
          extends: true,
          // Each test waits for processes that wait for each other, and most of the time for a lock to run out.
          test: {
            name: "machines",
            include: MACHINES,
            globalSetup: "test/fresh-build.ts",
            testTimeout: 180_000,
            sequence: { concurrent: true },
          },
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
  };
});

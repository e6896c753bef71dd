import { readFile, writeFile } from "node:fs/promises";
import { main } from "assemblyscript/asc";
import * as elementary from "./elementary.ts";

// Compiles the SIMD kernel and writes it, as text that bundles like any other module, to src/kernel/simd-module.ts:
//
//   npm run build:kernel

const SOURCES = "src/kernel/assembly";
const CONSTANTS = "constants.ts";

/** The constants of elementary.ts as AssemblyScript: a number each, tables element by element. */
function constants(): string {
  return Object.entries(elementary as Readonly<Record<string, unknown>>)
    .flatMap(([name, value]) => {
      if (typeof value === "number") return [declaration(name, value)];
      return Array.isArray(value) ? value.map((one, index) => declaration(`${name}_${index}`, one)) : [];
    })
    .join("");
}

function declaration(name: string, value: number): string {
  return `@inline\nexport const ${name}: ${name.endsWith("_BITS") ? "i32" : "f32"} = ${value};\n`;
}

const wasm = new Map<string, Uint8Array | string>();
const { error, stderr } = await main(
  [
    `${SOURCES}/index.ts`,
    "--outFile",
    "kernel.wasm",
    "--runtime",
    "stub",
    "--noAssert",
    "--importMemory",
    "--enable",
    "simd",
    "-O3",
    "--converge",
  ],
  {
    readFile: async (name) =>
      name === `${SOURCES}/${CONSTANTS}` ? constants() : await readFile(name, "utf8").catch(() => null),
    writeFile: (name, contents) => void wasm.set(name, contents),
    listFiles: () => [],
  },
);
if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
const binary = wasm.get("kernel.wasm");
if (!(binary instanceof Uint8Array)) throw new Error("asc wrote no module");
await writeFile(
  "src/kernel/simd-module.ts",
  `// Made by compile-assembly.ts; not in git.\nexport const SIMD_MODULE =\n  "${Buffer.from(binary).toString("base64")}";\n`,
);

import { readFile, writeFile } from "node:fs/promises";
import { main } from "assemblyscript/asc";
import * as elementary from "./elementary.ts";

// Compiles the SIMD kernel and writes it, as text that bundles like any other module, to src/kernel/simd-module.ts:
//
//   npm run build:kernel

const SOURCES = "src/kernel/assembly";
const CONSTANTS = "constants.ts";

/** Bits that the assembly needs besides the constants of elementary.ts. */
const MORE = { ONE: 1, TWO: 2, HALF: 0.5, MINUS_HALF: -0.5, SIGN_BITS: 0x80000000, UNIT_BITS: 1, RADIX_BITS: 31 };

/**
 * The constants as AssemblyScript: a table of vectors in the module's memory and a function for each, tables element by
 * element. V8 makes a vector constant that stands in the code from three instructions each time that it is used; a load is
 * one, and none that the vector units see: normals take a third less time.
 */
function constants(): string {
  const all = Object.entries<unknown>({ ...elementary, ...MORE }).flatMap(([name, value]): [string, number][] => {
    if (typeof value === "number") return [[name, value]];
    return Array.isArray(value) ? value.map((one, index) => [`${name}_${index}`, one]) : [];
  });
  const words = all.flatMap(([name, value]) => new Array<number>(4).fill(bitsOf(name, value)));
  const table = `@inline\nconst TABLE: usize = memory.data<u32>([${words.join(", ")}], 16);\n`;
  return table + all.map(([name], index) => accessor(name, 16 * index)).join("");
}

function bitsOf(name: string, value: number): number {
  return name.endsWith("_BITS") ? value : (new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0);
}

function accessor(name: string, at: number): string {
  return `@inline\nexport function ${name}(): v128 { return v128.load(TABLE + ${at}); }\n`;
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

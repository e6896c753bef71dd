import { readFile } from "node:fs/promises";
import { arch, cpus, totalmem } from "node:os";
import { finish } from "./child-process.ts";

/** What a part of the results was measured on. */
export interface Machine {
  readonly processor: string;
  /** The widest vectors that the processor has: AVX-512, AVX2, …. */
  readonly vectors: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** The interpreter of the peers. */
export const PYTHON = process.env.VSHIFT_BENCH_PYTHON ?? "python3";

/**
 * NumPy and PyTorch of a Python interpreter, by name, and the vectors and BLAS kernels that they have chosen on this machine; a
 * package that cannot be imported is not in it.
 */
const ASK_PYTHON = `
import ctypes, glob, json, os, platform, warnings
warnings.simplefilter("ignore")
versions = {"Python": platform.python_version()}
try:
    import numpy
    versions["NumPy"] = numpy.__version__
    configuration = numpy.show_config(mode="dicts")
    blas = configuration["Build Dependencies"]["blas"]
    versions["BLAS of NumPy"] = f"{blas['name']} {blas['version']}"
    extensions = configuration["SIMD Extensions"]
    versions["vectors of NumPy"] = (extensions["baseline"] + extensions.get("found", []))[-1]
    folder = os.path.dirname(numpy.__file__)
    for file in glob.glob(folder + "/../numpy.libs/*openblas*") + glob.glob(folder + "/.dylibs/*openblas*"):
        name = ctypes.CDLL(file).scipy_openblas_get_corename64_
        name.restype = ctypes.c_char_p
        versions["kernels of that BLAS"] = name().decode()
except Exception:
    pass
try:
    import torch
    versions["PyTorch"] = torch.__version__
    versions["vectors of PyTorch"] = torch.backends.cpu.get_cpu_capability()
    versions["BLAS of PyTorch"] = torch.__config__.show().split("BLAS_INFO=")[1].split(",")[0]
except Exception:
    pass
print(json.dumps(versions))
`;

export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    vectors: vectorsOf(await processorFlags()),
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    versions: { vshift: version, Node: process.versions.node, ...(await pythonVersions()) },
  };
}

const VECTORS = { avx512f: "AVX-512", avx2: "AVX2", avx: "AVX", sse4_1: "SSE4.1" };

/** The widest of the vectors among a processor's flags. */
export function vectorsOf(flags: readonly string[]): string {
  const found = Object.entries(VECTORS).find(([flag]) => flags.includes(flag));
  return found?.[1] ?? (arch() === "arm64" ? "NEON" : "unknown vectors");
}

async function processorFlags(): Promise<readonly string[]> {
  if (process.platform === "darwin") {
    const { stdout } = await finish({
      file: "sysctl",
      args: ["-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"],
    });
    return stdout.toLowerCase().replaceAll("avx1.0", "avx").split(/\s+/);
  }
  if (process.platform !== "linux") return [];
  return /^flags\s*:(.*)$/m.exec(await readFile("/proc/cpuinfo", "utf8"))?.[1]?.split(" ") ?? [];
}

/** Empty where there is no such interpreter: its contestants are then named as absent. */
async function pythonVersions(): Promise<Readonly<Record<string, string>>> {
  const { exitCode, stdout } = await finish({ file: PYTHON, args: ["-c", ASK_PYTHON] });
  return exitCode === 0 ? JSON.parse(stdout) : {};
}

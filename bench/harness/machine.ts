import { readFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { finish } from "./child-process.ts";

/** What a part of the results was measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** NumPy and PyTorch of a Python interpreter, by name; a package that cannot be imported is not in it. */
const ASK_PYTHON = `
import json, platform, warnings
warnings.simplefilter("ignore")
versions = {"Python": platform.python_version()}
try:
    import numpy
    versions["NumPy"] = numpy.__version__
    blas = numpy.show_config(mode="dicts")["Build Dependencies"]["blas"]
    versions["BLAS of NumPy"] = f"{blas['name']} {blas['version']}"
except Exception:
    pass
try:
    import torch
    versions["PyTorch"] = torch.__version__
except Exception:
    pass
print(json.dumps(versions))
`;

export async function describeMachine(python: string): Promise<Machine> {
  const processors = cpus();
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    versions: { vshift: version, Node: process.versions.node, ...(await pythonVersions(python)) },
  };
}

async function pythonVersions(python: string): Promise<Readonly<Record<string, string>>> {
  try {
    const { exitCode, stdout } = await finish({ file: python, args: ["-c", ASK_PYTHON] });
    return exitCode === 0 ? JSON.parse(stdout) : {};
  } catch {
    return {}; // No such interpreter: its contestants are then named as absent.
  }
}

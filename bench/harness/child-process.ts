import { spawn } from "node:child_process";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** What a process took. */
export interface Cost {
  /** Of wall time. */
  readonly seconds: number;
  /** Of CPU time: user and system, of all threads and of children that were waited for. */
  readonly cpu: number;
}

export interface Finished extends Cost {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables that a machine may set and that change a contestant's time: certificates to read, a BLAS kernel to use. */
const UNSET = ["NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS"];

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !UNSET.includes(name)));

/** The shell's keyword measures from before the process is started until it has ended: Node does not tell a child's CPU time. */
const TIMED = 'TIMEFORMAT="%3R %3U %3S"; time "$@"';

/** Runs a command to its end. Ends with 127 where there is no such program. */
export function finish({ file, args }: Command): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const timed = ["-c", TIMED, "bash", file, ...args];
    const child = spawn("bash", timed, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ exitCode, stdout, ...costOf(stderr) });
    });
  });
}

/** The last line of what was written to stderr is the shell's. */
export function costOf(stderr: string): Cost & { readonly stderr: string } {
  const [line = "", seconds = "", user = "", system = ""] = /(\d+\.\d+) (\d+\.\d+) (\d+\.\d+)\n$/.exec(stderr) ?? [];
  if (line === "") throw new Error(`no times of a process in ${stderr}`);
  return { seconds: Number(seconds), cpu: Number(user) + Number(system), stderr: stderr.slice(0, -line.length) };
}

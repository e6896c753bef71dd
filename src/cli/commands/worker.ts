import { VshiftError } from "../../errors.ts";
import { counted, grouped } from "../../report/numbers.ts";
import { connectedTo } from "../engine.ts";
import { EXIT } from "../exit-codes.ts";
import { sayObstacle, sayOn } from "../say.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";
import { threadsFrom } from "../threads.ts";

/** `vshift worker`: measures for others until it is stopped. Returns the exit code. */
export async function workerCommand(flags: Flags, streams: Streams, [url]: readonly string[]): Promise<number> {
  const { env, interrupt } = streams;
  const threads = threadsFrom(flags);
  const say = sayOn(streams, flags);
  const server = await serverOf(url, env);
  sayObstacle(say);
  const { runWorker } = await import("../../queue/worker.ts");
  const { shown } = server.address;
  interrupt.addEventListener("abort", () => say("finishing the work in hand"));
  const { jobs, scenarios } = await runWorker(server, {
    ...{ threads, say, signal: interrupt },
    onReady: () => say(`waiting for work at ${shown}, on ${counted(threads, "thread")}`),
  });
  say(`left ${shown} after ${counted(jobs, "job")} with ${grouped(scenarios)} scenarios`);
  return EXIT.fine;
}

function serverOf(url: string | undefined, { VSHIFT_ENGINE }: Streams["env"]) {
  if (url !== undefined) return connectedTo(url, "url");
  if (VSHIFT_ENGINE) return connectedTo(VSHIFT_ENGINE, "VSHIFT_ENGINE");
  throw new VshiftError({
    code: "invalid-value",
    field: "url",
    problem: "is missing",
    hint: "write vshift worker redis://HOST:6379, or set VSHIFT_ENGINE",
  });
}

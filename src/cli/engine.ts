import type { Server } from "../queue/server.ts";
import type { Flags } from "./scenario-input.ts";

/** The server of the queue that the flags name, which was seen to answer; undefined where they name none. What connects is loaded here. */
export async function engineFrom({ engine }: Flags): Promise<Server | undefined> {
  return engine === undefined ? undefined : connectedTo(engine as string, "--engine");
}

/** The server at an address; `field` is what an error calls it. */
export async function connectedTo(url: string, field: string): Promise<Server> {
  const [{ addressOf }, { serverAt }] = await Promise.all([
    import("../queue/address.ts"),
    import("../queue/server.ts"),
  ]);
  return serverAt(addressOf(url, field));
}

/** The world as the command line sees it; tests bring their own. */
export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted when the user asks to stop. */
  readonly interrupt: AbortSignal;
}

export interface OutputStream {
  write(piece: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  /** Characters in a line of a terminal, where it says. */
  readonly columns?: number | undefined;
}

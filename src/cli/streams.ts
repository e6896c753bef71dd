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
  /** Characters in a line of the terminal; undefined where there is none, or nobody knows. */
  readonly columns?: number | undefined;
}

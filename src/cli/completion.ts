import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/**
 * Adds `complete`: `vshift complete zsh` (bash, fish, powershell) prints the script for that shell, and the script asks
 * `vshift complete -- …` for what may come next. Loaded only when it is called for.
 */
export function addCompletion(program: Command): void {
  tab(program);
}

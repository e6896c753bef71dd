import { VshiftError } from "../errors.ts";
import { type Grid, gridOfKind } from "../scenario/grid.ts";
import { STACKS } from "../scenario/stack/define.ts";
import type { StackScenario } from "../scenario/stack/stack.ts";
import { STACK_FLAGS } from "./options.ts";
import { type Flags, gridInputFrom } from "./scenario-input.ts";

/** The grid of stacks of a command line. */
export async function stacksFrom(typed: Flags): Promise<Grid<StackScenario>> {
  const flags = typed.residual === true ? { ...typed, connection: residual(typed) } : typed;
  const texts = STACK_FLAGS.filter(({ name }) => flags[name] !== undefined).map(
    ({ name }) => [name, flags[name] as string] as const,
  );
  const { zip, given, located } = await gridInputFrom(flags, texts, STACKS);
  return located(() => gridOfKind(STACKS, given, zip));
}

/** What --residual stands for. */
function residual({ connection = "residual" }: Flags): string {
  if (connection === "residual") return connection;
  throw new VshiftError({
    code: "conflicting-fields",
    field: "--residual",
    problem: `contradicts \`connection\` ${connection}`,
    hint: "leave one of them out",
  });
}

import type { CompletedCommand, CompletedFlag, CompletedProgram, CompletedValue } from "./completed.ts";

/** The completion script of fish. Flags that commands share are one line with all of their names. */
export function fishScript({ commands, flags }: CompletedProgram): string {
  const lines = new Map<string, string[]>();
  for (const { name, flags } of commands) {
    for (const line of flags.map(flagLine)) lines.set(line, [...(lines.get(line) ?? []), name]);
  }
  return `# fish completion of vshift: vshift completion fish > ~/.config/fish/completions/vshift.fish

# Whether the command is one of these; without any, whether there is none yet.
function __vshift_command_is
    set -l words (commandline -poc)
    for word in $words[2..]
        switch $word
            case ${commands.map(({ name }) => name).join(" ")}
                contains -- $word $argv
                return
        end
    end
    test (count $argv) -eq 0
end

# Names of files behind "file:".
function __vshift_arrays
    set -l word (commandline -ct | string replace -r '^--[a-z-]+=' '')
    if string match -q 'file:*' -- $word
        for path in (__fish_complete_path (string sub -s 6 -- $word))
            echo file:$path
        end
    end
end

complete -c vshift -e
complete -c vshift -f
${flags.map((flag) => `complete -c vshift -n __vshift_command_is ${flagLine(flag)}\n`).join("")}${commands
  .map(({ name, summary }) => `complete -c vshift -n __vshift_command_is -a ${name} -d ${quoted(summary)}\n`)
  .join("")}${commands.map(operandsLine).join("")}${[...lines]
  .map(([line, names]) => `complete -c vshift -n ${quoted(`__vshift_command_is ${names.join(" ")}`)} ${line}\n`)
  .join("")}`;
}

function flagLine({ names, about, value, isOptional }: CompletedFlag): string {
  const options = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const values = value === undefined || isOptional ? "" : ` ${argumentsOf(value)}`;
  return `${options.join(" ")}${values} -d ${quoted(about)}`;
}

function argumentsOf({ choices, files }: CompletedValue): string {
  if (files === "plain") return "-r -F";
  if (files === "none") return choices.length === 0 ? "-x" : `-x -a ${quoted(choices.join(" "))}`;
  return `-x -a ${quoted([...choices, "file:", "(__vshift_arrays)"].join(" "))}`;
}

function operandsLine({ name, operands }: CompletedCommand): string {
  if (operands === undefined) return "";
  const values = operands.files === "plain" ? "-F" : `-a ${quoted(operands.choices.join(" "))}`;
  return `complete -c vshift -n ${quoted(`__vshift_command_is ${name}`)} ${values}\n`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

import type { CompletedCommand, CompletedFlag, CompletedProgram, CompletedValue } from "./completed.ts";

/**
 * The completion script of zsh, to be sourced, or to be a file `_vshift` in $fpath. `_files` would run what stands in $( ) or
 * backquotes in the name of a folder, so that such a command line is not completed.
 */
export function zshScript({ commands, flags }: CompletedProgram): string {
  return `#compdef vshift
# zsh completion of vshift: source <(vshift completion zsh)

_vshift() {
  local context state state_descr line curcontext="$curcontext" ret=1
  local -A opt_args
  if [[ "$words" == *(\\$\\(|\\\`)* ]]; then return 1; fi
  _arguments -s -S -C : \\
${flags.flatMap(specsOf).map(indented).join("")}    '1: :_vshift_commands' \\
    '*::: :->operands' && ret=0
  if [[ $state == operands ]]; then
    words=("$line[1]" "\${words[@]}")
    (( CURRENT += 1 ))
    curcontext="\${curcontext%:*:*}:vshift-$line[1]:"
    case $line[1] in
${commands.map(branchOf).join("")}    esac
  fi
  return ret
}

_vshift_commands() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(":", "\\:")}`)}\n`).join("")}  )
  _describe -t commands command commands
}

# A kind, or the name of a file behind "file:".
_vshift_array() {
  if compset -P file:; then
    _files
  else
    compadd -- "$@"
    compadd -S '' -- file:
  fi
}

if [[ $funcstack[1] == _vshift ]]; then
  _vshift "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i }
  compdef _vshift vshift
fi
`;
}

function branchOf({ name, flags, operands }: CompletedCommand): string {
  const rest = operands === undefined ? [] : [quoted(`*:${operands.name}:${actionOf(operands)}`)];
  const specs = [...flags.flatMap(specsOf), ...rest];
  return `      ${name})
        _arguments -s -S : \\
${specs.map((spec, index) => `          ${spec}${index < specs.length - 1 ? " \\" : " && ret=0"}\n`).join("")}        ;;
`;
}

/** The specifications that `_arguments` takes, one for each name of a flag; the names exclude each other. */
function specsOf({ names, about, value, isRepeated, isOptional }: CompletedFlag): readonly string[] {
  const others = isRepeated ? "*" : `(${names.join(" ")})`;
  const text = about.replace(/[[\]\\]/g, "\\$&");
  return names.map((name) => {
    if (value === undefined) return quoted(`${others}${name}[${text}]`);
    // "=-": its value stands in the same word, or there is none.
    return quoted(
      `${others}${name}${isOptional ? "=-" : "="}[${text}]:${isOptional ? ":" : ""}${value.name}:${actionOf(value)}`,
    );
  });
}

function actionOf({ choices, files }: CompletedValue): string {
  if (files === "prefixed") return ` _vshift_array ${choices.join(" ")}`;
  if (files === "plain") return "_files";
  return choices.length > 0 ? `(${choices.join(" ")})` : " ";
}

function indented(spec: string): string {
  return `    ${spec} \\\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

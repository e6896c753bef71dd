import type { CompletedCommand, CompletedFlag, CompletedProgram, CompletedValue } from "./completed.ts";

/**
 * The completion script of bash, from 3.2 on. What was typed is compared with patterns, and stands in quotes elsewhere: nothing
 * expands it.
 */
export function bashScript({ commands, flags }: CompletedProgram): string {
  const names = commands.map(({ name }) => name);
  return `# bash completion of vshift: source <(vshift completion bash)

_vshift() {
  local IFS=$' \\t\\n' i word glued='' count=0 command='' ended='' takes='' choices='' flags operands='' operand_choices=''
  local -a words=()
  COMPREPLY=()
  # bash takes --flag=value and file:name apart.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $count -gt 0 && (-n $glued || $word == [:=]) ]]; then
      words[count - 1]+=$word
    else
      words[count++]=$word
    fi
    [[ $word == [:=] ]] && glued=1 || glued=''
  done
  local current=\${words[count - 1]} previous=''
  for ((i = 0; i < count - 1; i++)); do
    word=\${words[i]}
    previous=$word
    if [[ $word == -- ]]; then ended=1; fi
    if [[ -z $command ]]; then
      case $word in
        ${names.join(" | ")}) command=$word ;;
      esac
    fi
  done
  if [[ $current == --*=* ]]; then
    previous=\${current%%=*}
    current=\${current#*=}
  fi
  case $command in
${commands.map(branchOf).join("")}    *)
      flags='${namesOf(flags)}'
      operands=choices operand_choices='${names.join(" ")}'
${valuesOf(flags)}      ;;
  esac
  if [[ -n $ended ]]; then
    takes=''
  elif [[ -z $takes && $current == -* ]]; then
    takes=choices choices=$flags
  fi
  if [[ -z $takes ]]; then
    takes=$operands choices=$operand_choices
  fi
  case $takes in
    files) _vshift_files "$current" ;;
    choices) COMPREPLY=($(compgen -W "$choices" -- "$current")) ;;
    prefixed)
      if [[ $current == file:* ]]; then
        _vshift_files "\${current#file:}"
      else
        COMPREPLY=($(compgen -W "$choices file:" -- "$current"))
        if [[ \${COMPREPLY[*]} == file: ]]; then compopt -o nospace 2> /dev/null; fi
      fi
      ;;
  esac
}

# The names of files are readline's to complete, which knows about quotes. Before bash 4 it cannot be asked for it here.
_vshift_files() {
  # bash would run what stands there to find a folder.
  if [[ $1 == *'$('* || $1 == *'\`'* ]]; then return; fi
  compopt -o default 2> /dev/null && return
  local file
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$1")
}

complete -F _vshift vshift
`;
}

function branchOf({ name, flags, operands }: CompletedCommand): string {
  const kind =
    operands === undefined
      ? ""
      : `\n      operands=${takesOf(operands)} operand_choices='${operands.choices.join(" ")}'`;
  return `    ${name})
      flags='${namesOf(flags)}'${kind}
${valuesOf(flags)}      ;;
`;
}

/** What each flag takes, those that take the same together. */
function valuesOf(flags: readonly CompletedFlag[]): string {
  const groups = new Map<string, string[]>();
  for (const { names, value, isOptional } of flags) {
    if (value === undefined || isOptional) continue;
    const choices = value.choices.length === 0 ? "" : ` choices='${value.choices.join(" ")}'`;
    const takes = `takes=${takesOf(value)}${choices}`;
    groups.set(takes, [...(groups.get(takes) ?? []), ...names]);
  }
  const branches = [...groups].map(([takes, names]) => `        ${names.join(" | ")}) ${takes} ;;\n`);
  return branches.length === 0 ? "" : `      case $previous in\n${branches.join("")}      esac\n`;
}

function takesOf({ choices, files }: CompletedValue): string {
  if (files === "prefixed") return "prefixed";
  if (files === "plain") return "files";
  return choices.length > 0 ? "choices" : "text";
}

function namesOf(flags: readonly CompletedFlag[]): string {
  return flags.flatMap(({ names }) => names).join(" ");
}

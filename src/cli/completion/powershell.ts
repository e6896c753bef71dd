import type { CompletedFlag, CompletedProgram, CompletedValue } from "./completed.ts";

/** The completion script of PowerShell, which completes names of files itself where the script has nothing to offer. */
export function powershellScript({ commands, flags }: CompletedProgram): string {
  return `# PowerShell completion of vshift: vshift completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName vshift -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)

  # Flags: what they are for, whether they take a value, and its choices.
  $general = ${tableOf(flags)}
  $summaries = [ordered]@{
${commands.map(({ name, summary }) => `    ${quoted(name)} = ${quoted(summary)}\n`).join("")}  }
  $flags = @{
${commands.map((command) => `    ${quoted(command.name)} = ${tableOf(command.flags)}\n`).join("")}  }
  $operands = @{
${commands
  .filter(({ operands }) => operands !== undefined && operands.choices.length > 0)
  .map(({ name, operands }) => `    ${quoted(name)} = ${listOf(operands?.choices ?? [])}\n`)
  .join("")}  }

  function Offer($text, $about) {
    if ($text.StartsWith($wordToComplete, [System.StringComparison]::Ordinal)) {
      [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $about)
    }
  }

  $before = @($commandAst.CommandElements |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
    ForEach-Object { $_.Extent.Text } |
    Select-Object -Skip 1)
  $command = $before | Where-Object { $summaries.Contains($_) } | Select-Object -First 1
  $known = if ($command) { $flags[$command] } else { $general }
  $previous = if ($before.Count -gt 0) { $before[-1] } else { '' }

  if ($known.Contains($previous) -and $known[$previous][1]) {
    $known[$previous][2] | ForEach-Object { Offer $_ $_ }
  } elseif ($wordToComplete.StartsWith('-')) {
    $known.Keys | ForEach-Object { Offer $_ $known[$_][0] }
  } elseif (-not $command) {
    $summaries.Keys | ForEach-Object { Offer $_ $summaries[$_] }
  } elseif ($operands.Contains($command)) {
    $operands[$command] | ForEach-Object { Offer $_ $_ }
  }
}
`;
}

function tableOf(flags: readonly CompletedFlag[]): string {
  const entries = flags.flatMap(({ names, about, value, isOptional }) =>
    names.map((name) => {
      const takes = value !== undefined && !isOptional;
      return `      ${quoted(name)} = @(${quoted(about)}, $${takes}, ${listOf(takes ? choicesOf(value) : [])})\n`;
    }),
  );
  return `[ordered]@{\n${entries.join("")}    }`;
}

function choicesOf({ choices, files }: CompletedValue): readonly string[] {
  return files === "prefixed" ? [...choices, "file:"] : choices;
}

function listOf(texts: readonly string[]): string {
  return `@(${texts.map(quoted).join(", ")})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

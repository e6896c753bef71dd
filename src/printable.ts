/**
 * Text that keeps to its line and cannot steer a terminal or a log: control and format characters (ESC, line breaks, marks that
 * turn the direction of writing) and halves of surrogate pairs become `\u001b` or `\u{e0001}`.
 *
 * For every line that is built of text from outside: file names, field names, cells of a table, excerpts of a parser.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, "0");
    return code.length === 4 ? `\\u${code}` : `\\u{${code}}`;
  });
}

/**
 * An argument as a shell takes it, in quotes where it has other signs than those that mean nothing to any shell. One with control
 * characters is in the quotes that bash, zsh and ksh have for these.
 */
export function shellWord(argument: string): string {
  if (/\p{Cc}/u.test(argument)) {
    const escaped = argument.replace(/[\p{Cc}'\\]/gu, (sign) => {
      const code = sign.charCodeAt(0).toString(16);
      return sign === "'" || sign === "\\" ? `\\${sign}` : `\\u${code.padStart(4, "0")}`;
    });
    return `$'${escaped}'`;
  }
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

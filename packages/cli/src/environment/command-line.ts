/** The command line as a shell would take it again. */
export function commandLine(args: readonly string[]): string {
  return ['jembench', ...args.map(quoted)].join(' ');
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

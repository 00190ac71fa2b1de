/** The names of the files beside a starter config. */
export interface StarterNames {
  /** The name of the sample file. */
  readonly sample: string;
  /** The path of the JSON Schema file, relative to the config. */
  readonly schema: string;
}

/** A config to start from: it passes `check`, and the first command works at once. */
export interface StarterTemplate {
  /** What it is for, for the help. */
  readonly summary: string;
  /** The config, as YAML. @param names of the files beside it */
  readonly config: (names: StarterNames) => string;
  /** Events to try it on, one per line. */
  readonly sample: string;
  /** Test cases for it, which pass without a key. */
  readonly tests: string;
  /** What to type first, in the config's folder, line by line. @param sample name of the sample file */
  readonly firstCommands: (sample: string) => readonly string[];
}

/** The head of every starter config: by the first line editors complete keys and show what they mean. */
export function head({ schema }: StarterNames, commands: readonly string[]): string {
  return `# yaml-language-server: $schema=${schema}
# (colloquium schema > ${schema} writes the file that editors complete from)
#
${commands.map((command, i) => `# ${i === 0 ? 'Try it:  ' : '         '}  ${command}\n`).join('')}# Check it:  colloquium check
# Test it:   colloquium test
`;
}

/** A file of test cases. @param cases the members of its list, indented by two blanks */
export function testFile(cases: string): string {
  return `# Run them:  colloquium test
# (colloquium schema --tests prints the JSON Schema that editors complete from)
tests:
${cases}`;
}

/** Events, one per line. */
export function lines(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

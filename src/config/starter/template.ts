/** The names of the files beside a starter config. */
export interface StarterNames {
  /** The name of the sample file. */
  readonly sample: string;
  /** The path of the JSON Schema file, relative to the config. */
  readonly schema: string;
  /** The path of the JSON Schema file for test cases, relative to theirs. */
  readonly testsSchema: string;
}

/** A config to start from: it passes `check`, and the first command works at once. */
export interface StarterTemplate {
  /** What it is for, for the help. */
  readonly summary: string;
  /** The config, as YAML. @param names of the files beside it */
  readonly config: (names: StarterNames) => string;
  /** Events to try it on, one per line. */
  readonly sample: string;
  /** Test cases for it, which pass without a key, as YAML. @param names of the files beside them */
  readonly tests: (names: StarterNames) => string;
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

/** A file of test cases, by the names of those beside it. @param cases the members of its list, indented by two blanks */
export function testFile(cases: string): StarterTemplate['tests'] {
  return ({ testsSchema }) => `# yaml-language-server: $schema=${testsSchema}
# (colloquium schema --tests > ${testsSchema} writes the file that editors complete from)
#
# Run them:  colloquium test
tests:
${cases}`;
}

/** Events, one per line. */
export function lines(events: readonly object[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

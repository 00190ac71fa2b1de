import type { Command } from 'commander';
import { Option } from 'commander';
import { withConfig } from '../flags/config-options.js';
import { dollarOption } from '../flags/dollar-option.js';
import type { TestFlags } from '../test/flags.js';

const EXAMPLES = `
Examples:
  All cases: under tests in the config, and in colloquium.test.yaml and *.test.yaml beside it:
    colloquium test
  Ask the providers once, for what no cassette has yet, for at most a dollar:
    colloquium test --record new --max-cost 1
  Accept what comes out now as the golden files:
    colloquium test --update
  For a CI server:
    colloquium test --format junit > report.xml

Nothing is sent without --record: AI calls are answered by cassettes or by the cases themselves, and their time is simulated.

Exit codes: 0 all cases pass, 2 usage, 3 some fail, 74 a disk fails, 78 the config, a test file or a cassette is invalid,
130/143 stopped by a signal.`;

/** `colloquium test`: runs the test cases of pipelines. */
export function testCommand(command: Command): Command {
  return withConfig(command)
    .argument('[files...]', 'test files; else the cases in the config, and the test files beside it')
    .option('--filter <text>', 'only cases with this text in their name')
    .addOption(
      new Option('--record [which]', 'send the calls and record the answers: all, or only those that are new')
        .choices(['all', 'new'])
        .preset('all'),
    )
    .option('--max-cost <usd>', 'most US dollars that recording may cost', dollarOption)
    .option('--update', 'write golden files instead of comparing with them')
    .option('--watch', 'run again when a file changes')
    .addOption(
      new Option('--format <format>', 'how results are printed').choices(['pretty', 'tap', 'junit']).default('pretty'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: TestFlags) => {
      const { test } = await import('../test/test.js');
      process.exitCode = await test(files, flags);
    });
}

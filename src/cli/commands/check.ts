import type { Command } from 'commander';
import { Option } from 'commander';
import type { CheckFlags } from '../check/flags.js';
import { withConfig } from '../flags/config-options.js';

const EXAMPLES = `
Examples:
  The config that is in force here, with all it refers to:
    colloquium check
  A script, a config, and all scripts of a folder:
    colloquium check clean.computo ./colloquium.yaml scripts/
  Fields that real events do not have:
    colloquium check --sample day-1.ndjson
  For editors and CI:
    colloquium check --format json --strict

Exit codes: 0 clean (warnings allowed, unless --strict), 2 usage, 78 with errors.`;

/** `colloquium check [paths…]`: finds every mistake that can be found without running. */
export function checkCommand(command: Command): Command {
  return withConfig(command)
    .argument(
      '[paths...]',
      'configs, script files (.computo, .json, .jsonc) and folders of them; else the config that is found',
    )
    .addOption(new Option('--format <format>', 'for people or for programs').choices(['text', 'json']).default('text'))
    .option('--strict', 'warnings count as errors')
    .option('--sample <file>', 'real events (the first 1,000 are read; also .csv and .tsv): what they lack is reported')
    .option('-p, --pipeline <name>', 'the pipeline that the sample is for; else all')
    .addHelpText('after', EXAMPLES)
    .action(async (paths: string[], flags: CheckFlags) => {
      const { check } = await import('../check/check.js');
      process.exitCode = await check(paths, flags);
    });
}

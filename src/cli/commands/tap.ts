import type { Command } from 'commander';
import { filterOption } from '../flags/filter-option.js';
import type { TapFlags } from '../tap/flags.js';
import { withConfig } from '../flags/config-options.js';

const EXAMPLES = `
Examples:
  What leaves the pipelines, as it happens:
    colloquium tap | jq -c .data
  What one stage makes of its events, those of them that matter:
    colloquium tap --stage computo-1 --filter '/amount > 1000'
  A daemon elsewhere:
    COLLOQUIUM_TOKEN=… colloquium tap --url https://events.example.com

Prints whole events (id, timestamp, data, metadata), a line each; on a terminal the time, the pipeline and the data. Stages without a
name are called computo-1, filter-2, ai-1. The daemon waits for nobody: what comes faster than it is read is left out, and
how much that was is said on stderr. Events that come in are shown by: colloquium log tail -f

The address is that of the config, or --url. Where the daemon asks for a token, it is taken from --token-file, from the variable
COLLOQUIUM_TOKEN, or from the config's server.tokens.

Exit codes: 0 also when the daemon ends or the reader of the output has gone, 2 usage, or no daemon that lets us in,
74 the connection broke, 78 config or script invalid.`;

/** `colloquium tap`: prints the live events of a running daemon. */
export function tapCommand(command: Command): Command {
  return withConfig(command)
    .option('--stage <name>', 'events as they leave this stage; else as they leave their pipeline')
    .option('-p, --pipeline <name>', 'only events of this pipeline')
    .addOption(filterOption())
    .option('--url <url>', "the daemon's address, instead of the config's")
    .option('--token-file <file>', 'a file with the token to show')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: TapFlags) => {
      const { tap } = await import('../tap/tap.js');
      process.exitCode = await tap(flags);
    });
}

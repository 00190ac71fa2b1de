import { Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration, parseSize } from '../../config/units/index.js';
import { withConfig } from '../flags/config-options.js';
import type { JournalBatchesFlags, JournalFlags, JournalListFlags, JournalPruneFlags } from '../journal/flags.js';

const EXAMPLES = `
Examples:
  What is kept, and what each call cost:
    colloquium journal ls
    colloquium journal ls --format json | jq -s 'map(.cost) | add'
  One call, by the start of its key: what was asked, and what was answered:
    colloquium journal show 3f9a
  Calls that nobody knows the fate of, and how to decide:
    colloquium journal doubtful
  Batches of requests, and the end of one of them:
    colloquium journal batches
    colloquium journal batches --cancel mx3zux6k00019290
  Forget what is older than a month, then the oldest, until a gigabyte is left:
    colloquium journal prune --older-than 30d --max-size 1GB`;

/** `colloquium journal ls|show|doubtful|batches|prune`: works with the stored AI answers. */
export function journalCommand(journal: Command): Command {
  journal.helpCommand(false).addHelpText('after', EXAMPLES);
  journal.addCommand(
    command('ls', 'List the calls that the journal knows, in the order of their keys')
      .option('-p, --pipeline <name>', 'only those of this pipeline')
      .option('--stage <name>', 'only those of this AI stage')
      .action(async (flags: JournalListFlags) => {
        const { list } = await import('../journal/list.js');
        process.exitCode = await list(flags);
      }),
  );
  journal.addCommand(
    command('show', 'Show one call: what was asked, what was answered, what it cost')
      .argument('<key>', 'its key, or the start of it')
      .action(async (key: string, flags: JournalFlags) => {
        const { show } = await import('../journal/show.js');
        process.exitCode = await show(key, flags);
      }),
  );
  journal.addCommand(
    command('doubtful', 'List the calls that may have been answered and billed although no answer is there').action(
      async (flags: JournalFlags) => {
        const { doubtful } = await import('../journal/doubtful.js');
        process.exitCode = await doubtful(flags);
      },
    ),
  );
  journal.addCommand(
    command('batches', 'List the batches of requests that were sent, and how they stand')
      .option('--fetch <id>', 'look at this one, and if it has ended get its answers, so that their cost is known')
      .option('--cancel <id>', 'end this one: what it has answered is kept and paid for, the rest is free to be asked')
      .option('--forget <id>', 'give this one up, as its provider is gone: each of its requests is in doubt')
      .option(
        '--api-key-env <name>',
        'of a batch that --base-url was asked for: the variable with the key of its server',
      )
      .action(async (flags: JournalBatchesFlags) => {
        const { batches } = await import('../journal/batches.js');
        process.exitCode = await batches(flags);
      }),
  );
  journal.addCommand(
    command('prune', 'Forget old answers; what they cost stays in the ledger')
      .option('--older-than <age>', 'what is older goes; else what is past journal.ttl', age)
      .option('--max-size <size>', 'then the oldest go until the rest is this small; else journal.max_size', bytes)
      .action(async (flags: JournalPruneFlags) => {
        const { prune } = await import('../journal/prune.js');
        process.exitCode = await prune(flags);
      }),
  );
  return journal;
}

function command(name: string, description: string): Command {
  return withConfig(new Command(name))
    .description(description)
    .addOption(new Option('--format <format>', 'for people or for programs').choices(['text', 'json']).default('text'));
}

function age(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new InvalidArgumentError('It must be a time such as 12h, 30d or 4w.');
  return ms;
}

function bytes(text: string): number {
  const size = parseSize(text);
  if (size === undefined) throw new InvalidArgumentError('It must be a size such as 500MB or 1GB.');
  return size;
}

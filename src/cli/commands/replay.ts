import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { dollarOption } from '../flags/dollar-option.js';
import { columnsOption, outOption, rawOption } from '../flags/output-format-options.js';
import { filterOption } from '../flags/filter-option.js';
import { momentProblem, MOMENT_WORDS, parseMoment } from '../../config/units/index.js';
import type { ReplayFlags } from '../replay/flags.js';
import { withConfig } from '../flags/config-options.js';

const EXAMPLES = `
Examples:
  The last quarter of an hour, through the pipelines that the events were sent to:
    colloquium replay --since 15m
  A day through another pipeline, into a file:
    colloquium replay --since 2026-01-02 --until 2026-01-03 -p orders_v2 -o orders.ndjson
  Stored events as they are:
    colloquium replay --since 2h --raw | jq -r .id
  A table of what became of a day's orders:
    colloquium replay --since 1d -p orders --out csv --columns id,total -o orders.csv
  Some of them:
    colloquium replay --since 7d --raw --filter '/level == "error"'
  What today's scripts and prompts would have made of yesterday's events: first what that costs, then what differs:
    colloquium replay --since 1d --diff --dry-run
    colloquium replay --since 1d --diff --against old.yaml --sample 100
  Failed events once more, now that the script is mended, to where the daemon writes (stop it first):
    colloquium replay --dead-letters --to-outputs

Works beside a running daemon, and changes nothing but with --dead-letters and --to-outputs. Ids, timestamps and metadata are those
of the stored events. AI answers come from the journal, at no cost, unless --live.

Exit codes: 0 all events went through, 2 usage, 3 some events failed or went to no output, 74 the log is damaged or a disk fails,
75 stopped by a budget or a provider's limit, 78 config or script invalid, 130/143 stopped by a signal.`;

/** `colloquium replay`: sends stored events through a pipeline again. */
export function replayCommand(command: Command): Command {
  return withConfig(command)
    .option('--since <moment>', MOMENT_WORDS, moment)
    .option('--until <moment>', 'the same: only events before it', moment)
    .option('--from-id <id>', 'begin with the event that has this id')
    .option('-p, --pipeline <name>', 'send all events through this pipeline; with --raw: only the events sent to it')
    .addOption(filterOption())
    .option('--raw', 'the stored events as they are, through no pipeline')
    .option(
      '-o, --output <file>',
      'write here instead of to stdout (-): an earlier output is replaced, with --dead-letters added to; .gz and .zst are compressed; refused where files of the pipeline are encrypted, but for --raw',
    )
    .option('--envelope', 'write whole events (id, timestamp, data, metadata), not their data alone')
    .addOption(outOption())
    .addOption(columnsOption())
    .addOption(rawOption())
    .option('--dead-letter <file>', 'add events that fail to this file instead of writing them to stderr')
    .option(
      '--dead-letters',
      'retry failed events, with retry_count + 1; one whose result went to stdout or -o counts as retried, too',
    )
    .option('--to-outputs', "write to the pipelines' own outputs; no daemon may be running")
    .option('--live', 'ask AI providers again, even for what the journal has an answer to')
    .option('--max-cost <usd>', 'most US dollars that this replay may cost: it stops before', dollarOption)
    .option('--strict', 'stop at the first failed event')
    .addOption(
      new Option(
        '--diff [how]',
        'compare, event by event, what they become now with what the outputs hold: as summary, events or json (default: events on a terminal, json in a pipe)',
      ).choices(['summary', 'events', 'json']),
    )
    .option('--against <file>', 'with --diff: compare with what the pipelines of this config make of them')
    .option('--against-pipeline <name>', 'with --diff and -p: compare with what this pipeline makes of them')
    .option('--sample <n>', 'with --diff: only this many events, spread over all', count)
    .option('--dry-run', 'with --diff: say what the AI calls would cost, and send nothing')
    .option('--limit <n>', 'stop after this many events', count)
    .addOption(
      new Option('--stats <format>', 'how the closing counts are printed').choices(['text', 'json']).default('text'),
    )
    .option('--no-progress', 'say nothing while running')
    .option('-q, --quiet', 'say nothing while running, and print no closing counts, unless --stats json asks for them')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: ReplayFlags) => {
      if (flags.diff !== undefined) {
        const { diff } = await import('../replay/diff.js');
        process.exitCode = await diff(flags);
        return;
      }
      const { replay } = await import('../replay/replay.js');
      process.exitCode = await replay(flags);
    });
}

function moment(text: string): number {
  const ms = parseMoment(text, Date.now());
  if (ms === undefined) throw new InvalidArgumentError(`It ${momentProblem(text)}.`);
  return ms;
}

function count(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import { dollarOption } from '../flags/dollar-option.js';
import { columnsOption, outOption, rawOption } from '../flags/output-format-options.js';
import { filterOption } from '../flags/filter-option.js';
import { tableOption } from '../flags/table-option.js';
import { parseDuration, parseSize } from '../../config/units/index.js';
import type { RunFlags } from '../run/flags.js';
import { withConfig } from '../flags/config-options.js';

const EXAMPLES = `
Examples:
  Two fields of every line:
    colloquium -e '{/id, who: /user/name}' tweets.ndjson
  Only some events:
    colloquium --filter '/score > 0.5 and /lang == "en"' events.ndjson
  One event for each item; each event once; a tenth of them; the types of events, and how many there are of each:
    colloquium --explode /items -e '{/sku, /n}' orders.ndjson
    colloquium --dedupe /id events.ndjson
    colloquium --sample-rate 0.1 events.ndjson
    colloquium --count-by /type events.ndjson
  Rows of a CSV file, whose first row names the fields:
    colloquium -e '{/id, total: number.parse(/total)}' orders.csv
  With what a table knows of each event's user:
    colloquium -e 'merge($input, {user: table.get("users", /user_id)})' --table users=./users.csv:id events.ndjson
  Log entries, each with its stack trace:
    colloquium --in text --start '^\\d{4}-' -e '{entry: $input}' app.log
  In a pipe, with what failed kept aside:
    zcat events.gz | colloquium -s clean.computo --dead-letter failed.ndjson > clean.ndjson
  A pipeline of the config, into files of 100 MB each:
    colloquium -p orders -o out/orders.ndjson --rotate 100MB day-*.ndjson.gz
  What a model says about each event:
    colloquium --model gpt-4o-mini --prompt 'Sentiment of: \${/text}' --schema '{"enum":["good","bad"]}' --into /label --max-cost 5 -o out.ndjson reviews.ndjson
  What the AI stages would cost, before they do; then with 20 rows really sent:
    colloquium -p label --dry-run in.ndjson
    colloquium -p label --dry-run --sample 20 in.ndjson
  At half the price, when it need not be now; Ctrl-C leaves the batches running, and the same command goes on:
    colloquium -p label --lane batch -o out.ndjson in.ndjson
  What a script does, call by call:
    colloquium -s ./clean.computo --limit 1 --trace in.ndjson
  As it is written:
    colloquium --follow -s ./alert.computo /var/log/app.ndjson

A script is text such as {/id, who: /user/name}, or the JSON that this means: ["obj", "id", ["$input", "/id"], …]. Files named
*.computo are text, others JSON. "colloquium help recipes" shows everyday jobs.

Exit codes: 0 all events went through, 2 usage, 3 some events failed or went to no output, 69 every AI provider is down, 74 a disk or
stored data failed, 75 stopped by a budget or limit and resumable, 78 config or script invalid, 130/143 stopped by a
signal.`;

/** `colloquium [run] [files…]`: the main job. */
export function runCommand(command: Command): Command {
  return withConfig(command)
    .argument('[files...]', 'inputs in order; .gz and .zst are decompressed, - is stdin (the default)')
    .option('-e, --eval <computo>', 'a Computo script, text or JSON, as the only stage')
    .option(
      '-s, --script <script>',
      'a script as the only stage: a name under scripts in the config, or a file (.computo is text, else JSON)',
    )
    .addOption(filterOption())
    .option('--explode <computo>', 'one event for each element of the list that this script, such as /items, gives')
    .option('--sample-rate <share>', 'let a share of the events pass, such as 0.1: the same ones in every run', share)
    .option('--dedupe <computo>', 'of the events for which this script, such as /id, gives the same, only the first')
    .option(
      '--count-by <computo>',
      'in place of the events, how many there are of each value that this script, such as /level, gives; the most frequent first',
    )
    .addOption(tableOption())
    .option(
      '--in <format>',
      'ndjson, csv, tsv, json (values in any layout, or one list of events) or text; else as the file is named',
    )
    .option(
      '--start <pattern>',
      'with --in text: a line that this RE2 pattern does not match belongs to the one before it',
    )
    .option(
      '-p, --pipeline <name>',
      'a pipeline of the config; without -e, -s and a flag for a stage (--filter … --count-by) the one named default',
    )
    .option('--prompt <template>', 'ask an AI model about each event, as the only stage: "Sentiment of: ${/text}"')
    .option('--model <name>', 'with --prompt: the model; its name tells the provider, whose key is in the environment')
    .option('--system <template>', 'with --prompt: the system message')
    .option('--schema <schema>', 'with --prompt: the JSON Schema that answers must satisfy, or its file')
    .option(
      '--into <pointer>',
      'with --prompt: where the answer lands in the data, such as /label; else it is the data',
    )
    .option('--max-tokens <n>', 'with --prompt: most output tokens of an answer; else 1000', atLeastOne)
    .option(
      '--base-url <url>',
      'with --prompt: a server with the API of OpenAI, such as http://localhost:11434/v1; no price is known for its models, so it goes without --max-cost',
    )
    .option('--api-key-env <name>', 'with --base-url: the environment variable that holds its key, if it wants one')
    .option(
      '-o, --output <file>',
      'write here instead of to stdout (-), replacing what is there; .gz and .zst are compressed; with {routing_key} or {date} in it, a file for each; encrypted where files of the pipeline are',
    )
    .addOption(outOption())
    .addOption(columnsOption())
    .addOption(rawOption())
    .option('--rotate <size>', 'with -o: set the file aside as name.000001.ext when it reaches this size', size)
    .option('--envelope', 'write whole events (id, timestamp, data, metadata), not their data alone')
    .option(
      '--dead-letter <file>',
      'add failed events to this file instead of writing them to stderr; encrypted where files of the pipeline are',
    )
    .option('--strict', 'stop at the first failed event')
    .option('--limit <n>', 'stop after this many input events', count)
    .option('--trace', 'with --limit: tell every call of the scripts on stderr, with its place and its value')
    .option(
      '-j, --workers <n>',
      'threads that work on events, no more than processors; else as many as pay off',
      atLeastOne,
    )
    .option('--concurrency <n>', 'AI calls in flight; else as many as the limits of the providers feed', atLeastOne)
    .option('--unordered', 'write results as they are done, not in the order of the input')
    .option(
      '--max-cost <usd>',
      'most US dollars that this run may cost: it stops before, and --resume goes on',
      dollarOption,
    )
    .option('--live', 'ask AI providers again, even for what the journal has an answer to')
    .addOption(
      new Option(
        '--lane <lane>',
        'batch: send the requests in batches, at half the price and within a day, and wait; auto: so if there are enough; live: one by one; else as each stage says',
      ).choices(['live', 'batch', 'auto']),
    )
    .option(
      '--deadline <time>',
      'with --lane batch or auto: ask live what has no answer after this long, such as 6h',
      duration,
    )
    .option('--min-batch <n>', 'with --lane auto: ask fewer requests of a stage live; else 100', batchSize)
    .option('--max-batch <n>', 'with --lane: most requests of one batch; else what the provider takes', batchSize)
    .option('--dry-run', 'write nothing and send nothing: tell what the AI stages would ask, and what it would cost')
    .option('--sample <n>', 'with --dry-run: do send n rows, keep their answers, and narrow the estimate', sampleSize)
    .option('--resume', 'with file outputs: go on where the last run stopped; fine on a first run')
    .option('--resume=force', 'the same, though an input, an output or the stages were changed since')
    .option('--restart', 'with file outputs: forget where the last run stopped, and do everything again')
    .option('--follow', 'keep reading what is appended to the files')
    .addOption(
      new Option('--stats <format>', 'how the closing counts are printed').choices(['text', 'json']).default('text'),
    )
    .option('--no-progress', 'say nothing while running')
    .option('-q, --quiet', 'say nothing while running, and print no closing counts, unless --stats json asks for them')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], flags: RunFlags, { parent }: Command) => {
      const [{ run }, { refuseUnknownCommand }] = await Promise.all([
        import('../run/run.js'),
        import('../run/unknown-command.js'),
      ]);
      const names = parent?.commands.map((one) => one.name()).filter((name) => !name.startsWith('__')) ?? [];
      if (flags.follow !== true) refuseUnknownCommand(files, names);
      process.exitCode = await run(files, flags, process.argv.slice(2));
    });
}

function size(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined || bytes < 1)
    throw new InvalidArgumentError('It must be a size such as 500KB, 100MB or 2GB.');
  return bytes;
}

function share(text: string): number {
  const number = /^(?:0?\.[0-9]{1,15}|[01](?:\.0*)?)$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= 0 && number <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1, such as 0.1.');
  return number;
}

function atLeastOne(text: string): number {
  if (!/^[0-9]{1,5}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return Number(text);
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 1) throw new InvalidArgumentError('It must be a time such as 30m, 6h or 1d.');
  return ms;
}

function batchSize(text: string): number {
  if (!/^[0-9]{1,6}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return Number(text);
}

/** Beyond this an estimate gets no better, only dearer. */
const SAMPLE_MAX = 1000;

function sampleSize(text: string): number {
  const size = atLeastOne(text);
  if (size > SAMPLE_MAX) throw new InvalidArgumentError(`It must be ${SAMPLE_MAX} at most.`);
  return size;
}

/** Kept as text, because an amount of money is not a binary fraction. */
function count(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return Number(text);
}

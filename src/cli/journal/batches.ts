import { amountOf, BatchRefusedError, dollars, realWorld, type AiClient, type BatchRecord } from '../../ai/index.js';
import { showAmount } from '../../ai/money/index.js';
import { openAi } from '../../jobs/ai/index.js';
import { minuteText, sleep } from '../../world/index.js';
import { EXIT } from '../exit/exit-codes.js';
import { UserError } from '../exit/user-error.js';
import { PROVIDER_OF_FLAGS } from '../flags/provider-of-flags.js';
import { print } from '../terminal/print.js';
import { writeStderr } from '../terminal/stderr.js';
import { table, type Column } from '../terminal/table.js';
import { configOfBatch } from './config-of-batch.js';
import type { JournalBatchesFlags } from './flags.js';
import { openBooksOf } from './open-books.js';

const COLUMNS: readonly Column[] = [
  { title: 'id', align: 'left' },
  { title: 'made', align: 'left' },
  { title: 'state', align: 'left' },
  { title: 'done', align: 'right' },
  { title: 'provider', align: 'left' },
  { title: 'model', align: 'left' },
  { title: 'at most', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'there', align: 'left' },
];

/** The maximum number of checks after a cancellation, which takes a provider a moment. */
const LOOKS = 40;
const LOOK_MS = 250;
/** A provider that does not know a batch so often in a row has lost it. Results that are not there so often are left for later. */
const MISSES_MAX = 4;

const IN_DOUBT = 'what it may have answered is in doubt, and colloquium journal doubtful lists it';

/**
 * `colloquium journal batches`: lists the batches; with `--fetch`, gets the answers of one; with `--cancel`, ends one; with
 * `--forget`, gives one up.
 */
export async function batches(flags: JournalBatchesFlags): Promise<number> {
  const { fetch: look, cancel, forget } = flags;
  const records = await recordsOf(flags);
  if ([look, cancel, forget].filter((id) => id !== undefined).length > 1)
    throw new UserError('--fetch, --cancel and --forget exclude one another', EXIT.usage);
  if (flags.apiKeyEnv !== undefined && (look ?? cancel ?? forget) === undefined)
    throw new UserError('--api-key-env needs --fetch, --cancel or --forget', EXIT.usage);
  if (look !== undefined) return await ended(flags, found(records, look), fetchOne);
  if (cancel !== undefined) return await ended(flags, found(records, cancel), endOne);
  if (forget !== undefined) return await ended(flags, found(records, forget), giveUp);
  await print(flags.format === 'json' ? records.map(jsonLine).join('') : text(records));
  return EXIT.ok;
}

async function recordsOf(flags: JournalBatchesFlags): Promise<readonly BatchRecord[]> {
  const { books } = await openBooksOf(flags);
  try {
    const records: BatchRecord[] = [];
    for await (const record of books.batches().all()) records.push(record);
    return records;
  } finally {
    await books.close();
  }
}

function found(records: readonly BatchRecord[], id: string): BatchRecord {
  const record = records.find((one) => one.id === id);
  if (record === undefined)
    throw new UserError(`there is no batch ${id}`, EXIT.usage, 'colloquium journal batches lists them');
  if (record.state === 'closed') throw new UserError(`batch ${id} has ended: ${record.outcome ?? ''}`, EXIT.usage);
  return record;
}

/** Opens the provider of a batch and ends it in some way. */
async function ended(
  flags: JournalBatchesFlags,
  record: BatchRecord,
  end: (client: AiClient, record: BatchRecord) => Promise<string>,
): Promise<number> {
  const { id, provider } = record;
  const config = await configOfBatch(record, flags);
  const tell = (message: string): void => writeStderr(`colloquium: ${message}\n`);
  const client = await openAi({ config, pipelines: [], providers: [provider], live: false }, tell);
  try {
    await print(`batch ${id} ${await end(client, record)}\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof BatchRefusedError)) throw error;
    const key = provider === PROVIDER_OF_FLAGS ? '--api-key-env names the variable with its key; ' : '';
    throw new UserError(error.message, EXIT.providersDown, `${key}colloquium journal batches --forget gives it up`);
  } finally {
    await client.close();
  }
}

/** @returns what became of the batch. @throws BatchRefusedError; UserError if its provider does not answer */
async function endOne({ batches: lane }: AiClient, { id, provider }: BatchRecord): Promise<string> {
  let isAsked = false;
  let missed = 0;
  let fetching = 0;
  await lane.upkeep();
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const cancelled = await lane.cancel(id);
    isAsked ||= cancelled === 'ends';
    missed = cancelled === 'gone' ? missed + 1 : 0;
    if (missed >= MISSES_MAX && (await lane.giveUp(id, `gone: ${provider} does not know it any more`)))
      return `is gone: ${provider} does not know it any more; ${IN_DOUBT}`;
    // Nothing else is touched, and nothing is sent.
    await lane.advance({ only: new Set([id]), maySubmit: () => false });
    const now = await lane.record(id);
    if (now?.state === 'closed') return closing(now);
    fetching += now?.state === 'fetching' ? 1 : 0;
    if (fetching >= MISSES_MAX) break;
    await sleep(realWorld, LOOK_MS);
  }
  const record = await lane.record(id);
  if (record?.state === 'fetching') return standing(record);
  if (isAsked) return `is being cancelled by ${provider}; the same command again fetches what it has answered`;
  throw new UserError(
    `batch ${id} could not be cancelled: ${provider} does not answer, or another process is sending it`,
    EXIT.providersDown,
    'try again later',
  );
}

/** @returns how the batch stands. @throws BatchRefusedError */
async function fetchOne({ batches: lane }: AiClient, { id }: BatchRecord): Promise<string> {
  await lane.upkeep();
  await lane.advance({ only: new Set([id]), maySubmit: () => false });
  const record = await lane.record(id);
  return record === undefined ? 'is forgotten' : standing(record);
}

const AGAIN = 'the same command again fetches them';

/** How a batch stands, behind its id. */
function standing(record: BatchRecord): string {
  const { state, done, rows, provider, filesMissed } = record;
  switch (state) {
    case 'gathering':
    case 'sealed':
      return 'is not sent yet: the process that makes it still runs';
    case 'submitting':
      return `may have reached ${provider} or not: the same command again finds out`;
    case 'submitted':
      return `is not ready yet: ${done} of ${rows} requests are done at ${provider}`;
    case 'fetching':
      return filesMissed === undefined
        ? `has ended at ${provider}, and its results are being fetched by another process, or can't be fetched now: ${AGAIN}`
        : `has ended at ${provider}, and not all of its results are there yet: ${AGAIN}`;
    case 'closed':
      return closing(record);
  }
}

/** What became of a batch, behind its id, and of one in doubt what it may cost. */
function closing(record: BatchRecord): string {
  const { lost, outcome = '' } = record;
  return lost === undefined ? outcome : `is ${outcome}; it costs ${costText(record)}`;
}

/** @returns what became of the batch. @throws UserError if another process works on it */
async function giveUp({ batches: lane }: AiClient, { id }: BatchRecord): Promise<string> {
  if (await lane.giveUp(id, 'it was given up by hand')) {
    const cost = costText(await lane.record(id));
    return `is given up: ${IN_DOUBT}${cost === '' ? '' : `; it costs ${cost}`}`;
  }
  throw new UserError(`batch ${id} is in the hands of another process`, EXIT.usage, 'end that first');
}

/**
 * What a batch has cost, as far as that is known, and at most, in nano-dollars; null: no price is known; undefined: nothing of it is
 * booked yet.
 */
function costOf(record: BatchRecord | undefined): { readonly known: bigint; readonly most: bigint } | null | undefined {
  if (record?.cost === undefined) return undefined;
  const { cost, charge = cost, worst, lost, outcome = '' } = record;
  const [known, most] = [BigInt(cost), BigInt(charge)];
  const mayBeBilled = lost !== undefined || outcome.startsWith('ended');
  return worst === null && mayBeBilled && most === 0n ? null : { known, most };
}

function costText(record: BatchRecord | undefined): string {
  const cost = costOf(record);
  if (cost === undefined) return '';
  if (cost === null) return '?';
  const { known, most } = cost;
  return most > known ? `${showAmount(known)} to ${showAmount(most)}` : showAmount(known);
}

/** Money is in US dollars. */
function jsonLine(record: BatchRecord): string {
  const { id, state, provider, model, pipeline, rows, done, createdAt, remote = null, outcome = null } = record;
  const cost = costOf(record);
  const worst = amountOf(record.worst);
  const shown = {
    id,
    state,
    time: new Date(createdAt).toISOString(),
    pipeline,
    provider,
    model,
    rows,
    done,
    at_most: worst === null ? null : dollars(worst),
    cost: cost ? dollars(cost.known) : null,
    cost_at_most: cost ? dollars(cost.most) : null,
    remote,
    outcome,
  };
  return `${JSON.stringify(shown)}\n`;
}

function text(records: readonly BatchRecord[]): string {
  if (records.length === 0) return 'no batch was sent\n';
  const rows = records.map((record) => {
    const { id, createdAt, state, done, rows: all, provider, model, remote = '' } = record;
    const worst = amountOf(record.worst);
    return [
      id,
      minuteText(createdAt),
      state,
      `${done}/${all}`,
      provider,
      model,
      worst === null ? '?' : showAmount(worst),
      costText(record),
      remote,
    ];
  });
  const ended = records.flatMap(({ id, outcome }) => (outcome === undefined ? [] : [`${id} ${outcome}\n`]));
  return `${table(COLUMNS, rows)}${ended.length > 0 ? '\n' : ''}${ended.join('')}`;
}

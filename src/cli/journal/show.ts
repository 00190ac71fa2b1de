import type { Books, Found } from '../../ai/index.js';
import { visible } from '../../config/diagnostic/index.js';
import { openBooksOf } from './open-books.js';
import { showAmount } from '../../ai/money/index.js';
import type { JournalFlags } from './flags.js';
import { EXIT } from '../exit/exit-codes.js';
import { print } from '../terminal/print.js';
import { grouped } from '../terminal/grouped.js';
import { UserError } from '../exit/user-error.js';
import { viewJson, viewOf, type CallView } from './call-view.js';

/** `colloquium journal show KEY`: shows one call in full. */
export async function show(key: string, flags: JournalFlags): Promise<number> {
  const { books } = await openBooksOf(flags);
  try {
    const found = await findCall(books, key);
    const view = await viewOf(books, found);
    const { request } = found.record;
    const outcome = outcomeOf(found);
    await print(
      flags.format === 'json'
        ? `${JSON.stringify({ ...viewJson(view), request: request ?? null, ...outcome })}\n`
        : text(view, request, outcome),
    );
    return EXIT.ok;
  } finally {
    await books.close();
  }
}

/** @throws UserError unless the key is the start of exactly one call's key */
async function findCall(books: Books, key: string): Promise<Found> {
  let only: Found | undefined;
  for await (const found of /^[0-9a-f]+$/.test(key) ? books.journal.all(key) : []) {
    if (only !== undefined) {
      throw new UserError(`more than one call's key starts with ${key}`, EXIT.usage, 'give more of the key');
    }
    only = found;
  }
  if (only !== undefined) return only;
  throw new UserError(`the journal has no call ${key}`, EXIT.usage, 'keys are listed by: colloquium journal ls');
}

interface Outcome {
  readonly response?: string;
  readonly failure?: { readonly code: string; readonly message: string };
}

function outcomeOf({ record: { state } }: Found): Outcome {
  if (state.kind !== 'ended') return {};
  const { ending } = state;
  if (ending.kind === 'answered') return { response: ending.text };
  return { failure: { code: ending.code, message: ending.message } };
}

function text(view: CallView, request: unknown, { response, failure }: Outcome): string {
  const { key, time, standing, provider, model, pipeline, stage, event, cost, attempts, tokens, latencyMs } = view;
  const facts: [string, string][] = [
    ['key', key],
    ['state', provider === undefined ? standing : `${standing} by ${provider}`],
    ['model', model],
    ['for', `pipeline ${pipeline}, stage ${stage}, event ${event}`],
    ['time', new Date(time).toISOString()],
    ['cost', cost === null ? 'not known' : showAmount(cost)],
    ['took', `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, ${grouped(latencyMs)} ms`],
    ['tokens', `${grouped(tokens.input)} in, ${grouped(tokens.output)} out`],
  ];
  const head = facts.map(([name, value]) => `${name.padEnd(8)}${value}\n`).join('');
  const asked = request === undefined ? 'not kept: journal.store is hash' : JSON.stringify(request, null, 2);
  const parts = [`${head}\nasked:\n${asked}\n`];
  if (response !== undefined) parts.push(`\nanswered:\n${response}\n`);
  if (failure !== undefined) parts.push(`\nfailed (${failure.code}): ${failure.message}\n`);
  // A model's text must not move the terminal's cursor, or do worse.
  return visible(parts.join(''));
}

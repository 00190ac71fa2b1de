import { dollars, doubtfulCalls, type DoubtfulCall } from '../../ai/index.js';
import { openBooksOf } from './open-books.js';
import { showAmount } from '../../ai/money/index.js';
import type { JournalFlags } from './flags.js';
import { EXIT } from '../exit/exit-codes.js';
import { print } from '../terminal/print.js';
import { table, type Column } from '../terminal/table.js';
import { visible } from '../../config/diagnostic/index.js';
import { KEY_SHOWN } from './list.js';
import { distinguish } from './distinguish.js';

/** The most calls that are listed for people. */
const LISTED_MAX = 100;

const COLUMNS: readonly Column[] = [
  { title: 'key', align: 'left' },
  { title: 'sent', align: 'left' },
  { title: 'stage', align: 'left' },
  { title: 'asked, or event', align: 'left' },
  { title: 'model', align: 'left' },
  { title: 'at most', align: 'right' },
];

const ADVICE = `
Each is decided when its event comes by again: with --resume, a plain re-run, or replay. The config says how, under
journal or for one AI stage:
  in_doubt: retry   asks again, and may pay twice (the default)
  in_doubt: fail    gives the event up, as a dead letter: nothing is paid twice
  in_doubt: hold    stops the run until you have decided
Your provider's usage page, at the times above, can tell whether they were billed.
`;

/** `colloquium journal doubtful`: lists calls whose outcome is unknown, their worst case, and what to do. */
export async function doubtful(flags: JournalFlags): Promise<number> {
  const { books } = await openBooksOf(flags);
  try {
    await books.recover();
    const calls: DoubtfulCall[] = [];
    for await (const call of doubtfulCalls(books)) calls.push(call);
    await print(flags.format === 'json' ? json(calls) : text(calls));
    return EXIT.ok;
  } finally {
    await books.close();
  }
}

function sumOf(calls: readonly DoubtfulCall[]): { readonly atMost: bigint; readonly unpriced: number } {
  const priced = calls.map(({ atMost }) => atMost).filter((amount) => amount !== null);
  return { atMost: priced.reduce((sum, amount) => sum + amount, 0n), unpriced: calls.length - priced.length };
}

/** Prints one line. Money is in US dollars. */
function json(calls: readonly DoubtfulCall[]): string {
  const { atMost, unpriced } = sumOf(calls);
  const plain = calls.map(({ key, pipeline, stage, event = '', asked = null, model, time, atMost: most }) => ({
    key,
    time: new Date(time).toISOString(),
    pipeline,
    stage,
    event,
    asked,
    model,
    at_most: most === null ? null : dollars(most),
  }));
  return `${JSON.stringify({ count: calls.length, at_most: dollars(atMost), unpriced, calls: plain })}\n`;
}

function text(calls: readonly DoubtfulCall[]): string {
  if (calls.length === 0) return 'no call is in doubt\n';
  const { atMost, unpriced } = sumOf(calls);
  const price =
    unpriced === calls.length
      ? 'at an unknown price'
      : `at most ${showAmount(atMost)}${unpriced > 0 ? `, and ${unpriced} at an unknown price` : ''}`;
  const listed = calls.slice(0, LISTED_MAX);
  const names = namesOf(listed);
  const rows = listed.map(({ key, time, pipeline, stage, model, atMost: most }) => [
    key.slice(0, KEY_SHOWN),
    `${new Date(time).toISOString().slice(0, 19)}Z`,
    `${pipeline}/${stage}`,
    visible(names.get(key) ?? ''),
    model,
    most === null ? '?' : showAmount(most),
  ]);
  const more = calls.length > LISTED_MAX ? `… and ${calls.length - LISTED_MAX} more\n` : '';
  const count = calls.length === 1 ? '1 call' : `${calls.length} calls`;
  return `${count} in doubt, ${price}\n\n${table(COLUMNS, rows)}${more}${ADVICE}`;
}

/** What tells calls apart for people, by their keys: the id of a stored event, else what was asked, as far as that is kept. */
function namesOf(calls: readonly DoubtfulCall[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const byStage = new Map<string, DoubtfulCall[]>();
  for (const call of calls) {
    const { key, pipeline, stage, event = '', asked } = call;
    names.set(key, event);
    if (!event.startsWith('#') || asked === undefined) continue;
    const place = JSON.stringify([pipeline, stage]);
    byStage.set(place, [...(byStage.get(place) ?? []), call]);
  }
  for (const ofStage of byStage.values()) {
    const shown = distinguish(ofStage.map(({ asked = '' }) => asked));
    for (const [i, { key, event = '' }] of ofStage.entries()) {
      const equal = event === '#0' ? '' : ` (${event})`;
      names.set(key, `${shown[i] ?? ''}${equal}`);
    }
  }
  return names;
}

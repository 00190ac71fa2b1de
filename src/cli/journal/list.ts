import { visible } from '../../config/diagnostic/index.js';
import { openBooksOf } from './open-books.js';
import { showAmount } from '../../ai/money/index.js';
import type { JournalListFlags } from './flags.js';
import { EXIT } from '../exit/exit-codes.js';
import { print } from '../terminal/print.js';
import { viewJson, viewOf, type CallView } from './call-view.js';

/** The characters of a key that suffice to tell calls apart. */
export const KEY_SHOWN = 12;
const PRINTED_AT_ONCE = 64 * 1024;
const WIDTHS = { time: 20, standing: 11, cost: 12 };

/** `colloquium journal ls`: prints one line per call as it reads them, because the journal may be large. */
export async function list(flags: JournalListFlags): Promise<number> {
  const { books } = await openBooksOf(flags);
  const toText = flags.format === 'json' ? (view: CallView) => JSON.stringify(viewJson(view)) : line;
  try {
    let lines = '';
    for await (const found of books.journal.all()) {
      const { pipeline, stage } = found.record;
      if (flags.pipeline !== undefined && flags.pipeline !== pipeline) continue;
      if (flags.stage !== undefined && flags.stage !== stage) continue;
      lines += `${toText(await viewOf(books, found))}\n`;
      if (lines.length < PRINTED_AT_ONCE) continue;
      if (!(await print(lines))) return EXIT.ok;
      lines = '';
    }
    await print(lines);
    return EXIT.ok;
  } finally {
    await books.close();
  }
}

function line({ key, time, standing, cost, pipeline, stage, event, provider, model }: CallView): string {
  const cells = [
    key.slice(0, KEY_SHOWN),
    `${new Date(time).toISOString().slice(0, 19)}Z`.padEnd(WIDTHS.time),
    standing.padEnd(WIDTHS.standing),
    (cost === null ? '?' : showAmount(cost)).padStart(WIDTHS.cost),
    `${pipeline}/${stage}`,
    event,
    provider === undefined ? model : `${provider}:${model}`,
  ];
  return visible(cells.join('  '));
}

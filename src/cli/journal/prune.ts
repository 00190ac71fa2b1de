import { openBooksOf } from './open-books.js';
import type { JournalPruneFlags } from './flags.js';
import { EXIT } from '../exit/exit-codes.js';
import { print } from '../terminal/print.js';
import { grouped } from '../terminal/grouped.js';

const MB = 2 ** 20;

/** `colloquium journal prune`: deletes old answers. Calls that are under way or in doubt stay. */
export async function prune(flags: JournalPruneFlags): Promise<number> {
  const { books } = await openBooksOf(flags, { ttlMs: flags.olderThan, bytesMax: flags.maxSize });
  try {
    const { removed, kept, keptBytes } = await books.journal.prune();
    await print(
      flags.format === 'json'
        ? `${JSON.stringify({ removed, kept, kept_bytes: keptBytes })}\n`
        : `${grouped(removed)} forgotten, ${grouped(kept)} kept (${(keptBytes / MB).toFixed(1)} MB)\n`,
    );
    return EXIT.ok;
  } finally {
    await books.close();
  }
}

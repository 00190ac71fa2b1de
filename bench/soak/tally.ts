import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

export interface Tally {
  readonly lost: number;
  readonly twice: number;
}

/**
 * Counts events in the output files of a folder, packed ones too.
 *
 * @param sent how many there must be: those with `n` from 0 to `sent`, each once
 */
export async function tallyOutputs(folder: string, sent: number): Promise<Tally> {
  const seen = new Uint8Array(sent);
  let twice = 0;
  for (const name of readdirSync(folder).filter((file) => file.startsWith('events'))) {
    const raw = createReadStream(join(folder, name));
    const input = name.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const { n } = JSON.parse(line) as { readonly n: number };
      if (seen[n] === 1) twice += 1;
      seen[n] = 1;
    }
  }
  return { lost: seen.reduce((lost, isSeen) => lost + (isSeen === 1 ? 0 : 1), 0), twice };
}

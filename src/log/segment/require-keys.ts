import { SealedReader } from '../../crypt/index.js';
import type { Disk } from '../disk/disk.js';
import { isSealedForm } from '../format/segment-name.js';
import { listSegments, openSegmentFile } from './folder.js';
import { sealedName } from './sealed-segment.js';

/** Checks that the keys of all encrypted segments are there: whoever reads on would stop at one without. @throws KeyError */
export async function requireKeys(disk: Disk, folder: string): Promise<void> {
  for (const name of await listSegments(disk, folder)) {
    const opened = await openSegmentFile(disk, folder, name, false);
    if (opened === undefined) continue;
    const { form, path, file } = opened;
    try {
      if (!isSealedForm(form)) continue;
      const sealedAs = sealedName(name.number, form === 'ndjson.gz.enc', undefined);
      (await SealedReader.open(file, disk.keys, sealedAs, path)).requireKey();
    } finally {
      await file.close();
    }
  }
}

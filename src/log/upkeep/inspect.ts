import { SealedReader } from '../../crypt/index.js';
import type { Disk } from '../disk/disk.js';
import { isSealedForm, type SegmentName } from '../format/segment-name.js';
import { logIdentity, logOfSegment } from '../head/log-identity.js';
import type { LogWorld } from '../log-world.js';
import type { Damage } from '../read/damage.js';
import { frameDamage, lossBehind, missingSegments, segmentBlocks } from '../read/segment-blocks.js';
import { listSegments, openSegmentFile, openSegment } from '../segment/folder.js';
import { sealedName } from '../segment/sealed-segment.js';

const BLOCK_BYTES = 1 << 20;

/**
 * Finds segments that are missing, shorter than they were, of another log, or have lost frames. Reads only the start, the end and the
 * index of each; one that is not right is read through, and what is wrong with it told as readers tell it. What this does not find,
 * such as a damaged line, is found by who reads it. The last segment is left to recovery, and to the log's head.
 *
 * @param onDamage called for each damaged place, in the log's order
 * @param signal ends it early
 * @throws the disk's errors
 */
export async function inspectLog(
  { disk }: LogWorld,
  folder: string,
  onDamage: (damage: Damage) => void,
  signal: AbortSignal,
): Promise<void> {
  const segments = await listSegments(disk, folder);
  let expected = 0;
  for (const [i, name] of segments.entries()) {
    if (signal.aborted) return;
    for (const damage of missingSegments(folder, { segment: expected, offset: 0 }, name)?.damage ?? [])
      onDamage(damage);
    expected = name.number + 1;
    const log = logOfSegment(await logIdentity(disk, folder, false), name.number);
    if (i === segments.length - 1 || (await isOfItsLength(disk, folder, name, log))) continue;
    await look(disk, folder, name, log !== undefined, onDamage, signal);
  }
}

/** Whether an encrypted segment is of this log, and has all frames that its end tells of. Of one without its key, nothing is known. */
async function isOfItsLength(disk: Disk, folder: string, name: SegmentName, log: string | undefined): Promise<boolean> {
  const opened = await openSegmentFile(disk, folder, name, log !== undefined);
  // Retention has removed it.
  if (opened === undefined) return true;
  const { form, path, file } = opened;
  try {
    if (!isSealedForm(form)) return false;
    const sealedAs = sealedName(name.number, form === 'ndjson.gz.enc', log);
    const sealed = await SealedReader.open(file, disk.keys, sealedAs, path);
    if (!sealed.hasKey) return true;
    return sealed.headerDamage.length === 0 && (await sealed.isOfItsLength());
  } finally {
    await file.close();
  }
}

/** Reads a segment through, if it is encrypted, or should be. Of any other, tells what its index knows. */
async function look(
  disk: Disk,
  folder: string,
  name: SegmentName,
  isBound: boolean,
  onDamage: (damage: Damage) => void,
  signal: AbortSignal,
): Promise<void> {
  const source = await openSegment(disk, folder, name, true);
  if (source === undefined) return;
  // A header that is wrong is found when the frames are read, and by itself.
  const told = new Set<string>();
  const tell = (damage: Damage): void => {
    if (!told.has(damage.message)) onDamage(damage);
    told.add(damage.message);
  };
  try {
    if (source.sealed !== undefined || isBound) {
      const range = { from: 0, to: await source.size(), blockBytes: BLOCK_BYTES, spare: undefined };
      for await (const block of segmentBlocks(name.number, source, {
        ...range,
        isTornLost: () => Promise.resolve(true),
      })) {
        block.damage.forEach(tell);
        if (signal.aborted) return;
      }
      await source.sealed?.walk();
      frameDamage(source, name.number).forEach(tell);
    }
    const loss = await lossBehind(disk, folder, name, source, true);
    if (loss !== undefined) tell(loss);
  } finally {
    await source.close();
  }
}

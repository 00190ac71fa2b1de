/*
 * An encrypted log has a head, the file `log.head`: which log it is, and up to where it was acknowledged. So a log that was cut off, or
 * put back as it was, is found. It is two slots of 512 bytes, a sector each, that are written in turn, so that one is always whole:
 *
 *   SALT sealed1:…   spaces up to the last byte, which is a newline
 *
 * What is sealed is a guarded line, see `format/line.ts`. The salt, 32 hexadecimal digits, makes the key one of few texts, see
 * `crypt/sealed-text.ts`. The slot with the higher `turn` counts. A slot is written when what it tells is durable, and before that is
 * acknowledged; it is synced with each segment that is finished, and by the operating system: after a power failure, it may tell of
 * a place some seconds before the end.
 */
import { join } from 'node:path';
import { keyIdOfText, LOG_ID_BYTES, openText, sealText, type KeyRing } from '../../crypt/index.js';
import type { Disk } from '../disk/disk.js';
import { readFile } from '../disk/whole.js';
import { guardedLine, readGuardedLine } from '../format/line.js';
import { parsePosition, type LogPosition } from '../format/position.js';

export const HEAD = 'log.head';
export const SLOT_BYTES = 512;
export const SLOTS = 2;

const SLOT = /^([0-9a-f]{32}) (sealed1:\S+) *\n$/;
const LOG_ID = new RegExp(`^[0-9a-f]{${2 * LOG_ID_BYTES}}$`);

/** What the head of a log says. */
export interface HeadValue {
  /** The log's id, 32 hexadecimal digits. */
  readonly log: string;
  /** The number of the first segment from which on all are encrypted, and of this log by their headers. */
  readonly boundFrom: number;
  /** Up to where the log was acknowledged, at least. */
  readonly end: LogPosition;
  /** How many times it was written. */
  readonly turn: number;
}

export interface HeadFound {
  /** Undefined: no slot can be read. */
  readonly value: HeadValue | undefined;
  /** Where damaged slots start, in bytes. */
  readonly damaged: readonly number[];
  /** The id of a key that is missing, without which nothing can be read. */
  readonly missingKey: string | undefined;
}

/** The bytes of a slot. @param salt 32 hexadecimal digits */
export function headSlot(keys: KeyRing, salt: string, value: HeadValue): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES, ' ');
  slot.write(`${salt} ${sealText(keys, placeOf(salt), guardedLine({ ...value }).toString())}`, 'latin1');
  slot.write('\n', SLOT_BYTES - 1);
  return slot;
}

/** Reads the head of a log; undefined if there is none. @throws the disk's errors */
export async function readHead(disk: Disk, folder: string): Promise<HeadFound | undefined> {
  const path = join(folder, HEAD);
  const bytes = await readFile(disk, path);
  if (bytes === undefined) return undefined;
  let value: HeadValue | undefined;
  const damaged: number[] = [];
  let missingKey: string | undefined;
  for (let at = 0; at < SLOTS * SLOT_BYTES; at += SLOT_BYTES) {
    const slot = openSlot(disk.keys, path, bytes.subarray(at, at + SLOT_BYTES));
    if (typeof slot === 'object') {
      if (value === undefined || slot.turn > value.turn) value = slot;
      continue;
    }
    damaged.push(at);
    missingKey ??= slot;
  }
  // Both slots have the same key: if one can be read, the id of the other's is damaged.
  if (value !== undefined || missingKey === undefined) return { value, damaged, missingKey: undefined };
  return { value, damaged: [], missingKey };
}

/** @returns undefined if it is damaged; the id of its key if that is missing */
function openSlot(keys: KeyRing | undefined, path: string, bytes: Buffer): HeadValue | string | undefined {
  const [, salt, sealed] = (bytes.length === SLOT_BYTES && SLOT.exec(bytes.toString('latin1'))) || [];
  if (salt === undefined || sealed === undefined) return undefined;
  const id = keyIdOfText(sealed);
  if (!/^[0-9a-f]{16}$/.test(id)) return undefined;
  if (keys?.has(id) !== true) return id;
  const line = openText(keys, { ...placeOf(salt), path }, sealed);
  return line === undefined ? undefined : headValue(readGuardedLine(Buffer.from(line).subarray(0, -1)));
}

function headValue(value: unknown): HeadValue | undefined {
  if (typeof value !== 'object' || value === null || !('end' in value)) return undefined;
  const { log, boundFrom, turn } = value as Partial<Record<string, unknown>>;
  const end = parsePosition(value.end);
  if (typeof log !== 'string' || !LOG_ID.test(log) || end === undefined) return undefined;
  if (!Number.isSafeInteger(boundFrom) || !Number.isSafeInteger(turn)) return undefined;
  return { log, boundFrom: Number(boundFrom), end, turn: Number(turn) };
}

function placeOf(salt: string): { readonly store: string; readonly name: string } {
  return { store: `log head ${salt}`, name: HEAD };
}

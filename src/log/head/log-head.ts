import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { LOG_ID_BYTES, type KeyRing } from '../../crypt/index.js';
import type { Disk, DiskFile } from '../disk/disk.js';
import { replaceFile, writeWhole } from '../disk/whole.js';
import type { LogPosition } from '../format/position.js';
import { HEAD, headSlot, SLOT_BYTES, SLOTS, type HeadValue } from './head-file.js';
import { rememberIdentity, type LogIdentity } from './log-identity.js';

type NewHead = Omit<HeadValue, 'turn'>;

/** How many texts get the same salt. */
const SALT_USES_MAX = 1 << 20;

/** The head of a log that is written. */
export class LogHead {
  readonly identity: LogIdentity;
  #salt = newSalt();
  #saltUses = 0;
  #turn = 0;

  private constructor(
    private readonly keys: KeyRing,
    private readonly file: DiskFile,
    { log, boundFrom }: LogIdentity,
  ) {
    this.identity = { log, boundFrom };
  }

  /** Writes a head, in place of one that is there, and keeps it open. @throws the disk's errors */
  static async open(disk: Disk, keys: KeyRing, folder: string, value: NewHead): Promise<LogHead> {
    await writeHead(disk, keys, folder, value);
    return new LogHead(keys, await disk.open(join(folder, HEAD), 'update'), value);
  }

  /** Says up to where the log is acknowledged: what follows may be lost without a word. @throws the disk's errors */
  async moveTo(end: LogPosition): Promise<void> {
    if (this.#saltUses >= SALT_USES_MAX) {
      this.#salt = newSalt();
      this.#saltUses = 0;
    }
    this.#saltUses += 1;
    const turn = this.#turn + 1;
    const slot = headSlot(this.keys, this.#salt, { ...this.identity, end, turn });
    const at = (turn % SLOTS) * SLOT_BYTES;
    if (this.file.writeNow?.(slot, at) !== slot.length) await writeWhole(this.file, slot, at);
    this.#turn = turn;
  }

  sync(): Promise<void> {
    return this.file.datasync();
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Writes a head, in place of one that is there. @throws the disk's errors */
export async function writeHead(disk: Disk, keys: KeyRing, folder: string, value: NewHead): Promise<void> {
  const slot = headSlot(keys, newSalt(), { ...value, turn: 0 });
  await replaceFile(disk, join(folder, HEAD), Buffer.concat(Array<Buffer>(SLOTS).fill(slot)));
  rememberIdentity(keys, folder, value);
}

export function newLogId(): string {
  return randomBytes(LOG_ID_BYTES).toString('hex');
}

function newSalt(): string {
  return randomBytes(16).toString('hex');
}

import { join } from 'node:path';
import type { SealedReader } from '../../crypt/index.js';
import { isIntact, NEWLINE } from '../format/line.js';
import { timestampOfLine } from '../../event/index.js';
import type { SegmentName } from '../format/segment-name.js';
import { isLogWritten } from '../log-lock.js';
import { readChunks, type Chunk } from '../read/chunks.js';
import { damageAt, type Damage, type DamageKind } from '../read/damage.js';
import { frameDamage, lossBehind, missingSegments, tornFrames } from '../read/segment-blocks.js';
import { LOG_START } from '../format/position.js';
import { readHead } from '../head/head-file.js';
import { headLosses } from '../head/head-loss.js';
import { CLAIMS_KEY, claimsKeyProblem } from '../keys/key-hasher.js';
import { listSegments, openSegment } from '../segment/folder.js';
import type { SegmentSource } from '../segment/segment-source.js';
import type { LogWorld } from '../log-world.js';

const BLOCK_BYTES = 1 << 20;

/** Damage, and the line that contains it. */
export interface LocatedDamage extends Damage {
  /** Counted from 1 in the unpacked segment, as an editor shows it; 0 if there is no line. */
  readonly line: number;
}

export interface VerifySummary {
  readonly segments: number;
  readonly records: number;
  readonly bytes: number;
  readonly findings: number;
  /** Segments that are not encrypted, though one before them is: encryption was off then, or they are not this log's. */
  readonly plainBehind: number;
  /** The keys that encrypted segments need, by id. */
  readonly keys: readonly SegmentKey[];
}

/** A key that segments are encrypted with. */
export interface SegmentKey {
  readonly id: string;
  readonly segments: number;
  /** Whether it is there. If not, only the lengths and the order of the segments' frames were checked. */
  readonly present: boolean;
}

/**
 * Verifies a whole log: every crc, the order of timestamps, the sequence of segments. May run beside a writer.
 *
 * @param onFinding called for each damaged place, in the log's order
 */
export async function verifyLog(
  world: LogWorld,
  folder: string,
  onFinding: (finding: LocatedDamage) => void,
): Promise<VerifySummary> {
  const { disk } = world;
  // Before the segments, which then reach as far as it says, or further.
  const head = await readHead(disk, folder);
  const segments = await listSegments(disk, folder);
  const isWritten = await isLogWritten(folder);
  let end = LOG_START;
  const keys = new Map<string, { id: string; segments: number; present: boolean }>();
  const total = { segments: 0, records: 0, bytes: 0, findings: 0 };
  const notify = (finding: LocatedDamage): void => {
    total.findings += 1;
    onFinding(finding);
  };
  let lastTimestamp = -Infinity;
  let plainBehind = 0;
  let expected = 0;

  for (const [i, name] of segments.entries()) {
    const hole = missingSegments(folder, { segment: expected, offset: 0 }, name);
    for (const damage of hole?.damage ?? []) notify({ ...damage, line: 0 });
    expected = name.number + 1;
    const source = await openSegment(disk, folder, name, true);
    // Retention removed the segment after it was listed.
    if (source === undefined) continue;
    try {
      const finished = i < segments.length - 1;
      const check = new SegmentCheck(source, name, lastTimestamp, notify);
      const bytes = await source.size();
      const { sealed } = source;
      if (sealed !== undefined) noteKey(keys, sealed);
      else if (keys.size > 0) plainBehind += 1;
      if (sealed === undefined || sealed.hasKey) {
        for await (const chunk of readChunks(source, 0, bytes, BLOCK_BYTES)) {
          if (chunk.kind !== 'partial' || finished || !isWritten) check.take(chunk);
        }
      } else {
        check.takeLost(sealed);
      }
      await sealed?.walk();
      const torn = finished || !isWritten ? await tornFrames(source, bytes) : undefined;
      for (const damage of frameDamage(source, name.number, torn)) notify({ ...damage, line: check.line });
      const loss = await lossBehind(disk, folder, name, source, finished);
      if (loss !== undefined) notify({ ...loss, line: check.line });
      lastTimestamp = check.lastTimestamp;
      end = { segment: name.number, offset: bytes };
      total.segments += 1;
      total.records += check.records;
      total.bytes += bytes;
    } finally {
      await source.close();
    }
  }
  for (const damage of await headLosses(disk, folder, segments, end, head)) notify({ ...damage, line: 0 });
  const missing = head?.missingKey;
  if (missing !== undefined && !keys.has(missing)) keys.set(missing, { id: missing, segments: 0, present: false });
  const problem = await claimsKeyProblem(disk, folder);
  if (problem !== undefined) {
    notify({
      kind: 'claims_key',
      file: join(folder, CLAIMS_KEY),
      segment: 0,
      offset: 0,
      bytes: 0,
      message: problem,
      line: 0,
    });
  }
  return { ...total, plainBehind, keys: [...keys.values()] };
}

function noteKey(keys: Map<string, { id: string; segments: number; present: boolean }>, sealed: SealedReader): void {
  if (sealed.keyId === undefined) return;
  const known = keys.get(sealed.keyId) ?? { id: sealed.keyId, segments: 0, present: sealed.hasKey };
  known.segments += 1;
  keys.set(sealed.keyId, known);
}

/** Checks one segment, chunk by chunk. */
class SegmentCheck {
  records = 0;
  line = 0;
  lastTimestamp: number;
  readonly #origin: { readonly file: string; readonly segment: number };
  readonly #tell: (finding: LocatedDamage) => void;

  constructor(
    source: SegmentSource,
    { number }: SegmentName,
    lastTimestamp: number,
    tell: (finding: LocatedDamage) => void,
  ) {
    this.#origin = { file: source.path, segment: number };
    this.lastTimestamp = lastTimestamp;
    this.#tell = tell;
  }

  take(chunk: Chunk): void {
    if (chunk.kind === 'lines') {
      this.#takeLines(chunk.bytes, chunk.offset);
      return;
    }
    this.line += 1;
    if (chunk.kind === 'lost') this.#find(chunk.cause, chunk.offset, chunk.bytes, chunk.reason);
    else this.#find('torn_tail', chunk.offset, chunk.bytes, `${chunk.bytes} bytes without a newline`);
  }

  /** Notes the frames that are missing in an encrypted segment whose key is missing. */
  takeLost({ losses }: SealedReader): void {
    for (const { offset, bytes, message } of losses) this.#find('sealed_frame', offset, bytes, message);
  }

  #takeLines(bytes: Buffer, offset: number): void {
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, at);
      this.line += 1;
      const length = newline + 1 - at;
      if (!isIntact(bytes, at, newline)) {
        this.#find('bad_line', offset + at, length, 'the line is damaged: its crc does not match');
      } else {
        this.#takeRecord(timestampOfLine(bytes, at), offset + at, length);
      }
      at = newline + 1;
    }
  }

  #takeRecord(timestamp: number | undefined, offset: number, bytes: number): void {
    if (timestamp === undefined) {
      this.#find('not_a_record', offset, bytes, 'the line is intact but is not a record');
      return;
    }
    if (timestamp < this.lastTimestamp) {
      this.#find('time_steps_back', offset, bytes, `timestamp ${timestamp} after ${this.lastTimestamp}`);
    }
    this.records += 1;
    this.lastTimestamp = Math.max(this.lastTimestamp, timestamp);
  }

  #find(kind: DamageKind, offset: number, bytes: number, problem: string): void {
    const { file } = this.#origin;
    const damage = damageAt(kind, this.#origin, offset, bytes, problem);
    this.#tell({ ...damage, line: this.line, message: `${file}:${this.line}: byte ${offset}: ${problem}` });
  }
}

import type { Lock } from '../world/lock/index.js';
import type { SegmentName } from './format/segment-name.js';
import type { LogError } from './log-error.js';
import type { SyncReport } from './write/segment-writer.js';

/** Options of a log. Sizes are in bytes, times in milliseconds. */
export interface LogOptions {
  readonly folder: string;
  /** `fsync`: acknowledged records survive a power failure; `os`: they survive a crash of the process. */
  readonly durability: 'fsync' | 'os';
  readonly segmentBytesMax: number;
  /** A segment is finished when its first record reaches this age; default: a day. */
  readonly segmentAgeMaxMs?: number;
  /** Whether finished segments become gzip files. */
  readonly pack: boolean;
  /** Whether entries may carry idempotency keys; default: no. */
  readonly keys?: boolean;
  /** How many of the newest records are kept in memory. */
  readonly memoryRecordsMax: number;
  /** The most bytes that these records may take. */
  readonly memoryBytesMax?: number;
  /** How many records may wait for the disk before an append is rejected. */
  readonly queueRecordsMax?: number;
  readonly queueBytesMax?: number;
  /** The most bytes that one event's data may have. */
  readonly dataBytesMax?: number;
  /** What this process runs, shown to processes that are refused the log. */
  readonly command?: string;
  /** The folder's lock, if it is already held. It is released when the log is closed or can't be opened. */
  readonly lock?: Lock;
  readonly hooks?: LogHooks;
}

/** Callbacks of an open log, for metrics and logging. None may throw. */
export interface LogHooks {
  readonly onSync?: (sync: SyncReport) => void;
  /** Records were not stored because the disk failed. */
  readonly onWriteError?: (error: LogError, records: number) => void;
  readonly onSegmentFinished?: (segment: SegmentName) => void;
  readonly onPacked?: (segment: SegmentName, sizes: { readonly bytes: number; readonly packedBytes: number }) => void;
  /** A segment could not be packed and stays as it is. */
  readonly onPackFailed?: (segment: SegmentName, error: unknown) => void;
}

/** All options with defaults filled in. */
export type ResolvedLogOptions = Required<Omit<LogOptions, 'command' | 'lock'>> & Pick<LogOptions, 'command' | 'lock'>;

const DAY_MS = 86_400_000;

export function resolveLogOptions(options: LogOptions): ResolvedLogOptions {
  return {
    segmentAgeMaxMs: DAY_MS,
    keys: false,
    memoryBytesMax: 64 << 20,
    queueRecordsMax: 100_000,
    queueBytesMax: 64 << 20,
    dataBytesMax: 32 << 20,
    hooks: {},
    ...options,
  };
}

import type { LogHooks, LogStats } from '../../log/index.js';
import { countTo, type MetricFactory } from './prom.js';

const SYNC_BUCKETS = [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** The disk that the log is on. */
export interface DiskSpace {
  readonly bytes: number;
  readonly freeBytes: number;
}

export interface LogMeter {
  readonly hooks: Required<Pick<LogHooks, 'onSync' | 'onWriteError'>>;
  /** A damaged place was found. */
  readonly damaged: () => void;
  show(stats: LogStats, space: DiskSpace | undefined): void;
}

/** Measures the stored log. */
export function logMeter({ counter, gauge, histogram }: MetricFactory): LogMeter {
  const stored = counter('events_stored_total', 'Events accepted: stored in the log and acknowledged.');
  const storedBytes = counter('log_written_bytes_total', 'Bytes appended to the log.');
  const refused = counter('events_refused_total', 'Events that could not be stored because the disk failed.');
  const damaged = counter('log_damaged_places_total', 'Damaged places found in the log: their content is lost.');
  const queued = gauge('log_queue_events', 'Events waiting for the disk.');
  const queuedBytes = gauge('log_queue_bytes', 'Bytes waiting for the disk.');
  const bytes = gauge('log_bytes', 'Size of the log on the disk, in bytes.');
  const segments = gauge('log_segments', 'Segments of the log.');
  const memory = gauge('log_memory_events', 'Newest events held in memory.');
  const syncs = histogram('log_fsync_duration_seconds', 'Duration of a shared sync to the disk.', SYNC_BUCKETS);
  const diskBytes = gauge('log_disk_size_bytes', "Size of the log's disk.");
  const diskFree = gauge('log_disk_free_bytes', "Free space on the log's disk for this user.");
  const clockAhead = gauge(
    'log_clock_ahead_seconds',
    'How far timestamps of new events are ahead of the clock, which was ahead once: timestamps never go back.',
  );

  return {
    hooks: {
      onSync: ({ durationMs }) => syncs.observe(durationMs / 1000),
      onWriteError: (_error, records) => refused.inc(records),
    },
    damaged: () => damaged.inc(),
    show(stats, space) {
      countTo(stored, stats.storedRecords);
      countTo(storedBytes, stats.storedBytes);
      queued.set(stats.queuedRecords);
      queuedBytes.set(stats.queuedBytes);
      bytes.set(stats.bytes);
      segments.set(stats.segments);
      memory.set(stats.memoryRecords);
      clockAhead.set(stats.clockAheadMs / 1000);
      if (space === undefined) return;
      diskBytes.set(space.bytes);
      diskFree.set(space.freeBytes);
    },
  };
}

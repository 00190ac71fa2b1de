import { onAbort } from '../../world/index.js';
import { comparePositions, LOG_START, type LogPosition } from '../format/position.js';
import { listSegments, openSegment } from '../segment/folder.js';
import type { LogWorld } from '../log-world.js';

/** How often a reader that follows another process's log checks for more. */
const FOLLOW_POLL_MS = 100;

/** Tells a following reader where a log currently ends. */
export interface LogEnd {
  /** The end; what follows it may not be stored. Undefined: every whole line counts. */
  position(): LogPosition | undefined;
  /** Whether the log is closed, so that its end no longer moves. */
  isFinal(): boolean;
  /** Resolves when the end is, or may be, past `position`, and when the signal is aborted. */
  past(position: LogPosition | undefined, signal: AbortSignal | undefined): Promise<void>;
}

/** The end of a log that another process may be writing to. */
export function foreignEnd(world: LogWorld): LogEnd {
  return {
    position: () => undefined,
    isFinal: () => false,
    past: (_position, signal) => world.wait(FOLLOW_POLL_MS, signal),
  };
}

/** Where the files of a log currently end. */
export async function endOfFiles({ disk }: LogWorld, folder: string): Promise<LogPosition> {
  for (;;) {
    const last = (await listSegments(disk, folder)).at(-1);
    if (last === undefined) return LOG_START;
    const source = await openSegment(disk, folder, last);
    if (source === undefined) continue;
    try {
      return { segment: last.number, offset: await source.size() };
    } finally {
      await source.close();
    }
  }
}

/** The end of a log in the process that writes it; wakes readers that wait for it to move. */
export class MovingEnd implements LogEnd {
  #position: LogPosition = LOG_START;
  #final = false;
  readonly #waiting = new Set<() => void>();

  position(): LogPosition {
    return this.#position;
  }

  moveTo(position: LogPosition): void {
    this.#position = position;
    this.#wake();
  }

  /** Makes waiting readers check again: the log's folder is back. */
  nudge(): void {
    this.#wake();
  }

  /** Releases all waiting readers: the log is closed, and its end no longer moves. */
  close(): void {
    this.#final = true;
    this.#wake();
  }

  isFinal(): boolean {
    return this.#final;
  }

  async past(position: LogPosition | undefined, signal: AbortSignal | undefined): Promise<void> {
    if (this.#final || signal?.aborted === true) return;
    if (position !== undefined && comparePositions(this.#position, position) > 0) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        leave();
        resolve();
      };
      this.#waiting.add(wake);
      const leave = onAbort(signal, wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

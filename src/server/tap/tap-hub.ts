import { Readable } from 'node:stream';
import { Tap, type TapCatch, type TapPoint, type TapWish } from '../../pipeline/index.js';
import { busy } from '../http-error.js';
import { Shares } from '../shares.js';

/** The most unread bytes of one reader: further events are missed, and counted. */
const WAITING_BYTES_MAX = 2 << 20;

/** Taps cost the daemon time. One caller gets at most half of the free ones. */
const TAPS_MAX = 32;

/** Something is sent after this much silence, so that a disconnected reader is noticed and proxies keep the connection open. */
const SILENCE_MAX_MS = 10_000;

/** What one reader wants to see. */
export interface TapChoice {
  readonly point: TapPoint;
  /** Undefined: events of all pipelines. */
  readonly pipeline: string | undefined;
}

interface OpenTap extends TapChoice {
  readonly stream: Readable;
  /** Events that did not reach the reader and that have not been reported to it yet. */
  missed: number;
  /** When something was last sent, by a clock that never jumps. */
  sentAt: number;
  mayBeGone: boolean;
}

/** The readers of a running daemon's events. Nothing waits for a slow reader: it misses events and is told how many. */
export class TapHub {
  readonly #taps = new Set<OpenTap>();
  readonly #shares = new Shares(() => TAPS_MAX);

  /** @param elapsed milliseconds of a clock that never jumps */
  constructor(private readonly elapsed: () => number) {}

  /**
   * Starts a stream of events: lines as `--envelope` prints them, with `{"missed":N}` between them, and empty lines while nothing
   * happens.
   *
   * @param payer the account that it is charged to
   * @throws HttpError 503 when too many are open
   */
  open(choice: TapChoice, payer: string): Readable {
    if (!this.#shares.take(payer, 1)) throw busy('too many taps are open: a token may have half of the free ones');
    const stream = new Readable({
      read: () => undefined,
      destroy: (error, done) => {
        this.#taps.delete(tap);
        this.#shares.give(payer, 1);
        done(error);
      },
    });
    const tap: OpenTap = { ...choice, stream, missed: 0, sentAt: this.elapsed(), mayBeGone: false };
    this.#taps.add(tap);
    // Shows the reader at once that it is connected.
    this.#send(tap, '\n');
    return stream;
  }

  /** The client has closed its side. It may be gone, which only shows when something is sent, or it may have nothing to send. */
  mayBeGone(stream: Readable): void {
    for (const tap of this.#taps) if (tap.stream === stream) tap.mayBeGone = true;
  }

  /** What to show of a pipeline's next block; undefined if there are no readers. */
  tapOf(pipeline: string): Tap | undefined {
    if (this.#taps.size === 0) return undefined;
    const wish = this.#wishFor(pipeline);
    return wish && new Tap(wish, (seen) => this.#take(pipeline, seen));
  }

  /** Call this about once a second: reports missed events if no other event follows, and shows that the daemon is alive. */
  sweep(): void {
    for (const tap of this.#taps) {
      const isSilent = tap.mayBeGone || this.elapsed() - tap.sentAt >= SILENCE_MAX_MS;
      if (roomOf(tap) > 0 && (tap.missed > 0 || isSilent)) this.#send(tap, isSilent ? '\n' : '');
    }
  }

  /** Closes all streams. */
  close(): void {
    for (const { stream } of this.#taps) stream.push(null);
    this.#taps.clear();
  }

  #wishFor(pipeline: string): TapWish | undefined {
    const points = new Set<TapPoint>();
    let room = 0;
    for (const tap of this.#taps) {
      if (tap.pipeline !== undefined && tap.pipeline !== pipeline) continue;
      points.add(tap.point);
      room = Math.max(room, roomOf(tap));
    }
    return points.size === 0 ? undefined : { points: [...points], room };
  }

  #take(pipeline: string, { point, lines, events, missed }: TapCatch): void {
    for (const tap of this.#taps) {
      if (tap.point !== point || (tap.pipeline !== undefined && tap.pipeline !== pipeline)) continue;
      if (events > 0 && roomOf(tap) > 0) {
        this.#send(tap, lines);
        tap.missed += missed;
      } else {
        tap.missed += events + missed;
      }
    }
  }

  #send(tap: OpenTap, lines: string): void {
    const note = tap.missed > 0 ? `{"missed":${tap.missed}}\n` : '';
    tap.missed = 0;
    tap.sentAt = this.elapsed();
    tap.stream.push(note + lines);
  }
}

function roomOf({ stream }: OpenTap): number {
  return Math.max(0, WAITING_BYTES_MAX - stream.readableLength);
}

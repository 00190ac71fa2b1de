/** Where a pipeline is tapped: after a stage, given by its name, or where events leave the pipeline ({@link FINISHED}). */
export type TapPoint = string;

/** After the last stage, on the way to the outputs. No stage has an empty name. */
export const FINISHED: TapPoint = '';

/** Which of a block's events to show. Plain data, so that it can be sent to threads. */
export interface TapWish {
  readonly points: readonly TapPoint[];
  /** Characters of events that there is room for; events beyond that are only counted. */
  readonly room: number;
}

/** What was seen at a point. */
export interface TapCatch {
  readonly point: TapPoint;
  /** Events as `--envelope` prints them, each with its newline. */
  readonly lines: string;
  readonly events: number;
  /** Events for which there was no room. */
  readonly missed: number;
}

/** Watches the events of one block. */
export class Tap {
  readonly #points: ReadonlySet<TapPoint>;
  #room: number;

  /** @param take receives what is seen, at once */
  constructor(
    /** The wish as it was requested. */
    readonly wish: TapWish,
    private readonly take: (seen: TapCatch) => void,
  ) {
    this.#points = new Set(wish.points);
    this.#room = wish.room;
  }

  /**
   * Shows an event that passes a point.
   *
   * @param print returns it as a line without its newline, called if it is wanted; undefined if it can't be printed
   */
  see(point: TapPoint, print: () => string | undefined): void {
    if (!this.#points.has(point)) return;
    const line = this.#room > 0 ? print() : undefined;
    if (line === undefined) {
      this.take({ point, lines: '', events: 0, missed: 1 });
    } else {
      this.#room -= line.length;
      this.take({ point, lines: `${line}\n`, events: 1, missed: 0 });
    }
  }

  /** Adds what was seen elsewhere for the same wish. */
  pass(seen: readonly TapCatch[]): void {
    for (const one of seen) this.take(one);
  }
}

/** Collects what is seen of a block, by point, to send it to another thread at once. */
export class TapCollector {
  readonly tap: Tap;
  readonly #seen = new Map<TapPoint, TapCatch>();

  constructor(wish: TapWish) {
    this.tap = new Tap(wish, (seen) => this.#add(seen));
  }

  /** Returns what was seen since the last call. */
  take(): readonly TapCatch[] {
    const seen = [...this.#seen.values()];
    this.#seen.clear();
    return seen;
  }

  #add({ point, lines, events, missed }: TapCatch): void {
    const before = this.#seen.get(point) ?? { point, lines: '', events: 0, missed: 0 };
    this.#seen.set(point, {
      point,
      lines: before.lines + lines,
      events: before.events + events,
      missed: before.missed + missed,
    });
  }
}

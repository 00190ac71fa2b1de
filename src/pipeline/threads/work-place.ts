/** The line that a worker is processing, or the end of the block after its last line. */
export interface WorkerPlace {
  /** The request's number. */
  readonly request: number;
  /** The line's number in its block, from 0. */
  readonly line: number;
  /** Which of the events that the stages made because of the line, from 1; 0: none of them. */
  readonly made: number;
}

export function isSame(one: WorkerPlace, other: WorkerPlace): boolean {
  return one.request === other.request && one.line === other.line && one.made === other.made;
}

const REQUEST = 0;
const LINE = 1;
const MADE = 2;
const IDLE = 0;

/** A worker's place, in memory that both threads see, because a worker that hangs or has died can't be asked. */
export class WorkPlace {
  readonly #cells: Int32Array<SharedArrayBuffer>;

  constructor(readonly memory = new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT)) {
    this.#cells = new Int32Array(memory);
  }

  /** @param request its number, 1 or more */
  begin(request: number): void {
    this.atLine(0);
    Atomics.store(this.#cells, REQUEST, request);
  }

  atLine(line: number): void {
    this.atMade(0);
    Atomics.store(this.#cells, LINE, line);
  }

  /** See {@link WorkerPlace.made}. */
  atMade(made: number): void {
    Atomics.store(this.#cells, MADE, made);
  }

  end(): void {
    Atomics.store(this.#cells, REQUEST, IDLE);
  }

  /** Undefined: the worker waits for work, or has sent its answer. */
  now(): WorkerPlace | undefined {
    const request = Atomics.load(this.#cells, REQUEST);
    if (request === IDLE) return undefined;
    return { request, line: Atomics.load(this.#cells, LINE), made: Atomics.load(this.#cells, MADE) };
  }
}

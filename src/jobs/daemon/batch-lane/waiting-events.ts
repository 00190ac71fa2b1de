import { sentTo } from '../../../event/index.js';
import { LOG_START, type LogPosition } from '../../../log/index.js';
import { logSource, parseLogMark, type ReadableLog } from '../../../sources/index.js';

/** Counts the stored events of a pipeline behind a place. What it has counted, it does not read again. */
export class WaitingEvents {
  #from: LogPosition = LOG_START;
  #to: LogPosition = LOG_START;
  #count = 0;

  constructor(
    private readonly log: ReadableLog,
    private readonly pipeline: string,
  ) {}

  /** Whether at least so many events are stored behind a place. @throws LogError */
  async areAtLeast(count: number, from: LogPosition): Promise<boolean> {
    if (from.segment !== this.#from.segment || from.offset !== this.#from.offset) {
      this.#from = this.#to = from;
      this.#count = 0;
    }
    if (this.#count >= count) return true;
    const reading = new AbortController();
    const source = logSource(this.log, {
      from: this.#to,
      accepts: sentTo(this.pipeline),
      singleLines: true,
      onDamage: () => undefined,
    });
    for await (const block of source.blocks(reading.signal)) {
      this.#to = parseLogMark(block.resumeAt)?.position ?? this.#to;
      if (block.kind === 'lines' && block.bytes.length > 0) this.#count += 1;
      if (this.#count >= count) break;
    }
    reading.abort();
    return this.#count >= count;
  }
}

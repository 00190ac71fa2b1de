import type { BatchLane } from '../../../ai/index.js';
import { outText } from '../../ai/leftovers.js';

/** The batches that an earlier start or config has left out, as long as no event has asked for a request in them. */
export class UnaskedBatches {
  readonly #ids = new Set<string>();

  constructor(
    private readonly batches: Pick<BatchLane, 'record'>,
    private readonly warn: (message: string) => void,
  ) {}

  left(id: string): void {
    this.#ids.add(id);
  }

  asked(id: string): void {
    this.#ids.delete(id);
  }

  /** Tells of them once. Call it when every stored event has asked for what it needs. */
  async tell(): Promise<void> {
    const ids = [...this.#ids];
    this.#ids.clear();
    for (const id of ids) {
      const record = await this.batches.record(id);
      if (record === undefined || record.state === 'closed') continue;
      const why = 'no event asks for its answers any more, as a prompt, a model or a stage was changed';
      this.warn(
        `${outText(record)}, and ${why}: they are fetched and paid when they are there; colloquium journal batches --cancel ${id} ends it`,
      );
    }
  }
}

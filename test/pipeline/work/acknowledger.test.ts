import { describe, expect, it } from 'vitest';
import { Acknowledger } from '../../../src/pipeline/work/acknowledger.js';

describe('acknowledging', () => {
  it('goes on and on where no output is a file', async () => {
    const acknowledged: number[] = [];
    const acknowledger = new Acknowledger<number>({
      files: [],
      acknowledge: (done) => acknowledged.push(...done),
      onFailure: (error) => expect.fail(String(error)),
    });
    for (const item of [1, 2, 3]) {
      acknowledger.done([item]);
      await acknowledger.finish();
    }
    acknowledger.done([]);
    await acknowledger.finish();
    expect(acknowledged).toEqual([1, 2, 3]);
  });
});

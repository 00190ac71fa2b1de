import { describe, expect, it } from 'vitest';
import { blockProcessor } from '../../../src/pipeline/block-processor.js';
import { paceOf } from '../../../src/pipeline/threads/pace.js';
import { scriptStage } from '../../support/script-stage.js';

const work = blockProcessor({
  pipeline: {
    name: 'default',
    stages: [scriptStage('computo', 'change', ['$input', '/n'])],
    outputs: [{ envelope: false }],
    onError: { kind: 'dead_letter' },
  },
  strict: false,
  depthMax: 100,
  lineBytesMax: 2000,
  rawMax: 1000,
});
const LINE = `${JSON.stringify({ n: 1, text: 'x'.repeat(1006) })}\n`;
const MEBIBYTE = Buffer.from(LINE.repeat(1024));
const meta = { source: 'in', timestamp: 1, counter: 0 };

describe('the pace of a thread', () => {
  it('tells, once the code is warm, how much work is left of an input: less and less, and none at its end', () => {
    const mebibytes = 24;
    const pace = paceOf(work, mebibytes << 20);
    const left: number[] = [];
    for (let n = 0; n < mebibytes; n++) {
      expect(pace.process({ kind: 'lines', bytes: MEBIBYTE }, meta).counts.output).toBe(1024);
      left.push(pace.leftMs());
    }
    expect(left.slice(0, 16)).toEqual(Array.from({ length: 16 }, () => 0));
    for (const ms of left.slice(16, -1)) expect(ms).toBeGreaterThan(0);
    expect(left.at(-1)).toBe(0);
  });

  it('takes an input without a size to have as much left as was done: more and more', () => {
    const pace = paceOf(work, undefined);
    let before = pace.leftMs();
    expect(before).toBe(0);
    for (let n = 0; n < 17; n++) {
      pace.process({ kind: 'lines', bytes: MEBIBYTE }, meta);
      expect(pace.leftMs()).toBeGreaterThan(before);
      before = pace.leftMs();
    }
  });
});

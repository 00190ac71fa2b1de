import { expect, it } from 'vitest';
import { expectTheSame } from './across-kills.js';

it.each(['dedupe', 'mix'])(
  'a run with stages that look across events, killed and resumed, writes the same: %s',
  async (pipeline) => {
    expect(await expectTheSame(pipeline, [60, 80, 50])).toBeGreaterThan(0);
  },
);

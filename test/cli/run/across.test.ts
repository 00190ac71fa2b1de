import { expect } from 'vitest';
import { expectTheSame } from './across-kills.js';
import { each } from '../../support/runs.js';

// Most of these are killed behind a checkpoint in the middle of the input, and when the end is out.
each(1)([
  ['dedupe', [350, 120, 60]],
  ['mix', [70, 40, 30]],
] as const)(
  'a run with stages that look across events, killed and resumed, writes the same: %s',
  async (pipeline, kills) => {
    expect(await expectTheSame(pipeline, kills)).toBeGreaterThan(0);
  },
);

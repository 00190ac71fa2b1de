import { expect, it } from 'vitest';
import { expectTheSame, PIPELINES } from './across-kills.js';

const KILLS = 6;
/** Some runs change files so often, others less: then those kills are none. */
const ROUNDS = [60, 100, 450, 450];

it.each(Object.keys(PIPELINES))(
  'a run with %s, killed again and again and resumed, writes the same',
  async (pipeline) => {
    let killed = 0;
    for (const changes of ROUNDS) {
      const kills = Array.from({ length: KILLS }, () => 1 + Math.floor(Math.random() * changes));
      killed += await expectTheSame(pipeline, kills);
    }
    expect(killed).toBeGreaterThan(0);
  },
);

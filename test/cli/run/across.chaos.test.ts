import { expect, it } from 'vitest';
import { expectTheSame, PIPELINES } from './across-kills.js';

const ROUNDS = 1;
const KILLS = 6;
const CHANGES = 60;

it.each(Object.keys(PIPELINES))(
  'a run with %s, killed again and again and resumed, writes the same',
  async (pipeline) => {
    let killed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const kills = Array.from({ length: KILLS }, () => 1 + Math.floor(Math.random() * CHANGES));
      killed += await expectTheSame(pipeline, kills);
    }
    expect(killed).toBeGreaterThan(ROUNDS);
  },
);

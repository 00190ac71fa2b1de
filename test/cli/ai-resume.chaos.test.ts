import { describe, it } from 'vitest';
import { killAndResume } from './ai-kill-rounds.js';

describe('run --resume with AI stages, over 1,319 rows', () => {
  it('pays for no row twice and loses none, killed at ten random moments', async () => {
    await killAndResume({ rows: 1319, kills: 10 });
  });
});

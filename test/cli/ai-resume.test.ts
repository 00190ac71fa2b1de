import { describe, it } from 'vitest';
import { killAndResume } from './ai-kill-rounds.js';

describe('run --resume with AI stages', () => {
  it('pays for no row twice and loses none, killed at any moment', async () => {
    await killAndResume({ rows: 100, kills: 2 });
  });
});

import { it } from 'vitest';
import { killRun } from './kill-run.js';

it.concurrent.each(['daemon', 'command'] as const)(
  'A %s that is killed while it retries dead letters drives none of them twice',
  async (driver) => killRun(driver, [1, 2]),
);

import { it } from 'vitest';
import { killRun } from './kill-run.js';

it.concurrent.each(['daemon', 'command'] as const)(
  'A %s that is killed while it drives dead letters again drives none of them twice',
  async (driver) => killRun(driver, [1, 2]),
);

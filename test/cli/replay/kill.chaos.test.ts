import { it } from 'vitest';
import { killRun } from './kill-run.js';

it.each(['daemon', 'command'] as const)(
  'A %s that is killed at any change of its checkpoint drives no dead letter twice',
  async (driver) =>
    killRun(
      driver,
      Array.from({ length: 24 }, (_, i) => 1 + (i % 6)),
    ),
);

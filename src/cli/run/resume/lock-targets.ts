import type { Target } from './targets.js';

export async function lockTargets(_stateFolder: string, _targets: readonly Target[]): Promise<() => Promise<void>> {
  await Promise.resolve();
  return () => Promise.resolve();
}

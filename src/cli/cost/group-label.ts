import { NO_VALUE, OTHERS, type Dimension, type Group } from '../../ai/index.js';

/** What stands for a group in a table. A value that would look like another group stands in quotes. */
export function groupLabel({ by, isOthers }: Group, dimension: Dimension): string {
  const value = by[dimension] ?? null;
  if (value === null) return NO_VALUE;
  const isMistakable = isOthers !== true && (value === NO_VALUE || value === OTHERS || value.startsWith('"'));
  return isMistakable ? JSON.stringify(value) : value;
}

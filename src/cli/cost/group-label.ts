import { NO_VALUE, OTHERS, type Dimension, type Group } from '../../ai/index.js';

/** Returns the label of a group in a table. A value that would look like another group is quoted. */
export function groupLabel({ by, isOthers }: Group, dimension: Dimension): string {
  const value = by[dimension] ?? null;
  if (value === null) return NO_VALUE;
  const isMistakable = isOthers !== true && (value === NO_VALUE || value === OTHERS || value.startsWith('"'));
  return isMistakable ? JSON.stringify(value) : value;
}

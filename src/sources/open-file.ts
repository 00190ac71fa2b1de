import { openSync } from 'node:fs';
import { SourceError } from './read-error.js';

/** @throws SourceError when it can't be opened */
export function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new SourceError(path, 'open', error);
  }
}

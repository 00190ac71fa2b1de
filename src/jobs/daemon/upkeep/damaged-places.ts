import { existsSync } from 'node:fs';
import type { Damage } from '../../../log/index.js';
import type { Talk } from '../../talk.js';

/** Damaged places that are remembered, so that each is told once. */
const REMEMBERED_MAX = 1000;

/** Where the stored log was found to be damaged. */
export interface Damaged {
  readonly places: number;
  /** The first that was met, for a person. */
  readonly first: string;
}

/** Damaged places of the log, as far as anybody has met them since the daemon started. */
export interface DamagedPlaces {
  /** Tells of a place, and counts it, once. */
  readonly note: (damage: Damage) => void;
  /** Those whose segments are still there; undefined: none. Quick. */
  standing(): Damaged | undefined;
}

/** @param onNew called for each place once */
export function damagedPlaces(talk: Talk, onNew: () => void): DamagedPlaces {
  /** By what is said of them, the files that they are in. */
  const known = new Map<string, string>();
  return {
    note({ message, file }) {
      if (known.has(message)) return;
      if (known.size < REMEMBERED_MAX) known.set(message, file);
      onNew();
      talk.error('the log is damaged', { place: message });
    },
    standing() {
      const there = new Set([...new Set(known.values())].filter(isThere));
      const places = [...known].filter(([, file]) => there.has(file));
      const [first] = places;
      return first && { places: places.length, first: first[0] };
    },
  };
}

/** Whether a segment is there, which may have been packed meanwhile. */
function isThere(file: string): boolean {
  return existsSync(file) || existsSync(`${file}.gz`);
}

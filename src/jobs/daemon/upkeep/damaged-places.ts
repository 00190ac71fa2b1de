import { existsSync } from 'node:fs';
import type { Damage } from '../../../log/index.js';
import type { Talk } from '../../talk.js';

/** How many damaged places are remembered, so that each is reported once. */
const REMEMBERED_MAX = 1000;

/** Where the stored log was found to be damaged. */
export interface Damaged {
  readonly places: number;
  /** The first damaged place found, described for the user. */
  readonly first: string;
}

/** Damaged places of the log that were found since the daemon started. */
export interface DamagedPlaces {
  /** Reports and counts a place, once. */
  readonly note: (damage: Damage) => void;
  /** The places whose segments still exist; undefined if there are none. Fast. */
  standing(): Damaged | undefined;
}

/** @param onNew called once for each place */
export function damagedPlaces(talk: Talk, onNew: () => void): DamagedPlaces {
  /** The files with damage, by message. */
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

/** Whether a segment exists; it may have been packed meanwhile. */
function isThere(file: string): boolean {
  return [file, `${file}.gz`, file.replace(/\.enc$/, '.gz.enc')].some((path) => existsSync(path));
}

import type { Fields, Json } from 'computo-js';
import { createScanner, readValue, type Scanner, type Text } from '../../json/index.js';

/** The fields that a pipeline's scripts read, of the line that was scanned last. */
export interface LineFields extends Fields {
  /** Ends the planning: no field may be asked for after that. */
  open(depthMax: number): Scanner;
  /** The block that the lines stand in from now on. */
  setText(text: Text): void;
}

export function lineFields(): LineFields {
  const paths: (readonly string[])[] = [];
  let scanner: Scanner | undefined;
  let text: Text | undefined;
  return {
    number(path) {
      const known = paths.findIndex((other) => isSamePath(other, path));
      return known === -1 ? paths.push(path) - 1 : known;
    },
    read(field): Json | undefined {
      return scanner && text && readValue(scanner, field, text);
    },
    open: (depthMax) => (scanner = createScanner(paths, depthMax)),
    setText: (next) => void (text = next),
  };
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

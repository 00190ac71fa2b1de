import { MISSING, type Compute, type FieldReader, type Json } from 'computo-js';
import { createScanner, readValue, type Scanner, type Text } from '../../json/index.js';

/** The fields that a pipeline's scripts read, from the last scanned line. */
export interface LineFields extends FieldReader {
  /** Ends the planning: no more fields may be requested. @param elementsOf the field whose elements are wanted */
  open(depthMax: number, elementsOf?: number): Scanner;
  /** Returns what reads a field that is read once per line. It throws MISSING. */
  reader(field: number): Compute;
  /** Sets the block that the following lines are in. */
  setText(text: Text): void;
}

export function lineFields(): LineFields {
  const paths: (readonly string[])[] = [];
  let scanner: Scanner | undefined;
  let text: Text | undefined;
  /** Values already read from the line: a script may read a field once for each element of another. */
  const values: (Json | undefined)[] = [];
  const lines: number[] = [];
  return {
    number(path) {
      const known = paths.findIndex((other) => isSamePath(other, path));
      if (known !== -1) return known;
      values.push(undefined);
      lines.push(-1);
      return paths.push(path) - 1;
    },
    read(field): Json | undefined {
      if (scanner === undefined || text === undefined) return undefined;
      const { line } = scanner;
      if (lines[field] === line) return values[field];
      const value = readValue(scanner, field, text);
      values[field] = value;
      lines[field] = line;
      return value;
    },
    reader: (field) => () => {
      const value = scanner && text && readValue(scanner, field, text);
      if (value === undefined) throw MISSING;
      return value;
    },
    open: (depthMax, elementsOf) => (scanner = createScanner(paths, depthMax, elementsOf)),
    setText: (next) => void (text = next),
  };
}

function isSamePath(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

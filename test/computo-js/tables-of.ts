import { stringify, type Json, type LookupTable } from 'computo-js';

/** Rows of tables by their keys, by the tables' names. */
export type RowsByKey = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** Tables in memory whose keys are texts; a number or a boolean means its text. */
export function tablesOf(rows: RowsByKey): Record<string, LookupTable> {
  return Object.fromEntries(
    Object.entries(rows).map(([name, byKey]) => {
      const known = new Map(Object.entries(byKey));
      return [name, { get: (key) => known.get(typeof key === 'string' ? key : stringify(key)) }];
    }),
  );
}

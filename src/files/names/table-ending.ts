import { withoutPacking } from '../packing.js';

/** The format of a table that the name of a file suggests, whether the file is packed or not; undefined if it suggests none. */
export function tableEnding(path: string): 'csv' | 'tsv' | undefined {
  const [, end] = /\.(csv|tsv)$/i.exec(withoutPacking(path)) ?? [];
  return end?.toLowerCase() as 'csv' | 'tsv' | undefined;
}

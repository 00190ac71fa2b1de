import { extname } from 'node:path';
import { withoutPacking } from '../../files/index.js';
import { csv } from './csv-format.js';
import type { InputFormat } from './decoder.js';
import { json } from './json-format.js';
import { text } from './text-format.js';
import { tsv } from './tsv-format.js';

/** The formats of an input besides lines of JSON. A new format is a file here and a line below. */
export { isBroken, readBroken } from './broken-record.js';
export type { Decoder, DecoderOptions, InputFormat } from './decoder.js';
export { joinedText } from './joined-text.js';
export { recognize, recognizeColumns } from './recognize.js';

export const INPUT_FORMATS: readonly InputFormat[] = [csv, tsv, json, text];

/** The format that the end of a file's name implies; undefined: lines of JSON. */
export function formatOfName(name: string): InputFormat | undefined {
  const end = extname(withoutPacking(name)).toLowerCase();
  return INPUT_FORMATS.find(({ extensions }) => extensions.includes(end));
}

import { stringifyJson } from '../../json/index.js';
import type { TextFormat } from './format.js';

/** Writes texts without quotes, including their line breaks, as `jq -r` does, and everything else as JSON. */
export const text: TextFormat = {
  kind: 'text',
  name: 'text',
  summary: 'texts as they are, without quotes; everything else as JSON',
  line: (data) => (typeof data === 'string' ? data : stringifyJson(data)),
};

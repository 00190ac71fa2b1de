import { stringifyJson } from '../../json/index.js';
import type { TextFormat } from './format.js';

/** Texts without quotes, line breaks in them included, as `jq -r` writes them; all else as JSON. */
export const text: TextFormat = {
  kind: 'text',
  name: 'text',
  summary: 'texts as they are, without quotes; everything else as JSON',
  line: (data) => (typeof data === 'string' ? data : stringifyJson(data)),
};

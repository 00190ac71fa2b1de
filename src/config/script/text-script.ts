// Not imported from the package's entry point, which loads everything behind it as one, in every run.
import { parseText, TextFormError, type ParsedText } from '../../computo-js/text-form/index.js';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { textOffsets, type SourceDocument, type SourceNode } from '../source/index.js';
import { diagnoseText } from './place.js';
import type { ScriptOrigin, ScriptSource, ScriptText } from './script-source.js';

/**
 * Reads a script in the text form.
 *
 * @param file how findings name the text
 * @throws ConfigError (`syntax-error`) with the place
 */
export function textScript(name: string, file: string, text: string): ScriptSource {
  const root = { value: text, start: 0, end: text.length };
  return read(name, { document: { file, text, root }, pointer: '' }, { text, offsetOf: (offset) => offset });
}

/**
 * Reads a script in the text form from a config.
 *
 * @param node the text, at `pointer`
 * @throws ConfigError (`syntax-error`) with the place in the config
 */
export function textScriptAt(
  document: SourceDocument,
  pointer: string,
  node: SourceNode & { readonly value: string },
  name: string,
): ScriptSource {
  const written = node.written ?? node;
  const offsets = document.text === undefined ? undefined : textOffsets(document.text, written, node.value);
  const offsetOf = offsets && ((offset: number) => offsets[offset] ?? written.end);
  return read(name, { document, pointer }, { text: node.value, ...(offsetOf && { offsetOf }) });
}

/** The most characters of a word that are marked. */
const WORD_MAX = 100;

type Unread = Pick<ScriptText, 'text' | 'offsetOf'>;

function read(name: string, origin: ScriptOrigin, text: Unread): ScriptSource {
  try {
    const { script, spans, hasComments }: ParsedText = parseText(text.text);
    return { name, script, origin, text: { ...text, spans, hasComments }, warnings: [] };
  } catch (error) {
    if (!(error instanceof TextFormError)) throw error;
    throw new ConfigError([syntaxError(origin, text, error)]);
  }
}

/** The next step where the parser knows none. */
const GUIDE = 'colloquium help scripts shows how scripts are written';

function syntaxError(origin: ScriptOrigin, text: Unread, { problem, offset, hint }: TextFormError): Diagnostic {
  // If something is missing at the end, it is reported behind the last word, not at the start of an empty line.
  const start = Math.min(offset, text.text.trimEnd().length);
  const word = /^\w*/.exec(text.text.slice(start, start + WORD_MAX))?.[0] ?? '';
  const span = { start, end: start + word.length };
  return diagnoseText(origin, text, span, {
    severity: 'error',
    code: 'syntax-error',
    message: problem,
    hint: hint ?? GUIDE,
  });
}

import { Composer, Parser, type CST, type Document } from 'yaml';
import { ConfigError, type Diagnostic } from '../diagnostic/index.js';
import { diagnoseSpan } from './document.js';
import type { ParsedSource } from './json.js';
import type { SourceSpan } from './node.js';
import { YamlConverter } from './yaml-nodes.js';
import { operatorHint } from './yaml-operators.js';

const COMPOSE_OPTIONS = {
  schema: 'core',
  intAsBigInt: true,
  // Repeated keys are found during conversion, where both places are known.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Longer variable names get no hint. */
const VARIABLE_MAX = 200;

/**
 * Parses one YAML 1.2 document, keeping the place of every part and the exact value of every number.
 *
 * @param file how findings name the text
 * @param depthMax the most levels of maps and lists
 * @throws ConfigError with every error found (`syntax-error`, `repeated-key`, `too-deep`, `several-documents`, `not-json`,
 *   `cycle`, `too-many-aliases`)
 */
export function parseYamlSource(file: string, text: string, depthMax: number): ParsedSource {
  const source = { file, text };
  const tokens = [...new Parser().parse(text)];
  // The composer recurses for every level, so the depth is checked before it runs.
  const deep = firstDeeperThan(tokens, depthMax);
  if (deep !== undefined)
    throw new ConfigError([finding(source, deep, 'too-deep', `nested deeper than ${depthMax} levels`)]);

  const documents = [...new Composer(COMPOSE_OPTIONS).compose(tokens, true, text.length)];
  const [first, second] = documents;
  const findings = documents.flatMap((document) => syntaxFindings(source, document));
  if (second !== undefined) {
    const at = second.range[0];
    findings.push(
      finding(
        source,
        { start: at, end: at + 3 },
        'several-documents',
        'a second YAML document starts here; a config is one',
      ),
    );
  }
  if (first === undefined || findings.length > 0) throw new ConfigError(findings);

  const converter = new YamlConverter(source, depthMax);
  const root = converter.convert(first.contents);
  if (converter.findings.length > 0) throw new ConfigError(converter.findings);
  return { document: { ...source, root }, warnings: [] };
}

function syntaxFindings(source: { file: string; text: string }, document: Document.Parsed): Diagnostic[] {
  const { errors, warnings } = document;
  // Errors after an unexpected token are dropped: they would only be consequences of the first.
  const lost = errors.findIndex(({ message }) => message.startsWith('Unexpected'));
  return [...(lost === -1 ? errors : errors.slice(0, lost + 1)), ...warnings].map(({ pos: [start, end], message }) =>
    finding(
      source,
      { start, end: Math.max(end, start + 1) },
      'syntax-error',
      lowerFirst(message),
      hintFor(message, source.text, start),
    ),
  );
}

function hintFor(message: string, text: string, at: number): string | undefined {
  if (message.startsWith('Nested mappings')) {
    return "a text with ': ' in it, such as a script, stands in quotes or under a |";
  }
  const variable = /^[$][{]\w*[}]/.exec(text.slice(Math.max(0, at - 1), at + VARIABLE_MAX))?.[0];
  if (variable !== undefined) return `inside { } and [ ], a value with ${variable} in it stands in quotes`;
  return operatorHint(text.slice(at, at + 3));
}

function finding(
  source: { file: string; text: string },
  span: SourceSpan,
  code: string,
  message: string,
  hint?: string,
): Diagnostic {
  return diagnoseSpan(source, span, { severity: 'error', code, message, hint });
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** The first token nested more than `depthMax` collections deep. */
function firstDeeperThan(tokens: readonly CST.Token[], depthMax: number): SourceSpan | undefined {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { token, depth } = entry;
    if (depth > depthMax) return { start: token.offset, end: token.offset + 1 };
    if (token.type === 'document') {
      if (token.value !== undefined) open.push({ token: token.value, depth });
    } else if ('items' in token) {
      for (const { key, value } of token.items) {
        for (const part of [key, value]) if (part) open.push({ token: part, depth: depth + 1 });
      }
    }
  }
  return undefined;
}

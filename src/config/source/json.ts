import { orderedObject, type Json } from 'computo-js';
import { createScanner, type JSONScanner } from 'jsonc-parser';
import { parseJson } from '../../json/index.js';
import { ConfigError, type Diagnostic, type Severity } from '../diagnostic/index.js';
import { diagnoseSpan, type SourceDocument } from './document.js';
import { describeToken, isTrivia, scanProblem, Token } from './json-tokens.js';
import type { SourceEntry, SourceNode, SourceSpan } from './node.js';
import { repeatedKey } from './repeated-key.js';

export interface JsonSourceOptions {
  /** The most levels of arrays and objects. */
  readonly depthMax: number;
  /** The severity of a repeated key. Of equal keys the last one counts. */
  readonly repeatedKeys: Severity;
}

export interface ParsedSource {
  readonly document: SourceDocument;
  /** Findings that do not keep the file from being used. */
  readonly warnings: readonly Diagnostic[];
}

/** A file full of repeated keys does not need a finding for each. */
const REPEATED_KEYS_MAX = 100;

/** A container that is still open. */
type Frame = { readonly start: number } & (
  | { readonly items: SourceNode[] }
  | { readonly entries: Map<string, SourceEntry>; key: { readonly name: string; readonly span: SourceSpan } }
);

/**
 * Parses JSON with comments and trailing commas, keeping the place of every part and the exact value of every number. Does not
 * recurse: only `depthMax` limits the nesting.
 *
 * @param file how findings name the text
 * @throws ConfigError (`syntax-error`, `too-deep`, `repeated-key`). Parsing stops at the first syntax error
 */
export function parseJsonSource(file: string, text: string, options: JsonSourceOptions): ParsedSource {
  return new JsonSourceParser(file, text, options).parse();
}

class JsonSourceParser {
  readonly #source: { readonly file: string; readonly text: string };
  readonly #options: JsonSourceOptions;
  readonly #scanner: JSONScanner;
  readonly #frames: Frame[] = [];
  readonly #findings: Diagnostic[] = [];

  constructor(file: string, text: string, options: JsonSourceOptions) {
    this.#source = { file, text };
    this.#options = options;
    this.#scanner = createScanner(text, false);
  }

  parse(): ParsedSource {
    this.#next();
    for (;;) {
      let node = this.#startValue();
      // A complete value goes into the open container, and closes all containers that end here.
      while (node !== undefined) {
        const frame = this.#frames.at(-1);
        if (frame === undefined) return this.#finish(node);
        node = 'items' in frame ? this.#addItem(frame.items, node) : this.#addEntry(frame, node);
      }
    }
  }

  /** Reads a whole scalar or empty container; opens any other container and returns undefined. */
  #startValue(): SourceNode | undefined {
    const span = this.#span();
    const token: number = this.#scanner.getToken();
    if (token !== Token.OpenBrace && token !== Token.OpenBracket) return { value: this.#scalar(token), ...span };
    if (this.#frames.length >= this.#options.depthMax) {
      this.#fail(`nested deeper than ${this.#options.depthMax} levels`, 'too-deep');
    }
    const { start } = span;
    if (token === Token.OpenBracket) {
      this.#frames.push({ start, items: [] });
      return this.#next() === Token.CloseBracket ? this.#close() : undefined;
    }
    const frame = { start, entries: new Map<string, SourceEntry>(), key: { name: '', span } };
    this.#frames.push(frame);
    if (this.#next() === Token.CloseBrace) return this.#close();
    this.#readKey(frame);
    return undefined;
  }

  #addItem(items: SourceNode[], node: SourceNode): SourceNode | undefined {
    items.push(node);
    const token = this.#next();
    if (token === Token.Comma) return this.#next() === Token.CloseBracket ? this.#close() : undefined;
    return token === Token.CloseBracket ? this.#close() : this.#unexpected("',' or ']'");
  }

  #addEntry(frame: Extract<Frame, { entries: unknown }>, node: SourceNode): SourceNode | undefined {
    frame.entries.set(frame.key.name, { key: frame.key.span, node });
    const token = this.#next();
    if (token === Token.CloseBrace) return this.#close();
    if (token !== Token.Comma) this.#unexpected("',' or '}'");
    if (this.#next() === Token.CloseBrace) return this.#close();
    this.#readKey(frame);
    return undefined;
  }

  /** Reads `"key" :` and the first token after it. */
  #readKey(frame: Extract<Frame, { entries: unknown }>): void {
    const token: number = this.#scanner.getToken();
    if (token !== Token.String) this.#unexpected('a key in quotes');
    const name = this.#scanner.getTokenValue();
    frame.key = { name, span: this.#span() };
    const earlier = frame.entries.get(name);
    if (earlier !== undefined && this.#findings.length < REPEATED_KEYS_MAX) {
      this.#findings.push(repeatedKey(this.#source, name, frame.key.span, earlier.key, this.#options.repeatedKeys));
    }
    if (this.#next() !== Token.Colon) this.#unexpected("':'");
    this.#next();
  }

  #close(): SourceNode {
    const frame = this.#frames.pop();
    const { end } = this.#span();
    if (frame === undefined) return this.#unexpected('a value');
    const { start } = frame;
    if ('items' in frame) return { value: frame.items.map((item) => item.value), start, end, items: frame.items };
    const members = [...frame.entries].map(([key, { node }]): [string, Json] => [key, node.value]);
    return { value: orderedObject(members), start, end, entries: frame.entries };
  }

  #scalar(token: number): Json {
    switch (token) {
      case Token.String:
        return this.#scanner.getTokenValue();
      case Token.Number:
        return parseJson(this.#scanner.getTokenValue());
      case Token.True:
        return true;
      case Token.False:
        return false;
      case Token.Null:
        return null;
      default:
        return this.#unexpected('a value');
    }
  }

  #finish(root: SourceNode): ParsedSource {
    if (this.#next() !== Token.EndOfFile) this.#fail(`${describeToken(this.#scanner)} after the end of the value`);
    if (this.#findings.some((finding) => finding.severity === 'error')) throw new ConfigError(this.#findings);
    return { document: { ...this.#source, root }, warnings: this.#findings };
  }

  #next(): number {
    for (;;) {
      const token: number = this.#scanner.scan();
      const problem = scanProblem(this.#scanner);
      if (problem !== undefined) this.#fail(problem);
      if (!isTrivia(token)) return token;
    }
  }

  #span(): SourceSpan {
    const start = this.#scanner.getTokenOffset();
    return { start, end: start + this.#scanner.getTokenLength() };
  }

  #unexpected(wanted: string): never {
    this.#fail(`${describeToken(this.#scanner)} where ${wanted} should be`);
  }

  #fail(message: string, code = 'syntax-error'): never {
    const finding = diagnoseSpan(this.#source, this.#span(), { severity: 'error', code, message });
    throw new ConfigError([...this.#findings, finding]);
  }
}

import { formatPointer } from 'computo-js';
import { ConfigError, didYouMean, type Diagnostic } from '../diagnostic/index.js';
import type { StageInConfig } from '../kinds/index.js';
import { label } from '../load/explain.js';
import { resolvePath, type PathBase } from '../load/resolve-path.js';
import { isScriptFile, loadScriptFile, scriptAt, type ScriptSource } from '../script/index.js';
import { diagnose, readText, type Finding, type SourceDocument, type SourceNode } from '../source/index.js';

/**
 * Finds the scripts of a config. A text is a name under `scripts`, a path to a file, or a script in the text form; any other
 * value is itself a script. Collects findings, so that all of them can be reported at once.
 */
export class ScriptResolver {
  readonly findings: Diagnostic[] = [];
  /** Names under `scripts` that were referred to. */
  readonly used = new Set<string>();
  readonly #document: SourceDocument;
  readonly #base: PathBase;
  readonly #files = new Map<string, Promise<ScriptSource | undefined>>();
  readonly #textFiles = new Set<string>();
  /** What the text files contain, by the places that name them. */
  readonly #textsRead = new Map<string, string>();
  /** Scripts in the text form, by place. */
  readonly #texts = new Map<string, Promise<ScriptSource | undefined>>();

  constructor(document: SourceDocument, base: PathBase) {
    this.#document = document;
    this.#base = base;
  }

  get #scripts(): SourceNode['entries'] {
    return this.#document.root.entries?.get('scripts')?.node.entries;
  }

  /** Absolute paths of the script and text files requested so far. */
  get scriptFiles(): readonly string[] {
    return [...this.#files.keys(), ...this.#textFiles];
  }

  get names(): readonly string[] {
    return [...(this.#scripts?.keys() ?? [])];
  }

  /** The script at a place of the config; undefined, with a finding, if it can't be read. */
  async resolve(path: readonly string[], node: SourceNode): Promise<ScriptSource | undefined> {
    return await this.#follow(path, node, []);
  }

  /**
   * The text of a file named at a place of the config; undefined, with a finding, if it can't be read.
   *
   * @param problemIn what is wrong with such a text
   */
  async textFile(
    path: readonly string[],
    written: string,
    problemIn: StageInConfig['textProblem'],
  ): Promise<string | undefined> {
    const file = resolvePath(this.#base, written);
    this.#textFiles.add(file);
    try {
      const text = await readText(file, (code, message, hint) =>
        diagnose(this.#document, formatPointer(path), { severity: 'error', code, message, hint }),
      );
      const wrong = problemIn?.(text);
      if (wrong !== undefined) {
        const { severity = 'error', code = 'invalid-value', message, hint } = wrong;
        this.#refuse(formatPointer(path), { severity, code, message, hint });
      }
      this.#textsRead.set(formatPointer(path), text);
      return text;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.findings.push(...error.diagnostics);
      return undefined;
    }
  }

  /** The content of the text file that a place of the config names, if it was read. */
  textAt(pointer: string): string | undefined {
    return this.#textsRead.get(pointer);
  }

  /**
   * Finds the script that a text from the command line names.
   *
   * @throws ConfigError if there is no such name under `scripts`, or its script can't be read
   */
  async named(reference: string): Promise<ScriptSource> {
    const before = this.findings.length;
    const node = this.#scripts?.get(reference)?.node;
    const found = node === undefined ? undefined : await this.resolve(['scripts', reference], node);
    if (found !== undefined) return found;
    if (this.findings.length > before) throw new ConfigError(this.findings.slice(before));
    throw new ConfigError([diagnose(this.#document, '/scripts', this.#unknown(reference), 'key')]);
  }

  async #follow(path: readonly string[], node: SourceNode, seen: readonly string[]): Promise<ScriptSource | undefined> {
    const pointer = formatPointer(path);
    const name = path[0] === 'scripts' ? (path[1] ?? '') : label(path);
    if (typeof node.value !== 'string') return scriptAt(this.#document, pointer, node, name);
    const reference = node.value;
    const target = this.#scripts?.get(reference)?.node;
    if (target !== undefined) {
      if (seen.includes(reference)) {
        this.#refuseCircle(seen.slice(seen.indexOf(reference)));
        return undefined;
      }
      this.used.add(reference);
      return await this.#follow(['scripts', reference], target, [...seen, reference]);
    }
    if (looksLikePath(reference)) return await this.#file(resolvePath(this.#base, reference.trim()), pointer);
    if (!NAME.test(reference)) return await this.#text(pointer, { ...node, value: reference }, name);
    this.#refuse(pointer, this.#unknown(reference));
    return undefined;
  }

  async #file(file: string, pointer: string): Promise<ScriptSource | undefined> {
    const blame = (code: string, message: string, hint?: string): Diagnostic =>
      diagnose(this.#document, pointer, { severity: 'error', code, message, hint });
    return await this.#once(this.#files, file, async () => await loadScriptFile(file, blame));
  }

  async #text(pointer: string, node: TextNode, name: string): Promise<ScriptSource | undefined> {
    return await this.#once(this.#texts, pointer, async () => {
      const { textScriptAt } = await import('../script/text-script.js');
      return textScriptAt(this.#document, pointer, node, name);
    });
  }

  /** Reads each script once, and reports its findings once. */
  async #once(
    known: Map<string, Promise<ScriptSource | undefined>>,
    key: string,
    load: () => Promise<ScriptSource>,
  ): Promise<ScriptSource | undefined> {
    const loading =
      known.get(key) ??
      load().catch((error: unknown) => {
        if (!(error instanceof ConfigError)) throw error;
        this.findings.push(...error.diagnostics);
        return undefined;
      });
    known.set(key, loading);
    return await loading;
  }

  #unknown(reference: string): Finding {
    const near = didYouMean(reference, this.names);
    return {
      severity: 'error',
      code: 'unknown-script',
      message: `no script ${JSON.stringify(reference)} under scripts`,
      hint: near ?? `a field is written /${reference}, a file as a path like ./script.computo`,
    };
  }

  /** A circle is one mistake, wherever it is entered: it is reported starting at its alphabetically first name. */
  #refuseCircle(names: readonly string[]): void {
    const start = names.indexOf([...names].sort()[0] ?? '');
    const circle = [...names.slice(start), ...names.slice(0, start)];
    const message = `scripts refer to each other in a circle: ${[...circle, circle[0]].join(' → ')}`;
    if (this.findings.some((finding) => finding.message === message)) return;
    this.#refuse(formatPointer(['scripts', circle[0] ?? '']), { severity: 'error', code: 'cycle', message });
  }

  #refuse(pointer: string, finding: Finding): void {
    this.findings.push(diagnose(this.#document, pointer, finding));
  }
}

type TextNode = SourceNode & { readonly value: string };

/** A text that can only be the name of a script: not a variable, because no variables exist outside a script. */
const NAME = /^[A-Za-z_][\w.-]*$/;

/** Whether a text names a file rather than a script. */
function looksLikePath(reference: string): boolean {
  const text = reference.trim();
  return /^(?:\.{1,2}|~)\//.test(text) || (isScriptFile(text) && !/["'`\n]/.test(text));
}

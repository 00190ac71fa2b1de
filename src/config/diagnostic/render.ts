import { visible } from './visible.js';
import type { CodeFrame, Diagnostic } from './diagnostic.js';

/** How parts of a rendered finding are colored. Each function takes and returns text. */
export interface Palette {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly place: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly hint: (text: string) => string;
}

const asIs = (text: string): string => text;

/** No colors. */
export const PLAIN: Palette = { error: asIs, warning: asIs, place: asIs, faint: asIs, hint: asIs };

export interface RenderOptions {
  readonly palette?: Palette;
  /** Formats a file's path, for example relative to the working directory. Default: unchanged. */
  readonly showFile?: (file: string) => string;
  /** Applied to the finished text, to mask secrets. */
  readonly mask?: (text: string) => string;
}

/**
 * One finding as lines of text, without a newline at the end:
 *
 * ```
 * colloquium.yaml:4:9 error unknown-key: unknown key "prot" in server
 *   3 | server:
 * > 4 |   prot: 80
 *     |   ^^^^
 *   hint: did you mean "port"?
 * ```
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions = {}): string {
  const { palette = PLAIN, showFile = asIs, mask = asIs } = options;
  const { file, line, column, severity, code, message, frame, pointer, hint, related = [] } = diagnostic;
  const colour = palette[severity];
  const place = palette.place(`${visible(showFile(file))}:${line}:${column}`);
  const where = frame === undefined && pointer !== undefined && pointer !== '' ? ` (at ${visible(pointer)})` : '';
  const lines = [`${place} ${colour(severity)} ${palette.faint(`${code}:`)} ${visible(message)}${where}`];
  if (frame !== undefined) lines.push(...renderFrame(frame, colour, palette.faint));
  for (const other of related) {
    const at = `${visible(showFile(other.file))}:${other.line}:${other.column}`;
    lines.push(`  ${palette.place(at)} ${visible(other.message)}`);
  }
  if (hint !== undefined) lines.push(`  ${palette.hint(`hint: ${visible(hint)}`)}`);
  return mask(lines.join('\n'));
}

function renderFrame(frame: CodeFrame, colour: Palette['error'], faint: Palette['faint']): string[] {
  const width = String(frame.lines.at(-1)?.number ?? frame.line).length;
  return frame.lines.flatMap(({ number, text }) => {
    const marked = number === frame.line;
    const gutter = `${marked ? '>' : ' '} ${String(number).padStart(width)} |`;
    const shown = `${marked ? colour(gutter.slice(0, 1)) + faint(gutter.slice(1)) : faint(gutter)} ${text}`.trimEnd();
    if (!marked) return [shown];
    const caret = ' '.repeat(frame.caretStart) + colour('^'.repeat(frame.caretLength));
    return [shown, `${faint(`  ${' '.repeat(width)} |`)} ${caret}`];
  });
}

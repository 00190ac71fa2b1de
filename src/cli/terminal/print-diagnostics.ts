import { isAbsolute, relative } from 'node:path';
import { renderDiagnostic, type Diagnostic } from '../../config/diagnostic/index.js';
import { stderrPalette } from './palette.js';

/** Prints findings for a person on stderr, each with its place and the surrounding lines. */
export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  const palette = stderrPalette();
  for (const diagnostic of diagnostics)
    process.stderr.write(`${renderDiagnostic(diagnostic, { palette, showFile })}\n`);
}

/** Shows a path as one would type it here. */
export function showFile(file: string): string {
  if (!isAbsolute(file)) return file;
  const path = relative(process.cwd(), file);
  if (path === '') return '.';
  return path.startsWith('..') ? file : path;
}

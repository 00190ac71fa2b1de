/** Findings about files: their structure and presentation, and the error that carries them. */
export { ConfigError } from './config-error.js';
export { byPlace, hasErrors, type Diagnostic, type RelatedPlace, type Severity } from './diagnostic.js';
export { codeFrame } from './frame.js';
export { didYouMean, nearest, suggestion } from './nearest.js';
export { visible } from './visible.js';
export { PLAIN, renderDiagnostic, type Palette } from './render.js';

/** The Computo engine: JSON in, JSON out, by scripts that are JSON themselves, or text that means the same JSON. */
export * from './engine.js';
export { parseText, printText, TextFormError, type ParsedText } from './text-form/index.js';

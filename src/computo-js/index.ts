/** The Computo engine: JSON in, JSON out. Scripts are JSON themselves, or text that stands for the same JSON. */
export * from './engine.js';
export { parseText, printText, TextFormError, type ParsedText } from './text-form/index.js';

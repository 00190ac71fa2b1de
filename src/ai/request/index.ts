/** The universal request: its shape, its check, its canonical text and its size in tokens. */
export { canonicalJson } from './canonical.js';
export { loadTokenCounter, roughTokens, type TokenCounter } from './likely-tokens.js';
export { parseRequest, type ParsedRequest } from './parse-request.js';
export { textOf, type JsonSchema, type Message, type UniversalRequest } from './request.js';
export { inputTokensMax } from './worst-tokens.js';

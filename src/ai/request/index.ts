/** The universal request: its shape, its check, its canonical text and its size in tokens. */
export type { CachePrefix } from '../../config/script/index.js';
export { canonicalJson } from './canonical.js';
export { loadTokenCounter, roughTokens, type TokenCounter } from './likely-tokens.js';
export { notExtra, NUMBERS, unknownMember } from './members.js';
export type { ReadPart } from './parse-message.js';
export { parseEmbedding } from './parse-embedding.js';
export { parseRequest, type ParsedRequest, type ParseOptions } from './parse-request.js';
export { mediaTypeOfData, mediaTypeOfName } from './media-type.js';
export {
  isMedia,
  mediaOf,
  partsOf,
  REASONING_EFFORTS,
  textOf,
  type JsonSchema,
  type MediaPart,
  type Message,
  type MessagePart,
  type ReasoningEffort,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
  type UniversalRequest,
} from './request.js';
export { toolProblem } from './parse-tools.js';
export { parseTags, tagNameProblem, tagValueProblem, tooManyTags, type ParsedTags, type Tags } from './tags.js';
export { inputTokensMax } from './worst-tokens.js';
export { isMap } from './problem.js';

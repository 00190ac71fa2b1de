/** Floor 2: an event, its id, and how its line is printed and parsed. */
export { AFTER_ID, BEFORE_DATA, BEFORE_ID, BEFORE_METADATA } from './frame.js';
export { ID_COUNTER_RANGE, ID_LENGTH, eventId, eventIdWriter } from './id.js';
export { idOfLine, isId, timestampOfLine } from './line-bytes.js';
export { pipelineOfLine, sentTo } from './pipeline-of-line.js';
export { envelopeText, metadataText } from './print.js';
export { isTick, isTickLine, readTick, tickRecord, withoutTicks, type Tick } from './tick.js';
export {
  contextOf,
  readMetadata,
  readStoredEvent,
  type RefusedLine,
  type StoredEvent,
  type StoredMetadata,
  type StoredOrigin,
} from './read.js';

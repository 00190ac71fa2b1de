/** Positions in inputs: how far each was read, so that a later run recognizes the position. Loaded only by runs with a checkpoint. */
export { placeOf, startMark, type InputMark } from './input-mark.js';
export { InputReached, placedBlocks, type PlacedInput } from './placed-blocks.js';
export { placedFile, type PlacedFile } from './placed-file.js';
export { StreamReader, type StreamState } from './stream-reader.js';

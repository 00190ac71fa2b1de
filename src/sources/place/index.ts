/** Places in inputs: how far each was read, known again later. For runs that keep a checkpoint; others do not load it. */
export { placeOf, startMark, type InputMark } from './input-mark.js';
export { InputReached, placedBlocks, type PlacedInput } from './placed-blocks.js';
export { placedFile, type PlacedFile } from './placed-file.js';
export { StreamReader, type StreamState } from './stream-reader.js';

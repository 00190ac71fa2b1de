/** Floor 1: encryption at rest. Keys, sealed texts, and sealed files of frames; see `frame.ts` for the format. */
export { KeyError } from './key-error.js';
export { KeyRing, missingKey, parseKey } from './key-ring.js';
export { isSealedText, keyIdOfText, openText, sealText } from './sealed-text.js';
export { FileSealer, sealWhole, type FramePlace } from './file-sealer.js';
export { SealedReader, UnreadableRange, FrameMap, type FileBytes, type SealedFinding } from './sealed-reader.js';
export { FRAME_MAGIC, HEADER_BYTES, isSealedFile, type SealedFileName } from './frame.js';

/** Floor 1: encryption at rest. Keys, sealed texts, and sealed files of frames; see `frame.ts` for the format. */
export { KeyError } from './key-error.js';
export { idOfKey, KeyRing, missingKey, parseKey } from './key-ring.js';
export { keyIdOfFile } from './key-id-of-file.js';
export { LOOSE_KEY_HINT, looseKeyFile } from './loose-mode.js';
export { isSealedText, keyIdOfText, openText, sealText } from './sealed-text.js';
export { FileSealer, sealWhole, type FramePlace } from './file-sealer.js';
export { FrameMap, type SealedFinding } from './frame-map.js';
export { fileContent } from './file-content.js';
export type { FileBytes } from './file-window.js';
export { SealedReader, UnreadableRange } from './sealed-reader.js';
export { FRAME_OVERHEAD_BYTES, SECTION_OVERHEAD_BYTES, SectionSealer } from './section-sealer.js';
export { sealedStart } from './sealed-start.js';
export { SectionOpener, type SectionDamage } from './section-opener.js';
export { SectionRekeyer } from './section-rekeyer.js';
export {
  FRAME_MAGIC,
  HEADER_BYTES,
  HEADER_MAGIC,
  LOG_ID_BYTES,
  isSealedFile,
  readHeader,
  type SealedFileName,
} from './frame.js';

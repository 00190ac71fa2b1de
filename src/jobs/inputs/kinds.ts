import { Kinds } from '../../config/kinds/index.js';
import { folder } from './folder.js';
import type { SourceKind } from './kind.js';
import { nats } from './nats.js';
import { stdin } from './stdin.js';

/** Every kind of source: a new one is a file, and a name here. */
export const sourceKinds = new Kinds<SourceKind>([stdin, folder, nats]);

import { Kinds } from '../../../config/kinds/index.js';
import { anthropic } from '../anthropic.js';
import type { Wire } from '../wire.js';
import { google } from '../google.js';
import { openaiCompatible } from '../openai-compatible.js';
import { openai } from '../openai.js';

/** Every kind of provider: a new one is a file, and a name here. Their libraries are only loaded with the first call. */
export const providerKinds = new Kinds<Wire>([openai, anthropic, google, openaiCompatible]);

export { vendors } from './vendors.js';

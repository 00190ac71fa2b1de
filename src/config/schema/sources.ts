import { FIELDS } from '../kinds/fields.js';
import type { Kinds, PathMaker, SourceInConfig } from '../kinds/index.js';
import { byKind, list } from './structures.js';

/** The sources read besides HTTP. The output includes how each source is planned. */
export function sources(kinds: Kinds<SourceInConfig>) {
  const source = byKind('a source', kinds, (kind) =>
    kind.schema(FIELDS).transform((settings) => (make: PathMaker) => kind.plan(settings, make)),
  );
  return list('sources', source).prefault([]).describe('What serve reads besides HTTP.');
}

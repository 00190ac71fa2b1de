import type { OutputPlan } from '../../src/config/index.js';
import type { SchemaVocabulary } from '../../src/config/kinds/index.js';
import type { StreamKind } from '../../src/sinks/kinds/kind.js';

const schema = (f: SchemaVocabulary) =>
  f.section({ memory: f.text('a name').describe('Keep the lines under this name.'), ...f.outputKeys() });

interface MemoryPlan extends OutputPlan {
  readonly name: string;
}

/** What was written, by name. */
export const written = new Map<string, string>();

/** A kind of output that no pipeline knows: the memory of this process. */
export const memory: StreamKind<ReturnType<typeof schema>['_output'], MemoryPlan> = {
  kind: 'memory',
  schema,
  files: [],
  plan: ({ memory: name }) => ({ kind: 'memory', name }),
  to: 'stream',
  open: ({ name }, { pipeline, index }) => ({
    name: `memory ${pipeline}/${index}`,
    write(lines) {
      written.set(name, (written.get(name) ?? '') + Buffer.from(lines).toString('utf8'));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  }),
};

/** The floors of the house, the lowest first. A file may import from its own folder, and from floors below its own. */
export const FLOORS: readonly (readonly string[])[] = [
  ['src/computo-js'],
  ['src/crypt', 'src/files', 'src/json', 'src/lmdb', 'src/nats', 'src/world'],
  ['src/event'],
  ['src/config'],
  ['src/ai', 'src/log'],
  ['src/sources', 'src/sinks'],
  ['src/pipeline'],
  ['src/server'],
  ['src/jobs'],
  ['src/cli', 'bin'],
];

/** Opens the outputs of all jobs. */
export {
  isStdout,
  keepingOf,
  keepsParts,
  toStdout,
  type FileTarget,
  type OutputTarget,
  type Targets,
} from './target.js';

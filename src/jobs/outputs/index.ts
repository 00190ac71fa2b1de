/** Where the results of jobs go: opened here, for all of them. */
export {
  isStdout,
  keepingOf,
  keepsParts,
  toStdout,
  type FileTarget,
  type OutputTarget,
  type Targets,
} from './target.js';

/** Where the results of jobs go: opened here, for all of them. */
export { keepingOf, keepsParts, type FileTarget, type OutputTarget, type Targets } from './target.js';

import type { Visit } from '../compile/index.js';
import type { Known, Report } from '../syntax/index.js';
import type { Names } from './names.js';

/** Looks at one node and reports what is wrong with it. */
export type CheckRule = (visit: Visit, report: Report, names: Names, known: Known) => void;

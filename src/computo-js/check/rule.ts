import type { Visit } from '../compile/index.js';
import type { Known, Report } from '../syntax/index.js';
import type { Names } from './names.js';

/** Checks one node and reports its problems. */
export type CheckRule = (visit: Visit, report: Report, names: Names, known: Known) => void;

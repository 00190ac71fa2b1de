/** File names of an output that has a file per key: their fields, how a key is written in them, and which files they match. */
export { groupOf } from './group.js';
export { misnamed, type Misnamed } from './misnamed.js';
export { tableEnding } from './table-ending.js';
export { nameOf, type NameOptions } from './name-of.js';
export {
  canBeOne,
  canLeadInto,
  fieldsIn,
  filesOfTemplate,
  parseTemplate,
  templatePath,
  type NameField,
  type NameTemplate,
} from './template.js';

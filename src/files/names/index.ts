/** The names of an output that has a file per key: which fields they have, what a key becomes in them, and which files they mean. */
export { groupOf } from './group.js';
export { misnamed, type Misnamed } from './misnamed.js';
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

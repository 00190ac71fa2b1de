/**
 * The text between the parts of an event's line, as the log stores it and `--envelope` prints it:
 *
 *   {"id":"…","timestamp":1752195600000,"data":…,"metadata":{…}}
 */
export const BEFORE_ID = '{"id":"';
export const AFTER_ID = '","timestamp":';
export const BEFORE_DATA = ',"data":';
export const BEFORE_METADATA = ',"metadata":';

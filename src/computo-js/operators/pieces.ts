/** The size of a part of a text, which refers to the text or copies a few of its characters, and of its slot in an array. */
export const UNITS_PER_PIECE = 10;

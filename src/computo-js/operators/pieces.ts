/** A part of a text by itself: it refers to the text, or copies a few of its characters; and its place in an array. */
export const UNITS_PER_PIECE = 10;

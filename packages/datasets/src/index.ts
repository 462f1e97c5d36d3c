export { datasetChecksum } from './checksum.js';
export { contactSheet, type ContactSheetOptions, type RgbPicture } from './contact-sheet.js';
export { shapes, type ShapesOptions } from './shapes/shapes.js';

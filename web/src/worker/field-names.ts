// Every field a frame can have. Loaded when somebody writes a filter.

export { fieldCatalogue } from 'wirewalk';

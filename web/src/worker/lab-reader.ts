// Reads labs from YAML. Loaded when somebody brings a file: the built-in labs are data already.

export { readLab } from 'wirewalk';

// The public names of wirewalk, one by one.

export { World, type WorldOptions } from './net/world.js';

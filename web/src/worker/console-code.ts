// What is needed only where something is typed: loaded then, so that the first look at a network does without.

export { commandNames, completeCommand, runCommand, startCommand } from 'wirewalk';

// What a person can mend: a wrong option, a lab file with mistakes, a name that does not exist.

/** Ends the program with exit code 2; the message is whole sentences for a person. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

// Why the operating system refused, in words.

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** The reason of a failed file operation, to stand behind a colon. @throws the error itself when it is none */
export function systemReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === undefined || !(error instanceof Error)) throw error;
  return REASONS[code] ?? error.message;
}

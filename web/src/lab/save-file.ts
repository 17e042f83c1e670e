// Hands bytes to the browser's downloads.

/** The browser has read the bytes by then. */
const KEPT = 30_000;

export function saveFile(name: string, type: string, bytes: Uint8Array): void {
  // The bytes came from the worker: never shared memory.
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}

export function saveText(name: string, type: string, text: string): void {
  saveFile(name, type, new TextEncoder().encode(text));
}

/** `12.3 kB` */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Last part of a path, as a name for a saved lab file. */
export function yamlName(file: string): string {
  const name = file.split(/[/\\]/).at(-1) || 'lab';
  return /\.(ya?ml|txt)$/i.test(name) ? name : `${name}.yaml`;
}

/** Where the page may not write to the clipboard, the result is false. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

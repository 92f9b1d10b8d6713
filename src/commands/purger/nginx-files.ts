import { open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** A cached file begins with nginx' own numbers, its key, and the answer's head: the tags stand within so many bytes. */
const HEAD_BYTES = 8192;
/** nginx names its files by the MD5 of their key. */
const CACHE_FILE = /^[0-9a-f]{32}$/;
const CACHE_TAG = /\r\ncache-tag: *([^\r\n]*)\r\n/i;

/**
 * Removes the files of an nginx cache (`proxy_cache_path`) whose `Cache-Tag` names one of `tags`. nginx takes a removed file for a
 * miss. Rejects when the directory cannot be read.
 */
export async function deleteTaggedFiles(directory: string, tags: readonly string[]): Promise<void> {
  const wanted = new Set(tags);
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    if (!entry.isFile() || !CACHE_FILE.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const held = await tagsOf(path);
    if (held.some((tag) => wanted.has(tag))) await unlink(path).catch(unlessGone);
  }
}

async function tagsOf(path: string): Promise<string[]> {
  const file = await open(path).catch(unlessGone);
  if (file === undefined) return [];
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const [, list = ''] = CACHE_TAG.exec(buffer.toString('latin1', 0, bytesRead)) ?? [];
    return list.split(',');
  } finally {
    await file.close();
  }
}

/** nginx removes files on its own, too. */
function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Bytes up to which a whole file is read at once to compute its checksum; larger ones have those of their chunks. */
export const CHEAP = 64 * 1024 ** 2;

/** SHA-256 in hexadecimal; null where the browser does not offer it (pages without HTTPS). */
export async function sha256(data: Blob): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", await data.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export async function cheapSha256(file: Blob): Promise<string | null> {
  return file.size <= CHEAP ? sha256(file) : null;
}

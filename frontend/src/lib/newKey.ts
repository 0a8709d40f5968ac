/** A name that nobody else has; also where the page does not come over HTTPS, which `crypto.randomUUID` asks for. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

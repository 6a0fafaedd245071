// A refusal by name: the one error that this client throws on purpose.
//
// The codes are listed in docs/ballot-client.md. `code` is for programs and for translations, `detail` says where and
// what in plain words, and holds nothing of a vote, of a code or of a seed.

export class Refusal extends Error {
  readonly code: string;
  readonly detail: string;
  /** Which code, from 0, where it is about one of several. */
  readonly index: number | undefined;

  constructor(code: string, detail: string, index?: number) {
    super(`${code}: ${detail}`);
    this.name = "Refusal";
    this.code = code;
    this.detail = detail;
    this.index = index;
  }
}

/** What `read` gives; a refusal inside it is told under the name `code`. */
export function under<T>(code: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(code, error.detail);
    throw error;
  }
}

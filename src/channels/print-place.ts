import { createHash } from 'node:crypto'
import { Writable } from 'node:stream'

/**
 * One folder at the print supplier, its files known by their names. Two kinds: a folder that they fetch from, and
 * their SFTP server.
 */
export interface PrintPlace {
  /** for messages: what and where, without secrets */
  readonly where: string
  /** the names that begin so */
  list(prefix: string): Promise<string[]>
  /** Writes the whole file into `into`. @returns false when there is none */
  read(name: string, into: Writable): Promise<boolean>
  /** Writes a new file, whole, as it comes. */
  write(name: string, content: AsyncIterable<Buffer>): Promise<void>
  /**
   * In one step; whoever looks sees the old name or the new.
   * @returns false when there is something under the new name already
   */
  move(from: string, to: string): Promise<boolean>
  /** No fault when it is not there. */
  remove(name: string): Promise<void>
  close(): Promise<void>
}

/** Opens the place; close it when done. */
export type OpenPlace = () => Promise<PrintPlace>

export async function visit<T>(
  open: OpenPlace,
  work: (place: PrintPlace) => Promise<T>,
): Promise<T> {
  const place = await open()
  try {
    return await work(place)
  } finally {
    await place.close()
  }
}

/** SHA-256 of a file in hex; undefined when there is none. */
export async function hashAt(place: PrintPlace, name: string): Promise<string | undefined> {
  const sum = createHash('sha256')
  const into = new Writable({ write: (chunk: Buffer, _, done) => (sum.update(chunk), done()) })
  return (await place.read(name, into)) ? sum.digest('hex') : undefined
}

/** A small file's text; undefined when there is none. */
export async function textAt(place: PrintPlace, name: string): Promise<string | undefined> {
  const chunks: Buffer[] = []
  const into = new Writable({ write: (chunk: Buffer, _, done) => (chunks.push(chunk), done()) })
  return (await place.read(name, into)) ? Buffer.concat(chunks).toString() : undefined
}

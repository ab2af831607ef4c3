import { stringify } from 'csv-stringify'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { messageOf, Refused } from '../../errors.ts'

export interface RejectedRow {
  row: number
  column: string
  code: string
  message: string
}

/**
 * The CSV with what was wrong, written while the file is read. It names row and column, never the value:
 * whoever has the file can look there, and the report can be sent on without personal data. Cells that a
 * spreadsheet would run as a formula are made text.
 */
export class RejectedRows {
  #path: string
  #out: ReturnType<typeof stringify> | undefined
  #file: ReturnType<typeof createWriteStream> | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** Adds a row, and waits when the disk is slower than the file is read. */
  async take(row: RejectedRow): Promise<void> {
    this.add(row)
    await this.settled()
  }

  add(row: RejectedRow): void {
    if (!this.#out) {
      this.#file = createWriteStream(`${this.#path}.part`, { mode: 0o600 })
      this.#file.on('error', () => {}) // close() reports it
      this.#out = stringify({
        header: true,
        columns: ['row', 'column', 'code', 'message'],
        bom: true,
        escape_formulas: true,
      })
      this.#out.pipe(this.#file)
    }
    this.#out.write(row)
  }

  /** Resolves when what was added is on its way to the disk, so that it does not pile up. */
  async settled(): Promise<void> {
    if (!this.#out?.writableNeedDrain || !this.#file || this.#file.closed) return
    await Promise.race([once(this.#out, 'drain'), once(this.#file, 'close')]) // closed early when the disk is full
  }

  /** @returns the file's path when there is anything in it; only a whole file gets the name */
  async close(): Promise<string | undefined> {
    if (!this.#out || !this.#file) return undefined
    try {
      const written = finished(this.#file)
      this.#out.end()
      await written
      await rename(`${this.#path}.part`, this.#path)
    } catch (error) {
      throw new Refused(
        'report-not-written',
        `The rejected rows can't be written to ${this.#path}: ${messageOf(error)}. ` +
          'Nothing was imported. Give another place with --rejected.',
      )
    }
    return this.#path
  }

  /** Gives up without leaving a part behind. */
  async discard(): Promise<void> {
    this.#out?.destroy()
    this.#file?.destroy()
    await rm(`${this.#path}.part`, { force: true })
  }
}

import { deflateTogether } from './deflate/deflate.ts'

/** A content stream: a page's operators or a form's. */
export interface Piece {
  ops: Buffer
  /** what ends it and can't be packed further (samples of a picture): it may stand as it is */
  plain: Buffer
}

/**
 * Packs the content streams of one file as zlib streams (RFC 1950).
 * @param code made for these pieces, or the one that is the same for all: not as good, but a single
 *   letter needn't wait for it
 * @returns the packed piece by its number; it is valid until the next one is asked for
 */
export type Pack = (pieces: readonly Piece[], code: 'own' | 'common') => (number: number) => Buffer

/**
 * The one place that says what packs. zlib can do it as well, four times as slowly (a test draws letters with it):
 * (pieces) => (number) => deflateSync(Buffer.concat([pieces[number]!.ops, pieces[number]!.plain]))
 */
export const pack: Pack = deflateTogether

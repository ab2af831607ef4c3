/** What mail servers do with a mail (RFC 3464, 2.3.3). */
export const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const
export type Action = (typeof actions)[number]

/** What a mail server says of one recipient; null where it doesn't. */
export interface RecipientReport {
  /** as the server that gave up wrote it, and as it was first sent; in small letters */
  address: string | null
  original: string | null
  action: Action | null
  /** RFC 3463, e.g. 5.1.1 */
  status: string | null
  /** in the words of the server that refused it */
  diagnostic: string
}

/** What a mail server says later of a mail. */
export interface Report {
  /** our references in the address that it came back to: nobody but the recipient's servers has seen it */
  returnedTo: string[]
  /** our references in what is returned of the mail */
  returned: string[]
  recipients: RecipientReport[]
  /** when it says that it was written */
  writtenAt: Date | null
}

/** One message as the stand-in took it. sha256 is that of the text's stored bytes ({"from","to","text"}). */
export interface TakenSms {
  reference: string
  messageId: string
  from: string
  to: string
  size: number
  sha256: string
  receivedAt: string
  /** where `keep` put its text */
  file?: string
}

/** What becomes of a message, in the words of Vonage's receipts. */
export type SmsFate = 'delivered' | 'undeliverable' | 'rejected'

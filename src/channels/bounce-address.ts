/**
 * The address that a mail which can't be delivered comes back to, with our reference in it (VERP): a server that returns
 * nothing of the mail still says whose it was. @param address e.g. studs@region.example
 */
export function bounceAddress(address: string, reference: string): string {
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at)}+${reference.replaceAll('-', '')}${address.slice(at)}`
}

/** The references in addresses that `bounceAddress` made, wherever they are in a text. */
export const bouncedTo = (text: string): string[] =>
  [...text.matchAll(/\+([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})@/gi)].map(
    (match) => match.slice(1).join('-').toLowerCase(),
  )

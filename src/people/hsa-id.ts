/** The id of a clinic in the national catalogue, e.g. SE2321000180-1001. */
export const hsaId = /^SE\d{10}-[A-Z0-9]{1,20}$/

/** An HSA-id as it is stored, from what files hold: in any case, with any hyphen, with a spreadsheet's mark for text. */
export function readHsaId(text: string): string | null {
  const id = text
    .replace(/^['’]/, '')
    .replace(/[‐‑‒–—−]/g, '-')
    .toUpperCase()
  return hsaId.test(id) ? id : null
}

/** Where things stand on the paper, in millimetres from its top left. Edit here when the supplier's envelope differs. */
export const sheet = {
  width: 210,
  height: 297,
  /** left and right alike, so that right-to-left letters mirror; the supplier's barcode needs 18 mm at the left */
  margin: 25,
  /** the window of an H2 (right) envelope on folded A4 */
  window: { left: 110, right: 200, top: 45, bottom: 80 },
  /** must end well above the window, behind which it stands in right-to-left letters */
  sender: { top: 12 },
  date: { top: 52 },
  title: { top: 93 },
  nextTop: 25,
  nextBottom: 277,
  /** how to check the letter ends the first page: its lower edge, and the side of its 2D code */
  check: { bottom: 284, code: 22 },
  footer: 291,
} as const

export const points = (millimetres: number) => (millimetres * 72) / 25.4

/** Points. Body text is 12 at least: most readers are old. */
export const sizesOf = (letter: { largePrint: boolean; rendered: { lineLength?: number } }) => {
  const body = letter.largePrint ? 17 : letter.rendered.lineLength ? 13 : 12
  return { body, leading: body * 1.38, title: letter.largePrint ? 25 : 20, heading: body * 1.17, big: body * 1.5, label: letter.largePrint ? 15 : 11.5, small: 10.5 }
}

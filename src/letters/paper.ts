import { num } from './pdf/text-operators.ts'

/** What differs between envelopes and suppliers, in millimetres from the paper's top left. */
export interface Sheet {
  /** what of the folded paper shows through the envelope */
  window: { left: number; right: number; top: number; bottom: number }
  /** left and right alike, so that right-to-left letters mirror; the supplier's barcode needs 18 mm at the left */
  margin: number
}

/** An H2 (right) envelope on folded A4. */
export const standardSheet: Sheet = {
  window: { left: 110, right: 200, top: 45, bottom: 80 },
  margin: 25,
}

/** Where things stand on the paper, in millimetres from its top left. */
export const placesOn = ({ window, margin }: Sheet) => ({
  window,
  margin,
  /** must end well above the window, behind which it stands in right-to-left letters */
  sender: { top: 12 },
  date: { top: window.top + 7 },
  title: { top: window.bottom + 13 },
  nextTop: 25,
  nextBottom: 277,
  /** how to check the letter ends the first page: its lower edge, and the side of its 2D code */
  check: { bottom: 284, code: 22 },
  footer: 291,
})

/**
 * The paper itself, in millimetres: what is free at its left for the supplier's barcode, and where it is
 * folded for an envelope of a third of A4 (for C5: at 148.5).
 */
export const paper = { width: 210, height: 297, barcode: 18, folds: [99, 198] } as const

/** Width and height of A4 in points. */
export const a4 = [595.28, 841.89] as const

export const points = (millimetres: number) => (millimetres * 72) / 25.4

/** How high over the paper's lower edge something stands that is so many points from the upper one, as PDF counts. */
export const up = (fromTop: number): string => num(a4[1] - fromTop)

/** Points. Body text is 12 at least: most readers are old. */
export const sizesOf = (look: { largePrint: boolean; lineLength?: number | undefined }) => {
  const body = look.largePrint ? 17 : look.lineLength ? 13 : 12
  return {
    body,
    leading: body * 1.38,
    title: look.largePrint ? 25 : 20,
    heading: body * 1.17,
    big: body * 1.5,
    label: look.largePrint ? 15 : 11.5,
    small: 10.5,
  }
}

/** What a coordinator chooses between. docs/developer/release.md explains the numbers; bench/release measures them. */
export type PolicyName = 'strict' | 'steady' | 'eager'

export interface Policy {
  name: PolicyName
  /** Margin against chance, in standard deviations: who happens to answer on which day. */
  zChance: number
  /** Margin against not knowing the answer curve, in standard deviations between the curves still plausible. */
  zCurve: number
  /** Relative common shock of a day's demand (weather, news). */
  shock: number
  /** Share of planned, not yet bookable places that is counted on until plans have been seen to hold or not. */
  plannedShare: number
  /** Share of places more than `insuredAfter` days ahead that is kept back against a cut. */
  insurance: number
  insuredAfter: number
  /** Fill places this many working days ahead of need, no further. Infinity: as far as the margins allow. */
  lead: number
  /**
   * The hard bound's factor once many have answered; before anybody has it is 1: a place is promised once. No
   * estimate opens it further.
   */
  hardFactor: number
  /** Letters older than this many days are not counted against the hard bound. */
  liveDays: number
  /** Share of the phone capacity that may be planned for. */
  phoneShare: number
}

const steady: Policy = {
  name: 'steady',
  zChance: 2,
  zCurve: 1.65,
  shock: 0.05,
  plannedShare: 0.9,
  insurance: 0.05,
  insuredAfter: 3,
  lead: 1,
  hardFactor: 4,
  liveDays: 12,
  phoneShare: 0.92,
}

export const policies: Readonly<Record<PolicyName, Policy>> = {
  strict: {
    ...steady,
    name: 'strict',
    plannedShare: 0,
    insurance: 0,
    lead: Infinity,
    hardFactor: 1,
    liveDays: 21,
  },
  steady,
  eager: { ...steady, name: 'eager', zCurve: 1.3, insurance: 0, lead: 6, hardFactor: 6 },
}

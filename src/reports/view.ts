import type { LateLetters } from '../messages/print/late-letters.ts'

/** now: when the report is made; title: its heading; late: letters that should have left */
export interface ReportHead {
  now: Date
  title: string
  late?: LateLetters[]
}

// What report.hbs shows: finished words and plots. Nothing is left out of it: the template fails on what is missing.

export interface Table {
  caption: string
  head: { label: string; numeric: boolean }[]
  rows: { text: string; numeric: boolean; code: boolean }[][]
  /** what is in the last row, e.g. totals */
  foot: { text: string; numeric: boolean }[] | null
}

export interface Plot {
  caption: string
  svg: string
  note: string
  table: Table
}

export interface Section {
  heading: string
  text: string | null
  plots: Plot[]
  tables: Table[]
}

/** A goal, and how it is doing in a colour and in words. */
export interface GoalView {
  heading: string
  /** which share, by when, for what */
  aim: string
  /** null: of nobody, or of too few to be shown */
  colour: 'green' | 'yellow' | 'red' | null
  colourWord: string
  state: string
  reason: string
  plots: Plot[]
  tables: Table[]
}

export interface Page {
  title: string
  made: string
  /** what somebody must see to now */
  alarms: string[]
  key: { label: string; value: string; more: string }[]
  goals: GoalView[]
  /** how the goals' numbers are made; null: there are no goals */
  goalsNote: string | null
  campaigns: {
    id: string
    name: string
    what: string
    facts: { label: string; value: string }[]
    sections: Section[]
  }[]
  region: Section[]
}

import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { TextVersion } from './texts.ts'

/**
 * `source`: Swedish, which is approved with the campaign. `draft`: nobody has read this version. `approved`:
 * somebody has. `stale`: the Swedish text has changed since it was translated or approved.
 */
export type TextState = 'source' | 'draft' | 'approved' | 'stale'

export interface Approval {
  template: string
  language: string
  channel: string
  version: string
  source: string
  approver: string
  approvedAt: Date
}

export const textApprovals = (db: Db): Promise<Approval[]> =>
  rows<Approval>(
    db,
    `select template, language, channel, version, source, approver, approved_at as "approvedAt"
       from text_approval
      order by approved_at, approver`,
  )

/** What a text's state is, given the approvals there are. */
export function stateOf(
  text: TextVersion,
  approvals: Approval[],
): { state: TextState; approval?: Approval } {
  if (!text.source) return { state: text.language === 'sv' ? 'source' : 'draft' }
  const { now, said } = text.source
  const ofThis = approvals.filter(
    (a) =>
      a.template === text.template &&
      a.language === text.language &&
      a.channel === text.channel &&
      a.version === text.version,
  )
  const approval = ofThis.find((a) => a.source === now)
  if (said !== undefined && said !== now) return { state: 'stale' }
  if (approval) return { state: 'approved', approval }
  return { state: ofThis.length > 0 ? 'stale' : 'draft' }
}

/**
 * Records that a person has read a translation beside the Swedish text and stands for it.
 * @throws Refused `unknown-text`, `no-translation` (Swedish), `stale-text` when it was made from another
 *   Swedish text than there is now
 */
export async function approveText(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  text: TextVersion,
  approver: string,
): Promise<void> {
  const name = `${text.template} ${text.language} ${text.channel}`
  if (!text.source)
    throw new Refused(
      'no-translation',
      `${name} is no translation of a Swedish text: it is approved with the campaign.`,
    )
  const { now, said } = text.source
  if (said !== undefined && said !== now) {
    throw new Refused(
      'stale-text',
      `${name} was made from the Swedish text ${said}, which is now ${now}. Translate what has changed, ` +
        `write source: "${now}" in its front matter, and approve it then.`,
    )
  }
  if (approver.trim() === '') throw new Refused('no-name', 'Say who approves: --by NAME')
  await run(
    pool,
    'insert into text_approval (template, language, channel, version, source, approver, approved_at) values ' +
      '($1, $2, $3, $4, $5, $6, $7) on conflict do nothing',
    [text.template, text.language, text.channel, text.version, now, approver.trim(), clock.now()],
  )
}

/** @throws Refused `unknown-text` naming what there is */
export function findText(
  all: TextVersion[],
  template: string,
  language: string,
  channel: string,
): TextVersion {
  const found = all.find(
    (t) => t.template === template && t.language === language && t.channel === channel,
  )
  if (found) return found
  const near = all.filter((t) => t.template === template)
  const there =
    near.length > 0
      ? near.map((t) => `${t.language} ${t.channel}`)
      : [...new Set(all.map((t) => t.template))]
  throw new Refused(
    'unknown-text',
    `There is no text ${template} ${language} ${channel}. There are: ${there.join(', ')}.`,
  )
}

import { createHash } from 'node:crypto'
import { pauseCampaign } from '../campaigns/actions.ts'
import { campaignNamed } from '../campaigns/store.ts'
import { compileCohort } from '../cohorts/compile.ts'
import { dayOf } from '../people/dates.ts'
import type { Happened } from '../campaigns/spec.ts'
import { readRule, type CohortRule } from '../cohorts/rule.ts'
import { saveCohort } from '../cohorts/store.ts'
import { row, rows, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Selection } from '../ledger/selection.ts'
import { languagesOf, type CorrectionWords } from './correct-words.ts'
import { findTarget, makeTarget, whoGotIt, type Aim, type Target } from './correct-target.ts'
import { insertDraft, type NoticeDeps } from './notice.ts'
import { noticeSpec } from './spec.ts'
import { noticeNamed, type Notice } from './store.ts'

export interface CorrectionOrder {
  /** a campaign, notice, batch, wave (CAMPAIGN@DAY, CAMPAIGN@DAY/AREA) or reconciliation:ID */
  of: string
  /** without it: the content was wrong */
  happened?: Happened
  words: CorrectionWords
  /** what happens to people that it has not reached: their invitation is withdrawn, or its message composed again */
  unsent?: 'withdraw' | 'anew'
  /** only those who are members of this cohort */
  only?: unknown
  public?: boolean
  /** on the region's pages and in the feeds, and sent to nobody; what has not left is taken back all the same */
  pagesOnly?: boolean
  callsPer100?: number
  name?: string
}

export interface CorrectionCounts {
  /** people who got it, by channel and language: each gets one correction, the same way */
  got: { channel: string; language: string; number: number }[]
  people: number
  /** people about whom nobody knows yet: they get it if it turns out that they got the message */
  maybe: number
  /** messages that are taken back first */
  unsent: number
  /** people who have had no message yet and are withdrawn; none when it is said again */
  notYetInvited: number
  /** messages that never got there: no correction */
  lost: number
}

/**
 * Makes a draft of a correction and says whom it would go to. If messages of the campaign can still leave, it is paused
 * first, so that no more people get what is wrong; a person resumes it. The very same correction again is the one there
 * is, and sends nothing.
 * @throws Refused `unknown-target`, `nothing-to-correct`, `nobody-twice`, `not-said-again`, `missing-words` naming the languages, `bad-cohort`,
 *   `notice-exists`
 */
export async function createCorrection(
  deps: NoticeDeps,
  order: CorrectionOrder,
  actor: string,
): Promise<{ notice: Notice; counts: CorrectionCounts; paused: boolean }> {
  const { pool, clock } = deps
  refuseImpossible(order)
  const only = order.only === undefined ? null : readRule(order.only)
  const made = await transaction(pool, async (tx) => {
    const target = await findTarget(tx, order.of)
    const counts = await countTarget(
      tx,
      target,
      { only, happened: order.happened },
      order.unsent ?? 'withdraw',
      dayOf(clock.now()),
    )
    const there = await row(tx, 'select from campaign where name = $1', [nameOf(order)])
    if (!there && counts.people + counts.maybe + counts.unsent + counts.notYetInvited === 0)
      throw nothing(order)
    if (!order.pagesOnly) refuseMissingWords(order, counts)
    const cohortId = only
      ? (await saveCohort(tx, clock, `${nameOf(order)}-only`.slice(0, 80), only)).id
      : target.campaign.cohortId
    await insertDraft(
      tx,
      specOf(order, target, only),
      { cohortId, corrects: order.of, isPublic: isPublic(order) },
      actor,
      clock.now(),
    )
    return { notice: await noticeNamed(tx, nameOf(order)), counts, target }
  })
  const more = made.counts.unsent + made.counts.notYetInvited > 0 && made.notice.state === 'draft'
  const paused = more && (await campaignNamed(pool, made.target.campaign.name)).state === 'running'
  if (paused)
    await pauseCampaign(
      deps,
      made.target.campaign.name,
      actor,
      `rättelse på gång: ${made.notice.name}`,
    )
  return { notice: made.notice, counts: made.counts, paused }
}

const nothing = ({ of, happened }: CorrectionOrder) =>
  happened === 'sent-twice'
    ? new Refused(
        'nobody-twice',
        `It is not known that anybody got anything of ${of} twice. Name the batch that was printed twice, read the ` +
          "supplier's receipt (reconcile), or say who with --only.",
      )
    : new Refused(
        'nothing-to-correct',
        `Nobody has got anything of ${of}, and nothing is on its way: there is nothing to correct.`,
      )

/** The counts that `createCorrection` would answer with; writes nothing. */
export async function previewCorrection(
  { pool, clock }: NoticeDeps,
  order: CorrectionOrder,
): Promise<CorrectionCounts> {
  refuseImpossible(order)
  const only = order.only === undefined ? null : readRule(order.only)
  return transaction(pool, async (tx) => {
    const counts = await countTarget(
      tx,
      await findTarget(tx, order.of),
      { only, happened: order.happened },
      order.unsent ?? 'withdraw',
      dayOf(clock.now()),
    )
    if (!order.pagesOnly) refuseMissingWords(order, counts)
    return counts
  })
}

/** The counts of a draft that there is, now. */
export function correctionCounts(
  { pool, clock }: NoticeDeps,
  { spec }: Notice,
): Promise<CorrectionCounts> {
  const { of, unsent } = spec.notice!.correction!
  return transaction(pool, async (tx) =>
    countTarget(tx, await findTarget(tx, of), aimOf(spec), unsent, dayOf(clock.now())),
  )
}

export const onlyOf = (spec: Notice['spec']): CohortRule | null =>
  spec.cohort.rule ? readRule(spec.cohort.rule) : null

export const aimOf = (spec: Notice['spec']): Aim => ({
  only: onlyOf(spec),
  happened: spec.notice!.correction!.happened,
})

/** Invitations that no message has been made for yet: of a whole campaign those too are wrong. */
export const notYetInvited = (campaignId: number, only: CohortRule | null): Selection => ({
  sql: `
    select i.id
      from invitation i
     where i.campaign_id = $1
       and i.state in ('planned', 'waiting')
       ${only ? 'and i.person_id in (select id from narrowed)' : ''}`,
  values: [campaignId],
})

async function countTarget(
  tx: Db,
  target: Target,
  aim: Aim,
  unsent: 'withdraw' | 'anew',
  today: string,
): Promise<CorrectionCounts> {
  await makeTarget(tx, target, aim, today)
  const got = await rows<CorrectionCounts['got'][number]>(
    tx,
    `select channel, language, count(*)::int as number
       from (${whoGotIt}) x
      where sure
      group by 1, 2
      order by 1, 2`,
  )
  const rest = await row<{ maybe: number; unsent: number; lost: number }>(
    tx,
    `select (select count(*)::int from (${whoGotIt}) x where not sure) as maybe,
            count(*) filter (where state = 'unsent')::int as unsent,
            count(*) filter (where state = 'lost')::int as lost
       from target`,
  )
  const later =
    target.whole && unsent === 'withdraw' && aim.happened !== 'sent-twice'
      ? await countNotYetInvited(tx, target, aim.only, today)
      : 0
  return { got, people: got.reduce((sum, g) => sum + g.number, 0), ...rest!, notYetInvited: later }
}

async function countNotYetInvited(
  tx: Db,
  target: Target,
  only: CohortRule | null,
  today: string,
): Promise<number> {
  await makeNarrowed(tx, only, today)
  const { sql, values } = notYetInvited(target.campaign.id, only)
  const found = await row<{ n: number }>(tx, `select count(*)::int as n from (${sql}) x`, values)
  return found?.n ?? 0
}

/** The temporary table `narrowed` with the members of the cohort, when there is one. */
export async function makeNarrowed(tx: Db, only: CohortRule | null, today: string): Promise<void> {
  if (!only) return
  const { sql, values } = compileCohort(only, today)
  await tx.query(`create temporary table narrowed (id bigint primary key) on commit drop`)
  await tx.query(`insert into narrowed (id) ${sql}`, values)
}

function refuseImpossible({ happened, unsent }: CorrectionOrder): void {
  if (happened === 'wrong-people' && unsent === 'anew')
    throw new Refused(
      'not-said-again',
      'What was for the wrong people is not sent to them again: leave out --unsent anew.',
    )
}

function refuseMissingWords({ words }: CorrectionOrder, counts: CorrectionCounts): void {
  const written = languagesOf(words)
  if (!written) return // the texts say all of it
  const has = (language: string) =>
    written.includes(language) || (language === 'sv-simple' && written.includes('sv'))
  const missing = [
    ...Map.groupBy(
      counts.got.filter(({ language }) => whole.has(language) && !has(language)),
      (g) => g.language,
    ),
  ].map(
    ([language, groups]) => `${language} (${groups.reduce((sum, g) => sum + g.number, 0)} people)`,
  )
  if (missing.length > 0)
    throw new Refused(
      'missing-words',
      `People got it in ${missing.join(', ')}: say what was wrong and what is right in that language too.`,
      { missing },
    )
}

/**
 * Languages that there are whole texts in; who got a Swedish letter with another language on its back gets the
 * correction the same way.
 */
const whole = new Set(['sv', 'sv-simple', 'en', 'ar'])

const isPublic = (order: CorrectionOrder): boolean =>
  Boolean(order.public) || Boolean(order.pagesOnly)

const wordsHash = (
  { words, of, only, unsent, pagesOnly, happened }: CorrectionOrder,
  withAim: boolean,
): string => {
  const said = happened && happened !== 'wrong-content' ? [happened, words] : words
  return createHash('sha256')
    .update(
      JSON.stringify(
        withAim
          ? [said, of, only ?? null, unsent ?? 'withdraw', ...(pagesOnly ? ['pages'] : [])]
          : said,
      ),
    )
    .digest('hex')
    .slice(0, 8)
}

const nameOf = (order: CorrectionOrder): string =>
  order.name ??
  `correction-${order.of
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 58)}-${wordsHash(order, true)}`.replaceAll(/-+/g, '-')

const texts: Record<Happened, string> = {
  'wrong-content': 'correction',
  'sent-twice': 'correction-twice',
  'wrong-people': 'correction-wrong-people',
}

/** The words about a campaign are the purpose: nobody is told the same twice, however the corrections were aimed. */
function specOf(
  order: CorrectionOrder,
  { campaign: { name, spec } }: Target,
  only: CohortRule | null,
): Notice['spec'] {
  const written = languagesOf(order.words) ?? [...whole]
  const happened = order.happened ?? 'wrong-content'
  return noticeSpec({
    name: nameOf(order),
    purpose: `correction/${name}/${wordsHash(order, false)}`,
    cohort: { name: spec.cohort.name, rule: only },
    what: spec.what,
    ...(spec.phoneHours ? { phoneHours: spec.phoneHours } : {}),
    abroad: spec.abroad,
    languages: [...whole].filter(
      (language) => written.includes(language) || language === 'sv-simple',
    ),
    channels: order.pagesOnly ? [] : ['letter', 'sms', 'email'],
    signer: spec.signer,
    notice: {
      kind: 'correction',
      template: texts[happened],
      ...(isPublic(order) ? { public: true } : {}),
      perHousehold: false,
      callsPer100: order.callsPer100 ?? 5,
      correction: {
        ...(happened === 'wrong-content' ? {} : { happened }),
        ...order.words,
        ...(happened === 'wrong-people' && spec.way === 'timed' ? { gaveTimes: true } : {}),
        of: order.of,
        unsent: order.unsent ?? 'withdraw',
      },
    },
  })
}

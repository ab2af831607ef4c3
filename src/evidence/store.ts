import { createHash } from 'node:crypto'
import { row, rows, type Db } from '../db/pool.ts'
import { readWhatOpens } from '../messages/stored-letters.ts'

interface Approver {
  approver: string
  approvedAt: string
}

/** What was sent and when, without address and text. */
export interface MessageFacts {
  id: string
  campaign: string
  purpose: string
  step: string
  channel: 'letter' | 'sms' | 'email'
  language: string
  template: string
  templateVersion: string | null
  state: string
  reason: string | null
  dueAt: Date
  sentAt: Date | null
  deliveredAt: Date | null
  /** the print batch of a letter */
  batch: string | null
  receipts: { status: string; at: string; errorCode: string | null }[]
}

/** The same as evidence: to which address, approved by whom, and the bytes themselves. */
export interface SentEvidence extends MessageFacts {
  /** the address it was sent to; null for letters: it is in the letter */
  recipient: string | null
  checkCode: string
  /** who approved the campaign until it was sent; with texts that had changed, once more */
  campaignApprovals: Approver[]
  /** who approved the translation; Swedish texts are approved with the campaign */
  textApprovals: Approver[]
  content: Buffer | null
  contentSha256: string | null
  /** the kept bytes are those whose hash was noted when they were sent */
  intact: boolean | null
}

export interface FoundPerson {
  /** the leading record's */
  id: number
  protected: boolean
}

const found = `
  select p.lead_id as id, bool_or(record.protection <> 'none') as protected
    from person p
    join person record on record.lead_id = p.lead_id`

/** @param identityNumber in its stored form; of any of a person's records */
export const personByNumber = (db: Db, identityNumber: string): Promise<FoundPerson | undefined> =>
  row<FoundPerson>(db, `${found} where p.identity_number = $1 group by p.lead_id`, [identityNumber])

export const personOfMessage = (db: Db, messageId: string): Promise<FoundPerson | undefined> =>
  row<FoundPerson>(
    db,
    `${found}
      where p.id = (select person_id from message where id = $1
                    union all
                    select person_id from protected_letter where id = $1)
      group by p.lead_id`,
    [messageId],
  )

export const personById = (db: Db, id: number): Promise<FoundPerson | undefined> =>
  row<FoundPerson>(db, `${found} where p.id = $1 group by p.lead_id`, [id])

/** Approvals as JSON, the first first. @param where which of the table's */
const approvals = (table: 'campaign_approval' | 'text_approval', where: string): string => `
         (select coalesce(jsonb_agg(jsonb_build_object('approver', approver, 'approvedAt', approved_at)
                                    order by approved_at), '[]')
            from ${table} t
           where ${where})`

/** @param sentAt the column that says when; channel: SQL for the message's channel */
const approvalsOf = (sentAt: string, channel: string): string =>
  `${approvals(
    'campaign_approval',
    `t.campaign_id = m.campaign_id and t.approved_at <= coalesce(${sentAt}, 'infinity')`,
  )} as "campaignApprovals",${approvals(
    'text_approval',
    `t.template = m.template and t.language = m.language
             and t.channel = ${channel} and t.version = m.template_version`,
  )} as "textApprovals"`

const facts = `
  select m.id, c.name as campaign, m.purpose, m.step, m.channel, m.language,
         m.template, m.template_version as "templateVersion", m.state, m.reason,
         m.due_at as "dueAt", m.sent_at as "sentAt", m.delivered_at as "deliveredAt", b.name as batch,
         (select coalesce(jsonb_agg(jsonb_build_object('status', status, 'at', at, 'errorCode', error_code)
                                    order by at), '[]')
            from receipt
           where message_id = m.id) as receipts`
const evidence = `${facts},
         m.recipient, m.check_code as "checkCode", m.content,
         m.kept_in as "keptIn", m.kept_line as "keptLine", m.content_sha256 as "contentSha256",
         ${approvalsOf('m.sent_at', 'm.channel')}`
const from =
  'from message m left join campaign c on c.id = m.campaign_id left join batch b on b.id = m.batch_id'

// Letters to those with a protected identity are in no batch (messages/protected/protected-letters.ts).
const protectedFacts = `
  select m.id, c.name as campaign, m.purpose, 'invitation' as step, 'letter' as channel, m.language,
         m.template, m.template_version as "templateVersion",
         case when m.posted_at is null then 'queued' else 'sent' end as state, null as reason,
         m.made_at as "dueAt", m.posted_at as "sentAt", null as "deliveredAt", null as batch, '[]'::jsonb as receipts`
const protectedEvidence = `${protectedFacts},
         null as recipient, m.check_code as "checkCode", m.content,
         null as "keptIn", null as "keptLine", m.content_sha256 as "contentSha256",
         ${approvalsOf('m.posted_at', "'letter'")}`
const fromProtected = 'from protected_letter m join campaign c on c.id = m.campaign_id'

const theirs = 'where m.person_id in (select id from person where lead_id = $1)'
const oldestFirst = <T extends { id: string; sentAt: Date | null; dueAt: Date }>(all: T[]): T[] =>
  all.sort(
    (a, b) =>
      (a.sentAt ?? a.dueAt).getTime() - (b.sentAt ?? b.dueAt).getTime() || (a.id < b.id ? -1 : 1),
  )

/**
 * Everything that was or is to be sent to a person, whichever record it was made for, the oldest first.
 * @param personId the leading record's
 */
export const factsOf = async (db: Db, personId: number): Promise<MessageFacts[]> =>
  oldestFirst([
    ...(await rows<MessageFacts>(db, `${facts} ${from} ${theirs}`, [personId])),
    ...(await rows<MessageFacts>(db, `${protectedFacts} ${fromProtected} ${theirs}`, [personId])),
  ])

/** The same with the bytes. */
export const messagesOf = async (db: Db, personId: number): Promise<SentEvidence[]> =>
  oldestFirst([
    ...(await read(db, `${evidence} ${from} ${theirs}`, personId)),
    ...(await read(db, `${protectedEvidence} ${fromProtected} ${theirs}`, personId)),
  ])

export const messageEvidence = async (db: Db, id: string): Promise<SentEvidence | undefined> =>
  (await read(db, `${evidence} ${from} where m.id = $1`, id))[0] ??
  (await read(db, `${protectedEvidence} ${fromProtected} where m.id = $1`, id))[0]

async function read(db: Db, sql: string, value: string | number): Promise<SentEvidence[]> {
  const found = await rows<SentEvidence & { keptIn: number | null; keptLine: number | null }>(
    db,
    sql,
    [value],
  )
  const changed = await readWhatOpens(db, found)
  const unopened = new Set(changed.map(({ id }) => id))
  return found.map(({ keptIn: _, keptLine: __, ...message }) => ({
    ...message,
    intact: unopened.has(message.id)
      ? false
      : message.content &&
        createHash('sha256').update(message.content).digest('hex') === message.contentSha256,
  }))
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askReminders } from '../../src/visits/attendance-reminders.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { confirmByEmail } from '../../src/bookings/confirm.ts'
import {
  approveCampaign,
  createCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { openChannels } from '../../src/channels/open.ts'
import { readConfig } from '../../src/config.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { composer } from '../../src/messages/compose.ts'
import { dispatch } from '../../src/messages/dispatch/dispatch.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { campaignStatus } from '../../src/reports/status.ts'
import { approveText } from '../../src/texts/approvals.ts'
import { templatesFolder } from '../../src/texts/files.ts'
import { textGate } from '../../src/texts/gate.ts'
import { textsThatMayLeave } from '../../src/texts/may-leave.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { textsOf } from '../../src/texts/campaign-texts.ts'
import { messageEvidence } from '../../src/evidence/store.ts'
import { keptMessages } from '../support/kept.ts'
import { openSpec, specOf } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

let s: Sending
let folder: string
beforeEach(async () => {
  s = await sending({ people: 12, places: 12 })
  folder = await mkdtemp(join(tmpdir(), 'templates-'))
  await cp(templatesFolder, folder, { recursive: true })
})
afterEach(async () => {
  await rm(folder, { recursive: true })
  await s.close()
})

const drafts = { ALLOW_DRAFT_TEXTS: 'true' }
const deps = (env: Record<string, string> = drafts) => ({
  pool: s.db.pool,
  clock: s.clock,
  jobs: s.jobs,
  textGate: textGate(readConfig(env), folder),
})
const step = (channel: string, template = 'invitation-open') => [
  {
    route: 'only',
    needs: [channel === 'letter' ? 'address' : 'email'],
    steps: [{ step: 'invitation', channel, template }],
  },
]
const byEmail = (over: object = {}) =>
  openSpec({ languages: ['sv'], channels: step('email'), ...over })
const approve = (name: string, by: string, env = drafts) => approveCampaign(deps(env), name, by)

/** A word of a text, or of a block that texts share, becomes another. */
async function change(
  file: string,
  from = /\n---\n/,
  to = '\n---\nNytt. ',
): Promise<() => Promise<void>> {
  const good = await readFile(join(folder, file), 'utf8')
  expect(good).toMatch(from)
  await writeFile(join(folder, file), good.replace(from, to))
  return () => writeFile(join(folder, file), good)
}

async function started(spec: object, env = drafts): Promise<number> {
  const { id, name } = await createCampaign(deps(), spec, 'anna')
  for (const by of ['anna', 'bertil']) await approve(name, by, env)
  await startCampaign(deps(env), name, 'anna')
  await planCampaign(deps(), id)
  await releaseWave(deps(), id)
  return id
}

/** A worker that is started now: it sends what its texts, read now, say. */
async function worker(env: Partial<typeof drafts> = drafts) {
  const { texts, refresh } = await textsThatMayLeave(s.db.pool, readConfig(env), folder)
  await refresh()
  const over = { texts, compose: composer(texts, openChannels(s.config), s.config) }
  return {
    send: () => dispatch(s.deps('email', over), 200),
    print: (id: number) => printLetters(s.printDeps(over), id),
  }
}

/** Somebody with an e-mail address books a place. */
async function booked(
  campaign: number,
  slot: number,
): Promise<{ id: number; appointmentId: number }> {
  const { id, code } = (await row<{ id: number; code: string }>(
    s.db.pool,
    `select id, code from invitation where campaign_id = $1 and state = 'released' limit 1`,
    [campaign],
  ))!
  return { id, ...(await bookByCode(s.db.pool, s.clock, code, slot, 'person')) }
}

const versionOf = async (name: string) =>
  (await loadTexts(folder)).all().find((t) => `${t.template} ${t.language} ${t.channel}` === name)!
    .version
const stateOf = async (name = 'open-campaign') =>
  (await row<{ state: string; why: string | null }>(
    s.db.pool,
    'select state, paused_why as why from campaign where name = $1',
    [name],
  ))!
const messages = async () =>
  Object.fromEntries(
    (
      await rows<{ k: string; n: number }>(
        s.db.pool,
        `select split_part(step, ':', 1) || ' ' || state as k, count(*)::int as n from message group by 1`,
      )
    ).map((r) => [r.k, r.n]),
  )

describe('approval', () => {
  it('by two people is of the same texts', async () => {
    await createCampaign(deps(), byEmail(), 'anna')
    expect(await approve('open-campaign', 'anna')).toMatchObject({ state: 'draft', approvals: 1 })
    const back = await change('invitation-open/sv/email.hbs')
    expect(await approve('open-campaign', 'bertil')).toMatchObject({ state: 'draft', approvals: 1 })
    expect((await campaignStatus(s.db.pool, 'open-campaign')).approvals).toEqual(['bertil'])
    await expect(startCampaign(deps(), 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'illegal-transition',
    })
    await expect(run(s.db.pool, `update campaign set state = 'approved'`)).rejects.toThrow(
      'two people with the same texts',
    )
    expect(await approve('open-campaign', 'anna')).toMatchObject({
      state: 'approved',
      approvals: 2,
    })
    await back()
    expect(await approve('open-campaign', 'anna')).toMatchObject({
      state: 'approved',
      approvals: 1,
    }) // what bertil has approved he has not approved
    await expect(startCampaign(deps(), 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'texts-changed',
      message: expect.stringContaining('only anna has approved them') as unknown,
    })
    expect(await approve('open-campaign', 'anna')).toMatchObject({ approvals: 1 })
    expect(await row(s.db.pool, 'select count(*)::int as n from campaign_approval')).toEqual({
      n: 4,
    })
  })

  it('holds a start to the texts: one that changed afterwards is named, and goes when two have approved it, or it is put back', async () => {
    await createCampaign(deps(), byEmail(), 'anna')
    for (const by of ['anna', 'bertil']) await approve('open-campaign', by)
    const before = await versionOf('invitation-open sv email')
    const back = await change('invitation-open/sv/email.hbs')
    const now = await versionOf('invitation-open sv email')
    await expect(startCampaign(deps(), 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'texts-changed',
      details: { faults: [`invitation-open sv email: ${before} → ${now}`] },
      message: expect.stringContaining('campaign approve open-campaign --by NAME') as unknown,
    })
    expect(await stateOf()).toEqual({ state: 'approved', why: null })
    await approve('open-campaign', 'anna')
    await expect(startCampaign(deps(), 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'texts-changed',
    })
    await approve('open-campaign', 'bertil')
    expect(await startCampaign(deps(), 'open-campaign', 'anna')).toMatchObject({
      state: 'planning',
    })
    await back()
    await createCampaign(deps(), byEmail({ name: 'other', purpose: 'other' }), 'anna')
    for (const by of ['anna', 'bertil']) await approve('other', by)
    const again = await change('_blocks/sv/signature.hbs', /\n/, ' och vänner\n')
    await expect(startCampaign(deps(), 'other', 'anna')).rejects.toMatchObject({
      code: 'texts-changed',
    })
    await again()
    expect(await startCampaign(deps(), 'other', 'anna')).toMatchObject({ state: 'planning' })
  })

  it('holds a resume to them, and to a text that is no more', async () => {
    await started(byEmail({ languages: ['sv', 'en'] }))
    await pauseCampaign(deps(), 'open-campaign', 'anna', 'wait')
    const english = join(folder, 'invitation-open/en/email.hbs')
    const good = await readFile(english)
    await rm(english)
    await expect(resumeCampaign(deps(), 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'texts-changed',
      details: { faults: [expect.stringMatching(/^invitation-open en email: 1-.* → –$/)] },
    })
    expect(await stateOf()).toEqual({ state: 'paused', why: 'wait' })
    await writeFile(english, good)
    expect(await resumeCampaign(deps(), 'open-campaign', 'anna')).toMatchObject({
      state: 'running',
    })
  })
})

describe('a campaign that is sending', () => {
  it('pauses with the reason when a text is no longer the one that was approved, and sends the new one when two have approved it', async () => {
    const id = await started(byEmail())
    const other = await started(
      byEmail({ name: 'other', purpose: 'other', channels: step('email', 'reminder') }),
    )
    const before = await versionOf('invitation-open sv email')
    await change('invitation-open/sv/email.hbs')
    const now = await versionOf('invitation-open sv email')
    await (await worker()).send()
    expect(await stateOf()).toEqual({
      state: 'paused',
      why: `texts changed, two people must approve them: invitation-open sv email: ${before} → ${now}`,
    })
    expect(
      await rows(
        s.db.pool,
        'select campaign_id as id, state, count(*)::int as n from message group by 1, 2 order by 1',
      ),
    ).toEqual([
      { id, state: 'queued', n: 4 },
      { id: other, state: 'sent', n: 4 },
    ])
    expect(s.mails()).toHaveLength(4)
    expect(await stateOf('other')).toEqual({ state: 'running', why: null })

    await expect(resumeCampaign(deps(), 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'texts-changed',
    })
    s.clock.moveTo(new Date('2021-03-08T10:00:00+01:00'))
    await approve('open-campaign', 'anna')
    await expect(resumeCampaign(deps(), 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'texts-changed',
    })
    await approve('open-campaign', 'cecilia')
    await resumeCampaign(deps(), 'open-campaign', 'anna')
    await (await worker()).send()
    const sent = await keptMessages(s.db.pool, `m.campaign_id = $1 and m.state = 'sent'`, [id])
    expect(sent.map(({ version }) => version)).toEqual([now, now, now, now])
    expect(
      (await messageEvidence(s.db.pool, sent[0]!.id))?.campaignApprovals.map(
        ({ approver }) => approver,
      ),
    ).toEqual(['anna', 'bertil', 'anna', 'cecilia'])
  })

  it('prints no letter of it either, not for a word of a block that the letter shares', async () => {
    const id = await started(openSpec({ languages: ['sv'], channels: step('letter') }))
    const back = await change('_blocks/sv/signature.hbs', /\n/, ' och vänner\n')
    expect(await (await worker()).print(id)).toBe(0)
    expect(await stateOf()).toMatchObject({
      state: 'paused',
      why: expect.stringContaining('invitation-open sv letter: ') as unknown,
    })
    expect(await messages()).toEqual({ 'invitation queued': 12 })
    await back()
    await resumeCampaign(deps(), 'open-campaign', 'anna')
    expect(await (await worker()).print(id)).toBe(12)
  })

  it('is not sent by a worker that has still the old text when the new one has been approved', async () => {
    await started(byEmail())
    const old = await worker()
    await change('invitation-open/sv/email.hbs')
    await approve('open-campaign', 'anna')
    await approve('open-campaign', 'bertil')
    await old.send()
    expect([await stateOf(), s.mails()]).toMatchObject([{ state: 'paused' }, []])
  })

  it('is not sent with what only one has approved', async () => {
    await started(byEmail())
    await change('invitation-open/sv/email.hbs')
    await approve('open-campaign', 'anna')
    await (await worker()).send()
    expect([await stateOf(), s.mails()]).toMatchObject([
      { state: 'paused', why: expect.stringContaining('anna (1/2)') as unknown },
      [],
    ])
  })

  it('does not send the Swedish text that has changed to those whose translation is stale by it', async () => {
    await run(s.db.pool, `update person set language = 'en'`)
    const spec = byEmail({ languages: ['sv', 'en'] })
    for (const text of textsOf(await loadTexts(folder), specOf(spec)).filter(
      ({ source }) => source,
    ))
      await approveText(deps(), text, 'Ann Reader')
    await started(spec, {} as typeof drafts)
    await change('invitation-open/sv/email.hbs')
    await (await worker({})).send()
    expect([await stateOf(), s.mails()]).toMatchObject([{ state: 'paused' }, []])
  })

  it("goes on when a text changes that it doesn't name: a confirmation, also of a finished one", async () => {
    const id = await started(byEmail())
    await (await worker()).send()
    await run(s.db.pool, `update campaign set state = 'finished'`)
    const { id: invitation, appointmentId } = await booked(id, 1)
    await confirmByEmail(s.db.pool, invitation, appointmentId, s.clock.now())
    await change('booking-confirmation/sv/email.hbs')
    await change('invitation-open/sv/email.hbs')
    await (await worker()).send()
    expect(await messages()).toEqual({ 'invitation sent': 4, 'confirmation sent': 1 })
    expect(await stateOf()).toEqual({ state: 'finished', why: null })
  })

  it("goes on with the short text for a reader of a language that it isn't in, as corrections have", async () => {
    await started(byEmail())
    await run(s.db.pool, `update message set language = 'fa'`)
    await (await worker()).send()
    expect(
      (await keptMessages(s.db.pool, `m.state = 'sent'`)).map(({ version }) => version),
    ).toEqual(
      Array(4).fill(
        `${await versionOf('invitation-open sv email')}+${await versionOf('_blocks fa email')}`,
      ),
    )
  })

  /** The campaign has ended, and one reminder of a booked time is due. */
  async function finishedWithReminder(): Promise<void> {
    const id = await started(byEmail({ reminders: [{ before: 'P2D', channel: 'email' }] }))
    await (await worker()).send()
    await booked(id, 3)
    await (await worker()).send()
    await run(s.db.pool, `update campaign set state = 'finished'`)
    s.clock.moveTo(new Date('2021-03-15T12:00:00+01:00'))
    expect(await askReminders({ ...deps(), quiet: { from: 20, to: 8 } })).toBe(1)
  }

  it('finished, pauses for a reminder of times that has changed', async () => {
    await finishedWithReminder()
    const back = await change('appointment-reminder/sv/email.hbs')
    await (await worker()).send()
    expect([await stateOf(), await messages()]).toMatchObject([
      { state: 'paused' },
      { 'appointment-reminder queued': 1 },
    ])
    await back()
    await resumeCampaign(deps(), 'open-campaign', 'anna')
    await (await worker()).send()
    expect(await messages()).toMatchObject({ 'appointment-reminder sent': 1 })
  })

  it('finished, can be paused by hand: the reminder of a time waits until it is resumed', async () => {
    await finishedWithReminder()
    await pauseCampaign(deps(), 'open-campaign', 'anna', 'mottagningen är stängd')
    await (await worker()).send()
    expect(await messages()).toMatchObject({ 'appointment-reminder queued': 1 })
    await resumeCampaign(deps(), 'open-campaign', 'anna')
    await (await worker()).send()
    expect(await messages()).toMatchObject({ 'appointment-reminder sent': 1 })
  })

  it('goes on as it began when it was approved before versions were kept; one not started is approved again', async () => {
    await started(byEmail())
    await createCampaign(deps(), byEmail({ name: 'later', purpose: 'later' }), 'anna')
    for (const by of ['anna', 'bertil']) await approve('later', by)
    await run(s.db.pool, 'update campaign_approval set texts = null')
    await change('invitation-open/sv/email.hbs')
    await pauseCampaign(deps(), 'open-campaign', 'anna', 'wait')
    await resumeCampaign(deps(), 'open-campaign', 'anna')
    await (await worker()).send()
    expect(await messages()).toEqual({ 'invitation sent': 4 })
    await expect(startCampaign(deps(), 'later', 'anna')).rejects.toMatchObject({
      code: 'texts-changed',
      message: expect.stringContaining('campaign approve later') as unknown,
    })
    for (const by of ['anna', 'bertil']) await approve('later', by)
    expect(await startCampaign(deps(), 'later', 'anna')).toMatchObject({ state: 'planning' })
  })
})

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { MovableClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { row, run } from '../../src/db/pool.ts'
import { approveText, findText, stateOf, textApprovals } from '../../src/texts/approvals.ts'
import { textGate } from '../../src/texts/gate.ts'
import { loadTexts, type TextVersion } from '../../src/texts/texts.ts'
import { databaseWithJobs } from '../support/database.ts'
import { monday, openSpec, smallRegion, specOf } from '../support/region.ts'

let db: Awaited<ReturnType<typeof databaseWithJobs>>
let all: TextVersion[]
const clock = new MovableClock(monday)
beforeAll(async () => {
  db = await databaseWithJobs()
  await smallRegion(db.pool)
  all = (await loadTexts()).all()
})
afterAll(() => db.drop())

const deps = (env: Record<string, string> = {}) => ({
  pool: db.pool,
  clock,
  jobs: db.jobs,
  textGate: textGate(readConfig(env)),
})
const approve = (template: string, language: string, channel: string) =>
  approveText({ pool: db.pool, clock }, findText(all, template, language, channel), 'Maryam Läsare')
const byLetter = (languages: string[], over: object = {}) =>
  openSpec({
    languages,
    channels: [
      {
        route: 'post',
        needs: ['address'],
        steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
      },
    ],
    ...over,
  })
const faultsOf = async (spec: object, env: Record<string, string> = {}): Promise<string[]> => {
  try {
    await textGate(readConfig(env))(db.pool, specOf(spec))
    return []
  } catch (error) {
    return (error as { details: { faults: string[] } }).details.faults
  }
}

describe('a campaign', () => {
  it('is not approved with a translation that nobody has read, and is when somebody has', async () => {
    await createCampaign(deps(), byLetter(['sv', 'en'], { name: 'gated' }), 'anna')
    await expect(approveCampaign(deps(), 'gated', 'anna')).rejects.toMatchObject({
      code: 'texts-not-ready',
      details: { faults: ['invitation-open en letter: a draft that nobody has approved'] },
    })
    expect(await row(db.pool, 'select count(*)::int as n from campaign_approval')).toEqual({ n: 0 })
    await approve('invitation-open', 'en', 'letter')
    await approveCampaign(deps(), 'gated', 'anna')
    expect(await approveCampaign(deps(), 'gated', 'bertil')).toMatchObject({ state: 'approved' })
  })

  it('is not started either when an approval is no longer of the text that there is', async () => {
    await run(
      db.pool,
      `update text_approval set source = 'ffffffff' where template = 'invitation-open' and language = 'en'`,
    )
    await expect(startCampaign(deps(), 'gated', 'anna')).rejects.toMatchObject({
      details: { faults: ['invitation-open en letter: stale, the Swedish text has changed since'] },
    })
    expect(await row(db.pool, `select state from campaign where name = 'gated'`)).toEqual({
      state: 'approved',
    })
    expect(await startCampaign(deps({ ALLOW_DRAFT_TEXTS: 'true' }), 'gated', 'anna')).toMatchObject(
      { state: 'planning' },
    )
  })

  it('needs no approval of Swedish, but of easy Swedish and of the short text on the back', async () => {
    expect(await faultsOf(byLetter(['sv']))).toEqual([])
    expect(await faultsOf(byLetter(['sv', 'sv-simple', 'fa']))).toEqual([
      'invitation-open sv-simple letter: a draft that nobody has approved',
      '_blocks fa back: a draft that nobody has approved',
    ])
    expect(
      await faultsOf(byLetter(['sv', 'sv-simple', 'fa']), { ALLOW_DRAFT_TEXTS: 'true' }),
    ).toEqual([])
  })

  it('needs approval of the reminders of times, and of what goes after a Swedish SMS or e-mail', async () => {
    const spec = byLetter(['sv', 'fa'], {
      channels: [
        {
          route: 'digital',
          needs: ['email', 'mobile'],
          steps: [
            { step: 'invitation', channel: 'email', template: 'invitation-open' },
            { step: 'reminder', channel: 'sms', template: 'reminder', after: 7 },
          ],
        },
      ],
      reminders: [{ before: 'P2D', channel: 'sms' }],
    })
    expect(await faultsOf(spec)).toEqual([
      '_blocks fa email: a draft that nobody has approved',
      '_blocks fa sms: a draft that nobody has approved',
    ])
    expect(await faultsOf({ ...spec, languages: ['sv', 'en'] })).toContain(
      'appointment-reminder en sms: a draft that nobody has approved',
    )
  })

  it('is held to the fraud rules in its own words too, whatever is allowed', async () => {
    const demo = { ALLOW_DRAFT_TEXTS: 'true' }
    const words = (over: object) => faultsOf(byLetter(['sv'], over), demo)
    expect(
      await words({
        visit: {
          bring: { sv: 'Ta med legitimation.' },
          travel: { sv: 'Boka sjukresa på 070-174 06 31.' },
        },
      }),
    ).toEqual([])
    expect(await words({ visit: { price: { sv: 'Besöket kostar 200 kronor.' } } })).toEqual([
      expect.stringMatching(/^the campaign file, visit.price in sv: asks-for-payment/),
    ])
    expect(await words({ what: { sv: 'prov, logga in på evil.se', en: 'x y z' } })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/what in sv: login-link/),
        expect.stringMatching(/what in sv: foreign-link/),
      ]),
    )
    const byMail = [
      {
        route: 'e',
        needs: ['email'],
        steps: [{ step: 'invitation', channel: 'email', template: 'invitation-open' }],
      },
    ]
    expect(
      await words({ channels: byMail, visit: { bring: { sv: 'Ta med ditt vaccinkort.' } } }),
    ).toEqual([expect.stringMatching(/visit.bring in sv: not-neutral/)])
  })

  it('says what it says of the visit in each of its languages', async () => {
    expect(
      await faultsOf(
        byLetter(['sv', 'sv-simple', 'en', 'fa'], {
          visit: { bring: { sv: 'Ta med legitimation.' } },
        }),
        { ALLOW_DRAFT_TEXTS: 'true' },
      ),
    ).toEqual(['invitation-open en letter: the campaign file says no visit.bring in en'])
  })

  it('needs templates that exist and words in its languages, whatever is allowed', async () => {
    const demo = { ALLOW_DRAFT_TEXTS: 'true' }
    expect(
      await faultsOf(
        byLetter(['sv', 'en'], {
          what: { sv: 'vaccination' },
          phoneHours: { sv: 'vardagar kl. 8–16' },
        }),
        demo,
      ),
    ).toEqual([
      expect.stringMatching(/^invitation-open en letter: the campaign file says no .* in en$/),
    ])
    const nowhere = [
      {
        route: 'post',
        needs: ['address'],
        steps: [{ step: 'invitation', channel: 'letter', template: 'nowhere' }],
      },
    ]
    expect(await faultsOf(byLetter(['sv'], { channels: nowhere }), demo)).toEqual([
      'nowhere letter: there is no such template',
    ])
  })
})

describe('the state of a text', () => {
  const text: TextVersion = {
    template: 'a',
    language: 'en',
    channel: 'sms',
    version: '1-aaaaaaaa',
    hash: 'aaaaaaaa',
    source: { now: '11111111', said: '11111111' },
  }
  const approval = {
    template: 'a',
    language: 'en',
    channel: 'sms',
    version: '1-aaaaaaaa',
    source: '11111111',
    approver: 'x',
    approvedAt: monday,
  }
  it.each([
    ['draft until approved', text, [], 'draft'],
    ['approved', text, [approval], 'approved'],
    ['draft when its own words change', { ...text, version: '1-bbbbbbbb' }, [approval], 'draft'],
    [
      'stale when the Swedish changes',
      { ...text, source: { now: '22222222', said: '11111111' } },
      [approval],
      'stale',
    ],
    [
      'stale when the Swedish changes and it does not say what it was made from',
      { ...text, source: { now: '22222222', said: undefined } },
      [approval],
      'stale',
    ],
    [
      'not approved by an approval on another channel',
      text,
      [{ ...approval, channel: 'email' }],
      'draft',
    ],
    ['the source when it is Swedish', { ...text, language: 'sv', source: undefined }, [], 'source'],
  ])('is %s', (_what, given, approvals, state) => {
    expect(stateOf(given, approvals).state).toBe(state)
  })
})

describe('an approval', () => {
  it('is kept with name, version and source, once', async () => {
    await approve('reminder', 'ar', 'sms')
    await approve('reminder', 'ar', 'sms')
    const text = findText(all, 'reminder', 'ar', 'sms')
    expect((await textApprovals(db.pool)).filter((a) => a.template === 'reminder')).toEqual([
      {
        template: 'reminder',
        language: 'ar',
        channel: 'sms',
        version: text.version,
        source: text.source?.now,
        approver: 'Maryam Läsare',
        approvedAt: monday,
      },
    ])
  })
  it('is refused of Swedish, of what is not there, of a stale text and without a name', async () => {
    await expect(approve('reminder', 'sv', 'sms')).rejects.toMatchObject({ code: 'no-translation' })
    expect(() => findText(all, 'reminder', 'xx', 'sms')).toThrow(
      expect.objectContaining({ code: 'unknown-text' }),
    )
    const text = findText(all, 'reminder', 'en', 'sms')
    await expect(
      approveText(
        { pool: db.pool, clock },
        { ...text, source: { now: 'ffffffff', said: text.source?.said } },
        'x',
      ),
    ).rejects.toMatchObject({ code: 'stale-text' })
    await expect(approveText({ pool: db.pool, clock }, text, ' ')).rejects.toMatchObject({
      code: 'no-name',
    })
  })
})

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MovableClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { run } from '../../src/db/pool.ts'
import { approveText, findText } from '../../src/texts/approvals.ts'
import { readings } from '../../src/texts/fallback.ts'
import { templatesFolder } from '../../src/texts/files.ts'
import { textsThatMayLeave } from '../../src/texts/may-leave.ts'
import { loadTexts, type Texts } from '../../src/texts/texts.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { monday, openSpec, specOf } from '../support/region.ts'
import { sampleFacts } from './sample-facts.ts'

let db: TestDatabase
let folder: string
beforeAll(async () => {
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'templates-'))
  await cp(templatesFolder, folder, { recursive: true })
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await db.drop()
})

const channels = ['letter', 'sms', 'email'] as const
const open = async (env: Record<string, string> = {}): Promise<Texts> => {
  const { texts, refresh } = await textsThatMayLeave(db.pool, readConfig(env), folder)
  await refresh()
  return texts
}
const approve = async (template: string, language: string, channel: string) =>
  approveText(
    { pool: db.pool, clock: new MovableClock(monday) },
    findText((await loadTexts(folder)).all(), template, language, channel),
    'Maryam Läsare',
  )
const languageOf = (
  texts: Texts,
  template: string,
  language: string,
  channel: (typeof channels)[number],
) => texts.render({ template, language, channel, facts: sampleFacts }).language

describe('outside the demo', () => {
  it('nothing that nobody has read is used, by any template, channel, warning, page or script', async () => {
    const texts = await open()
    for (const { template, language, channel } of texts.all()) {
      const on = channels.find((known) => known === channel)
      if (template === '_blocks')
        expect([
          language,
          language === 'sv' || texts.short(language, 'letter', sampleFacts) === undefined,
        ]).toEqual([language, true])
      else if (on)
        expect(
          texts.render({ template, language, channel: on, facts: sampleFacts, warning: true }),
        ).toMatchObject({ language: 'sv' })
      else if (channel === 'page')
        expect(texts.page({ template, language, facts: sampleFacts }).language).toBe('sv')
      else if (channel === 'warning')
        expect(texts.warning(language, sampleFacts).language).toBe('sv')
      else if (channel === 'phone-script' || channel === 'contact-card')
        expect(
          texts.plain({ template, form: channel, language, facts: sampleFacts }).language,
        ).toBe('sv')
    }
    for (const language of ['fa', 'so', 'ru', 'ar'])
      for (const channel of channels)
        expect(
          texts.render({ template: 'invitation-timed', language, channel, facts: sampleFacts }),
        ).not.toHaveProperty('also')
  })

  it('a translation is used from when it is approved, and the short text beside it', async () => {
    const { texts, refresh } = await textsThatMayLeave(db.pool, readConfig({}), folder)
    await refresh()
    expect(languageOf(texts, 'invitation-timed', 'en', 'letter')).toBe('sv')
    await approve('invitation-timed', 'en', 'letter')
    await approve('_blocks', 'fa', 'email')
    await approve('_blocks', 'ar', 'back')
    expect(languageOf(texts, 'invitation-timed', 'en', 'letter')).toBe('sv')
    await refresh()
    expect(languageOf(texts, 'invitation-timed', 'en', 'letter')).toBe('en')
    expect(languageOf(texts, 'invitation-timed', 'en', 'email')).toBe('sv')
    expect(
      texts.render({ template: 'reminder', language: 'fa', channel: 'email', facts: sampleFacts }),
    ).toMatchObject({ language: 'sv', also: { language: 'fa' } })
    expect(
      texts.render({ template: 'reminder', language: 'fa', channel: 'sms', facts: sampleFacts }),
    ).not.toHaveProperty('also')
    // Whose whole letter nobody has read gets the Swedish one with the short text that somebody has.
    expect(
      texts.render({
        template: 'invitation-timed',
        language: 'ar',
        channel: 'letter',
        facts: sampleFacts,
      }),
    ).toMatchObject({ language: 'sv', also: { language: 'ar' } })
  })

  it('and no longer when the Swedish text, a word of its own, or a shared block has changed', async () => {
    const changes: [string, RegExp, string][] = [
      ['invitation-timed/sv/letter.hbs', /så snart du kan/, 'gärna i dag'],
      ['invitation-timed/en/letter.hbs', /as soon as you can/, 'today'],
      ['_blocks/en/signature.hbs', /Yours sincerely/, 'Regards'],
    ]
    for (const [file, from, to] of changes) {
      expect(languageOf(await open(), 'invitation-timed', 'en', 'letter')).toBe('en')
      const good = await readFile(join(folder, file), 'utf8')
      await writeFile(join(folder, file), good.replace(from, to))
      expect([file, languageOf(await open(), 'invitation-timed', 'en', 'letter')]).toEqual([
        file,
        'sv',
      ])
      await writeFile(join(folder, file), good)
    }
  })

  it('is not got round by an approval of another text, channel or Swedish version', async () => {
    await run(
      db.pool,
      `insert into text_approval (template, language, channel, version, source, approver, approved_at) select 'cancelled-time', 'en', 'letter', version, source, approver, approved_at from text_approval where template = 'invitation-timed' and language = 'en'`,
    )
    await run(
      db.pool,
      `update text_approval set source = 'ffffffff' where template = '_blocks' and language = 'fa'`,
    )
    const texts = await open()
    expect(languageOf(texts, 'cancelled-time', 'en', 'letter')).toBe('sv')
    expect(texts.short('fa', 'email', sampleFacts)).toBeUndefined()
  })
})

describe('what a person is written to in', () => {
  const steps = [
    { step: 'invitation', channel: 'letter', template: 'invitation-timed' },
    { step: 'reminder', channel: 'email', template: 'reminder', after: 3 },
  ]
  const spec = specOf(
    openSpec({
      languages: ['sv', 'sv-simple', 'ar', 'fa', 'yi'],
      channels: [{ route: 'post', needs: ['address', 'email'], steps }],
    }),
  )
  it('is told text by text, as it is now', async () => {
    const told = (texts: Texts) =>
      readings(texts, spec).map(({ template, language, gets }) => `${template} ${language} ${gets}`)
    expect(told(await open({ ALLOW_DRAFT_TEXTS: 'true' }))).toEqual([
      'invitation-timed sv whole',
      'invitation-timed sv-simple whole',
      'invitation-timed ar whole',
      'invitation-timed fa short',
      'invitation-timed yi swedish',
      'reminder sv whole',
      'reminder sv-simple whole',
      'reminder ar whole',
      'reminder fa short',
      'reminder yi swedish',
    ])
    expect(told(await open())).toEqual([
      'invitation-timed sv whole',
      'invitation-timed sv-simple swedish',
      'invitation-timed ar short',
      'invitation-timed fa swedish',
      'invitation-timed yi swedish',
      'reminder sv whole',
      'reminder sv-simple swedish',
      'reminder ar swedish',
      'reminder fa swedish',
      'reminder yi swedish',
    ])
  })
})

it('in the demo all are used', async () => {
  const texts = await open({ ALLOW_DRAFT_TEXTS: 'true' })
  expect(languageOf(texts, 'cancelled-time', 'ar', 'email')).toBe('ar')
  expect(
    texts.render({ template: 'reminder', language: 'ti', channel: 'sms', facts: sampleFacts }),
  ).toMatchObject({ language: 'sv', also: { language: 'ti' } })
})

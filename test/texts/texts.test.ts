import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blocksAsText } from '../../src/texts/blocks.ts'
import type { Facts } from '../../src/texts/facts.ts'
import { templatesFolder } from '../../src/texts/files.ts'
import { languageFor } from '../../src/texts/languages.ts'
import { limits, readability } from '../../src/texts/readability.ts'
import type { Rendered } from '../../src/texts/rendered.ts'
import { smsLength } from '../../src/texts/sms.ts'
import { loadTexts, type Texts } from '../../src/texts/texts.ts'
import { sampleFacts } from './sample-facts.ts'

let texts: Texts
beforeAll(async () => {
  texts = await loadTexts()
})

const allText = (rendered: Rendered): string => {
  switch (rendered.kind) {
    case 'sms':
      return rendered.text
    case 'email':
      return `${rendered.subject}\n${rendered.text}\n${rendered.html}`
    case 'letter':
      return [rendered.title, blocksAsText(rendered.body), ...rendered.panel.flatMap((row) => [row.label, row.value, row.more ?? '']), rendered.labels.checkText].join('\n\n')
  }
}
const channels = ['letter', 'sms', 'email'] as const
const renderAll = () =>
  texts.all().flatMap((text) => {
    const channel = channels.find((channel) => channel === text.channel)
    return channel ? [{ ...text, channel, rendered: texts.render({ ...text, channel, facts: sampleFacts }) }] : []
  })
const plainForms = ['phone-script', 'contact-card'] as const
const plainAll = () => texts.all().flatMap((text) => plainForms.filter((form) => form === text.channel).map((form) => ({ ...text, form, plain: texts.plain({ ...text, form, facts: sampleFacts }) })))

describe('every text', () => {
  it('exists in four languages on its channels', () => {
    for (const template of ['invitation-timed', 'invitation-open', 'reissue-timed', 'moved-time', 'moved-queue', 'second-dose', 'fraud-warning', 'correction', 'cancelled-time']) {
      for (const channel of ['letter', 'sms', 'email'] as const) expect(texts.languages(template, channel).sort()).toEqual(['ar', 'en', 'sv', 'sv-simple'])
    }
    for (const channel of ['sms', 'email'] as const) expect(texts.languages('reminder', channel)).toHaveLength(4)
  })

  it('can be filled, leaves no braces or "undefined", and says what to check it with and that we never ask for BankID', () => {
    for (const { rendered } of renderAll()) {
      const text = allText(rendered)
      expect(text).not.toMatch(/[{}]|undefined|null|\[object/)
      expect(text).toContain('7KQ2-M9XP')
      expect(text).toContain('BankID')
    }
  })

  it('tells a timed person when and where, an open one how to book', () => {
    for (const { template, rendered } of renderAll()) {
      const text = allText(rendered)
      if (/-timed$|^moved-time$/.test(template)) {
        expect(text).toMatch(rendered.language.startsWith('sv') ? /kl\. 9\.30/ : /9:30/)
        expect(text).toContain('Falu vårdcentral')
      }
      if (template === 'invitation-open') expect(text).toContain('23AB-CDEF')
    }
  })

  it('is neutral in SMS and e-mail: no purpose, no address to log in at', () => {
    for (const { channel, rendered } of renderAll()) {
      if (channel === 'letter') continue
      expect(allText(rendered)).not.toMatch(/vaccin|covid|تطعيم|\/boka|href/i)
    }
  })

  it('asks by SMS or by phone, with and without a code, in one SMS where GSM-7 does', () => {
    const by = new Date('2021-03-15T14:40:00Z')
    for (const template of ['reserve-offer', 'appointment-reminder']) {
      for (const language of ['sv', 'sv-simple', 'en']) {
        for (const answer of [{ sms: true as const, by }, { sms: true as const, code: '4821', by }, { code: '4821', by }]) {
          const sms = texts.render({ template, channel: 'sms', language, facts: { ...sampleFacts, answer, appointment: { startsAt: new Date('2021-03-15T15:30:00Z') } } })
          expect([template, language, answer, sms.kind === 'sms' && sms.segments]).toEqual([template, language, answer, 1])
          expect(allText(sms)).toMatch(answer.sms ? (language === 'en' ? /YES( 4821)? or NO( 4821)?/ : /JA( 4821)? eller NEJ( 4821)?/) : /070-174 06 06/)
        }
      }
    }
  })

  it('fits one SMS where GSM-7 does, two in Arabic', () => {
    for (const { rendered } of renderAll()) {
      if (rendered.kind !== 'sms') continue
      expect([rendered.encoding, rendered.segments]).toEqual(rendered.language === 'ar' ? ['UCS-2', 2] : ['GSM-7', 1])
    }
  })

  it('is plain Swedish on the phone and on the contact card too, and has the numbers of the letter', () => {
    for (const { template, form, language, plain } of plainAll()) {
      expect(plain.text).toContain(template === 'invitation-open' ? '070-174 06 07' : '070-174 06 05')
      expect(plain.text).toMatch(/BankID/)
      expect(plain.text).toMatch(/gratis|free/)
      const limit = limits[language]
      if (!limit) continue
      const { lix, longest } = readability(plain.text)
      expect({ template, form, easy: lix <= limit.lix && longest.words <= limit.sentence }).toEqual({ template, form, easy: true })
    }
    expect(plainAll().map(({ template, form, language }) => `${template} ${form} ${language}`).sort()).toEqual(
      [['correction', 'phone-script'], ['fraud-warning', 'phone-script'], ...['invitation-open', 'invitation-timed'].flatMap((template) => [[template, 'contact-card'], [template, 'phone-script']])]
        .flatMap(([template, form]) => ['en', 'sv'].map((language) => `${template} ${form} ${language}`)),
    )
  })

  it('in another language says which Swedish text it was made from, and that is the one there is', () => {
    expect(texts.all().filter(({ source }) => source && source.now !== source.said)).toEqual([])
  })

  it('is plain Swedish: LIX at most 40, easy Swedish at most 30, sentences short', () => {
    for (const { template, channel, language, rendered } of renderAll()) {
      const limit = limits[language]
      if (!limit || rendered.kind === 'sms') continue
      const body = rendered.kind === 'letter' ? blocksAsText(rendered.body) : rendered.text
      const { lix, longest } = readability(body)
      expect({ template, channel, language, lix: lix <= limit.lix ? 'ok' : lix, longest: longest.words <= limit.sentence ? 'ok' : longest }).toEqual({ template, channel, language, lix: 'ok', longest: 'ok' })
    }
  })

  it('says that a reissue replaces the earlier letter, with its date', () => {
    const letter = texts.render({ template: 'reissue-timed', channel: 'letter', language: 'sv', facts: sampleFacts })
    expect(allText(letter)).toContain('ersätter brevet från 9 mars 2021')
    expect(allText(letter)).toContain('Vi ber om ursäkt')
    expect(allText(texts.render({ template: 'reissue-timed', channel: 'letter', language: 'en', facts: sampleFacts }))).toContain('This letter replaces the letter of 9 March 2021')
  })
})

describe('a time of heightened fraud', () => {
  const whole: Record<string, string> = { sv: 'Varning: bedragare ringer nu. Lägg på!', 'sv-simple': 'Varning: bedragare ringer nu. Lägg på!', en: 'Warning: fraudsters are calling now. Hang up!', ar: 'تحذير: محتالون يتصلون الآن. أغلق الخط!' }
  const short: Record<string, string> = { sv: 'Se upp för bedragare!', 'sv-simple': 'Se upp för bedragare!', en: 'Beware of fraudsters!', ar: 'احذر المحتالين!' }

  it('puts the warning in every text, in its language, and in its version', () => {
    for (const { template, channel, language, rendered } of renderAll()) {
      const warned = texts.render({ template, channel, language, facts: sampleFacts, warning: true })
      expect(warned.version).toMatch(new RegExp(`^${rendered.version.replace('+', '.')}\\+1-[0-9a-f]{8}$`))
      const warning = blocksAsText(texts.warning(language, sampleFacts).body)
      if (warned.kind !== 'sms') expect(allText(warned)).toContain(warning)
    }
  })

  it('says it whole in an SMS that stays in one part with it, else in the shortest form', () => {
    for (const { template, channel, language, rendered } of renderAll()) {
      if (rendered.kind !== 'sms') continue
      const warned = texts.render({ template, channel, language, facts: sampleFacts, warning: true })
      if (warned.kind !== 'sms') throw new Error('no SMS')
      const room = smsLength(`${rendered.text} ${whole[language]}`).segments === 1
      expect(warned.text).toBe(`${rendered.text} ${room ? whole[language] : short[language]}`)
    }
  })
})

describe('who is moved', () => {
  it.each(['moved-time', 'moved-queue'])('is told that the old time is gone, with an apology and the date of what it replaces: %s', (template) => {
    const told: Record<string, RegExp[]> = {
      sv: [/ursäkt/, /brevet från 9 mars 2021/, /Kom inte på den gamla tiden/],
      'sv-simple': [/Förlåt/, /brevet från 9 mars 2021/, /[Gg]amla tid/i],
      en: [/We are sorry/, /replaces the letter of 9 March 2021/, /not come at the old time/],
      ar: [/نعتذر/, /9 مارس 2021/, /لا تحضر في الموعد القديم/],
    }
    for (const [language, patterns] of Object.entries(told)) {
      const text = allText(texts.render({ template, channel: 'letter', language, facts: sampleFacts }))
      for (const pattern of patterns) expect(text).toMatch(pattern)
    }
  })
  it('without a new time is told that one will come', () => {
    for (const [language, words] of [['sv', 'Du får en ny tid'], ['sv-simple', 'Du får en ny tid'], ['en', 'You will get a new time']] as const) {
      for (const channel of ['letter', 'sms', 'email'] as const) expect(allText(texts.render({ template: 'moved-queue', channel, language, facts: sampleFacts }))).toContain(words)
    }
  })
})

describe('dates and times', () => {
  const panel = (startsAt: string, language = 'sv') => {
    const rendered = texts.render({ template: 'invitation-timed', channel: 'letter', language, facts: { ...sampleFacts, appointment: { startsAt: new Date(startsAt) } } })
    return rendered.kind === 'letter' ? rendered.panel.slice(0, 2).map((row) => row.value.replace(/[\u2068\u2069]/g, '')) : []
  }
  it('are in Swedish time, in winter and in summer, across midnight and the change of clocks', () => {
    expect(panel('2021-03-15T08:30:00Z')).toEqual(['måndag 15 mars 2021', 'kl. 9.30'])
    expect(panel('2021-03-28T00:59:00Z')).toEqual(['söndag 28 mars 2021', 'kl. 1.59'])
    expect(panel('2021-03-28T01:00:00Z')).toEqual(['söndag 28 mars 2021', 'kl. 3.00'])
    expect(panel('2021-06-30T22:05:00Z')).toEqual(['torsdag 1 juli 2021', 'kl. 0.05'])
  })
  it('are written as each language writes them, with Western digits', () => {
    expect(panel('2021-03-15T12:00:00Z', 'en')).toEqual(['Monday 15 March 2021', '13:00'])
    expect(panel('2021-03-15T12:00:00Z', 'ar')).toEqual(['الاثنين 15 مارس 2021', 'الساعة 13:00'])
  })
})

describe('what is missing', () => {
  const { appointment: _, booking: __, ...bare } = sampleFacts
  it('stops the message, named by template, language and placeholder', () => {
    expect(() => texts.render({ template: 'invitation-timed', channel: 'letter', language: 'en', facts: bare })).toThrow(
      expect.objectContaining({ code: 'missing-fact', details: { template: 'invitation-timed', language: 'en', channel: 'letter', placeholder: 'appointment.date' } }),
    )
    expect(() => texts.render({ template: 'invitation-open', channel: 'sms', language: 'sv', facts: bare })).toThrow(expect.objectContaining({ code: 'missing-fact' }))
  })
  it('is also a wording that lacks the language', () => {
    expect(() => texts.render({ template: 'invitation-timed', channel: 'letter', language: 'ar', facts: { ...sampleFacts, what: { sv: 'vaccination' } } })).toThrow(expect.objectContaining({ code: 'missing-fact' }))
    expect(allText(texts.render({ template: 'invitation-timed', channel: 'letter', language: 'sv-simple', facts: { ...sampleFacts, what: { sv: 'vaccination' } } }))).toContain('vaccination')
  })
  it('is known beforehand', () => {
    expect(texts.requiredFacts('invitation-timed')).toEqual(expect.arrayContaining(['appointment.date', 'clinic.name', 'person.name', 'what']))
    expect(texts.requiredFacts('reminder')).not.toContain('appointment.date')
  })
  it('falls back to Swedish for a language without text, and says so', () => {
    expect(texts.render({ template: 'reminder', channel: 'sms', language: 'ti', facts: sampleFacts }).language).toBe('sv')
    expect(() => texts.render({ template: 'nothing', channel: 'sms', language: 'sv', facts: sampleFacts })).toThrow(expect.objectContaining({ code: 'unknown-template' }))
  })
})

describe('the back of a Swedish letter', () => {
  const letter = (language: string) => {
    const rendered = texts.render({ template: 'invitation-open', channel: 'letter', language, facts: sampleFacts })
    return rendered.kind === 'letter' ? rendered : undefined
  }
  it.each(['fa', 'prs', 'so', 'ti', 'ckb', 'kmr', 'fi', 'se', 'uk', 'pl', 'ru', 'tr', 'es', 'fr', 'bs', 'th', 'rom'])('has the short text in %s: what it is, whom to call, where to read, and the warning', (language) => {
    const { also, language: front } = letter(language) ?? {}
    expect([front, also?.language]).toEqual(['sv', language])
    const text = blocksAsText(also?.body ?? []).replace(/[\u2068\u2069]/g, '')
    for (const said of ['Region Dalarna', '070-174 06 05', 'www.regiondalarna.example', 'BankID']) expect(text).toContain(said)
  })
  it('is empty where the whole letter is in the language, and where there is no text in it', () => {
    for (const language of ['sv', 'sv-simple', 'en', 'ar', 'yi']) expect(letter(language)).not.toHaveProperty('also')
  })
  it('is read from right to left where the language is', () => {
    for (const language of ['fa', 'prs', 'ckb']) expect(letter(language)?.also?.direction).toBe('rtl')
    expect(letter('so')?.also?.direction).toBe('ltr')
  })
})

describe('facts', () => {
  const render = (facts: Facts, channel: 'letter' | 'email' = 'email') => texts.render({ template: 'invitation-timed', channel, language: 'sv', facts })
  it('can forge no heading, line, direction or mark-up', () => {
    for (const name of ['A\n# B', 'A\r\nBcc: x', 'A\u202eB', 'A\u2028B']) expect(() => render({ ...sampleFacts, person: { name } })).toThrow(expect.objectContaining({ code: 'bad-facts' }))
    const email = render({ ...sampleFacts, person: { name: '<img src=x onerror="a">& {{what}}' } })
    expect(email.kind === 'email' && email.html).toContain('&lt;img src=x onerror=&quot;a&quot;&gt;&amp; {{what}}')
  })
  it('are text and no structure: a heading, an item, a panel and a line break are what the template says', () => {
    const shown = (wrong: string, right: string, signer: string) => {
      const facts = { ...sampleFacts, region: { ...sampleFacts.region, signer: { name: signer, role: { sv: 'läkare' } } }, correction: { wrong: { sv: wrong }, right: { sv: right }, todo: { sv: '[panel]' } } }
      const rendered = texts.render({ template: 'correction', language: 'sv', channel: 'letter', facts })
      return rendered.kind === 'letter' ? rendered.body : []
    }
    const plain = shown('Fel.', 'Rätt.', 'Karin')
    const body = shown('# Fel', '- Rätt \\', '# Karin \\')
    expect(body.map((block) => block.kind)).toEqual(plain.map((block) => block.kind))
    const texted = body.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : []))
    for (const said of ['# Fel', '- Rätt \\', '[panel]', 'Vänliga hälsningar\n# Karin \\\nläkare, Region Dalarna']) expect(texted).toContain(said)
    for (const language of ['sv', 'en']) expect(texts.render({ template: 'correction', language, channel: 'email', facts: { ...sampleFacts, person: { name: '# Åke' } } })).toMatchObject({ html: expect.not.stringContaining('\u0000') as unknown as string, text: expect.not.stringContaining('\u0000') as unknown as string })
  })

  it('are refused when unknown or of the wrong form, without showing the value', () => {
    const wrong = { ...sampleFacts, person: { name: 'Åke', identityNumber: '194001019802' } } as unknown as Facts
    expect(() => render(wrong)).toThrow(expect.objectContaining({ code: 'bad-facts', message: expect.not.stringContaining('194001019802') as unknown as string }))
  })
})

describe('the language a person gets', () => {
  const available = ['sv', 'sv-simple', 'en', 'ar']
  it.each([
    ['sv', false, 'sv'],
    ['sv', true, 'sv-simple'],
    ['en-GB', true, 'en'],
    ['ti', false, 'sv'],
    ['ti', true, 'sv-simple'],
  ])('%s, easy %s: %s', (language, easyRead, expected) => {
    expect(languageFor({ language, easyRead }, available)).toBe(expected)
  })
})

describe('a template folder', () => {
  let folder: string
  const file = () => join(folder, 'reminder', 'sv', 'sms.hbs')
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'templates-'))
    await cp(templatesFolder, folder, { recursive: true })
  })
  afterAll(() => rm(folder, { recursive: true }))
  const front = '---\nversion: 1\nlanguage: sv\nchannel: sms\n---\n'
  it.each([
    ['no front matter', 'Hej'],
    ['another language than its folder', front.replace('sv', 'en')],
    ['an unknown placeholder', `${front}{{person.identityNumber}}`],
    ['the purpose in an SMS', `${front}{{what}}`],
    ['the way to a prototype', `${front}{{constructor.constructor}}`],
    ['a lookup', `${front}{{lookup person "name"}}`],
    ['a loop', `${front}{{#each person}}{{this}}{{/each}}`],
    ['a helper', `${front}{{log person.name}}`],
    ['a data variable', `${front}{{@root.person.name}}`],
    ['a decorator', `${front}{{#*inline "a"}}{{/inline}}`],
    ['an unescaped value', `${front}{{{person.name}}}`],
    ['an unknown block', `${front}{{> nothing}}`],
    ['an open block', `${front}{{#if what}}`],
  ])('with %s is refused when loaded', async (_what, text) => {
    const good = await readFile(file(), 'utf8')
    await writeFile(file(), text)
    await expect(loadTexts(folder)).rejects.toThrow(expect.objectContaining({ code: 'bad-template', message: expect.stringContaining('reminder/sv/sms.hbs') as unknown as string }))
    await writeFile(file(), good)
  })

  it('asks with #if and #unless for what may be missing, and needs only what it then says', async () => {
    const good = await readFile(file(), 'utf8')
    await writeFile(file(), `${front}{{#if booking.code}}Kod {{booking.code}}{{else}}Ring {{region.phone}}{{/if}}{{#unless clinic.name}}.{{/unless}}`)
    const own = await loadTexts(folder)
    const { booking: _, clinic: __, ...bare } = sampleFacts
    const text = (facts: Facts) => allText(own.render({ template: 'reminder', channel: 'sms', language: 'sv', facts }))
    expect(text(sampleFacts)).toBe('Kod 23AB-CDEF')
    expect(text(bare)).toBe('Ring 070-174 06 05.')
    await writeFile(file(), good)
  })

  it('gives a text a new version when a word of it or of a shared block changes, and only then', async () => {
    const versions = async () => new Map((await loadTexts(folder)).all().map((text) => [`${text.template}/${text.language}/${text.channel}`, text.version]))
    const before = await versions()
    expect(await versions()).toEqual(before)
    const block = join(folder, '_blocks', 'sv', 'contact.sms.hbs')
    await writeFile(block, `${await readFile(block, 'utf8')} Tack.`)
    const after = await versions()
    const changed = [...after].filter(([key, version]) => before.get(key) !== version).map(([key]) => key)
    expect(changed.sort()).toEqual([...before.keys()].filter((key) => key.endsWith('/sv/sms')).sort())
    expect(changed.length).toBeGreaterThan(4)
  })
})

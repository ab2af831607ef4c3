import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noticeKinds } from '../../src/campaigns/spec.ts'
import { readConfig } from '../../src/config.ts'
import { blocksAsText } from '../../src/texts/blocks.ts'
import { campaignFacts } from '../../src/texts/campaign-facts.ts'
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
      return [
        rendered.title,
        blocksAsText(rendered.body),
        ...rendered.panel.flatMap((row) => [row.label, row.value, row.more ?? '']),
        rendered.labels.checkText,
      ].join('\n\n')
  }
}
const channels = ['letter', 'sms', 'email'] as const
const renderAll = () =>
  texts.all().flatMap((text) => {
    const channel = channels.find((channel) => channel === text.channel)
    return channel && text.template !== '_blocks'
      ? [{ ...text, channel, rendered: texts.render({ ...text, channel, facts: sampleFacts }) }]
      : []
  })
const plainForms = ['phone-script', 'contact-card'] as const
/** Languages that have short texts to go with a Swedish one. */
const shorts = [
  'ar',
  'fa',
  'prs',
  'so',
  'ti',
  'ckb',
  'kmr',
  'fi',
  'se',
  'uk',
  'pl',
  'ru',
  'tr',
  'es',
  'fr',
  'bs',
  'th',
  'rom',
]
// They are about no visit, or any.
const notices = new Set<string>([...noticeKinds, 'correction-twice', 'correction-wrong-people'])
const plainAll = () =>
  texts.all().flatMap((text) =>
    plainForms
      .filter((form) => form === text.channel)
      .map((form) => ({
        ...text,
        form,
        plain: texts.plain({ ...text, form, facts: sampleFacts }),
      })),
  )

describe('every text', () => {
  it('exists in four languages on its channels', () => {
    for (const template of [
      'invitation-timed',
      'invitation-open',
      'reissue-timed',
      'moved-time',
      'moved-queue',
      'second-dose',
      'fraud-warning',
      'correction',
      'correction-twice',
      'correction-wrong-people',
      'information',
      'cancelled-time',
      'kept-time',
    ]) {
      for (const channel of ['letter', 'sms', 'email'] as const)
        expect(texts.languages(template, channel).sort()).toEqual(['ar', 'en', 'sv', 'sv-simple'])
    }
    for (const channel of ['letter', 'sms', 'email'] as const)
      expect(texts.languages('reminder', channel).sort()).toEqual(['ar', 'en', 'sv', 'sv-simple'])
    for (const channel of ['sms', 'email'] as const)
      expect(texts.languages('reserve-offer', channel).sort()).toEqual([
        'ar',
        'en',
        'sv',
        'sv-simple',
      ])
    for (const template of [
      'invitation-timed',
      'invitation-open',
      'reissue-timed',
      'reminder',
      'second-dose',
      'fraud-warning',
      'correction',
      'correction-twice',
      'correction-wrong-people',
      'information',
      'cancelled-time',
      'reserve-offer',
    ]) {
      for (const form of plainForms)
        expect([template, form, texts.languages(template, form).sort()]).toEqual([
          template,
          form,
          ['en', 'sv', 'sv-simple'],
        ])
    }
    for (const form of ['back', 'sms', 'email'] as const)
      expect(texts.languages('_blocks', form).sort()).toEqual([...shorts, 'sv'].sort())
  })

  it('can be filled, leaves no braces or "undefined", and says what to check it with and that we never ask for BankID', () => {
    for (const { template, rendered } of renderAll()) {
      const text = allText(rendered)
      expect(text).not.toMatch(/[{}]|undefined|null|\[object/)
      expect(text).toContain('7KQ2-M9XP')
      if (template !== 'forwarding-cover') expect(text).toContain('BankID') // that one is read at Skatteverket
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
        for (const answer of [
          { sms: true as const, by },
          { sms: true as const, code: '4821', by },
          { code: '4821', by },
        ]) {
          const sms = texts.render({
            template,
            channel: 'sms',
            language,
            facts: {
              ...sampleFacts,
              answer,
              appointment: { startsAt: new Date('2021-03-15T15:30:00Z') },
            },
          })
          expect([template, language, answer, sms.kind === 'sms' && sms.segments]).toEqual([
            template,
            language,
            answer,
            1,
          ])
          expect(allText(sms)).toMatch(
            answer.sms
              ? language === 'en'
                ? /YES( 4821)? or NO( 4821)?/
                : /JA( 4821)? eller NEJ( 4821)?/
              : /070-174 06 06/,
          )
        }
      }
    }
  })

  it('fits one SMS where GSM-7 does, two in Arabic', () => {
    for (const { rendered } of renderAll()) {
      if (rendered.kind !== 'sms') continue
      expect([rendered.encoding, rendered.segments]).toEqual(
        rendered.language === 'ar' ? ['UCS-2', 2] : ['GSM-7', 1],
      )
    }
  })

  it('is plain Swedish on the phone and on the contact card too, and has the numbers of the letter', () => {
    for (const { template, form, language, plain } of plainAll()) {
      expect(plain.text).toContain(
        template === 'invitation-open' ? '070-174 06 07' : '070-174 06 05',
      )
      expect(plain.text).toMatch(/BankID/)
      if (!notices.has(template)) expect(plain.text).toMatch(/gratis|free/)
      const limit = limits[language]
      if (!limit) continue
      const { lix, longest } = readability(plain.text)
      expect({ template, form, easy: lix <= limit.lix && longest.words <= limit.sentence }).toEqual(
        { template, form, easy: true },
      )
    }
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
      expect({
        template,
        channel,
        language,
        lix: lix <= limit.lix ? 'ok' : lix,
        longest: longest.words <= limit.sentence ? 'ok' : longest,
      }).toEqual({ template, channel, language, lix: 'ok', longest: 'ok' })
    }
  })

  it('says that the times did not suffice only where the campaign is for those who found none', () => {
    const said = (who: 'not-booked' | 'no-free-time') => {
      const { noTimes: _, ...others } = sampleFacts
      const spec = {
        what: { sv: 'vaccination' },
        signer: { name: 'Karin Exempel', role: 'läkare' },
        reissueOf: { campaign: 'x', who },
      } as Parameters<typeof campaignFacts>[0]
      const facts = { ...campaignFacts(spec, readConfig({})), ...others }
      return (['sv', 'sv-simple', 'en'] as const).flatMap((language) => [
        ...(['letter', 'email'] as const).map((channel) =>
          allText(texts.render({ template: 'reissue-timed', channel, language, facts })),
        ),
        ...plainForms.map(
          (form) => texts.plain({ template: 'reissue-timed', form, language, facts }).text,
        ),
      ])
    }
    const short = /räckte inte|för få tider|not enough|ursäkt|sorry|Apologise/i
    for (const text of said('not-booked')) expect(text).not.toMatch(short)
    for (const text of said('no-free-time')) expect(text).toMatch(short)
  })

  it('says that a reissue replaces the earlier letter, with its date', () => {
    const letter = texts.render({
      template: 'reissue-timed',
      channel: 'letter',
      language: 'sv',
      facts: sampleFacts,
    })
    expect(allText(letter)).toContain('ersätter vårt meddelande från 9 mars 2021')
    expect(allText(letter)).toContain('Vi ber om ursäkt')
    expect(
      allText(
        texts.render({
          template: 'reissue-timed',
          channel: 'letter',
          language: 'en',
          facts: sampleFacts,
        }),
      ),
    ).toContain('This letter replaces our message of 9 March 2021')
  })
})

describe('a time of heightened fraud', () => {
  const whole: Record<string, string> = {
    sv: 'Bedragare säger att de är från vården.',
    'sv-simple': 'Bedragare säger att de är från vården.',
    en: 'Fraudsters say they are from health care.',
    ar: 'محتالون يقولون إنهم من الرعاية الصحية.',
  }
  const short: Record<string, string> = {
    sv: 'Se upp för bedragare.',
    'sv-simple': 'Se upp för bedragare.',
    en: 'Beware of fraudsters.',
    ar: 'احذر المحتالين.',
  }

  it('puts the warning in every text, in its language, and in its version', () => {
    for (const { template, channel, language, rendered } of renderAll()) {
      const warned = texts.render({
        template,
        channel,
        language,
        facts: sampleFacts,
        warning: true,
      })
      expect(warned.version).toMatch(
        new RegExp(`^${rendered.version.replace('+', '.')}\\+\\d+-[0-9a-f]{8}$`),
      )
      const warning = blocksAsText(texts.warning(language, sampleFacts).body)
      if (warned.kind !== 'sms') expect(allText(warned)).toContain(warning)
    }
  })

  it('says it whole in an SMS that stays in one part with it, else in the shortest form', () => {
    for (const { template, channel, language, rendered } of renderAll()) {
      if (rendered.kind !== 'sms') continue
      const warned = texts.render({
        template,
        channel,
        language,
        facts: sampleFacts,
        warning: true,
      })
      if (warned.kind !== 'sms') throw new Error('no SMS')
      const room = smsLength(`${rendered.text} ${whole[language]}`).segments === 1
      expect(warned.text).toBe(`${rendered.text} ${room ? whole[language] : short[language]}`)
    }
  })
})

describe('who is moved', () => {
  it.each(['moved-time', 'moved-queue'])(
    'is told that the old time is gone, with an apology and the date of what it replaces: %s',
    (template) => {
      const told: Record<string, RegExp[]> = {
        sv: [/ursäkt/, /meddelande från 9 mars 2021/, /Kom inte på den gamla tiden/],
        'sv-simple': [/ursäkt/, /det från 9 mars 2021/, /Kom inte på den tiden/],
        en: [/We are sorry/, /replaces our message of 9 March 2021/, /not come at the old time/],
        ar: [/نعتذر/, /9 مارس 2021/, /لا تحضر في الموعد القديم/],
      }
      for (const [language, patterns] of Object.entries(told)) {
        const text = allText(
          texts.render({ template, channel: 'letter', language, facts: sampleFacts }),
        )
        for (const pattern of patterns) expect(text).toMatch(pattern)
      }
    },
  )
  it('without a new time is told that one will come', () => {
    for (const [language, words] of [
      ['sv', 'Du får en ny tid'],
      ['sv-simple', 'Du får en ny tid'],
      ['en', 'You will get a new'],
    ] as const) {
      for (const channel of ['letter', 'sms', 'email'] as const)
        expect(
          allText(texts.render({ template: 'moved-queue', channel, language, facts: sampleFacts })),
        ).toContain(words)
    }
  })
})

describe('dates and times', () => {
  const panel = (startsAt: string, language = 'sv') => {
    const rendered = texts.render({
      template: 'invitation-timed',
      channel: 'letter',
      language,
      facts: { ...sampleFacts, appointment: { startsAt: new Date(startsAt) } },
    })
    return rendered.kind === 'letter'
      ? rendered.panel.slice(0, 2).map((row) => row.value.replace(/[\u2068\u2069]/g, ''))
      : []
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
    expect(() =>
      texts.render({
        template: 'invitation-timed',
        channel: 'letter',
        language: 'en',
        facts: bare,
      }),
    ).toThrow(
      expect.objectContaining({
        code: 'missing-fact',
        details: {
          template: 'invitation-timed',
          language: 'en',
          channel: 'letter',
          placeholder: 'appointment.date',
        },
      }),
    )
    expect(() =>
      texts.render({ template: 'invitation-open', channel: 'sms', language: 'sv', facts: bare }),
    ).toThrow(expect.objectContaining({ code: 'missing-fact' }))
  })
  it('is also a wording that lacks the language', () => {
    expect(() =>
      texts.render({
        template: 'invitation-timed',
        channel: 'letter',
        language: 'ar',
        facts: { ...sampleFacts, what: { sv: 'vaccination' } },
      }),
    ).toThrow(expect.objectContaining({ code: 'missing-fact' }))
    expect(
      allText(
        texts.render({
          template: 'invitation-timed',
          channel: 'letter',
          language: 'sv-simple',
          facts: { ...sampleFacts, what: { sv: 'vaccination' } },
        }),
      ),
    ).toContain('vaccination')
  })
  it('is known beforehand', () => {
    expect(texts.requiredFacts('invitation-timed')).toEqual(
      expect.arrayContaining(['appointment.date', 'clinic.name', 'person.name', 'what']),
    )
    expect(texts.requiredFacts('reminder')).not.toContain('appointment.date')
  })
  it('falls back to Swedish for a language without text, and says so', () => {
    expect(
      texts.render({ template: 'reminder', channel: 'sms', language: 'ti', facts: sampleFacts })
        .language,
    ).toBe('sv')
    expect(() =>
      texts.render({ template: 'nothing', channel: 'sms', language: 'sv', facts: sampleFacts }),
    ).toThrow(expect.objectContaining({ code: 'unknown-template' }))
  })
})

describe('the back of a Swedish letter', () => {
  const letter = (language: string) => {
    const rendered = texts.render({
      template: 'invitation-open',
      channel: 'letter',
      language,
      facts: sampleFacts,
    })
    return rendered.kind === 'letter' ? rendered : undefined
  }
  it.each([
    'fa',
    'prs',
    'so',
    'ti',
    'ckb',
    'kmr',
    'fi',
    'se',
    'uk',
    'pl',
    'ru',
    'tr',
    'es',
    'fr',
    'bs',
    'th',
    'rom',
  ])(
    'has the short text in %s: what it is, whom to call, where to read, and the warning',
    (language) => {
      const { also, language: front } = letter(language) ?? {}
      expect([front, also?.language]).toEqual(['sv', language])
      const text = blocksAsText(also?.body ?? []).replace(/[\u2068\u2069]/g, '')
      for (const said of ['Region Dalarna', '070-174 06 05', 'www.regiondalarna.example', 'BankID'])
        expect(text).toContain(said)
    },
  )
  it('is empty where the whole letter is in the language, and where there is no text in it', () => {
    for (const language of ['sv', 'sv-simple', 'en', 'ar', 'yi'])
      expect(letter(language)).not.toHaveProperty('also')
  })
  it('is there in Arabic too, for texts that have no whole Arabic one', () => {
    expect(blocksAsText(texts.short('ar', 'letter', sampleFacts)?.body ?? [])).toContain('BankID')
  })
  it('is read from right to left where the language is', () => {
    for (const language of ['fa', 'prs', 'ckb'])
      expect(letter(language)?.also?.direction).toBe('rtl')
    expect(letter('so')?.also?.direction).toBe('ltr')
  })
})

describe('the short text after a Swedish SMS', () => {
  const sms = (language: string, template = 'invitation-timed', clinic = 'Falu vårdcentral') => {
    const rendered = texts.render({
      template,
      channel: 'sms',
      language,
      facts: { ...sampleFacts, clinic: { ...sampleFacts.clinic!, name: clinic } },
    })
    if (rendered.kind !== 'sms') throw new Error('no SMS')
    return rendered
  }
  const swedish = () => sms('sv')
  it.each([
    ['so', 'Turjubaan? Wac.'],
    ['fi', 'Tulkki? Soita.'],
  ])('in %s fits the same part of GSM-7, and both versions are told', (language, line) => {
    const room = sms(language, 'invitation-timed', 'Vc Falun')
    expect([
      room.text.endsWith(` ${line}`),
      room.encoding,
      room.segments,
      room.also?.language,
    ]).toEqual([true, 'GSM-7', 1, language])
    expect(room.version).toMatch(/^1-[0-9a-f]{8}\+1-[0-9a-f]{8}$/)
  })
  it('is never what makes a GSM-7 text two parts: it is left out instead, and says so by not being there', () => {
    for (const { template, language: own, channel } of texts
      .all()
      .filter(
        (text) => text.channel === 'sms' && text.template !== '_blocks' && text.language === 'sv',
      )) {
      for (const language of ['so', 'kmr', 'fi', 'se', 'pl', 'tr', 'es', 'fr', 'bs', 'rom']) {
        const alone = sms(own, template)
        const both = sms(language, template)
        expect([template, channel, language, both.encoding, both.segments]).toEqual([
          template,
          channel,
          language,
          'GSM-7',
          alone.segments,
        ])
        expect(both.text).toBe(
          both.also ? `${alone.text} ${blocksAsText(both.also.body)}` : alone.text,
        )
      }
    }
  })
  it.each(['fa', 'prs', 'ti', 'ckb', 'uk', 'ru', 'th'])(
    'in %s makes it UCS-2, with its parts counted; the Swedish comes first',
    (language) => {
      const both = sms(language)
      expect(both.text.startsWith(`${swedish().text} `)).toBe(true)
      expect(both.also?.language).toBe(language)
      expect(both).toMatchObject({
        encoding: 'UCS-2',
        units: both.text.length,
        segments: Math.ceil(both.text.length / 67),
        language: 'sv',
      })
    },
  )
  it('goes with every SMS that a time of heightened fraud is warned of in, after the warning', () => {
    const warned = texts.render({
      template: 'reminder',
      channel: 'sms',
      language: 'ru',
      facts: sampleFacts,
      warning: true,
    })
    expect(warned.kind === 'sms' && warned.text).toMatch(
      /Se upp för bedragare\. Нужен переводчик\? Позвоните\.$/,
    )
  })
})

describe('the short text after a Swedish e-mail', () => {
  it.each([
    'fa',
    'prs',
    'so',
    'ti',
    'ckb',
    'kmr',
    'fi',
    'se',
    'uk',
    'pl',
    'ru',
    'tr',
    'es',
    'fr',
    'bs',
    'th',
    'rom',
  ])('is in plain text and HTML in %s, marked with its language and direction', (language) => {
    const email = texts.render({
      template: 'invitation-timed',
      channel: 'email',
      language,
      facts: sampleFacts,
    })
    if (email.kind !== 'email') throw new Error('no e-mail')
    expect([email.language, email.also?.language]).toEqual(['sv', language])
    const [swedish = '', own = ''] = email.text.split('\n\n----------\n\n')
    expect(swedish).toContain('Vi har bokat en tid åt dig.')
    for (const said of ['Region Dalarna', '070-174 06 05', 'BankID'])
      expect(own.replace(/[\u2068\u2069]/g, '')).toContain(said)
    expect(email.html).toContain(
      `<div lang="${language}" dir="${['fa', 'prs', 'ckb'].includes(language) ? 'rtl' : 'ltr'}"`,
    )
    expect(email.html.indexOf('Vi har bokat')).toBeLessThan(
      email.html.indexOf(`<div lang="${language}"`),
    )
  })
})

describe('one set of facts', () => {
  const hours = (sv: string, en: string, ar: string) => ({ sv, en, ar })
  // Each fact, and how it looks wherever it is said.
  const changes: { fact: string; over: Partial<Facts>; was: RegExp; is: RegExp }[] = [
    {
      fact: 'the phone',
      over: { region: { ...sampleFacts.region, phone: '+46701740699' } },
      was: /070-?174 ?06 ?05/,
      is: /070-?174 ?06 ?99/,
    },
    {
      fact: 'the hours',
      over: {
        region: {
          ...sampleFacts.region,
          phoneHours: hours('lördag kl. 9–11', 'Saturday 9–11', 'السبت'),
        },
        booking: {
          ...sampleFacts.booking!,
          phoneHours: hours('lördag kl. 9–11', 'Saturday 9–11', 'السبت'),
        },
        clinic: {
          ...sampleFacts.clinic!,
          phoneHours: hours('lördag kl. 9–11', 'Saturday 9–11', 'السبت'),
        },
      },
      was: /måndag–fredag|Monday–Friday|من الاثنين/,
      is: /lördag kl. 9–11|Saturday 9–11|السبت/,
    },
    {
      fact: 'the day and time',
      over: {
        appointment: { startsAt: new Date('2021-04-07T11:15:00Z') },
        correction: {
          ...sampleFacts.correction!,
          right: {
            sv: 'Din tid är den 7 april 2021.',
            en: 'Your time is on 7 April 2021.',
            ar: 'موعدك في 7 أبريل 2021.',
          },
        },
      },
      was: /15 mar|9[.:]30/,
      is: /7 apr|7 أبريل/i,
    },
    {
      fact: 'the place',
      over: {
        clinic: {
          ...sampleFacts.clinic!,
          name: 'Borlänge vårdcentral',
          street: 'Tunavägen 1',
          postcode: '78431',
          town: 'Borlänge',
        },
      },
      was: /Falu vårdcentral|Vasagatan|791 31/,
      is: /Borlänge vårdcentral/,
    },
    {
      fact: 'what it is about',
      over: { what: { sv: 'cellprov', en: 'a smear test', ar: 'مسحة' } },
      was: /vaccination|التطعيم/,
      is: /cellprov|smear test|مسحة/,
    },
    {
      fact: 'the sender',
      over: {
        region: {
          ...sampleFacts.region,
          name: 'Region Värmland',
          website: 'https://www.regionvarmland.example',
        },
      },
      was: /Region Dalarna|www\.regiondalarna/,
      is: /Region Värmland/,
    },
    {
      fact: 'the booking code',
      over: { booking: { ...sampleFacts.booking!, code: 'QRST9876' } },
      was: /23AB-?CDEF/,
      is: /QRST-?9876/,
    },
  ]
  const visit = {
    price: {
      sv: 'Besöket är gratis för alla.',
      en: 'The visit is free for all.',
      ar: 'الزيارة مجانية للجميع.',
    },
    bring: {
      sv: 'Ta med ett kort med foto.',
      en: 'Bring a card with a photo.',
      ar: 'أحضر بطاقة فيها صورة.',
    },
    interpreter: {
      sv: 'Det finns tolk på plats.',
      en: 'There is an interpreter on site.',
      ar: 'يوجد مترجم في المكان.',
    },
    travel: {
      sv: 'Beställ sjukresa på 070-174 06 31.',
      en: 'Order patient transport on 070-174 06 31.',
      ar: 'اطلب نقل المرضى.',
    },
  }
  const all = (facts: Facts): Map<string, string> =>
    new Map([
      ...renderAll().map(
        ({ template, language, channel }) =>
          [
            `${template} ${language} ${channel}`,
            allText(texts.render({ template, language, channel, facts })),
          ] as const,
      ),
      ...plainAll().map(
        ({ template, language, form }) =>
          [
            `${template} ${language} ${form}`,
            texts.plain({ template, language, form, facts }).text,
          ] as const,
      ),
      ...texts
        .all()
        .filter(({ channel }) => channel === 'page')
        .map(
          ({ template, language }) =>
            [
              `${template} ${language} page`,
              blocksAsText(texts.page({ template, language, facts }).body),
            ] as const,
        ),
    ])

  it.each(changes)(
    '$fact is changed everywhere at once: letter, SMS, e-mail, page, phone script and contact card',
    ({ over, was, is }) => {
      const [before, after] = [all(sampleFacts), all({ ...sampleFacts, ...over })]
      let said = 0
      for (const [name, text] of before) {
        const bare = text.replace(/[\u200e\u2068\u2069]/g, '')
        const now = after.get(name)!.replace(/[\u200e\u2068\u2069]/g, '')
        if (was.test(bare)) said++
        expect([name, was.test(now), was.test(bare) ? is.test(now) : 'not said']).toEqual([
          name,
          false,
          was.test(bare) ? true : 'not said',
        ])
      }
      expect(said).toBeGreaterThan(4)
    },
  )

  it.each(['price', 'bring', 'interpreter', 'travel'] as const)(
    'what the campaign says of the %s stands in the letter, the e-mail, the phone script and the contact card, in place of our words',
    (about) => {
      const ours = {
        price: /Besöket är gratis\.|visit is free of charge\.|الزيارة مجانية\./,
        bring: /egitimation|proof of identity|بطاقة الهوية/,
        interpreter:
          /[Tt]olk är gratis|Behöver du tolk|behöver tolk|Tolken är gratis|need an interpreter|interpreter is free|هل تحتاج إلى مترجم/,
        travel:
          /Fråga (?:då )?om sjukresa|frågar om sjukresa|ask for patient transport|asks for patient transport|نقل المرضى\. ?$/m,
      }[about]
      const own = all({ ...sampleFacts, visit })
      for (const template of [
        'invitation-timed',
        'invitation-open',
        'reissue-timed',
        'second-dose',
      ]) {
        for (const [language, forms] of [
          ['sv', ['letter', 'email', 'phone-script', 'contact-card']],
          ['sv-simple', ['letter', 'email', 'phone-script', 'contact-card']],
          ['en', ['letter', 'email', 'phone-script', 'contact-card']],
          ['ar', ['letter', 'email']],
        ] as const) {
          for (const form of forms) {
            const text = own.get(`${template} ${language} ${form}`)!.replace(/[\u2068\u2069]/g, '')
            expect([
              template,
              language,
              form,
              text.includes(visit[about][language === 'sv-simple' ? 'sv' : language]),
              about === 'travel' && language === 'ar' ? false : ours.test(text),
            ]).toEqual([template, language, form, true, false])
          }
        }
      }
    },
  )
})

describe('facts', () => {
  const render = (facts: Facts, channel: 'letter' | 'email' = 'email') =>
    texts.render({ template: 'invitation-timed', channel, language: 'sv', facts })
  it('can forge no heading, line, direction or mark-up', () => {
    for (const name of ['A\n# B', 'A\r\nBcc: x', 'A\u202eB', 'A\u2028B'])
      expect(() => render({ ...sampleFacts, person: { name } })).toThrow(
        expect.objectContaining({ code: 'bad-facts' }),
      )
    const email = render({ ...sampleFacts, person: { name: '<img src=x onerror="a">& {{what}}' } })
    expect(email.kind === 'email' && email.html).toContain(
      '&lt;img src=x onerror=&quot;a&quot;&gt;&amp; {{what}}',
    )
  })
  it('are text and no structure: a heading, an item, a panel and a line break are what the template says', () => {
    const shown = (wrong: string, right: string, signer: string) => {
      const facts = {
        ...sampleFacts,
        region: { ...sampleFacts.region, signer: { name: signer, role: { sv: 'läkare' } } },
        correction: { wrong: { sv: wrong }, right: { sv: right }, todo: { sv: '[panel]' } },
      }
      const rendered = texts.render({
        template: 'correction',
        language: 'sv',
        channel: 'letter',
        facts,
      })
      return rendered.kind === 'letter' ? rendered.body : []
    }
    const plain = shown('Fel.', 'Rätt.', 'Karin')
    const body = shown('# Fel', '- Rätt \\', '# Karin \\')
    expect(body.map((block) => block.kind)).toEqual(plain.map((block) => block.kind))
    const texted = body.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : []))
    for (const said of [
      '# Fel',
      '- Rätt \\',
      '[panel]',
      'Vänliga hälsningar\n# Karin \\\nläkare, Region Dalarna',
    ])
      expect(texted).toContain(said)
    for (const language of ['sv', 'en'])
      expect(
        texts.render({
          template: 'correction',
          language,
          channel: 'email',
          facts: { ...sampleFacts, person: { name: '# Åke' } },
        }),
      ).toMatchObject({
        html: expect.not.stringContaining('\u0000') as unknown as string,
        text: expect.not.stringContaining('\u0000') as unknown as string,
      })
  })

  it('are refused when unknown or of the wrong form, without showing the value', () => {
    const wrong = {
      ...sampleFacts,
      person: { name: 'Åke', identityNumber: '194001019802' },
    } as unknown as Facts
    expect(() => render(wrong)).toThrow(
      expect.objectContaining({
        code: 'bad-facts',
        message: expect.not.stringContaining('194001019802') as unknown as string,
      }),
    )
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
    await expect(loadTexts(folder)).rejects.toThrow(
      expect.objectContaining({
        code: 'bad-template',
        message: expect.stringContaining('reminder/sv/sms.hbs') as unknown as string,
      }),
    )
    await writeFile(file(), good)
  })

  it('asks with #if and #unless for what may be missing, and needs only what it then says', async () => {
    const good = await readFile(file(), 'utf8')
    await writeFile(
      file(),
      `${front}{{#if booking.code}}Kod {{booking.code}}{{else}}Ring {{region.phone}}{{/if}}{{#unless clinic.name}}.{{/unless}}`,
    )
    const own = await loadTexts(folder)
    const { booking: _, clinic: __, ...bare } = sampleFacts
    const text = (facts: Facts) =>
      allText(own.render({ template: 'reminder', channel: 'sms', language: 'sv', facts }))
    expect(text(sampleFacts)).toBe('Kod 23AB-CDEF')
    expect(text(bare)).toBe('Ring 070-174 06 05.')
    await writeFile(file(), good)
  })

  it('gives a text a new version when a word of it or of a shared block changes, and only then', async () => {
    const versions = async () =>
      new Map(
        (await loadTexts(folder))
          .all()
          .map((text) => [`${text.template}/${text.language}/${text.channel}`, text.version]),
      )
    const before = await versions()
    expect(await versions()).toEqual(before)
    const block = join(folder, '_blocks', 'sv', 'contact.sms.hbs')
    await writeFile(block, `${await readFile(block, 'utf8')} Tack.`)
    const after = await versions()
    const changed = [...after]
      .filter(([key, version]) => before.get(key) !== version)
      .map(([key]) => key)
    expect(changed.sort()).toEqual(
      [...before.keys()]
        .filter((key) => key.endsWith('/sv/sms') && !key.startsWith('_blocks'))
        .sort(),
    )
    expect(changed.length).toBeGreaterThan(4)
  })
})

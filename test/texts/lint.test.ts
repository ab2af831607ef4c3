import { describe, expect, it } from '@jest/globals'
import { join } from 'node:path'
import type { Form } from '../../src/texts/context.ts'
import { templatesFolder } from '../../src/texts/files.ts'
import { lintFile, lintText } from '../../src/texts/lint/lint.ts'
import { loadTexts } from '../../src/texts/texts.ts'

const domains = ['regiondalarna.example', '1177.se']
const findings = (text: string, language = 'sv', channel?: Form) =>
  lintText(text, { language, domains, ...(channel ? { channel } : {}) }).findings
const rulesOf = (text: string, language = 'sv', channel?: Form) => [
  ...new Set(findings(text, language, channel).map((finding) => finding.rule)),
]

describe('fraud: what only fraudsters ask for is an error', () => {
  it.each([
    ['asks-for-bankid', 'Logga in med BankID.'],
    ['asks-for-bankid', 'Legitimera dig med ditt BankID när vi ringer.'],
    ['asks-for-bankid', 'Ha ditt BankID redo.'],
    ['asks-for-bankid', 'Du behöver inte ringa, logga in med BankID i stället.'],
    ['asks-for-bankid', 'Glöm inte att logga in med Mobilt BankID.'],
    ['asks-for-bankid', 'Om någon ber om det, ange ditt BankID.'],
    ['asks-for-bankid', 'Logga in med BankID om du inte kan ringa.'],
    ['asks-for-bankid', 'Öppna bank-id och signera.'],
    ['asks-for-bankid', 'Vi frågar aldrig efter koder, men du måste visa ditt BankID.'],
    ['asks-for-bankid', 'Vi kommer att be dig om ditt BankID.'],
    ['asks-for-bankid', 'En sköterska ber dig signera med BankID.'],
    ['asks-for-bankid', 'Skanna koden med BankID.'],
    ['asks-for-bankid', 'Confirm your identity with your e-ID.'],
    ['asks-for-code', 'Vi ringer upp dig. Ha bankdosan nära.'],
    ['asks-for-code', 'Ange säkerhetskoden från din bankdosa.'],
    ['asks-for-code', 'Skriv koden som du får med sms.'],
    ['asks-for-code', 'Svara med din pinkod.'],
    ['asks-for-code', 'Uppge ditt lösenord.'],
    ['asks-for-identity', 'Svara med de fyra sista siffrorna i ditt personnummer.'],
    ['asks-for-identity', 'Ring och säg ditt personnummer.'],
    ['asks-for-card', 'Lämna ditt kortnummer till oss.'],
    ['asks-for-card', 'Ta fram ditt bankkort.'],
    ['asks-for-card', 'Bekräfta dina kortuppgifter.'],
    ['asks-for-card', 'Ha kortet till hands när du ringer.'],
    ['asks-for-payment', 'Betala 200 kronor före besöket.'],
    ['asks-for-payment', 'Swisha 100 kr till 123 456 78 90.'],
    ['login-link', 'Logga in på https://www.regiondalarna.example/mina-sidor.'],
    ['login-link', 'Klicka på länken och logga in.'],
    ['login-link', 'Läs mer på regiondalarna.example/login'],
    ['foreign-link', 'Boka på https://bit.ly/3abc.'],
    ['foreign-link', 'Boka på www.region-dalarna.example.'],
    ['foreign-link', 'Boka på regiondalarna.example.vard.xyz.'],
    ['foreign-link', 'Boka på https://1177.se@evil.com/boka.'],
    ['foreign-link', 'Boka på xn--1177-zra.se.'],
    ['foreign-link', 'Boka på http://192.168.0.1/a'],
    ['urgency', 'Svara omedelbart.'],
    ['urgency', 'Det här är sista chansen.'],
    ['urgency', 'Bekräfta inom 24 timmar.'],
    ['urgency', 'Din tid avbokas om du inte bekräftar inom 24 timmar.'],
    ['urgency', 'Var snabb, erbjudandet gäller bara i dag.'],
    ['urgency', 'Ring oss, annars förlorar du din plats.'],
    ['urgency', 'Ditt konto kommer att spärras.'],
    ['urgency', 'Du riskerar att förlora din plats.'],
    ['urgency', 'Svara inom två dagar, annars avbokas tiden.'],
    ['urgency', 'Ring nu!'],
    ['urgency', 'Sista dagen att boka är i dag.'],
    ['asks-for-bankid', 'Använd Freja.'],
    ['asks-for-bankid', 'Godkänn med e-leg.'],
    ['asks-for-bankid', 'Använd ditt B-a-n-k-I-D.'],
    ['asks-for-payment', 'Besöket kostar 200 kr.'],
    ['asks-for-payment', 'Avgiften är 100 kronor.'],
    ['login-link', 'Vänligen logga in på Mina sidor.'],
    ['login-link', 'Identifiera dig via länken.'],
    ['foreign-link', 'Gå till www.1177.ѕе.'], // Cyrillic
    ['foreign-link', 'Gå till rеgiondalarna.example.'],
    ['foreign-link', 'Gå till regiondalarna。evil'],
    ['foreign-link', 'Gå till https://xn--regiondalrna-99a.example'],
    ['foreign-link', 'Gå till ｅｖｉｌ.se'],
    ['foreign-link', 'Gå till evil\u200b.se'],
    ['foreign-link', 'Gå till evil\u00ad.se'],
    ['foreign-link', 'Gå till evil[.]se'],
    ['foreign-link', 'Gå till hxxps://evil.se'],
    ['foreign-link', 'Gå till evil.bank'],
    ['foreign-link', 'Gå till 1177.se@evil.com'],
    ['foreign-link', 'Gå till https://evil.com\\@1177.se'],
    ['foreign-link', 'Gå till 192.168.0.1/a'],
    ['foreign-link', 'Gå till data:text/html,abc'],
    ['foreign-link', 'Skriv till hej@evil.se.'],
    ['mixed-script', 'Hämta ditt BаnkID.'], // Cyrillic а
  ])('%s: %s', (rule, text) => {
    expect(findings(text)).toContainEqual(
      expect.objectContaining({ rule, severity: 'error', line: 1 }),
    )
  })
  it.each([
    ['asks-for-bankid', 'Log in with BankID.'],
    ['asks-for-bankid', "Don't forget to sign with your BankID."],
    ['asks-for-code', 'Please enter your password.'],
    ['asks-for-card', 'Send us your card number.'],
    ['asks-for-payment', 'Please pay 20 euros.'],
    ['urgency', 'Act now!'],
    ['urgency', 'If you do not reply, your place will be lost or closed.'],
    ['foreign-link', 'Go to example.com.'],
  ])('in English %s: %s', (rule, text) => {
    expect(findings(text, 'en')).toContainEqual(
      expect.objectContaining({ rule, severity: 'error' }),
    )
  })
  it.each([
    ['asks-for-bankid', 'استخدم BankID لتسجيل الدخول.'],
    ['asks-for-card', 'أدخل رقم بطاقتك البنكية.'],
    ['asks-for-code', 'أرسل الرمز الذي وصلك.'],
    ['asks-for-payment', 'ادفع 200 كرونة.'],
    ['login-link', 'سجّل الدخول هنا.'],
    ['foreign-link', 'اضغط على evil.com/a'],
    ['foreign-link', 'اذهب إلى ١٩٢.١٦٨.٠.١'],
    ['urgency', 'Om du inte bokar i dag blir du utan vård.'],
    ['urgency', 'اتصل فوراً.'],
    ['urgency', 'حسابك سيُغلق.'],
  ])('in Arabic %s: %s', (rule, text) => {
    expect(findings(text, 'ar')).toContainEqual(
      expect.objectContaining({ rule, severity: 'error' }),
    )
  })
  it.each([
    ['so', 'Isticmaal BankID.'],
    ['pl', 'Zaloguj się przez BankID.'],
    ['ru', 'Войдите с помощью BankID.'],
    ['uk', 'Увійдіть за допомогою BankID.'],
    ['fi', 'Kirjaudu BankID:llä.'],
    ['fa', 'با BankID وارد شوید.'],
    ['prs', 'با BankID داخل شوید.'],
    ['ckb', 'BankID بەکاربهێنە.'],
    ['ti', 'BankID ተጠቐሙ።'],
    ['kmr', 'BankID bi kar bîne.'],
    ['se', 'Geavat BankID.'],
    ['tr', 'BankID ile giriş yapın.'],
    ['es', 'Inicie sesión con BankID.'],
    ['fr', 'Connectez-vous avec BankID.'],
    ['bs', 'Prijavite se pomoću BankID.'],
    ['th', 'เข้าสู่ระบบด้วย BankID'],
    ['rom', 'Le o BankID.'],
  ])('in %s BankID is named only to say that we never ask: %s', (language, text) => {
    expect(findings(text, language)).toContainEqual(
      expect.objectContaining({ rule: 'asks-for-bankid', severity: 'error' }),
    )
    expect(findings(`${text} https://evil.com/x`, language)).toContainEqual(
      expect.objectContaining({ rule: 'foreign-link', severity: 'error' }),
    )
  })
  it.each([
    ['foreign-link', '<p>\n<a href="https://evil.se/x">www.1177.se</a></p>'],
    ['foreign-link', '<p>\n<a href="&#104;ttps://evil.se">Boka</a></p>'],
    ['foreign-link', '<p>\n<img src="//evil.se/a.png"></p>'],
    ['foreign-link', '<p>\n<a href="javascript:location=1">Boka</a></p>'],
    ['foreign-link', '<p>\n<a href="mailto:hej@evil.se">Skriv</a></p>'],
    ['login-link', '<p>\n<a href="https://www.regiondalarna.example/login">Läs mer</a></p>'],
    ['asks-for-bankid', '<p>\nLogga&nbsp;in med Bank<b>ID</b>.</p>'],
    ['asks-for-card', '<p>\nSkicka ditt kort&shy;nummer.</p>'],
  ])('in an e-mail in HTML, whatever the words over it: %s: %s', (rule, text) => {
    expect(findings(text, 'sv', 'email')).toContainEqual(
      expect.objectContaining({ rule, severity: 'error', line: 2 }),
    )
  })
  it('reads HTML as its reader does', () => {
    const html =
      '<style>p { color: red }</style>\n<p>Hej &aring; hej.</p><p>Vi frågar aldrig efter BankID, koder eller kortnummer.</p>\n<ul><li>Läs mer på <a href="https://www.1177.se">1177.se</a></li></ul>'
    expect(lintText(html, { language: 'sv', channel: 'email', domains })).toMatchObject({
      sentences: 3,
      findings: [],
    })
  })

  it.each([
    'Du behöver inte BankID.',
    'Vi frågar aldrig efter BankID.',
    'Vi frågar aldrig efter BankID, koder eller kortnummer.',
    'Vi ber dig aldrig att logga in, ange koder eller betala.',
    'Vi ber aldrig om BankID. Kontrollkod 7KQ2-M9XP.',
    'Har du inget BankID? Då ringer du.',
    'Du kan boka utan BankID.',
    'Du behöver varken BankID eller kort.',
    'Kom inom en timme från din tid.',
    'Ring inom 24 timmar om du får feber.',
    'Avboka senast 24 timmar före besöket.',
    'Vårdens personal ringer aldrig och frågar efter ditt BankID.',
    'Bedragare kan utge sig för att ringa från vården och vilja ha ditt BankID.',
    'Dela aldrig med dig av ditt lösenord.',
    'Boka din tid senast 30 mars 2021.',
    'Den som saknar BankID bokar i telefon.',
    'Lämna aldrig ut koder eller ditt kortnummer.',
    'Lägg på om någon frågar efter BankID.',
    'Om någon ringer och ber dig logga in med BankID, lägg på.',
    'Bedragare kan ringa och be dig ange koder.',
    'Vi skickar aldrig en länk där du ska logga in.',
    'Ring oss och säg din bokningskod.',
    'Ring 070-174 06 05 och säg koden 23AB-CDEF.',
    'Gå till kallelse.regiondalarna.example/k och skriv koden 7KQ2-M9XP.',
    'Besöket är gratis. Du behöver inte betala något.',
    'Du betalar ingenting.',
    'Läs mer på 1177.se eller www.regiondalarna.example.',
    'Ring oss t.ex. på fm. eller tel.nr i brevet, kl. 8–16.',
    'Ring din bank i dag om någon har lurat dig.',
    'Skriv till kontakt@regiondalarna.example om du undrar.',
    'Ring så snart du kan.',
    'Har någon lurat dig? Ring genast din bank. Ring polisen på 112 om det händer nu.',
    'Sök vård omedelbart om du får svårt att andas.',
    'Kom kl. 9.30 till Vasagatan 12.Ta med legitimation.',
    'Din tid kan inte bli av som planerat.',
  ])('what is no request is none: %s', (text) => {
    expect(findings(text).filter(({ rule }) => /^asks|link$|urgency/.test(rule))).toEqual([])
  })
  it.each([
    'We never ask for BankID, codes or card numbers.',
    'We will never ask you to log in, enter codes or pay.',
    'You do not need BankID.',
    'Hang up if someone asks for your BankID.',
    'If you do not have BankID, please call.',
    'The visit is free of charge. You do not pay anything.',
  ])('nor in English: %s', (text) => {
    expect(findings(text, 'en').filter(({ severity }) => severity === 'error')).toEqual([])
  })
})

describe('dates and times', () => {
  it.each([
    ['weekday-date', 'Kom tisdag 15 mars 2021.', 'sv'],
    ['weekday-date', 'Kom tisdagen den 15 mars 2021.', 'sv'],
    ['weekday-date', 'Kom tis 15 mar 2021.', 'sv'],
    ['weekday-date', 'Kom tisdag 2021-03-15.', 'sv'],
    ['weekday-date', 'Come on Tuesday 15 March 2021.', 'en'],
    ['weekday-date', 'Come on Tuesday, March 15, 2021.', 'en'],
    ['impossible-date', 'Kom den 31 april 2021.', 'sv'],
    ['impossible-date', 'Kom den 29 februari 2023.', 'sv'],
    ['impossible-time', 'Kom kl. 25.10.', 'sv'],
    ['impossible-time', 'Kom kl. 9.75.', 'sv'],
    ['impossible-time', 'Kom kl. 24.30.', 'sv'],
    ['weekday-date', 'Kom tisdag den 15/3 2021.', 'sv'],
  ])('%s is an error: %s', (rule, text, language) => {
    expect(findings(text, language)).toContainEqual(
      expect.objectContaining({ rule, severity: 'error' }),
    )
  })
  it.each([
    ['year-missing', 'Kom måndag 15 mars.', 'sv'],
    ['year-missing', 'Come on 15 March.', 'en'],
    ['year-missing', 'Kom den 15/3.', 'sv'],
    ['time-format', 'Kom kl 9.30.', 'sv'],
    ['time-format', 'Kom kl. 9:30.', 'sv'],
    ['time-format', 'Kom klockan 9.30.', 'sv'],
    ['time-format', 'Kom kl. 09.30.', 'sv'],
    ['time-format', 'Kom 9:30.', 'sv'],
    ['time-format', 'Kom kl.9.30.', 'sv'],
  ])('%s is a warning: %s', (rule, text, language) => {
    expect(findings(text, language)).toContainEqual(
      expect.objectContaining({ rule, severity: 'warning' }),
    )
  })
  it('says how it should be', () => {
    expect(findings('Kom klockan 09:30.')[0]?.message).toBe(
      'Write "kl. 9.30", not "klockan 09:30".',
    )
    expect(findings('Kom tisdag 15 mars 2021.')[0]?.message).toContain('is a måndag')
  })
  it.each([
    ['Kom måndag 15 mars 2021 kl. 9.30.', 'sv'],
    ['Kom måndagen den 15 mars 2021 kl. 9.', 'sv'],
    ['Vi har öppet 15–19 mars 2021 och 29 mars–2 april 2021, kl. 8–16.', 'sv'],
    ['Kom lördag 29 februari 2020.', 'sv'],
    ['Det gäller 3 maj 2021, 070-174 06 05, 113 30 Stockholm.', 'sv'],
    ['Come on Monday, 15 March 2021 at 9:30.', 'en'],
    ['Come on Monday, March 15, 2021.', 'en'],
    ['It may be 12 degrees.', 'en'],
  ])('nothing to say: %s', (text, language) => {
    expect(findings(text, language).filter(({ rule }) => /date|year|time/.test(rule))).toEqual([])
  })
})

describe('the facts of a letter', () => {
  const whole =
    'Du har fått en tid.\nKom måndag 15 mars 2021 kl. 9.30 till Falu vårdcentral, Vasagatan 12, 791 31 Falun.\nRing 070-174 06 05 om du vill ändra eller avboka.\nBesöket är gratis.'
  it('are all there', () => {
    expect(findings(whole, 'sv', 'letter')).toEqual([])
  })
  it.each([
    ['missing-time', 'måndag 15 mars 2021 kl. 9.30', 'snart'],
    ['missing-time', 'kl. 9.30', 'kl. 8–16'],
    ['missing-place', 'till Falu vårdcentral, Vasagatan 12, 791 31 Falun', 'till oss'],
    ['missing-phone', '070-174 06 05', 'oss'],
    ['missing-cancel', 'om du vill ändra eller avboka', 'om du undrar'],
    ['missing-free', 'gratis', 'kort'],
  ])('%s when one is gone', (rule, is, was) => {
    expect(
      findings(whole.replace(is, was), 'sv', 'letter').map((f) => [f.rule, f.severity]),
    ).toContainEqual([rule, 'error'])
  })
  it('are fewer when the reader books, and nobody asks an SMS for them', () => {
    expect(
      rulesOf(
        'Du kan boka en tid. Ring 070-174 06 05 och säg din bokningskod. Besöket är gratis.',
        'sv',
        'letter',
      ),
    ).toEqual([])
    expect(rulesOf('Ring oss.', 'sv', 'sms')).toEqual([])
    expect(rulesOf('Ring oss.')).toEqual([])
    expect(rulesOf('Du kan nu boka en tid.', 'sv', 'sms')).toEqual([])
    // What may be a letter is told of.
    expect(
      findings('Du har fått en tid måndag 15 mars 2021 kl. 9.30.').map(
        ({ rule, severity }) => `${severity} ${rule}`,
      ),
    ).toEqual([
      'warning missing-place',
      'warning missing-phone',
      'warning missing-free',
      'warning missing-cancel',
    ])
  })
  it('are looked for in English too, and not in languages without words for it', () => {
    expect(
      rulesOf('You have an appointment on Monday 15 March 2021 at 9:30.', 'en', 'letter'),
    ).toEqual(['missing-place', 'missing-phone', 'missing-free', 'missing-cancel'])
    expect(rulesOf('Masz wizytę.', 'pl', 'letter')).toEqual([])
  })
})

describe('plain Swedish', () => {
  const long = `Vi ${'skriver och '.repeat(12)}skriver.`
  it('has a limit for LIX and for sentences, told with the line', () => {
    expect(findings(`Hej.\n\n${long}`)).toContainEqual(
      expect.objectContaining({ rule: 'sentence-length', severity: 'error', line: 3 }),
    )
    expect(rulesOf('Hälsovårdsmyndigheten kommunicerar information. '.repeat(9))).toContain('lix')
    expect(
      findings('Vaccinationen erbjuds kostnadsfritt.').find(({ rule }) => rule === 'lix')?.severity,
    ).toBe('warning') // three words prove nothing
    expect(rulesOf(long, 'en')).toEqual([])
  })
  it('is harder on easy Swedish', () => {
    const text = 'Du kan få en ny och bättre tid om du ringer till oss i dag.'
    expect(rulesOf(text)).toEqual([])
    expect(rulesOf(text, 'sv-simple')).toEqual(['sentence-length', 'line-length'])
  })
  it.each([
    ['passive', 'Tiden kan bokas nu.'],
    ['passive', 'Du blir kallad.'],
    ['passive', 'Du kallas till oss.'],
    ['passive', 'Brevet skickades i går.'],
    ['passive', 'Besöket genomförs av en sjuksköterska.'],
    ['negation', 'Gå inte hit.'],
    ['long-word', 'Ring smittskyddsläkaren.'],
  ])('hints in easy Swedish: %s: %s', (rule, text) => {
    expect(findings(text, 'sv-simple')).toContainEqual(
      expect.objectContaining({ rule, severity: 'warning' }),
    )
    expect(rulesOf(text)).not.toContain(rule)
  })
  it.each([
    'Vi hoppas att du mår bra.',
    'Känns något fel?',
    'Det finns en tid.',
    'Vi kan träffas nu.',
    'Lägg på luren.',
    'Han heter Lucas Alias.',
  ])('does not take it for passive: %s', (text) => {
    expect(rulesOf(text, 'sv-simple')).not.toContain('passive')
  })
  it('hints at compounds that are too long in any Swedish', () => {
    expect(rulesOf('Ring vaccinationssamordnaren.')).toContain('long-word')
  })
  it('puts wrapped lines together, and leaves rows, headings and items apart', () => {
    expect(
      lintText('Du kan ringa till oss på mottagningen när du vill ändra\neller avboka tiden.', {
        language: 'sv',
        domains,
      }),
    ).toMatchObject({ sentences: 1, words: 14, longestSentence: 14 })
    expect(
      lintText('# Bra att veta\n- Ta med brevet\n- Kom i tid\n\nHälsningar\nKarin', {
        language: 'sv',
        domains,
      }),
    ).toMatchObject({ sentences: 5 })
  })
})

describe('SMS', () => {
  it('tells each character that makes it dearer, with what to write', () => {
    expect(
      findings('Hej – kom č…', 'sv', 'sms').map((f) => [
        f.rule,
        f.severity,
        /write ".*"/.exec(f.message)?.[0],
      ]),
    ).toEqual([
      ['sms-ucs2', 'warning', 'write "-"'],
      ['sms-ucs2', 'warning', 'write "c"'],
      ['sms-ucs2', 'warning', 'write "..."'],
    ])
    expect(rulesOf('Åäö é ü à ñ', 'sv', 'sms')).toEqual([])
    expect(rulesOf('مرحبا', 'ar', 'sms')).toEqual([])
  })
  it('counts its parts', () => {
    expect(rulesOf('a'.repeat(160), 'en', 'sms')).toEqual([])
    expect(rulesOf('a'.repeat(161), 'en', 'sms')).toEqual(['sms-segments'])
    expect(rulesOf('م'.repeat(134), 'ar', 'sms')).toEqual([])
    expect(rulesOf('م'.repeat(135), 'ar', 'sms')).toEqual(['sms-segments'])
  })
  it('is neutral, as e-mail is', () => {
    expect(rulesOf('Dags för vaccin.', 'sv', 'sms')).toEqual(['not-neutral'])
    expect(rulesOf('Dags för vaccin.', 'sv', 'letter')).not.toContain('not-neutral')
  })
})

describe('templates', () => {
  const front = '---\nversion: 1\nlanguage: sv\nchannel: sms\n---\n'
  it('name only placeholders that the data can fill', () => {
    expect(
      findings(`${front}Hej {{person.name}}!\nDitt nummer är {{person.identityNumber}}.`),
    ).toEqual([
      expect.objectContaining({ rule: 'unknown-placeholder', severity: 'error', line: 7 }),
    ])
    expect(rulesOf(`${front}{{#if booking.code}}Ja{{else}}Nej{{/if}}`)).toEqual([])
    expect(rulesOf(`${front}{{> nothing}}`)).toEqual([])
    expect(
      lintText(`${front}{{> nothing}}`, { language: 'sv', domains, block: () => undefined })
        .findings,
    ).toEqual([expect.objectContaining({ rule: 'unknown-block' })])
    expect(rulesOf(`${front}{{what}}`)).toContain('not-neutral')
    expect(rulesOf(`${front}Hej {{person.name`)).toContain('bad-template')
  })
  it('of an SMS are counted with one branch of each condition', () => {
    const both = `${front}{{#if answer.sms}}${'Ring oss. '.repeat(12)}{{else}}${'Kom hit. '.repeat(14)}{{/if}}`
    expect(rulesOf(both)).toEqual([])
    expect(rulesOf(both.replace('{{else}}', '{{/if}}{{#if answer.code}}'))).toContain(
      'sms-segments',
    )
  })
  it('of ours have nothing to remark', async () => {
    for (const { template, language, channel } of (await loadTexts()).all()) {
      const report = await lintFile(join(templatesFolder, template, language, `${channel}.hbs`), {
        language,
        domains: [],
      })
      expect({ template, language, channel, findings: report.findings }).toEqual({
        template,
        language,
        channel,
        findings: [],
      })
    }
  })
  it('are checked with their shared blocks, and lose a fact with it', async () => {
    const file = join(templatesFolder, 'invitation-timed', 'sv', 'letter.hbs')
    expect((await lintFile(file, { language: 'sv', domains: [] })).words).toBeGreaterThan(120)
    // The template's own language: Arabic measured by Swedish rules would tell nothing.
    expect(
      (
        await lintFile(join(templatesFolder, 'invitation-timed', 'en', 'letter.hbs'), {
          domains: [],
        })
      ).findings,
    ).toEqual([])
    expect(
      await lintFile(join(templatesFolder, 'invitation-timed', 'sv-simple', 'letter.hbs'), {
        domains: [],
      }),
    ).toEqual(
      await lintFile(join(templatesFolder, 'invitation-timed', 'sv-simple', 'letter.hbs'), {
        language: 'sv-simple',
        domains: [],
      }),
    )
    for (const language of ['svenska', 'SV', 'xx', 'sv_SE'])
      await expect(lintFile(file, { language, domains: [] })).rejects.toThrow(
        expect.objectContaining({ code: 'unknown-language' }),
      )
    await expect(lintFile('no/such/file.hbs', { language: 'sv', domains: [] })).rejects.toThrow(
      expect.objectContaining({ code: 'no-file' }),
    )
  })
})

it('answers with exactly its fields', () => {
  expect(
    Object.keys(lintText('Hej på dig. Hej igen.', { language: 'sv', domains })).sort(),
  ).toEqual(['findings', 'lix', 'longestSentence', 'ovix', 'sentences', 'words'])
})

import type { Finding, Rule } from './finding.ts'
import { linksIn, unmasked } from './links.ts'

// What only a fraudster asks for (docs/operator/texts.md). Warning people of it ("vi frågar aldrig efter …") is what
// every text of ours does, so a sentence is taken apart into clauses, and a clause is a request only when it
// tells the reader to do it and doesn't say never, not or without.
const end = '(?![\\p{L}\\d])'
const begin = '(?<![\\p{L}\\d])'
const words = (...alternatives: string[]) =>
  new RegExp(`${begin}(?:${alternatives.join('|')})`, 'iu')

const asked = words(
  'logga(?:r|d)?(?:\\s+\\p{L}+)?\\s+in',
  'legitimera',
  'identifiera',
  'ange',
  'uppge',
  'skriv',
  'säg',
  `lämna`,
  'skicka',
  'sms:?a',
  'mata',
  'knappa',
  'fyll',
  'bekräfta',
  'verifiera',
  'signera',
  'godkänn',
  'använd',
  'öppna',
  'starta',
  'visa',
  `ge${end}`,
  `ger${end}`,
  'dela',
  'registrera',
  'behöv',
  'kräv',
  'måste',
  `ha (?:ditt|din|dina)${end}`,
  'ta fram',
  'läs upp',
  `svara med${end}`,
  'redo',
  'skanna',
  'till hands',
  'framme',
  'nära',
  'efterfråga',
  'vi (?:frågar|ber)',
  'be (?:dig|er) om',
  'begär',
  'uppdatera',
  'ladda',
  'log ?in',
  'sign',
  'enter',
  'give',
  'provide',
  'send',
  'confirm',
  'verify',
  'identify',
  `use${end}`,
  'open',
  'type',
  'tell',
  'have your',
  'need',
  'must',
  'require',
  'share',
  'submit',
  'update',
  'state your',
  'we (?:ask|request)',
  'reply with',
  'سجل',
  'أدخل',
  'ادخل',
  'استخدم',
  'اكتب',
  'أرسل',
  'ارسل',
  'أعط',
  'اعط',
  'افتح',
  'أكد',
  'قدم',
  'أخبر',
  'حدث',
  'نطلب',
  'تحتاج',
  'جهز',
  'امسح',
)
const no = words(
  `aldrig`,
  `inte${end}`,
  `ej${end}`,
  'utan',
  'inget',
  'ingen',
  'inga',
  'ingenting',
  'saknar',
  `slipper`,
  'varken',
  'neither',
  'gratis',
  'kostnadsfri',
  'never',
  `not${end}`,
  `no${end}`,
  'nothing',
  'without',
  'free',
  "don['’]t",
  "doesn['’]t",
  "isn['’]t",
  'cannot',
  `لا${end}`,
  `لم${end}`,
  `لن${end}`,
  'أبد',
  'ليس',
  'دون',
  'بدون',
)
// "Glöm inte att logga in" is no warning.
const reminders =
  /\b(?:glöm|missa|vänta|tveka|dröj)\s+(?:inte|ej)(?:\s+(?:att|med))?|\b(?:do not|don['’]t|never)\s+(?:forget|miss|wait|hesitate)(?:\s+to)?|\binte bara|\bnot only/giu
// What others do: "någon ringer och ber om din kod".
const others = new RegExp(
  `${begin}(?:bedragar|brottsling|lurendrej|fraudster|scammer|criminal|(?:någon|nån|de som|den som|den|som|someone|somebody|anyone|anybody|people|they)\\s+(?:\\p{L}+\\s+){0,4}?(?:ring|ber|be|fråg|skick|vill|kräv|försök|påstå|säg|lur|begär|hör av|ask|call|want|send|claim|pretend|say|tr[iy]|demand))`,
  'iu',
)
// "Vi ber dig aldrig att logga in, ange koder eller betala": the never holds for the rest of the list.
const neverAsks = new RegExp(
  `${begin}(?:vi|vården|regionen|ingen|we|nobody|the region)${end}.*${begin}(?:ber|frågar|begär|kräver|vill|skickar|ask|request|send|want)`,
  'iu',
)
const turns = words(`men`, 'i stället', 'istället', 'but', 'instead', 'däremot')

// Also with something between the letters, so that nobody would find it: "B-a-n-k I D".
const bankId =
  /(?<![\p{L}])(?:mobilt\s+)?b[\W_]{0,2}a[\W_]{0,2}n[\W_]{0,2}k[\W_]{0,2}i[\W_]{0,2}d(?![\p{L}])|(?<![\p{L}])bankid|(?<![\p{L}])e-?leg(?![\p{L}])|e-?legitimation|(?<![\p{L}])freja(?![\p{L}])|(?<![\p{L}])e-id(?![\p{L}])|electronic id/iu
const code = words(
  'säkerhetskod',
  'engångskod',
  'sms-?kod',
  'pin-?kod',
  `pin${end}`,
  'lösenord',
  'bankdosa',
  'koddosa',
  'säkerhetsdosa',
  'inloggningskod',
  'verifieringskod',
  `cv[cv]2?${end}`,
  'one[- ]?time (?:code|password)',
  'security code',
  'verification code',
  'password',
  'passcode',
  'كلمة (?:ال)?(?:مرور|سر)',
  '(?:رمز|الرمز) (?:التحقق|الأمان|السري)',
)
const anyCode = words(`kod(?:en|er|erna)?${end}`, `codes?${end}`, `(?:ال)?رم(?:ز|وز)(?:ك|ا)?${end}`)
const card = words(
  'kortnummer',
  'kortuppgift',
  'bankkort',
  'kreditkort',
  'betalkort',
  'kontokort',
  `ditt kort${end}`,
  `kortet${end}`,
  'kontonummer',
  'bankuppgift',
  'bankkonto',
  'card (?:number|detail)',
  'credit card',
  'debit card',
  'bank (?:card|account|detail)',
  'account number',
  '(?:ال)?بطاق(?:ة|تك) (?:ال)?(?:بنكية|مصرفية|ائتمان)',
  'رقم (?:ال)?(?:بطاق|حساب)',
)
const identity = words(
  'personnummer',
  'samordningsnummer',
  '(?:de )?(?:fyra sista|sista fyra|4 sista|sista 4)',
  'personal (?:identity )?number',
  'identity number',
  'last (?:four|4) digits',
  '(?:ال)?رقم(?:ك)? (?:ال)?(?:شخصي|وطني)',
)
const payment = words(
  'betal',
  'swish',
  `för(?:a)? över (?:pengar|\\d)`,
  `sätt(?:a)? in (?:pengar|\\d)`,
  `pay(?:ment|s)?${end}`,
  'transfer (?:money|\\d)',
  'wire',
  '(?:kostar|costs?|avgift(?:en)?|fee|price|priset)(?:\\s+(?:är|på|is|of|dig|you))*\\s+\\d',
  `\\d[\\d ]*(?:,\\d\\d)?\\s?(?:kr|kronor|sek|euros?|dollars?)${end}`,
  'ادفع',
  'تدفع',
  'الدفع',
  'حو[لّ]+ ',
)
// Our own codes: for booking, and to check a message with.
const ownCode =
  /(?<![A-Z0-9])[A-Z0-9]{4}-[A-Z0-9]{4}(?![A-Z0-9])|bokningskod|kontrollkod|booking code|check code/u
const codeFromElsewhere = /\b(?:bank\w*|sms\w*|app\w*|mobil\w*|telefonen|text message|phone)\b/iu

function clausesOf(sentence: string): string[] {
  return unmasked(sentence)
    .replace(/[\u064b-\u0652\u0640]/g, '')
    .replace(reminders, '')
    .split(
      /[,;–—،()]|:\s|\s-\s|(?<!(?<!\p{L})(?:be|ber|bad|fråg\p{L}*)(?:\s\p{L}+){0,2})\s(?=om\s)|\s(?=(?:men|så|utan att|utan (?:kan|ska|du|logga)|eller (?:ring|logga)|och sedan|if|but|so)\s)/iu,
    )
    .filter((clause) => /\p{L}/u.test(clause))
}

// How the languages of the short texts say never, not and no. In a language whose words for asking we don't
// know, BankID may stand only beside one.
const never: Record<string, RegExp> = {
  fa: words('هرگز', 'هیچ', 'نمی', 'نکن', 'بدون'),
  prs: words('هرگز', 'هیچ', 'نمی', 'نکن', 'بدون'),
  ckb: words('هەرگیز', 'نا', 'بێ'),
  so: words('weligeen', 'kuma', `ma${end}`),
  ti: words('ኣይ', 'አይ', 'ብፍጹም'),
  kmr: words('tu carî', `na${end}`, `ne${end}`),
  fi: words('koskaan', 'emme', `ei${end}`, 'älä', 'ilman'),
  se: words('goassege', `eat${end}`, `it${end}`, 'ale'),
  uk: words('ніколи', `не${end}`, 'без'),
  ru: words('никогда', `не${end}`, 'без'),
  pl: words('nigdy', `nie${end}`, 'bez'),
  tr: words('asla', 'hiçbir'),
  es: words('nunca', `no${end}`, 'sin'),
  fr: words('jamais', `ne${end}`, 'n’', "n'", 'sans'),
  bs: words('nikad', `ne${end}`, 'bez'),
  th: /ไม่/,
  rom: words('ći data', `na${end}`),
}

/** BankID in a language whose other words the rules don't know. */
export const bankIdAbroad: Rule = ({ language, shown }) => {
  if (/^(?:sv|en|ar)/.test(language)) return []
  return shown.flatMap(({ text, line }): Finding[] =>
    bankId.test(unmasked(text)) && !never[language]?.test(text)
      ? [
          {
            rule: 'asks-for-bankid',
            severity: 'error',
            line,
            message: `Names BankID without saying that we never ask for it: "${text.trim()}". Only fraudsters ask: take it out.`,
          },
        ]
      : [],
  )
}

const rules: { rule: string; what: string; is: (clause: string, ownCodes: boolean) => boolean }[] =
  [
    {
      rule: 'asks-for-bankid',
      what: 'BankID or another e-identification',
      is: (clause) => bankId.test(clause) && asked.test(clause),
    },
    {
      rule: 'asks-for-code',
      what: 'a code or password',
      is: (clause, ownCodes) =>
        asked.test(clause) &&
        (code.test(clause) ||
          (anyCode.test(clause) && (!ownCodes || codeFromElsewhere.test(clause)))),
    },
    {
      rule: 'asks-for-card',
      what: 'card or account numbers',
      is: (clause) => card.test(clause) && asked.test(clause),
    },
    {
      rule: 'asks-for-identity',
      what: 'an identity number, or part of one',
      is: (clause) => identity.test(clause) && asked.test(clause),
    },
    { rule: 'asks-for-payment', what: 'payment', is: (clause) => payment.test(clause) },
  ]

/** No request for BankID, codes, card, identity number or payment. */
export const requests: Rule = ({ shown }) => {
  const ownCodes = shown.some(({ text }) => ownCode.test(text))
  return shown.flatMap(({ text, line }) => {
    const findings = new Map<string, Finding>()
    let carried = false
    for (const clause of clausesOf(text)) {
      const never = no.test(clause)
      if (turns.test(clause)) carried = false
      if (!never && !carried && !others.test(clause)) {
        for (const { rule, what, is } of rules) {
          if (is(clause, ownCodes))
            findings.set(rule, {
              rule,
              severity: 'error',
              line,
              message: `Asks for ${what}: "${clause.trim()}". Only fraudsters do: take it out.`,
            })
        }
      }
      carried ||= never && neverAsks.test(clause)
    }
    return [...findings.values()]
  })
}

const login = words(
  'logga(?:r)?(?:\\s+\\p{L}+)?\\s+in',
  'inloggning',
  'legitimera dig',
  'identifiera dig',
  'verifiera',
  'log ?in',
  'sign in',
  'login',
  'verify',
  'سجل الدخول',
  'تسجيل الدخول',
)
// Who is told to log in will look for where, and finds what a fraudster has put there.
const told = words('logga(?:\\s+\\p{L}+)?\\s+in', `log in${end}`, `sign in${end}`, 'سجل الدخول')
const loginAddress =
  /log-?in|logga-?in|inlogg|sign-?in|(?:^|[./])auth|bank-?id|mitt-?konto|verif|legitim|password/iu

/** No address where the reader logs in, and no sentence that sends the reader to an address or link to do so. */
export const loginLinks: Rule = ({ shown }) =>
  shown.flatMap(({ text, line }): Finding[] => {
    const links = linksIn(text)
    const address = links.find(({ whole }) => loginAddress.test(whole))
    const sent = clausesOf(text).some(
      (clause) =>
        !no.test(clause) &&
        !others.test(clause) &&
        (told.test(clause) ||
          (login.test(clause) && (links.length > 0 || /länk|\blink|الرابط/iu.test(text)))),
    )
    if (!address && !sent) return []
    return [
      {
        rule: 'login-link',
        severity: 'error',
        line,
        message: `Leads to a log-in${address ? ` (${address.whole})` : ''}: messages have no log-in links. Say how to find the page oneself, or whom to call.`,
      },
    ]
  })

const threats = [
  /(?<!\p{L})(?:annars|i annat fall|om du inte [^.!?]*|otherwise|or else|if you (?:do not|don['’]t) [^.!?]*)[^.!?]*?(?<!\p{L})(?:förlorar|mister|stängs|stänger|spärra|avsluta|debitera|polisanmäl|böter|avgift|tas bort|avbokas|blir (?:du )?(?:av med|utan)|lose|closed|blocked|terminated|charged|fined|suspended)/iu,
  /(?<!\p{L})(?:sista chansen|sista möjligheten|sista varningen|sista påminnelsen|last chance|final (?:warning|notice|reminder))(?!\p{L})/iu,
  /(?<!\p{L})(?:brådskande|brådskar|skynda dig|var snabb|gäller (?:bara|endast) i ?dag|act now|hurry|urgent(?:ly)?|agera nu)(?!\p{L})/iu,
  /(?<!\p{L})(?:konto|kort|plats|tid|ärende|account)\p{L}*\s+(?:kommer att\s+|will be\s+|har\s+|has been\s+)?(?:spärra|stäng|avsluta|block|suspend|clos)\p{L}*/iu,
]
const riskOrFine =
  /(?<!\p{L})(?:riskerar (?:du )?att (?:förlora|mista|bli av med)|you (?:risk|may lose)|failure to \p{L}+ (?:will|may)|(?:boka|svara|ring|klicka|bekräfta|book|reply|call|click|confirm) (?:nu|i ?dag|now|today)!|(?:sista dagen|last day)[^.!?]* (?:är|is) (?:i ?dag|today)|(?:ring|call)\P{L}[^.!?]*(?:nu direkt|omedelbart|omgående|immediately|at once))(?!\p{L})/iu
// Arabic: at once, urgent, last warning; an account or time that will be closed, stopped or lost.
const pressedInArabic =
  /(?<!\p{L})(?:فورا|حالا|عاجل|الفرصة الأخيرة|آخر فرصة|التحذير الأخير|(?:حسابك|بطاقتك|موعدك) (?:س\p{L}*|مغلق|موقوف)|ستفقد|ستخسر)/u
const haste =
  /(?<!\p{L})(?:(?:inom|within) \S+ (?:timm|minut|hour)\p{L}*|omedelbart|genast|omgående|nu direkt|immediately|at once|right away)(?!\p{L})/iu
const doing = words(
  'klicka',
  'svara',
  'boka',
  'logga',
  'bekräfta',
  'betala',
  'ange',
  'agera',
  'besök',
  'click',
  'reply',
  'book',
  'confirm',
  'pay',
  'log in',
  'visit',
  'act',
)
const emergency =
  /(?<!\d)112(?!\d)|polis|\bbank(?:en)?\b|sök vård|seek care|police|lägg på|hang up|andas|breath/iu

/** No threats and no haste: fraudsters press, care doesn't. What to do in an emergency may be said with haste. */
export const urgency: Rule = ({ shown }) =>
  shown.flatMap(({ text, line }): Finding[] => {
    if (emergency.test(text) || others.test(text)) return []
    const bare = text.replace(/[\u064b-\u0652\u0640]/g, '')
    const pressed =
      [...threats, riskOrFine, pressedInArabic]
        .map((threat) => threat.exec(bare)?.[0])
        .find((threat) => threat !== undefined) ??
      (doing.test(text) ? haste.exec(text)?.[0] : undefined)
    return pressed
      ? [
          {
            rule: 'urgency',
            severity: 'error',
            line,
            message: `Presses the reader: "${pressed.trim()}". Say what is best and until when, calmly.`,
          },
        ]
      : []
  })

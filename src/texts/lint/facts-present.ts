import { found, type Finding, type Rule, type Source } from './finding.ts'

type Fact = 'time' | 'place' | 'phone' | 'free' | 'cancel'

const timed: Fact[] = ['time', 'place', 'phone', 'free', 'cancel']
const byTemplate: Record<string, Fact[]> = {
  'invitation-timed': timed,
  'reissue-timed': timed,
  'second-dose': timed,
  'invitation-open': ['phone', 'free'],
  'invitation-by-phone': ['phone', 'free'],
}

const clock =
  /(?:\bkl\.?|\bklockan|\bat|الساعة)?\s*(?<![\d.:–-])\d{1,2}[.:]\d{2}(?!\d|[.:]\d|\s*[–-]\s*\d)|(?:\bkl\.?|\bklockan|الساعة)\s*\d{1,2}(?!\d|[.:]\d|\s*[–-]\s*\d)/iu
const day =
  /(?<!\d)\d{1,2}(?::?e|st|nd|rd|th)?\s+(?:of\s+)?\p{L}{3,}|\d{4}-\d{2}-\d{2}|(?<!\d)\d{1,2}\/\d{1,2}(?!\d)|\p{L}{3,}\s+\d{1,2},/u
const looks: Record<Fact, { means: string; patterns: RegExp[] }> = {
  time: { means: 'day and time', patterns: [] },
  place: {
    means: 'the place',
    patterns: [
      /(?<!\d)\d{3} ?\d{2}\s+\p{Lu}/u,
      /(?:plats|adress|place|address|where)\s*:/iu,
      /المكان/u,
      /\p{Lu}\p{L}*(?:gatan|vägen|torget|gränd|stigen|allén|plan|backen|plats)\s+\d/u,
      /\p{L}+\s?(?:vårdcentral|hälsocentral|sjukhus|lasarett|mottagning|medical centre|hospital|clinic)/iu,
    ],
  },
  phone: {
    means: 'a phone number',
    patterns: [
      /(?<!\d)(?:\+\d{1,3}|0)[\d\s()-]{6,}\d/u,
      /(?:ring|call|telefon|phone)\P{Ll}*(?:\p{L}+\s)?1177(?![.\d])/iu,
    ],
  },
  free: {
    means: 'that it is free of charge',
    patterns: [
      /gratis|kostnadsfri|avgiftsfri|kostar (?:dig )?(?:inget|ingenting)|utan (?:kostnad|avgift)|betalar (?:inget|ingenting)/iu,
      /free of charge|(?:is|are) free|no charge|no cost|costs nothing/iu,
      /مجان/u,
    ],
  },
  cancel: {
    means: 'how to change or cancel',
    patterns: [
      /av-?boka|omboka|boka om|ändra|säg\p{L}* nej|tacka nej|återbud|ställa in/iu,
      /cancel|reschedul|change/iu,
      /إلغا|تغيير/u,
    ],
  },
}

function has(source: Source, fact: Fact): boolean {
  if (fact === 'time')
    return (
      found(source, new RegExp(clock, 'giu')).length > 0 &&
      found(source, new RegExp(day, 'gu')).length > 0
    )
  return looks[fact].patterns.some((pattern) => source.lines.some(({ text }) => pattern.test(text)))
}

function needed({ template, lines, language, channel }: Source): Fact[] {
  if (template !== undefined) return byTemplate[template] ?? ['phone']
  const text = lines.map((l) => l.text).join(' ')
  if (
    /fått en (?:fast )?tid|har en tid|bokat en tid|have an appointment|booked (?:an appointment|a time)/iu.test(
      text,
    )
  )
    return timed
  const open = language.startsWith('sv')
    ? /(?:kan (?:nu )?|dags att |välkommen att )(?:själv )?boka|bokningskod|boka (?:en |din )?tid/iu
    : /can (?:now )?book|booking code|book (?:a|your) (?:time|appointment)/iu
  if (open.test(text)) return ['phone', 'free']
  return channel === 'letter' ? timed : []
}

/**
 * A letter says what the reader needs. Which facts is known of our templates; of other text by whether it gives
 * a time or asks to book one. What nobody has said to be a letter may be one, so what isn't there is a warning.
 */
export const factsPresent: Rule = (source) => {
  const { channel } = source
  if ((channel !== 'letter' && channel !== undefined) || !/^(?:sv|en|ar)/.test(source.language))
    return []
  return needed(source)
    .filter((fact) => !has(source, fact))
    .map((fact): Finding => ({
      rule: `missing-${fact}`,
      severity: channel ? 'error' : 'warning',
      line: source.lines[0]?.line ?? 1,
      message: `${channel ? 'The letter' : 'The text'} doesn't say ${looks[fact].means}.`,
    }))
}

import { limits, readability, wordsOf } from '../readability.ts'
import { isSwedish, type Finding, type Rule } from './finding.ts'

// Below this many words LIX jumps with each word, so passing the limit is only a warning.
const enoughWords = 25

/** LIX and the longest sentences, against our limits for Swedish. An SMS is too short to be measured. */
export const readable: Rule = ({ language, channel, body, sentences }) => {
  const limit = limits[language]
  if (!limit) return []
  const { lix, words } = readability(body)
  const findings: Finding[] = []
  if (lix > limit.lix && channel !== 'sms') {
    findings.push({
      rule: 'lix',
      severity: words >= enoughWords ? 'error' : 'warning',
      line: 1,
      message: `LIX is ${lix.toFixed(1)}, over ${limit.lix}: shorten sentences, or choose shorter words.`,
    })
  }
  for (const { text, line } of sentences) {
    const n = wordsOf(text).length
    if (n > limit.sentence)
      findings.push({
        rule: 'sentence-length',
        severity: 'error',
        line,
        message: `A sentence has ${n} words, over ${limit.sentence}: make it two. "${shortened(text)}"`,
      })
  }
  return findings
}

/** Easy Swedish has short lines. A template's lines are broken when it is drawn, so only plain text is measured. */
export const lineLength: Rule = ({ language, channel, isTemplate, lines }) => {
  const most = limits[language]?.line
  if (!most || isTemplate || (channel !== undefined && channel !== 'letter')) return []
  return lines
    .filter(({ text }) => text.length > most)
    .map(({ text, line }) => ({
      rule: 'line-length',
      severity: 'error',
      line,
      message: `The line has ${text.length} characters, over ${most}: break it.`,
    }))
}

export const longWords: Rule = ({ language, sentences }) => {
  const most = limits[language]?.word
  if (!most) return []
  return sentences.flatMap(({ text, line }) =>
    wordsOf(text)
      .filter((word) => /^\p{L}+$/u.test(word) && word.length > most)
      .map((word): Finding => ({
        rule: 'long-word',
        severity: 'warning',
        line,
        message: `"${word}" has ${word.length} letters: say it with shorter words, or explain it.`,
      })),
  )
}

/** Easy Swedish says what is, not what isn't; but an order not to come must be said. */
export const negations: Rule = ({ language, sentences }) =>
  language !== 'sv-simple'
    ? []
    : sentences
        .filter(({ text }) =>
          /\b(inte|icke|ej)\b/i.test(text.replaceAll(/\b(kom|behöver) inte\b/gi, '')),
        )
        .map(({ text, line }) => ({
          rule: 'negation',
          severity: 'warning',
          line,
          message: `Say it without "inte" if you can: "${shortened(text)}"`,
        }))

// Verbs that end in -s without being passive, and other words that look so.
const notPassive = new Set(
  'finnas finns fanns hoppas hoppades andas andades minnas minns trivas trivs träffas träffades träffats lyckas lyckades lyckats känns kändes behövs behövas mötas möts ses syns hörs umgås skäms låtsas låtsades kräkas kräks svettas orkas saknas saknades åldras vistas vistades vistats misslyckas misslyckades synas höras kännas händes väntas enas'.split(
    ' ',
  ),
)
const passiveForms = [
  /\b(?:ska|skall|kan|måste|får|bör|kommer att|behöver|skulle|kunde|att)\s+(?:(?:inte|även|också|nu|då|alltid|aldrig)\s+)?(\p{Ll}+[aå]s)\b/giu,
  /(?<!\p{L})(\p{Ll}{2,}(?:ades|ats|erades|eras)|\p{Ll}*(?:ställs|görs|skickas|bokas|kallas|utförs|meddelas|lämnas|erbjuds|ändras|kontrolleras|beslutas|genomförs|hålls|sänds|bestäms|betalas|behandlas|bedöms|undersöks|hämtas|öppnas|stängs|flyttas)|(?:av|ut|upp|över|till|mot|be)?(?:ges|tas))(?![\p{L}])/giu,
  /\b((?:blir|blev|blivit)\s+\p{Ll}+(?:ad|at|ade|ts|dd|tt|da|en))(?![\p{L}])/giu,
]

export const passives: Rule = ({ language, sentences }) => {
  if (language !== 'sv-simple') return []
  return sentences.flatMap(({ text, line }): Finding[] => {
    const words = passiveForms
      .flatMap((form) => [...text.matchAll(form)].map((match) => match[1] ?? ''))
      .filter((word) => !notPassive.has(word.toLowerCase()) && !/(?:plats|sats)$/i.test(word))
    return [...new Set(words)].map((word) => ({
      rule: 'passive',
      severity: 'warning',
      line,
      message: `"${word}" hides who does it: say "vi …" or "du …" instead.`,
    }))
  })
}

/** `kl. 9.30`, as Språkrådet writes it. */
export const times: Rule = (source) => {
  if (!isSwedish(source.language)) return []
  return source.lines.flatMap(({ text, line }): Finding[] =>
    [
      ...text.matchAll(
        /(?<![\d.:/-])(?:(kl\.?|klockan)\s*)?(\d{1,2})(?:([.:])(\d{2}))?(?![\d:]|\.\d|[./]\p{L})/giu,
      ),
    ].flatMap((match): Finding[] => {
      const [all, before, hour = '', sign, minute] = match
      if (!before && (sign !== ':' || Number(hour) > 24)) return []
      if (before && (Number(hour) + Number(minute ?? 0) / 60 > 24 || Number(minute ?? 0) > 59))
        return [
          {
            rule: 'impossible-time',
            severity: 'error',
            line,
            message: `There is no time "${all}".`,
          },
        ]
      const right = `kl. ${Number(hour)}${minute ? `.${minute}` : ''}`
      const told = before ? all : `kl. ${all}`
      if (all === right || (!before && sign !== ':')) return []
      return told === right
        ? []
        : [
            {
              rule: 'time-format',
              severity: 'warning',
              line,
              message: `Write "${right}", not "${all}".`,
            },
          ]
    }),
  )
}

const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 99)}…` : text)

import { statusIn } from './fault.ts'
import type { Action, RecipientReport } from './report.ts'

// Reports in words alone, as older servers write them (Exim before 4.84, and many small ones), in English and Swedish.

/** From where on a report is a copy of the mail: what is said in there is said by us. */
const copy =
  /^(-{2,}.*(copy|original|message header|kopia|ursprunglig).*|(return-path|received):.*)$/im

/** Looked for in this order: a warning may hold the words of a failure, too. */
const words: [Action, RegExp][] = [
  [
    'delayed',
    /not yet been delivered|warning: message .*delayed|delivery (is |has been )?delayed|still being retried|will (be retried|keep trying)|no action is required|ännu inte (kunnat )?levererats|försenat|försöker (igen|fortfarande)/i,
  ],
  [
    'failed',
    /could ?n[o']t be delivered|could not deliver|undeliver|delivery (has )?failed|failure notice|permanent error|returning message to sender|kunde inte levereras|inte kunnat levereras|gick inte att leverera|olevererbar|levera(ns|nsen) misslyckades|återsänds/i,
  ],
]

const daemon = /^(mailer-?daemon|postmaster|mail-?daemon|maildelivery)@/i

/** Whether a mail server wrote it, and not a person or their calendar. */
export const isFromDaemon = (from: string, failedRecipients: string): boolean =>
  daemon.test(from) || failedRecipients !== ''

/**
 * Reads what a mail server says in words. The lines that it says it in are not kept: they may quote anything.
 * @param failedRecipients Exim's header X-Failed-Recipients
 */
export function readPlain(
  subject: string,
  text: string,
  failedRecipients: string,
): { recipients: RecipientReport[]; copied: string } {
  const start = copy.exec(text)?.index ?? text.length
  const said = `${subject}\n${text.slice(0, start)}`
  const action = words.find(([, pattern]) => pattern.test(said))?.[0] ?? null
  const named =
    failedRecipients || (/[^\s<>:;,"()[\]]+@[\w.-]+\w/.exec(text.slice(0, start))?.[0] ?? '')
  const recipients = named
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '')
  return {
    recipients: (recipients.length ? recipients : [null]).map((address) => ({
      address,
      original: null,
      action,
      status: statusIn(said),
      diagnostic: said,
    })),
    copied: text.slice(start),
  }
}

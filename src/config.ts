import { z } from 'zod'
import { Refused } from './errors.ts'

const port = z.coerce.number().int().min(0).max(65535)
const hour = z.coerce.number().int().min(0).max(24)

/**
 * Everything that can be set from outside, with defaults that run on a developer's machine. Documented in
 * docs/operator/configuration.md.
 */
/** LETTER_WINDOW's four numbers. */
export function windowOf(text: string): {
  left: number
  top: number
  right: number
  bottom: number
} {
  const [left = 0, top = 0, right = 0, bottom = 0] = text.split(',').map(Number)
  return { left, top, right, bottom }
}

function windowFits(text: string): boolean {
  const { left, top, right, bottom } = windowOf(text)
  return (
    left >= 90 &&
    right <= 210 &&
    right - left >= 70 &&
    top >= 40 &&
    bottom <= 100 &&
    bottom - top >= 30
  )
}

/**
 * Everything that can be set from outside, with defaults that work on a developer's machine:
 * docs/operator/configuration.md.
 */
const schema = z.object({
  DATABASE_URL: z.string().startsWith('postgres').optional(),
  /** the server itself, for migrations, where DATABASE_URL leads to a pooler that shares connections */
  DATABASE_DIRECT_URL: z.string().startsWith('postgres').optional(),
  /** the owner of the tables, for `migrate` only: the role of DATABASE_URL then owns nothing */
  DATABASE_OWNER_URL: z.string().startsWith('postgres').optional(),
  /** a role that may read, for reports, when DATABASE_OWNER_URL is set */
  DATABASE_READ_ROLE: z.string().optional(),
  /** where the embedded database and other local data live */
  KALLELSE_DATA: z.string().default('.data'),
  /** keys that kept bytes are sealed with (32 bytes, base64): the first seals, the others only open */
  SEALING_KEYS: z.string().optional(),
  /** or the file that holds them */
  SEALING_KEYS_FILE: z.string().optional(),
  /** where reports, sample letters and the print folder go */
  KALLELSE_OUT: z.string().default('out'),
  /** read by libraries; the Vonage SDK would write its private key to the log */
  DEBUG: z
    .string()
    .refine(
      (names) => !/(^|[\s,])(\*|vonage)/.test(names),
      'must not switch on vonage:*: the SDK would log its private key',
    )
    .optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  /** for the staff's pages (user: admin) until there is a login; without it they are shown only on this machine */
  ADMIN_PASSWORD: z.string().min(12).optional(),
  /** signs residents' sessions; random at each start when not set, so set it where several programs serve */
  SESSION_SECRET: z.string().min(32).optional(),
  /**
   * how many proxies are in front of this program and say for whom they ask (X-Forwarded-For); guessing is
   * limited by that address
   */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  /**
   * requests to the booking pages that are under way before people who come get a place in a line: about a second's
   * work of two cores, which is sooner over than a line
   */
  BOOKING_PAGES_AT_ONCE: z.coerce.number().int().positive().default(100),
  /** the address residents see in letters and messages */
  PUBLIC_URL: z
    .url()
    .max(80, "must be 80 characters at most: it is in letters' 2D codes")
    .default('http://127.0.0.1:3000'),
  /**
   * Ed25519 (PKCS 8, base64 or PEM) with which letters' 2D codes are signed; one is made for this machine when
   * not set
   */
  CODE_SIGNING_KEY: z.string().optional(),
  REGION_NAME: z.string().default('Region Dalarna'),
  /** a number that belongs to nobody (PTS's series for fiction) */
  REGION_PHONE: z.string().default('+46846500400'),
  REGION_PHONE_HOURS: z.string().default('vardagar kl. 8–16'),
  REGION_WEBSITE: z.url().default('https://www.regiondalarna.example'),
  /** lets campaigns use translations that nobody has approved: for demonstrations and tests */
  ALLOW_DRAFT_TEXTS: z.stringbool().default(false),
  /** left,top,right,bottom of the envelope's window in millimetres, seen on the folded paper */
  LETTER_WINDOW: z
    .string()
    .regex(
      /^\d+(\.\d)?(,\d+(\.\d)?){3}$/,
      'must be four numbers of millimetres: left,top,right,bottom',
    )
    .refine(
      windowFits,
      'must be a window at the right: left 90 or more, right 210 at most, 70 wide and 30 high ' +
        'or more, between 40 and 100 from the top',
    )
    .default('110,45,200,80'),
  /** millimetres at the paper's left and right */
  LETTER_MARGIN: z.coerce
    .number()
    .min(18, "must leave 18 mm for the print supplier's barcode")
    .max(35)
    .default(25),
  /** where undeliverable letters go */
  RETURN_ADDRESS: z.string().default('Region Dalarna, Box 712, 791 29 Falun'),
  /**
   * where Skatteverket takes post to send on to people with skyddad folkbokföring; lines with commas between.
   * Ask Skatteverket: it is not guessed
   */
  FORWARDING_ADDRESS: z.string().optional(),

  /** the Vonage Messages API; https://api.nexmo.com when not set */
  SMS_HOST: z.url().optional(),
  /** the Reports API, asked about messages in doubt; the same host as SMS_HOST when not set */
  VONAGE_REPORTS_HOST: z.url().optional(),
  SMS_SENDER: z.string().default('RegDalarna'),
  /** the number that questions are sent from and answers (JA, NEJ) come to: a sender of letters can't be answered */
  SMS_REPLY_NUMBER: z
    .string()
    .regex(/^\+[1-9][0-9]{6,14}$/, 'must be a number in international form, +46…')
    .optional(),
  SMS_PER_SECOND: z.coerce.number().positive().default(30),
  SMS_QUIET_FROM: hour.default(20),
  SMS_QUIET_TO: hour.default(8),
  VONAGE_API_KEY: z.string().optional(),
  VONAGE_API_SECRET: z.string().optional(),
  VONAGE_APPLICATION_ID: z.string().optional(),
  VONAGE_PRIVATE_KEY: z.string().optional(),
  VONAGE_SIGNATURE_SECRET: z.string().optional(),

  SMTP_URL: z.string().startsWith('smtp').optional(),
  /** nothing is sent to a relay that offers no STARTTLS */
  SMTP_REQUIRE_TLS: z.stringbool().default(false),
  SMTP_FROM: z.string().default('kallelse@regiondalarna.example'),
  SMTP_PER_SECOND: z.coerce.number().positive().default(50),
  /**
   * a relay's message trace, asked GET ?message_id=… about messages in doubt; without it the campaign's policy
   * decides
   */
  SMTP_TRACE_URL: z.url().optional(),

  /** the mailbox that undeliverable mail comes back to: imaps://USER@HOST/FOLDER; without it none is read */
  BOUNCE_MAILBOX: z
    .url({ protocol: /^imaps?$/ })
    .refine(
      (url) => URL.canParse(url) && new URL(url).username !== '' && new URL(url).password === '',
      'must be imaps://USER@HOST/FOLDER, without a password and with @ in the user written %40',
    )
    .optional(),
  BOUNCE_MAILBOX_PASSWORD: z.string().optional(),
  /** mail goes out from it with our reference after a +, so that what comes back says whose it was; else SMTP_FROM */
  BOUNCE_ADDRESS: z
    .email()
    .refine(
      (address) => /^[^+@]{1,31}@/.test(address),
      'must have 31 characters at most before the @, and no +',
    )
    .optional(),
  /** the relay signs its webhooks about bounces with it: whsec_ and 24 bytes or more in base64 */
  BOUNCE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and 24 bytes or more in base64')
    .optional(),

  /**
   * calls that the region's booking phone can take on a working day, where no other number is given for the
   * day; no limit when not set
   */
  PHONE_CAPACITY: z.coerce.number().int().positive().optional(),

  PRINT_FOLDER: z.string().optional(),
  /** the print supplier's SFTP server and folder there, instead of PRINT_FOLDER */
  PRINT_SFTP_URL: z
    .url({ protocol: /^sftp$/ })
    .refine(
      (url) => URL.canParse(url) && new URL(url).username !== '' && new URL(url).password === '',
      'must be sftp://USER@HOST/FOLDER, without a password',
    )
    .optional(),
  /** fingerprints of its keys (SHA256:…), separated by spaces; nothing is sent to a server that shows another */
  PRINT_SFTP_HOST_KEY: z
    .string()
    .regex(
      /^(SHA256:[A-Za-z0-9+/]{43}=?\s*)*$/,
      'must be fingerprints as ssh-keygen -l shows them: SHA256:…',
    )
    .default(''),
  PRINT_SFTP_KEY: z.string().optional(),
  PRINT_SFTP_PASSWORD: z.string().optional(),
  /** until when on a working day a batch is printed the same day; later ones count for the next */
  PRINT_CUT_OFF: z
    .string()
    .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'must be a time of day: 17:30')
    .default('23:59'),
  /** letters that the supplier prints in a day at most; no limit when not set */
  PRINT_CAPACITY: z.coerce.number().int().positive().optional(),
  /** who is told by e-mail a working day ahead of days with more letters than PRINT_ANNOUNCE_OVER */
  PRINT_ANNOUNCE_TO: z.email().optional(),
  PRINT_ANNOUNCE_OVER: z.coerce.number().int().positive().default(5000),
  /** what a letter costs with print and postage, and a part of an SMS, in kronor: for the estimate before a start */
  PRICE_LETTER: z.coerce.number().nonnegative().optional(),
  PRICE_LETTER_ECONOMY: z.coerce.number().nonnegative().optional(),
  PRICE_SMS_PART: z.coerce.number().nonnegative().optional(),
  /** letters in one print batch at most */
  PRINT_BATCH: z.coerce.number().int().min(1).max(5000).default(1000),
  /** seconds before a message that was being sent by a worker that is gone is asked about */
  IN_DOUBT_AFTER: z.coerce.number().positive().default(120),
  /** minutes */
  PROVIDER_PAUSE_AFTER: z.coerce.number().positive().default(15),
  /** hours; 0: not watched */
  BACKUP_WITHIN: z.coerce.number().min(0).default(26),
})

export type Config = z.infer<typeof schema>

/**
 * Reads and checks the environment. Empty values count as not set.
 * @throws Refused naming each wrong variable and what it should be
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = schema.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Refused(
    'bad-configuration',
    `The environment is not usable.\n  ${faults.join('\n  ')}\nSee docs/operator/configuration.md.`,
  )
}

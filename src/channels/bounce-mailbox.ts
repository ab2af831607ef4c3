import type { ImapFlow, ImapFlowOptions } from 'imapflow'

/** How far a folder has been read. A server that changes `uidValidity` has numbered its mails anew. */
export interface ReadTo {
  uidValidity: number
  uid: number
}

export interface FoundMail extends ReadTo {
  folder: string
  content: Buffer
}

/** At most so many mails are held at once. */
const chunk = 50

export interface MailboxSettings {
  /** imaps://USER@HOST/FOLDER */
  url: string
  password: string
  /** what is read of a mail at most */
  mostBytes: number
}

/** A mailbox's name in tables and logs. */
export function mailboxName(url: string): string {
  const { username, hostname } = new URL(url)
  return `${decodeURIComponent(username)}@${hostname}/${folderOf(url)}`
}

const folderOf = (url: string): string =>
  decodeURIComponent(new URL(url).pathname.replace(/^\//, '')) || 'INBOX'

/**
 * Reads what has come into the folder since `from`, a chunk at a time and oldest first. It is opened read-only: whoever
 * else reads the mailbox finds everything as it was.
 * @param take what becomes of a chunk; the next is read when it has ended
 */
export async function readNewMails(
  settings: MailboxSettings,
  from: ReadTo | null,
  take: (mails: FoundMail[], to: ReadTo) => Promise<void>,
  stop: AbortSignal,
): Promise<void> {
  const client = await openClient(settings)
  const giveUp = () => client.close()
  stop.addEventListener('abort', giveUp)
  try {
    await client.connect()
    const folder = folderOf(settings.url)
    const opened = await client.mailboxOpen(folder, { readOnly: true }).catch((error: unknown) => {
      throw client.usable ? new NoSuchFolder() : error
    })
    const uidValidity = Number(opened.uidValidity)
    const last = from?.uidValidity === uidValidity ? from.uid : 0
    // "9:*" is the last mail when there is none after the eighth
    const found = await client.search({ uid: `${last + 1}:*` }, { uid: true })
    const uids = (found || []).filter((uid) => uid > last).sort((a, b) => a - b)
    for (let at = 0; at < uids.length && !stop.aborted; at += chunk) {
      const some = uids.slice(at, at + chunk)
      const contents = await fetchContents(client, some, settings.mostBytes)
      await take(
        contents.map(({ uid, content }) => ({ folder, uidValidity, uid, content })),
        { uidValidity, uid: some.at(-1)! },
      )
    }
    await client.logout()
  } finally {
    stop.removeEventListener('abort', giveUp)
    client.close()
  }
}

async function openClient({ url, password }: MailboxSettings): Promise<ImapFlow> {
  const { ImapFlow } = await import('imapflow')
  const { protocol, hostname, port, username } = new URL(url)
  const secure = protocol === 'imaps:'
  const host = hostname.replace(/^\[|\]$/g, '')
  const options: ImapFlowOptions = {
    host,
    port: Number(port) || (secure ? 993 : 143),
    secure,
    // the password goes in the clear to this machine only
    ...(secure || /^(localhost|127\.0\.0\.1|::1)$/.test(host) ? {} : { doSTARTTLS: true }),
    auth: { user: decodeURIComponent(username), pass: password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: 20_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
  }
  const client = new ImapFlow(options)
  client.on('error', () => {}) // whatever is under way fails by it
  return client
}

async function fetchContents(
  client: ImapFlow,
  uids: readonly number[],
  mostBytes: number,
): Promise<{ uid: number; content: Buffer }[]> {
  const contents: { uid: number; content: Buffer }[] = []
  const query = { uid: true, source: { start: 0, maxLength: mostBytes } }
  for await (const { uid, source } of client.fetch(uids.join(','), query, { uid: true }))
    if (source) contents.push({ uid, content: source })
  return contents
}

/** Servers refuse a folder that isn't there, or isn't ours to see, in many words. */
class NoSuchFolder extends Error {}

/** What went wrong with a mailbox, as a code that names nobody. */
export function mailboxFault(error: unknown): string {
  const fault = error as {
    authenticationFailed?: boolean
    code?: string
    tlsFailed?: boolean
  }
  if (error instanceof NoSuchFolder) return 'no-such-folder'
  if (fault.authenticationFailed) return 'unauthorized'
  if (fault.tlsFailed || /CERT|TLS|SSL/.test(fault.code ?? '')) return 'tls-failed'
  if (
    /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ETIMEDOUT|EPIPE|CONNECT_TIMEOUT|GREETING_TIMEOUT|NoConnection|UPGRADE)/.test(
      fault.code ?? '',
    )
  )
    return 'unreachable'
  return 'provider-error'
}

declare module 'hoodiecrow-imap' {
  import type { Server } from 'node:net'
  interface Message {
    uid: number
    raw: string
    flags: string[]
  }
  export interface FetchQuery {
    partial?: number[]
  }
  export type FetchHandler = (
    connection: unknown,
    message: Message,
    query: FetchQuery,
  ) => { type: string; value: string }
  export interface ImapServer {
    server: Server
    fetchHandlers: Record<string, FetchHandler>
    listen(port: number, host: string): void
    close(closed: () => void): void
    getMailbox(path: string): { messages: Message[]; uidvalidity: number }
    appendMessage(path: string, flags: string[], at: string, raw: string): void
  }
  export default function hoodiecrow(options: {
    plugins?: string[]
    storage: Record<string, object>
    users: Record<string, { password: string }>
  }): ImapServer
}

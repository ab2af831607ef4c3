import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Request, Response } from 'express'

/** How long somebody can be away from the page. Each page that is shown starts it again. */
export const sessionMinutes = 30
const name = 'boka'

export const cookieOf = (request: Request, name: string): string | undefined =>
  (request.get('cookie') ?? '')
    .split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

/** Sessions in a signed cookie: which invitation, until when. It holds nothing that names a person. */
export class Sessions {
  readonly #secret: string
  readonly #secure: boolean
  /** @param secure whether residents come by HTTPS: then the cookie goes nowhere else */
  constructor(secret: string, secure: boolean) {
    this.#secret = secret
    this.#secure = secure
  }

  begin(response: Response, invitationId: number, now: Date): void {
    const content = `${invitationId.toString(36)}.${Math.floor(now.getTime() / 1000 + sessionMinutes * 60).toString(36)}`
    this.#set(response, `${content}.${this.#sign(content)}`, `Max-Age=${sessionMinutes * 60}`)
  }

  end(response: Response): void {
    this.#set(response, '', 'Max-Age=0')
  }

  /** @returns the invitation's id; undefined when there is no session, it is over, or it is not ours */
  read(request: Request, now: Date): number | undefined {
    const value = cookieOf(request, name)
    const [id = '', until = '', signature = ''] = value?.split('.') ?? []
    const [given, expected] = [Buffer.from(signature), Buffer.from(this.#sign(`${id}.${until}`))]
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    return parseInt(until, 36) * 1000 > now.getTime() ? parseInt(id, 36) : undefined
  }

  #sign(content: string): string {
    return createHmac('sha256', this.#secret).update(`boka ${content}`).digest('base64url')
  }

  #set(response: Response, value: string, life: string): void {
    response.append(
      'Set-Cookie',
      `${name}=${value}; Path=/boka; HttpOnly; SameSite=Strict; ${life}${this.#secure ? '; Secure' : ''}`,
    )
  }
}

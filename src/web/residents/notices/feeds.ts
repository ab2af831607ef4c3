import { blocksAsText } from '../../../texts/blocks.ts'
import { escaped } from '../../../texts/email-html.ts'
import type { RenderedPage } from '../../../texts/rendered.ts'
import { blocksHtml } from './html.ts'

export interface Entry {
  /** its page */
  url: string
  at: Date
  page: RenderedPage
}

export interface Feed {
  title: string
  region: string
  language: string
  /** of the page that lists the same */
  url: string
  /** of the feed itself */
  self: string
  entries: readonly Entry[]
}

const tagOf = (language: string): string => language.replace('-simple', '')
const html = ({ page }: Entry): string =>
  `<div lang="${tagOf(page.language)}" dir="${page.direction}">${blocksHtml(page.body, 2)}</div>`

/** Atom (RFC 4287). */
export const atom = ({
  title,
  region,
  language,
  url,
  self,
  entries,
}: Feed): string => `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${tagOf(language)}">
<id>${escaped(url)}</id>
<title>${escaped(`${title} – ${region}`)}</title>
<updated>${(entries[0]?.at ?? new Date(0)).toISOString()}</updated>
<author><name>${escaped(region)}</name></author>
<link rel="self" type="application/atom+xml" href="${escaped(self)}"/>
<link rel="alternate" type="text/html" href="${escaped(url)}"/>
${entries
  .map(
    (entry) => `<entry xml:lang="${tagOf(entry.page.language)}">
<id>${escaped(entry.url)}</id>
<title>${escaped(entry.page.title)}</title>
<published>${entry.at.toISOString()}</published>
<updated>${entry.at.toISOString()}</updated>
<link rel="alternate" type="text/html" href="${escaped(entry.url)}"/>
<content type="html">${escaped(html(entry))}</content>
</entry>`,
  )
  .join('\n')}
</feed>
`

/** JSON Feed 1.1 (jsonfeed.org). */
export const jsonFeed = ({ title, region, language, url, self, entries }: Feed): object => ({
  version: 'https://jsonfeed.org/version/1.1',
  title: `${title} – ${region}`,
  home_page_url: url,
  feed_url: self,
  language: tagOf(language),
  authors: [{ name: region }],
  items: entries.map((entry) => ({
    id: entry.url,
    url: entry.url,
    title: entry.page.title,
    content_html: html(entry),
    content_text: blocksAsText(entry.page.body),
    date_published: entry.at.toISOString(),
    language: tagOf(entry.page.language),
  })),
})

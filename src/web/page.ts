import { readFileSync } from 'node:fs'
import Handlebars from 'handlebars'

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')
const handlebars = Handlebars.create()
handlebars.registerHelper('number', (n: number | null) =>
  n === null ? '–' : n.toLocaleString('sv-SE'),
)
handlebars.registerPartial('layout', read('layout.hbs'))

/** A page from a template beside this file: escaped, and a missing value is an error. @param file e.g. admin/status.hbs */
export function page(
  file: string,
): (values: { title: string } & Record<string, unknown>) => string {
  const render = handlebars.compile<object>(read(file), { strict: true, noEscape: false })
  return (values) =>
    render(values, { allowProtoMethodsByDefault: false, allowProtoPropertiesByDefault: false })
}

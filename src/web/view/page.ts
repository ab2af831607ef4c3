import { readFileSync } from 'node:fs'
import Handlebars from 'handlebars'

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
const handlebars = Handlebars.create()
handlebars.registerHelper('number', (n: number | null) =>
  n === null ? '–' : n.toLocaleString('sv-SE'),
)
handlebars.registerPartial('layout', read('view/layout.hbs'))

/** A page from a template in src/web: escaped, and a missing value is an error. @param file e.g. staff/status.hbs */
export function page(
  file: string,
): (values: { title: string } & Record<string, unknown>) => string {
  const render = handlebars.compile<object>(read(file), { strict: true, noEscape: false })
  return (values) =>
    render(values, { allowProtoMethodsByDefault: false, allowProtoPropertiesByDefault: false })
}

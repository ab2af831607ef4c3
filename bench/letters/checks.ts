import { execFile } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import type { Letter } from '../../src/letters/letter.ts'
import { pagesAsPng } from '../../src/letters/page-pictures.ts'
import { renderBatch, renderLetter } from '../../src/letters/render.ts'
import { signedCheckUrl } from '../../src/letters/signed-code.ts'
import { newPrivateKey, signingKey } from '../../src/letters/signing-key.ts'
import { createdAt, letters as samples } from '../../test/letters/pages/compare.ts'

const help = `What other programs say of our letters: one merged batch and single letters in every script, with signed 2D codes.
Each program that is installed is asked: qpdf --check, pdfinfo, pdftotext, zbarimg, veraPDF; and Chromium, how many right-to-left lines agree.

  node bench/letters/checks.ts [--json] [--keep FOLDER]
                          (Debian: apt install qpdf poppler-utils zbar-tools; veraPDF is not in Debian or npm: verapdf.org)

Exit code 1 when a program found something.
`

interface Verdict {
  tool: string
  version: string | null
  result: 'clean' | 'findings' | 'not installed'
  said: string
  findings: string[]
}

interface Made {
  name: string
  file: string
  pdf: Buffer
  letters: Letter[]
  pages: number
  tagged: boolean
}

const run = promisify(execFile)

/** Exit code and what was said, on stdout alone or also on stderr; undefined when the program isn't there. */
async function ask(
  program: string,
  ...given: string[]
): Promise<{ code: number; stdout: string; out: string } | undefined> {
  try {
    const { stdout, stderr } = await run(program, given, { maxBuffer: 1 << 27 })
    return { code: 0, stdout, out: stdout + stderr }
  } catch (error) {
    const {
      code,
      stdout = '',
      stderr = '',
    } = error as { code: number | string; stdout?: string; stderr?: string }
    return code === 'ENOENT' ? undefined : { code: Number(code), stdout, out: stdout + stderr }
  }
}

async function makeFiles(folder: string): Promise<Made[]> {
  const key = signingKey({ CODE_SIGNING_KEY: newPrivateKey(), KALLELSE_DATA: folder })
  const letters = Object.entries(samples).map(([name, letter], i): [string, Letter] => {
    const code = `7KQ2M9${String(10 + i)}`
    return [
      name,
      {
        ...letter,
        id: `check-${i}`,
        checkUrl: signedCheckUrl(
          `https://kallelse.regiondalarna.example/akta/${code}`,
          { kind: 'invitation', date: '2021-03-11', code },
          key,
        ),
      },
    ]
  })
  const made: Made[] = []
  for (const [name, letter] of letters) {
    const pdf = await renderLetter(letter, createdAt)
    const file = join(folder, `${name}.pdf`)
    await writeFile(file, pdf)
    made.push({
      name,
      file,
      pdf,
      letters: [letter],
      pages: (await pagesAsPng(pdf, 36)).length,
      tagged: true,
    })
  }
  const file = join(folder, 'batch.pdf')
  const many = Array.from({ length: 25 }, (_, round) =>
    letters.map(([, letter]): Letter => ({ ...letter, id: `${letter.id}-${round}` })),
  ).flat()
  const { pages } = await renderBatch(many, createWriteStream(file), { title: 'checks', createdAt })
  made.push({ name: 'batch', file, pdf: Buffer.alloc(0), letters: many, pages, tagged: false })
  return made
}

/** @param check what is wrong with a file, one line each; @param version how to ask for it, its first number counts */
async function verdict(
  tool: string,
  version: string[],
  made: Made[],
  said: string,
  check: (one: Made) => Promise<string[]>,
): Promise<Verdict> {
  const about = await ask(tool, ...version)
  if (!about) return { tool, version: null, result: 'not installed', said: '', findings: [] }
  const findings: string[] = []
  for (const one of made)
    findings.push(...(await check(one)).map((finding) => `${one.name}: ${finding}`))
  return {
    tool,
    version: /\d+(\.\d+)+/.exec(about.out)?.[0] ?? null,
    result: findings.length === 0 ? 'clean' : 'findings',
    said,
    findings,
  }
}

const controls = /[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]/g
/** Without signs between them: extracted from right-to-left lines these may come to stand before or after a word. */
const words = (text: string) =>
  text
    .replace(controls, '')
    .normalize('NFC')
    .match(/[\p{L}\p{N}\p{M}]+/gu) ?? []

/** The words of a letter's own text, in the order they are read. */
const saidIn = ({ rendered }: Letter) =>
  [
    rendered.title,
    ...rendered.body.flatMap((block) =>
      block.kind === 'panel' ? [] : block.kind === 'list' ? block.items : [block.text],
    ),
  ].flatMap(words)

async function texts({ file, letters: [letter], name }: Made): Promise<string[]> {
  if (name === 'batch' || !letter) return []
  // Marks and vowel signs stand apart from their letters in Noto, and Thai has no blanks: words are looked
  // for without either.
  const plain = (text: string) => text.replace(/[\s\p{M}]/gu, '')
  const all = plain(
    (await ask('pdftotext', '-enc', 'UTF-8', file, '-'))!.stdout
      .replace(controls, '')
      .normalize('NFC'),
  )
  const missing = saidIn(letter).filter((word) => !all.includes(plain(word)))
  return missing.length
    ? [
        `${missing.length} of ${saidIn(letter).length} words are not in the text, e.g. ${[...new Set(missing)].slice(0, 3).join(' ')}`,
      ]
    : []
}

async function codes(folder: string, { pdf, letters: [letter], name }: Made): Promise<string[]> {
  if (name === 'batch' || !letter) return []
  const file = join(folder, `${name}.png`)
  await writeFile(file, (await pagesAsPng(pdf, 200, 1))[0]!)
  const { stdout } = (await ask('zbarimg', '-q', '--raw', file))!
  return stdout.trim() === letter.checkUrl
    ? []
    : [`the code reads ${JSON.stringify(stdout.trim().slice(0, 80))}`]
}

async function chromium(): Promise<Verdict> {
  const [{ openBrowser }, { compareWithChromium }, { chromiumSamples }] = await Promise.all([
    import('../../test/web/support/browser.ts'),
    import('./chromium-lines.ts'),
    import('./chromium-samples.ts'),
  ])
  const browser = await openBrowser()
  const { compared, agreed, disagreements } = await compareWithChromium(
    await browser.newPage(),
    chromiumSamples(),
  )
  const version = browser.version()
  await browser.close()
  const cut = disagreements.filter(({ what }) => what === 'cut').length
  const findings = disagreements
    .filter(({ what }) => what !== 'cut')
    .map((d) => `${d.language}, line ${d.line + 1}, ${d.what}: ${d.ours} | ${d.chromium}`)
  const said = `lines that agree: ${Object.keys(compared)
    .map((language) => `${language} ${agreed[language] ?? 0} of ${compared[language]}`)
    .join(', ')}; ${cut} differ in where a web address wider than its line is cut`
  return {
    tool: 'chromium',
    version,
    result: findings.length === 0 ? 'clean' : 'findings',
    said,
    findings,
  }
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(help)
else {
  const folder = values.keep ?? (await mkdtemp(join(tmpdir(), 'kallelse-checks-')))
  try {
    const made = await makeFiles(folder)
    const single = made.filter(({ tagged }) => tagged)
    const of = `${single.length} single letters and a batch of ${made.at(-1)!.letters.length}`
    const verdicts = [
      await verdict('qpdf', ['--version'], made, of, async ({ file }) => {
        const { code, out } = (await ask('qpdf', '--check', file))!
        return code === 0 ? [] : [out.trim().split('\n').slice(0, 3).join(' / ')]
      }),
      await verdict('pdfinfo', ['-v'], made, of, async ({ file, pages, tagged }) => {
        const { code, out } = (await ask('pdfinfo', file))!
        const wrong = [
          code !== 0 && out,
          !new RegExp(`Pages: +${pages}\\b`).test(out) && `not ${pages} pages`,
          tagged && !/Tagged: +yes/.test(out) && 'not tagged',
          /(Error|Warning)/.test(out) && out,
        ]
        return wrong.filter((line) => typeof line === 'string')
      }),
      await verdict(
        'pdftotext',
        ['-v'],
        made,
        'every word of the single letters, whole and in the order of its letters',
        texts,
      ),
      await verdict(
        'zbarimg',
        ['--version'],
        made,
        'the signed 2D code of each single letter, at 200 dots an inch',
        (one) => codes(folder, one),
      ),
      await verdict('verapdf', ['--version'], single, 'PDF/UA-1 and PDF/A-2a', async ({ file }) =>
        (
          await Promise.all(
            ['ua1', '2a'].map(async (flavour) => ({
              flavour,
              answer: (await ask('verapdf', '--flavour', flavour, '--format', 'text', '-v', file))!,
            })),
          )
        )
          .filter(({ answer }) => !/^PASS/m.test(answer.out))
          .map(
            ({ flavour, answer }) =>
              `${flavour}: ${answer.out.trim().split('\n').slice(0, 8).join(' / ')}`,
          ),
      ),
      await chromium(),
    ]
    if (values.json) process.stdout.write(`${JSON.stringify(verdicts)}\n`)
    else
      for (const { tool, version, result, said, findings } of verdicts)
        process.stdout.write(
          `${tool.padEnd(10)} ${(version ?? '').padEnd(14)} ${result.padEnd(14)} ${said}\n${findings
            .slice(0, 20)
            .map((line) => `             ${line}\n`)
            .join('')}`,
        )
    if (verdicts.some(({ result }) => result === 'findings')) process.exitCode = 1
  } finally {
    if (values.keep === undefined) await rm(folder, { recursive: true, force: true })
  }
}

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Every page that we wrote, by path from the root. */
export const pages: readonly string[] = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => name === 'node_modules' || name.startsWith('.'),
}).sort()

export interface Heading {
  readonly level: number
  readonly title: string
}

export interface Table {
  /** The heading that it stands under. */
  readonly heading: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** A page's lines without its fenced blocks, in which nothing is a heading, a table or a link. */
const proseOf = (path: string): string[] =>
  textOf(path)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .split('\n')

export const headingsOf = (path: string): Heading[] =>
  proseOf(path).flatMap((line) => {
    const [, marks, title] = /^(#+) (.+)$/.exec(line) ?? []
    return marks && title ? [{ level: marks.length, title }] : []
  })

/** Where a link with `#…` leads, in the manner of GitHub. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replaceAll(' ', '-')

export const linksOf = (path: string): string[] =>
  [
    ...proseOf(path)
      .join('\n')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = '']) => target)

function tablesOf(path: string): Table[] {
  const tables: { heading: string; columns: string[]; rows: string[][] }[] = []
  let heading = ''
  let inside = false
  for (const line of proseOf(path)) {
    if (line.startsWith('#')) heading = line.replace(/^#+ /, '')
    if (!line.startsWith('|')) {
      inside = false
      continue
    }
    const cells = line.split('|').slice(1, -1)
    const trimmed = cells.map((cell) => cell.trim())
    if (!inside) tables.push({ heading, columns: trimmed, rows: [] })
    else if (!cells.every((cell) => /^-+$/.test(cell))) tables.at(-1)?.rows.push(trimmed)
    inside = true
  }
  return tables
}

/** The table under a heading; the one with a column of that name where there are several. */
export function tableOf(path: string, heading: string, column?: string): Table {
  const found = tablesOf(path).filter(
    (table) => table.heading === heading && (column === undefined || table.columns.includes(column)),
  )
  const [table] = found
  if (!table || found.length > 1) throw new Error(`${path} has ${found.length} such tables under “${heading}”`)
  return table
}

export function column(table: Table, name: string): string[] {
  const at = table.columns.indexOf(name)
  if (at < 0) throw new Error(`there is no column ${name} under “${table.heading}”`)
  return table.rows.map((row) => row[at] ?? '')
}

/** What stands in backticks. */
export const codesIn = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

/** The names in a column, each in backticks; a cell may have several. */
export const namesIn = (table: Table, name: string): string[] => column(table, name).flatMap(codesIn)

/** The members of an interface from a source file: types leave nothing at run time. */
export function membersOf(path: string, name: string): string[] {
  const [, body = ''] = new RegExp(`interface ${name} \\{([^]*?)\\n\\}`).exec(textOf(path)) ?? []
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, member = '']) => member)
}

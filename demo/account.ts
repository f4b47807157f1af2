import { stripVTControlCharacters, styleText } from 'node:util'

type Style = 'blue' | 'green' | 'red' | 'bold' | 'dim'

/** The account that the demo gives: lines with their time, and one live line below them on a terminal. */
export class Account {
  readonly #started = Date.now()
  readonly #terminal = process.stdout.isTTY === true
  readonly #live: () => string
  #timer: NodeJS.Timeout | undefined

  constructor(live: () => string) {
    this.#live = live
  }

  /** Without a terminal the live line is printed now and then. */
  start(): void {
    this.#timer = setInterval(() => this.#refresh(), this.#terminal ? 250 : 10_000)
  }

  stop(): void {
    clearInterval(this.#timer)
    if (this.#terminal) process.stdout.write('\r\x1b[K')
  }

  get seconds(): number {
    return (Date.now() - this.#started) / 1000
  }

  say(who: string, text: string, ...styles: Style[]): void {
    const line = `${this.#time()} ${who.padEnd(8)} ${styles.length > 0 ? paint(text, ...styles) : text}`
    process.stdout.write(this.#terminal ? `\r\x1b[K${line}\n${this.#cut(this.#live())}` : `${line}\n`)
  }

  #refresh(): void {
    const live = this.#live()
    process.stdout.write(this.#terminal ? `\r\x1b[K${this.#cut(live)}` : `${this.#time()} ${live}\n`)
  }

  #time(): string {
    return paint(`${this.seconds.toFixed(1).padStart(6)} s`, 'dim')
  }

  /** A live line that wraps cannot be written over. */
  #cut(line: string): string {
    const columns = process.stdout.columns || 80
    return stripVTControlCharacters(line).length < columns
      ? line
      : `${stripVTControlCharacters(line).slice(0, columns - 2)}…`
  }
}

/** Colours only on a terminal, and not where NO_COLOR asks for none. */
export const paint = (text: string, ...styles: Style[]): string =>
  styles.reduce((painted, style) => styleText(style, painted, { stream: process.stdout }), text)

/** Columns as wide as their widest cell; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  const [head = [], ...body] = rows
  return [paint(line(head), 'bold'), ...body.map(line)].join('\n')
}

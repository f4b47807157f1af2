/** A figure and what it may be at the most. */
export interface Bound {
  readonly what: string
  readonly figure: number
  readonly atMost: number
}

/** NaN, a figure that could not be had, holds nothing. */
export const holds = ({ figure, atMost }: Bound): boolean => figure <= atMost

/** What one part of the bench found. */
export interface Section {
  readonly title: string
  /** Markdown. */
  readonly text: string
  readonly bounds: readonly Bound[]
  /** Everything that was measured, for `--json`. */
  readonly figures: unknown
}

export interface Part {
  readonly about: string
  run(order: Order): Promise<Section>
}

export interface Order {
  readonly say: Say
  /** How often each pair is measured. */
  readonly rounds: number
  /** What the sandbox takes to answer a call to AWS, where a way home is timed. */
  readonly awsDelayMs: number
  /** Only what has these words in its name; null: everything. */
  readonly some: string | null
}

/** Tells what is being done now. */
export type Say = (text: string) => void

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

import type { Events, JournalEvent } from './events.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'

/** Where lines go; fields first, as structured loggers take them. Nothing secret is ever handed in. */
export type Log = (level: Level, fields: Readonly<Record<string, unknown>>, text: string) => void

/** One line for each thing that this service writes into the journal, with the ids by which it is found there. */
export function logEvents(events: Events, log: Log): void {
  events.on('written', (written) => {
    for (const event of written) log(levelOf(event), fieldsOf(event), textOf(event))
  })
}

const fieldsOf = ({ seq, migration, workload, operation, type, data }: JournalEvent) => ({
  event: type,
  seq,
  migration,
  workload,
  operation,
  data,
})

function levelOf({ type, data }: JournalEvent): Level {
  if (type === 'guard-fired') return 'warn'
  if (type === 'operation-finished') return data['state'] === 'failed' ? 'error' : 'info'
  if (type !== 'message') return 'info'
  const { severity } = data as { readonly severity?: string }
  if (severity === 'error') return 'error'
  return severity === 'warning' ? 'warn' : 'info'
}

function textOf({ type, migration, workload, data }: JournalEvent): string {
  const { text } = data as { readonly text?: string }
  return `${workload ?? migration ?? 'everything'}: ${text ?? type}`
}

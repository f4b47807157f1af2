import type { EngineEvent as PulumiEvent, StepEventMetadata } from '@pulumi/pulumi/automation/index.js'
import type { EngineEvent, EngineStep, PropertyChange } from './engine.ts'

/** Pulumi's events as far as anybody here wants to know them. Pure. */
export function eventOf(event: PulumiEvent): EngineEvent | null {
  if (event.resourcePreEvent) return { type: 'step', step: stepOf(event.resourcePreEvent.metadata) }
  if (event.resOutputsEvent) return doneOf(event.resOutputsEvent.metadata, true)
  if (event.resOpFailedEvent) return doneOf(event.resOpFailedEvent.metadata, false)
  const diagnostic = event.diagnosticEvent
  if (!diagnostic || diagnostic.ephemeral) return null
  const { severity } = diagnostic
  if (severity !== 'info' && severity !== 'warning' && severity !== 'error' && severity !== 'info#err') return null
  const text = diagnostic.message.replace(/<\{%[^%]*%\}>/g, '').trim()
  return text ? { type: 'message', severity: severity === 'info#err' ? 'info' : severity, text } : null
}

const doneOf = ({ urn, op }: StepEventMetadata, ok: boolean): EngineEvent => ({ type: 'step-done', urn, op, ok })

export const stackType = 'pulumi:pulumi:Stack'

export function stepOf(metadata: StepEventMetadata): EngineStep {
  const { urn, type, op, old, new: next, detailedDiff } = metadata
  return {
    urn,
    type,
    name: urn.slice(urn.lastIndexOf('::') + 2),
    id: old?.id || next?.id || null,
    op,
    changes: Object.entries(detailedDiff ?? {}).map(([path, diff]) =>
      changeOf(path, diff.inputDiff === false, metadata),
    ),
    retained: (old as { retainOnDelete?: boolean } | undefined)?.retainOnDelete ?? false,
  }
}

/** A difference found in inputs compares inputs with inputs; one found in the world compares outputs with inputs. */
function changeOf(path: string, fromOutputs: boolean, { old, new: next }: StepEventMetadata): PropertyChange {
  const before: unknown = fromOutputs ? old?.outputs : old?.inputs
  return { path, before: valueAt(before, path), after: valueAt(next?.inputs, path) }
}

/** `a.b[2]["c d"]` into a value; undefined where there is nothing. */
export function valueAt(value: unknown, path: string): unknown {
  const keys = [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    quoted === undefined ? (index ?? plain ?? '') : quoted.replaceAll('\\"', '"'),
  )
  return keys.reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], plain(value))
}

/** The engine's wrapper around a secret becomes `[secret]`, at any depth. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (secretMark in value) return '[secret]'
  if (Array.isArray(value)) return value.map(plain)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

/** The key by which Pulumi marks a wrapped value; a secret is the only kind that an event shows. */
const secretMark = '4dabf18193072939515e22adb298388d'

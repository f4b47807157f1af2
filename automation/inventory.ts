import { Type, type Static, type TSchema } from 'typebox'
import { clusterFaults, clusterSchema } from '../infra/cluster/config.ts'
import { LineCounter, parseDocument, type Document } from 'yaml'
import type { Grain } from '../infra/traffic.ts'
import { entrySchema, windowsSchema, type ChangeWindow, type Entry } from '../infra/workloads/entry.ts'
import { isKindName, kindOf, kinds, type KindName } from '../infra/workloads/kinds.ts'
import { InventoryInvalid, type InventoryFault } from './errors.ts'
import { faultsOf } from './schema.ts'
import { faultOfWindow } from './windows.ts'

const name = Type.String({
  pattern: '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$',
  description: 'Lower case, digits, dashes.',
})
const absolutePath = Type.String({
  pattern: '^(/|[A-Za-z]:\\\\)',
  description: "An absolute path on the service's machine.",
})

const head = {
  migration: name,
  aws: Type.Object({ region: Type.String({ pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$' }) }, { additionalProperties: false }),
  blue: Type.Object(
    { cluster: Type.String({ minLength: 1, maxLength: 100 }), kubeconfig: absolutePath },
    { additionalProperties: false, description: 'The cluster that is left.' },
  ),
  twoPersons: Type.Optional(
    Type.Boolean({
      description: 'One person confirms that blue may be retired, another one retires it. Default false.',
    }),
  ),
  windows: windowsSchema,
}

const givenSchema = Type.Object(
  { cluster: Type.String({ minLength: 1, maxLength: 100 }), kubeconfig: absolutePath },
  { additionalProperties: false, description: 'The cluster that is moved to, if it exists.' },
)
const greenSchema = Type.Union([givenSchema, clusterSchema])

/** What an entry of one kind says: `kind`, the kind's own members and those of every workload. */
function entrySchemaOf(kind: KindName): TSchema {
  const own = kinds[kind].schema
  return Type.Object(
    { kind: Type.Literal(kind), ...own.properties, ...entrySchema.properties },
    { additionalProperties: false },
  )
}

const entrySchemas = Object.fromEntries(
  Object.keys(kinds).map((kind) => [kind, entrySchemaOf(kind as KindName)]),
) as Readonly<Record<KindName, TSchema>>

/** The whole document, for publishing. A document is checked kind by kind, so that a fault names the key and not the union. */
export const inventorySchema = Type.Object(
  {
    ...head,
    green: greenSchema,
    workloads: Type.Record(name, Type.Union(Object.values(entrySchemas)), {
      additionalProperties: false,
      description: 'The services to move, by name.',
    }),
  },
  { additionalProperties: false },
)

const outerSchema = Type.Object(
  {
    ...head,
    green: Type.Object({}),
    workloads: Type.Record(name, Type.Object({ kind: Type.String() }), { additionalProperties: false }),
  },
  { additionalProperties: false },
)

export type WorkloadEntry = Entry & { readonly kind: KindName }

export type Inventory = Omit<Static<typeof outerSchema>, 'green' | 'workloads'> & {
  readonly green: Static<typeof greenSchema>
  readonly workloads: Readonly<Record<string, WorkloadEntry>>
}

/** Raw in, valid out, once. Throws InventoryInvalid with every fault: a JSON pointer, what is wrong, and line and column for YAML. */
export function parseInventory(document: unknown, locate: Locate = () => ({})): Inventory {
  const faults = [...faultsOf(outerSchema, document)]
  if (faults.length === 0) {
    const { green } = document as Inventory
    const ofGreen = greenFaults(green)
    faults.push(...(ofGreen.length > 0 ? ofGreen : sameCluster(document as Inventory)))
    faults.push(...windowFaults(document as Inventory, ''), ...entryFaults(document as Inventory))
  }
  if (faults.length > 0) throw new InventoryInvalid(faults.map((fault) => ({ ...fault, ...locate(fault.pointer) })))
  return document as Inventory
}

/** The same for the text of a cutover.yaml. */
export function parseInventoryYaml(text: string): Inventory {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [broken] = document.errors
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0])
    throw new InventoryInvalid([{ pointer: '', message: `not YAML: ${broken.message}`, line, column: col }])
  }
  return parseInventory(valueOf(document), (pointer) => locateIn(document, lines, pointer))
}

/** Aliases are resolved here: one to nowhere is an error, and so are more than a document of people needs. */
function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new InventoryInvalid([{ pointer: '', message: `not YAML: ${(error as Error).message}` }])
  }
}

type Locate = (pointer: string) => { line?: number; column?: number }

/** A cluster that exists, or one to be built: each has its own keys, so that a fault names the key and not the union. */
function greenFaults(green: Inventory['green']): InventoryFault[] {
  const building = Object.keys(clusterSchema.properties).filter((key) => key !== 'cluster' && key in green)
  if (!('kubeconfig' in green)) {
    const faults = faultsOf(clusterSchema, green, '/green')
    if (faults.length > 0) return building.length > 0 ? faults : [...faults, neither]
    return clusterFaults(green).map(({ pointer, message }) => ({ pointer: `/green${pointer}`, message }))
  }
  if (building.length === 0) return faultsOf(givenSchema, green, '/green')
  const message = `green is a cluster that exists (kubeconfig) or one to be built (${building.join(', ')}), never both`
  return [{ pointer: '/green/kubeconfig', message }]
}

const neither: InventoryFault = {
  pointer: '/green',
  message: 'green names neither a kubeconfig, of a cluster that exists, nor what is needed to build one',
}

/** Every binding of blue would then be a stranger of green's. */
function sameCluster({ blue, green }: Inventory): InventoryFault[] {
  const message = 'green is the same as blue: a migration goes from one cluster to another'
  if (blue.cluster === green.cluster) return [{ pointer: '/green/cluster', message }]
  return 'kubeconfig' in green && blue.kubeconfig === green.kubeconfig
    ? [{ pointer: '/green/kubeconfig', message }]
    : []
}

function entryFaults(inventory: Inventory): InventoryFault[] {
  return Object.entries(inventory.workloads).flatMap(([workload, entry]) => {
    const pointer = `/workloads/${workload}`
    if (workload === 'cluster')
      return [{ pointer, message: "cluster is the name of green's own stack; choose another" }]
    if (!isKindName(entry.kind)) {
      const message = `there is no kind ${String(entry.kind)}; known are ${Object.keys(kinds).join(', ')}`
      return [{ pointer: `${pointer}/kind`, message }]
    }
    const faults = faultsOf(entrySchemas[entry.kind], entry, pointer)
    return faults.length > 0 ? faults : meaningFaults(entry, pointer)
  })
}

/** What a schema cannot say. */
function meaningFaults(entry: WorkloadEntry, pointer: string): InventoryFault[] {
  const faults = windowFaults(entry, pointer)
  const kind = kindOf(entry.kind)
  try {
    kind.claims(entry)
  } catch (error) {
    faults.push({ pointer, message: (error as Error).message })
  }
  const { steps, probe } = entry
  if (steps) {
    const rising = steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0))
    if (!rising || steps.at(-1) !== 100) {
      faults.push({ pointer: `${pointer}/steps`, message: 'steps rise strictly and the last one is 100' })
    } else faults.push(...grainFaults(kind.grain(entry), steps, pointer))
  }
  if (probe !== 'none' && probe.marker && Boolean(probe.marker.header) === Boolean(probe.marker.json)) {
    faults.push({ pointer: `${pointer}/probe/marker`, message: 'a marker names either a header or a json pointer' })
  }
  return faults
}

function windowFaults({ windows = [] }: { readonly windows?: readonly ChangeWindow[] }, pointer: string) {
  return windows.flatMap((window, at): InventoryFault[] => {
    const fault = faultOfWindow(window)
    return fault ? [{ pointer: `${pointer}/windows/${at}/${fault.key}`, message: fault.message }] : []
  })
}

function grainFaults(grain: Grain, steps: readonly number[], pointer: string): InventoryFault[] {
  const [only, why] = grainSteps[grain]
  if (!only || String(steps) === String(only)) return []
  return [{ pointer: `${pointer}/steps`, message: `this switch ${why}: steps can only be [${only.join(', ')}]` }]
}

/** The steps of switches that leave no choice. */
const grainSteps: Readonly<Record<Grain, readonly [only: readonly number[] | null, why: string]>> = {
  percent: [null, 'takes any steps'],
  'all-or-nothing': [[100], 'is all or nothing'],
  'by-targets': [[50, 100], 'has the nodes of blue, of both, or of green'],
}

/** Where a pointer is in the text; the nearest parent when the key itself is missing. */
function locateIn(document: Document, lines: LineCounter, pointer: string): { line?: number; column?: number } {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  for (let length = path.length; length >= 0; length -= 1) {
    const offset = offsetOf(document, path.slice(0, length))
    if (offset === undefined) continue
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  return {}
}

interface Ranged {
  readonly range?: readonly [number, number, number] | null
  readonly items?: readonly { readonly key?: { readonly value?: unknown } & Ranged }[]
}

/** A key's own place says more than its value's, so the key is looked for in the parent first. */
function offsetOf(document: Document, path: readonly string[]): number | undefined {
  if (path.length === 0) return (document.contents as Ranged | null)?.range?.[0]
  const parent = document.getIn(path.slice(0, -1), true) as Ranged | undefined
  const pair = parent?.items?.find((item) => String(item.key?.value) === path.at(-1))
  return pair?.key?.range?.[0] ?? (document.getIn(path, true) as Ranged | undefined)?.range?.[0]
}

/** Defaults, in one place; docs/inventory.md has the same list. */
export const defaults = {
  bake: '5m',
  soak: '24h',
  capacity: 1,
  onGuard: 'rollback',
  expect: [200],
} as const

export function stepsOf(entry: WorkloadEntry): readonly number[] {
  return entry.steps ?? grainSteps[kindOf(entry.kind).grain(entry)][0] ?? [10, 50, 100]
}

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The real programs that the sandbox is measured against, and how they are had: from the user's cache, else built from
 * their Go modules, whose versions and checksums are in tools/real/.
 */
interface Part {
  readonly package: string
  readonly binary: string
  /** What to expect of the first build on two cores. */
  readonly usually: string
  readonly ldflags?: string
  /** One on the path will do. */
  readonly elsewhere?: string
  /** Folders of the package's module that are needed beside the binary. */
  readonly beside?: readonly string[]
  /** Files of a module that the build embeds. */
  readonly embeds?: { readonly module: string; readonly folder: string; readonly files: readonly string[] }
}

const versionFlags = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
  .flatMap((name) => [`${name}.gitVersion=v1.24.17`, `${name}.gitMajor=1`, `${name}.gitMinor=24`])
  .map((assignment) => `-X ${assignment}`)
  .join(' ')

const parts = {
  etcd: {
    package: 'go.etcd.io/etcd/server/v3',
    binary: 'etcd',
    usually: 'half a minute',
    elsewhere: 'Debian and Ubuntu have it as etcd-server',
  },
  'kube-apiserver': {
    package: 'k8s.io/kubernetes/cmd/kube-apiserver',
    binary: 'kube-apiserver',
    usually: '4 minutes',
    ldflags: versionFlags,
  },
  'load-balancer-controller': {
    package: 'sigs.k8s.io/aws-load-balancer-controller',
    binary: 'load-balancer-controller',
    usually: '3 minutes',
    beside: ['config/crd/bases', 'config/webhook'],
  },
  aws: {
    package: '.',
    binary: 'pulumi-resource-aws',
    usually: '25 minutes, and 4 GB of memory at the end',
  },
  kubernetes: {
    package: '.',
    binary: 'pulumi-resource-kubernetes',
    usually: '10 minutes',
    embeds: {
      module: 'github.com/pulumi/pulumi-kubernetes/provider/v4',
      folder: 'cmd/pulumi-resource-kubernetes',
      files: ['schema.json', 'terraform-mapping.json'],
    },
  },
} as const satisfies Record<string, Part>

export type PartName = keyof typeof parts

export const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'eks-cutover', 'real-plugins')
const folderOf = (name: PartName) => join(cache, name)
const moduleOf = (name: PartName) => fileURLToPath(new URL(`../../tools/real/${name}`, import.meta.url))

/** Of everything that decides what is built. */
function stampOf(name: PartName): string {
  const sources = readdirSync(moduleOf(name)).filter((file) => /^go\.mod$|\.(go|json)$/.test(file))
  const hash = createHash('sha256')
  for (const file of sources.sort()) hash.update(readFileSync(join(moduleOf(name), file)))
  return hash.digest('hex').slice(0, 16)
}

function onPath(binary: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, binary)).find((file) => existsSync(file))
}

function cached(name: PartName): string | undefined {
  const part: Part = parts[name]
  const [file, stamp] = [join(folderOf(name), part.binary), join(folderOf(name), 'stamp')]
  const current = existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === stampOf(name)
  return current && (part.beside ?? []).every((folder) => existsSync(join(folderOf(name), folder))) ? file : undefined
}

/** Path of a part's executable, or undefined before `providePart`. */
export function findPart(name: PartName): string | undefined {
  const part: Part = parts[name]
  return (part.elsewhere === undefined ? undefined : onPath(part.binary)) ?? cached(name)
}

/** Path of a folder that lies beside a part's executable. */
export const besidePart = (name: PartName, folder: string): string => join(folderOf(name), folder)

/** Builds a part unless it is there. Throws with what to do when it cannot be had. */
export function providePart(name: PartName): string {
  return findPart(name) ?? build(name)
}

/** The checksums of every module are in go.sum, so no checksum database is asked, which does not know some of them. */
const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOSUMDB: 'off' }

function go(name: PartName, cwd: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync('go', args, {
    cwd,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status === 0) return stdout.trim()
  const { elsewhere }: Part = parts[name]
  throw new Error(
    [
      `${name} could not be built: go ${args[0]} ${error ? `did not start (${error.message})` : `ended with ${status}`}`,
      stderr?.trim().slice(-4000),
      `Install Go 1.25 or newer (https://go.dev/dl/)${elsewhere ? `, or ${name} itself: ${elsewhere}` : ''}.`,
    ].join('\n'),
  )
}

function build(name: PartName): string {
  const part: Part = parts[name]
  process.stderr.write(`building ${name}, once for this machine; usually ${part.usually} …\n`)
  const folder = folderOf(name)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, part.binary)
  const partial = `${file}.${process.pid}`
  const workshop = mkdtempSync(join(tmpdir(), `eks-cutover-${name}-`))
  try {
    cpSync(moduleOf(name), workshop, { recursive: true })
    if (part.embeds) fetchEmbedded(name, workshop, part.embeds)
    go(name, workshop, [
      'build',
      '-trimpath',
      '-ldflags',
      `-s -w ${part.ldflags ?? ''}`.trim(),
      '-o',
      partial,
      part.package,
    ])
    renameSync(partial, file)
    const source = part.beside ? go(name, workshop, ['list', '-f', '{{.Module.Dir}}', part.package]) : ''
    for (const beside of part.beside ?? []) copyWritable(join(source, beside), join(folder, beside))
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
  writeFileSync(join(folder, 'stamp'), `${stampOf(name)}\n`)
  return file
}

function fetchEmbedded(name: PartName, workshop: string, { module, folder, files }: NonNullable<Part['embeds']>): void {
  go(name, workshop, ['mod', 'download', module])
  const source = join(go(name, workshop, ['list', '-m', '-f', '{{.Dir}}', module]), folder)
  for (const file of files) cpSync(join(source, file), join(workshop, file))
}

/** The module cache is read-only, folders too, and so would be the copy. */
function copyWritable(from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const file of readdirSync(from)) {
    cpSync(join(from, file), join(to, file), { force: true })
    chmodSync(join(to, file), 0o644)
  }
}

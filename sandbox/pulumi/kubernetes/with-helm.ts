import type { Properties } from '../properties.ts'
import { revealProperties } from '../properties.ts'
import type {
  Call,
  Checked,
  CheckRequest,
  CreateRequest,
  DeleteRequest,
  Difference,
  DiffRequest,
  ReadRequest,
  ReadResult,
  ResourceCall,
  UpdateRequest,
} from '../provider.ts'
import { readKubeconfig } from './kubeconfig.ts'
import { KubernetesProvider } from './provider.ts'
import { Releases } from './releases.ts'

const releaseType = 'kubernetes:helm.sh/v3:Release'

/** The Kubernetes provider with releases of Helm beside plain objects. */
export class KubernetesWithHelm extends KubernetesProvider {
  readonly #releases: Releases
  #server = ''

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    super(environment)
    this.#releases = new Releases(environment.CUTOVER_SANDBOX_CONTROL, () => this.#server)
  }

  override async configure(marked: Properties, call: Call): Promise<void> {
    await super.configure(marked, call)
    const kubeconfig = await readKubeconfig(revealProperties(marked)).catch(() => undefined)
    this.#server = kubeconfig?.getCurrentCluster()?.server ?? ''
  }

  override async check(request: CheckRequest, call: ResourceCall): Promise<Checked> {
    if (call.type !== releaseType) return super.check(request, call)
    return { inputs: this.#releases.check(request, call), failures: [] }
  }

  override async diff(request: DiffRequest, call: ResourceCall): Promise<Difference> {
    return call.type === releaseType ? this.#releases.diff(request) : super.diff(request, call)
  }

  override async create(request: CreateRequest, call: ResourceCall): Promise<{ id: string; state: Properties }> {
    return call.type === releaseType ? this.#releases.create(request, call) : super.create(request, call)
  }

  override async read(request: ReadRequest, call: ResourceCall): Promise<ReadResult | undefined> {
    return call.type === releaseType ? this.#releases.read(request, call) : super.read(request, call)
  }

  override async update(request: UpdateRequest, call: ResourceCall): Promise<Properties> {
    return call.type === releaseType ? this.#releases.update(request, call) : super.update(request, call)
  }

  override async delete(request: DeleteRequest, call: ResourceCall): Promise<void> {
    return call.type === releaseType ? this.#releases.delete(request, call) : super.delete(request, call)
  }
}

import type { Access } from '../../sandbox/kubernetes/server/authorization.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import type { LoggedCall } from '../../sandbox/wire/call-log.ts'
import { Acts, type Act } from '../support/iam/acts.ts'

/** Whose rights they take: the service's own calls of AWS, and those of Pulumi's plugins. */
export type Caller = 'service' | 'plugins'

/** The service's own key, so that its calls are told from the scenario's and the test's. */
export const serviceKey = 'AKIASANDBOX0CUTOVER0'

/** User agents of Pulumi's plugins: ours, and those that are written in Go. */
const pluginClients = ['pulumi-stand-in', 'aws-sdk-go-v2']

/** What the service and its plugins have asked AWS and both clusters for. */
export class Rights {
  readonly #acts: Acts
  readonly #seen: Record<Caller, Map<string, Act>> = { service: new Map(), plugins: new Map() }
  readonly #accesses: Record<'blue' | 'green', Map<string, Access>> = { blue: new Map(), green: new Map() }
  readonly #unfollow: (() => void)[]
  readonly #unknown: unknown[] = []
  #pending: Promise<void> = Promise.resolve()
  #paused = false

  private constructor({ calls, clusters, aws }: Sandbox, account: string) {
    this.#acts = new Acts({ region: aws.region, account })
    this.#unfollow = [
      calls.follow((call) => this.#take(call)),
      ...(['blue', 'green'] as const).flatMap(
        (colour) => clusters[colour]?.follow((one) => this.#access(colour, one)) ?? [],
      ),
    ]
  }

  /** From now on. */
  static follow(sandbox: Sandbox, account: string): Rights {
    return new Rights(sandbox, account)
  }

  stop(): void {
    for (const unfollow of this.#unfollow) unfollow()
  }

  /** What somebody else does meanwhile with the service's credentials is not the service's. */
  async without<T>(act: () => Promise<T>): Promise<T> {
    this.#paused = true
    try {
      return await act()
    } finally {
      this.#paused = false
    }
  }

  /** Throws where it is not known what IAM is asked about a call. */
  async acts(caller: Caller): Promise<readonly Act[]> {
    await this.#pending
    if (this.#unknown.length > 0) throw new AggregateError(this.#unknown, String(this.#unknown[0]))
    return [...this.#seen[caller].values()]
  }

  accesses(colour: 'blue' | 'green'): readonly Access[] {
    return [...this.#accesses[colour].values()]
  }

  #take(call: LoggedCall): void {
    const caller = callerOf(call)
    if (!caller || this.#paused) return
    // one after the other: what an object was made with is asked for when it is changed
    this.#pending = this.#pending
      .then(async () => {
        for (const act of await this.#acts.of(call)) this.#seen[caller].set(JSON.stringify(act), act)
      })
      .catch((error: unknown) => void this.#unknown.push(error))
  }

  #access(colour: 'blue' | 'green', { path: _path, ...access }: Access): void {
    const { resource, ...rest } = access
    const key = JSON.stringify([rest, resource?.group, resource?.plural])
    this.#accesses[colour].set(key, { ...access, path: _path })
  }
}

function callerOf({ client = '', accessKeyId }: LoggedCall): Caller | null {
  if (pluginClients.includes(client)) return 'plugins'
  return accessKeyId === serviceKey ? 'service' : null
}

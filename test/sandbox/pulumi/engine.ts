import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  LocalWorkspace,
  PulumiCommand,
  type EngineEvent,
  type PulumiFn,
  type Stack,
} from '@pulumi/pulumi/automation/index.js'

/** A real Pulumi engine with its state in files, and plugins by folder. */
export interface Engine {
  readonly folder: string
  stack(name: string, program: PulumiFn): Promise<Stack>
  remove(): Promise<void>
}

export async function createEngine(plugins: Record<string, string>, env: Record<string, string> = {}): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'cutover-engine-'))
  const command = await PulumiCommand.get({ skipVersionCheck: true })
  const envVars = { ...engineEnvironment(folder), ...env }
  const providers = Object.entries(plugins).map(([name, path]) => ({ name, path }))
  return {
    folder,
    stack: (stackName, program) =>
      LocalWorkspace.createOrSelectStack(
        { stackName, projectName: 'plugins', program },
        {
          workDir: folder,
          pulumiCommand: command,
          envVars,
          // The settings' type does not know `plugins`, the engine does.
          projectSettings: { name: 'plugins', runtime: 'nodejs', main: folder, plugins: { providers } } as never,
        },
      ),
    async remove() {
      // The Automation API opens our stdin for its children.
      process.stdin.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What every run of the command line gets: state in a folder, nothing from the network, nothing to ask. */
export function engineEnvironment(folder: string) {
  return {
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_HOME: join(folder, 'home'),
    PULUMI_CONFIG_PASSPHRASE: 'test',
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
    PULUMI_OPTION_SKIP_PLUGIN_PRE_INSTALL: 'true',
    PULUMI_IGNORE_AMBIENT_PLUGINS: 'true',
    PULUMI_DISABLE_CI_DETECTION: '1',
    PULUMI_DISABLE_REGISTRY_RESOLVE: 'true',
    NO_COLOR: '1',
  }
}

export interface Step {
  op: string
  type: string
  diffs: string[]
  detailed: Record<string, string>
}

/** What the engine says that it will do or did, the stack itself and unchanged resources left out. */
export function collectSteps(): { onEvent: (event: EngineEvent) => void; steps: Step[] } {
  const steps: Step[] = []
  const onEvent = (event: EngineEvent) => {
    const metadata = event.resourcePreEvent?.metadata
    if (!metadata || metadata.op === 'same' || metadata.type.startsWith('pulumi:')) return
    const detailed = Object.entries(metadata.detailedDiff ?? {}).map(([path, { diffKind }]) => [path, diffKind])
    steps.push({
      op: metadata.op,
      type: metadata.type,
      diffs: metadata.diffs ?? [],
      detailed: Object.fromEntries(detailed),
    })
  }
  return { onEvent, steps }
}

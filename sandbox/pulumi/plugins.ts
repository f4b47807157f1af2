import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

interface Ports {
  aws: number
  kubernetes: number
  eks: number
  language: number
}

export interface Plugins {
  /** By plugin name, the folder for the project setting `plugins.providers[].path`. */
  readonly folders: { readonly aws: string; readonly kubernetes: string; readonly eks: string }
  /** For PULUMI_DEBUG_PROVIDERS and PULUMI_DEBUG_LANGUAGES. They stay the same over a restart. */
  readonly ports: Readonly<Ports>
  readonly pid: number
  /** Ends the process as a crash would, with SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** Starts it again on the same ports. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface PluginOptions {
  /** Where the plugins' folders are made. */
  folder: string
  /** The process's own environment; AWS_* and PULUMI_K8S_* are what providers fall back to. Default: ours. */
  environment?: NodeJS.ProcessEnv
}

/** Starts the stand-in plugins in a process of their own, so that it can be killed and the rest lives on. */
export async function startPlugins({ folder, environment = process.env }: PluginOptions): Promise<Plugins> {
  let running = await start(environment)
  const { ports } = running
  const folders = {
    aws: await writeShim(join(folder, 'aws'), 'aws', ports.aws),
    kubernetes: await writeShim(join(folder, 'kubernetes'), 'kubernetes', ports.kubernetes),
    eks: await writeShim(join(folder, 'eks'), 'eks', ports.eks),
  }
  return {
    folders,
    ports,
    get pid() {
      return running.child.pid ?? 0
    },
    kill: () => end(running.child, 'SIGKILL'),
    async restart() {
      await end(running.child, 'SIGTERM')
      running = await start(environment, ports)
    },
    stop: () => end(running.child, 'SIGTERM'),
  }
}

async function start(environment: NodeJS.ProcessEnv, ports?: Ports): Promise<{ child: ChildProcess; ports: Ports }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const options = Object.entries(ports ?? {}).flatMap(([name, port]) => [`--${name}`, String(port)])
  const child = spawn(process.execPath, [main, ...options], { env: environment, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const early = once(child, 'exit').then(([code]) => {
    throw new Error(`the stand-in plugins ended before they served, with exit code ${String(code)}`)
  })
  const [line] = (await Promise.race([once(lines, 'line'), early])) as [string]
  early.catch(() => undefined)
  return { child, ports: JSON.parse(line) as Ports }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

/**
 * What the engine starts in place of a plugin: it tells our port and stays as long as the engine, which holds its stdin,
 * so that it ends by itself also when the engine is killed.
 */
async function writeShim(folder: string, name: string, port: number): Promise<string> {
  await mkdir(folder, { recursive: true })
  const script = `#!/bin/sh\necho ${port}\nexec cat >/dev/null\n`
  await writeFile(join(folder, `pulumi-resource-${name}`), script, { mode: 0o755 })
  return folder
}

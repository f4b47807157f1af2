import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Server } from '@grpc/grpc-js'
import languageGrpc from '@pulumi/pulumi/proto/language_grpc_pb.js'
import languageProto from '@pulumi/pulumi/proto/language_pb.js'
import pluginProto from '@pulumi/pulumi/proto/plugin_pb.js'
import emptyProto from 'google-protobuf/google/protobuf/empty_pb.js'
import { connectLog, silent, type EngineLog } from './engine-log.ts'
import type { Connection, Gateway } from './server.ts'

/** The program's runner says so when it has told the engine itself what went wrong. */
const ALREADY_REPORTED = 32

/** The engine that a connection belongs to: programs talk to it directly. */
interface Engine {
  address: string
  log: EngineLog
}

/**
 * Runs Node programs for the engine where the official language host is missing: `PULUMI_DEBUG_LANGUAGES=nodejs:PORT`.
 * Node runs TypeScript itself, so the project says `typescript: false`; plugins are the caller's to attach.
 */
export function addLanguageHost(server: Server, gateway: Gateway): void {
  const engines = new WeakMap<Connection, Engine>()
  const engineOf = (connection: Connection) => engines.get(connection) ?? { address: '', log: silent }
  server.addService(languageGrpc.LanguageRuntimeService, {
    handshake: gateway.unary(async (request: languageProto.LanguageHandshakeRequest, { connection }) => {
      const address = request.getEngineAddress()
      const log = connectLog(address)
      engines.set(connection, { address, log })
      connection.closed.addEventListener('abort', () => log.close())
      return new languageProto.LanguageHandshakeResponse()
    }),
    getPluginInfo: gateway.unary(async () => {
      const response = new pluginProto.PluginInfo()
      response.setVersion('1.0.0')
      return response
    }),
    getRequiredPackages: gateway.unary(async () => new languageProto.GetRequiredPackagesResponse()),
    about: gateway.unary(async () => {
      const response = new languageProto.AboutResponse()
      response.setExecutable(process.execPath)
      response.setVersion(process.version)
      return response
    }),
    run: gateway.unary(async (request: languageProto.RunRequest, { connection, signal }) =>
      runResponse(await runProgram(request, engineOf(connection), signal)),
    ),
    cancel: gateway.unary(async () => new emptyProto.Empty()),
  })
}

function runResponse(exitCode: number): languageProto.RunResponse {
  const response = new languageProto.RunResponse()
  if (exitCode === ALREADY_REPORTED) response.setBail(true)
  else if (exitCode !== 0) response.setError(`Program exited with non-zero exit code: ${exitCode}`)
  return response
}

/** Answers the exit code. The program ends with the engine's call, whoever ends that. */
async function runProgram(request: languageProto.RunRequest, engine: Engine, signal: AbortSignal): Promise<number> {
  const program = join(request.getInfo()?.getProgramDirectory() || request.getPwd(), 'index')
  const runner = createRequire(program).resolve('@pulumi/pulumi/cmd/run')
  const child = spawn(process.execPath, [runner, ...runnerArguments(request, engine.address)], {
    cwd: request.getPwd(),
    env: { ...process.env, ...runnerEnvironment(request) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  try {
    const [[code]] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      forwardOutput(child, engine.log),
    ])
    return code ?? 1
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

function runnerArguments(request: languageProto.RunRequest, engineAddress: string): string[] {
  const options = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    'root-directory': request.getInfo()?.getRootDirectory() ?? '',
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  }
  const given = Object.entries(options).filter(([, value]) => value !== '')
  return [
    ...given.flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ['--dry-run'] : []),
    request.getInfo()?.getEntryPoint() || '.',
    ...request.getArgsList(),
  ]
}

function runnerEnvironment(request: languageProto.RunRequest): Record<string, string> {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: 'false',
  }
}

/** What a program prints is shown beside its stack, line by line. */
async function forwardOutput({ stdout, stderr }: ChildProcess, log: EngineLog): Promise<void> {
  const forward = async (stream: ChildProcess['stdout']) => {
    if (!stream) return
    for await (const line of createInterface({ input: stream })) await log.info('', line)
  }
  await Promise.all([forward(stdout), forward(stderr)])
}

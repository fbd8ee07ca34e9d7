import type { Platform } from '../build/platforms.ts'
import { installedRuntime, type Runtime } from '../build/runtime.ts'
import { arm64Tools } from './debian.ts'
import { nodeFor, olderNode } from './nodes.ts'

/**
 * npm's Node for a platform, and what can be done with it here. Those for macOS keep their symbols: they are small enough with them, and
 * what llvm-strip makes of them (5 MB less in an archive) nobody here can run. Those for Windows have none.
 */
export async function runtimeFor(platform: Platform, say: (line: string) => void): Promise<Runtime> {
  const here = installedRuntime()
  if (platform.os === 'linux' && platform.arch === 'amd64') return here
  const { version, node } = await nodeFor(platform)
  const generator = version === here.version ? here.node : (await olderNode(version)).node
  const tools = platform.os === 'linux' ? await arm64Tools(say) : {}
  return { version, node, generator, ...tools }
}

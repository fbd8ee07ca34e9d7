import { execFile, spawn } from 'node:child_process'
import { cpSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { installed } from './release/installed.ts'
import { served } from './site/served.ts'

/**
 * Builds the static site of docs/ into dist/site with VitePress, which has a lockfile of its own in scripts/site: nothing else needs it.
 * VitePress fails where a page leads nowhere. With --check, linkinator follows every link and anchor of what was built, and Chromium
 * (Debian's, installed where it is not) draws some of its pages into dist/site-screens, to be looked at.
 */
const site = 'scripts/site'
const pages = join(site, 'pages')
const built = 'dist/site'
const screens = 'dist/site-screens'
const drawn = ['', 'commands/take', 'guides/a-job-is-down', 'troubleshooting', 'json']

await run('npm', ['ci', '--prefix', site, '--no-audit', '--no-fund'])
rmSync(pages, { recursive: true, force: true })
cpSync('docs', pages, { recursive: true })
for (const file of globSync('docs/**/*.{yaml,json,svg}'))
  copy(file, join(pages, 'public', file.slice('docs/'.length)))
await run('npx', ['--prefix', site, 'vitepress', 'build', site])
if (process.argv.includes('--check')) await check()

async function check(): Promise<void> {
  const { url, close } = await served(built)
  try {
    await run('npx', [
      '--prefix',
      site,
      'linkinator',
      url,
      '--recurse',
      '--check-fragments',
      '--skip',
      '^https://',
    ])
    installed('chromium')
    mkdirSync(screens, { recursive: true })
    for (const page of drawn)
      await draw(`${url}${page}`, join(screens, `${page.replaceAll('/', '-') || 'index'}.png`))
  } finally {
    close()
  }
}

/** Chromium talks to a desktop that is not there: what it says of that is worth nothing, unless it fails. */
async function draw(url: string, file: string): Promise<void> {
  const headless = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    '--window-size=1280,1600',
  ]
  await promisify(execFile)('chromium', [...headless, `--screenshot=${file}`, url])
  console.log(file)
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  cpSync(from, to)
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const ended = Promise.withResolvers<number | null>()
  spawn(command, args, { stdio: 'inherit' }).once('error', ended.reject).once('close', ended.resolve)
  const code = await ended.promise
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with exit code ${code}`)
}

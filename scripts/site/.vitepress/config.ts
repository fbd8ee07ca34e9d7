import { defineConfig } from 'vitepress'
import { describedCommands } from '../../docs/described.ts'

const repository = 'https://github.com/kubectl-flinksp/kubectl-flinksp'
const page = (text: string, link: string) => ({ text, link })

/** The site is docs/ as it stands: what GitHub shows, with a menu and a search beside it. */
// biome-ignore lint/style/noDefaultExport: VitePress takes its configuration so
export default defineConfig({
  title: 'kubectl flinksp',
  description: 'Take, list and restore savepoints of Apache Flink jobs on Kubernetes',
  srcDir: 'pages',
  outDir: '../../dist/site',
  cacheDir: '../../dist/.vitepress-cache',
  // A page of GitHub is written with `.md` in its links; VitePress turns them, and fails where one leads nowhere.
  cleanUrls: true,
  themeConfig: {
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    nav: [
      page('Guides', '/guides/before-an-upgrade'),
      page('Commands', '/commands/'),
      page('Troubleshooting', '/troubleshooting'),
    ],
    sidebar: [
      {
        text: 'Start',
        items: [
          page('What it is', '/'),
          page('Installation', '/install'),
          page('Where savepoints are read from', '/places'),
        ],
      },
      {
        text: 'Guides',
        items: [
          page('Before an upgrade', '/guides/before-an-upgrade'),
          page('A job is down', '/guides/a-job-is-down'),
          page('Move to another cluster', '/guides/move-to-another-cluster'),
          page('GitOps', '/guides/gitops'),
          page('A guard in a pipeline', '/guides/ci-guard'),
          page('Logging in: GKE, EKS, AKS', '/guides/log-in'),
        ],
      },
      {
        text: 'Reference',
        items: [
          {
            ...page('Commands', '/commands/'),
            collapsed: true,
            items: (await describedCommands()).map(({ name }) => page(name, `/commands/${name}`)),
          },
          page('JSON', '/json'),
          page('Troubleshooting', '/troubleshooting'),
        ],
      },
      {
        text: 'Inside',
        items: [
          page('Architecture', '/architecture'),
          page('Security', '/security'),
          page('Dependencies', '/dependencies'),
          page('Licences', '/licences'),
          page('Faults', '/faults'),
          page('Benchmarks', '/benchmarks'),
        ],
      },
    ],
    outline: [2, 3],
    footer: {
      message:
        'Apache License 2.0. Not affiliated with the Apache Software Foundation; Apache Flink and Flink are its trademarks.',
    },
  },
})

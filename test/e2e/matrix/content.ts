import { expect } from 'vitest'
import { waitFor } from '../../../scripts/lib/wait.ts'
import type { Desk } from './desk.ts'

const RUN_MS = 30_000

/** What articles are full of, and rules against attacks look for. */
const ARTICLE = `<!-- wp:paragraph --><p>It's “fine”; 50 % off &amp; more -- isn't it?</p><!-- /wp:paragraph -->
<p>How to SELECT * FROM wp_users WHERE id = 1 OR 1=1; DROP TABLE wp_posts; see /etc/passwd and ../../wp-config.php</p>
<script>alert(document.cookie)</script><iframe src="https://www.youtube.com/embed/x" onload="x()"></iframe>
<style>a{b:c}</style> $(cat /etc/shadow) &lt;?php echo system("ls -la"); ?&gt; <a href="javascript:void(0)">x</a>`

/** Longer than Debian's ModSecurity takes a request that carries no file. */
const LONG = `${ARTICLE}\n`.repeat(500)

async function expectSynced(desk: Desk, id: string, begin: Desk['start']): Promise<void> {
  const { id: runId } = await begin()
  const run = await waitFor('the end of the run', RUN_MS, async () => {
    const seen = await desk.run(runId)
    return /queued|running/.test(seen.status) ? undefined : seen
  })
  expect(run).toMatchObject({ status: 'succeeded', counts: { failed: 0, conflicts: 0 } })
  expect(await desk.state(id)).toBe('synced')
}

/** Whatever people write reaches the site, as one article and as a long one, and is compared with it. */
export async function expectContentToPass(desk: Desk, title: string): Promise<void> {
  const { id } = await desk.write(title, ARTICLE)
  await expectSynced(desk, id, desk.start)
  await desk.rewrite(id, LONG)
  await expectSynced(desk, id, desk.start)
  await expectSynced(desk, id, desk.checkDrift)
  expect((await desk.integration()).transport).toBe('direct')
}

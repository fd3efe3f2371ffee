import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Service, startService } from '../lib/processes.ts'
import { USER, isRoot, openToServers, startFpm } from './fpm.ts'
import { NGINX_PACKAGES, installPackages } from './packages.ts'
import type { PhpIni } from './php.ts'
import { type ServedSite, waitForWordPress } from './server.ts'

/** What Debian's nginx does with a site, as WordPress' handbook has it; all else is nginx's default, limits included. */
const renderNginx = ({ port, www, base }: ServedSite, folder: string) => `daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
${isRoot ? `user ${USER};` : ''}
worker_processes 2;
events {}
http {
  include /etc/nginx/mime.types;
  access_log off;
  gzip on;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${www};
    index index.php;
    location ${base}/ { try_files $uri $uri/ ${base}/index.php?$args; }
    location ~ \\.php$ {
      include /etc/nginx/fastcgi_params;
      fastcgi_param HTTP_HOST $http_host; # with the port; Debian's parameters leave it out
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:${folder}/fpm.sock;
    }
  }
}
`

/**
 * Serves a site with Debian's nginx and PHP-FPM on the loopback interface, with a configuration of its own beside the
 * site, and waits until WordPress answers. Nothing of the system's nginx or PHP-FPM is started or changed.
 */
export async function startNginx(site: ServedSite, ini: PhpIni): Promise<Service> {
  await installPackages(NGINX_PACKAGES)
  const folder = join(site.folder, 'nginx')
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'nginx.conf')
  writeFileSync(config, renderNginx(site, folder))
  await openToServers(site)
  const fpm = await startFpm(folder, ini)
  const nginx = startService('nginx', ['-c', config], join(folder, 'output.log'))
  await waitForWordPress(nginx, site, {})
  return {
    ...nginx,
    stop: async () => {
      await nginx.stop()
      await fpm.stop()
    },
  }
}

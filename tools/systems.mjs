// Small Debian and Ubuntu systems below /var/cache/pgml, each with one version of PostgreSQL, its header files and a
// compiler. Nothing of this machine is changed by what runs in them: they see this checkout read-only, and mounts and
// processes end with the command that needed them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './build.mjs';

const debian = {
  mirror: 'http://deb.debian.org/debian',
  components: 'main',
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  newestScript: 'sid',
};
const ubuntu = {
  mirror: 'http://archive.ubuntu.com/ubuntu',
  components: 'main,universe',
  keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg',
  newestScript: 'gutsy',
};

/** Releases that have the version among their own packages. */
const releases = {
  13: { ...debian, suite: 'bullseye' },
  14: { ...ubuntu, suite: 'jammy' },
  15: { ...debian, suite: 'bookworm' },
  16: { ...ubuntu, suite: 'noble' },
  17: { ...debian, suite: 'trixie' },
  18: { ...debian, suite: 'forky' },
};

export const versions = Object.keys(releases);

const parent = path.join(process.env.PGML_CACHE_DIR ?? '/var/cache/pgml', 'systems');
/** Where the systems see the checkout. */
const CHECKOUT = '/pgml';
/** Written last, into a system that is whole. */
const STAMP = 'etc/pgml-is-complete';

/** Why no systems can be made on this machine, with the way out; undefined if they can. */
export function obstacle() {
  if (process.platform !== 'linux') return 'other systems can be entered on Linux only';
  if (process.getuid() !== 0) return 'only root can make and enter other systems: run this as root, or in a container';
  const missing = ['debootstrap', 'unshare', 'chroot'].find((program) => spawnSync(program, ['--version']).error);
  return missing && `${missing} is not installed: apt install debootstrap util-linux coreutils`;
}

/** The directory of the system with this version, which is made if it is not there. */
export function makeSystem(version) {
  const { suite, mirror, components, keyring, newestScript } = releases[version];
  const system = path.join(parent, suite);
  if (fs.existsSync(path.join(system, STAMP))) return system;
  if (!fs.existsSync(keyring)) throw new Error(`${keyring} is missing, the keys that ${mirror} is signed with`);
  fs.rmSync(system, { recursive: true, force: true });
  fs.mkdirSync(parent, { recursive: true });
  // Releases that are younger than debootstrap itself are made like the newest that it knows.
  const script = [suite, newestScript].map((name) => `/usr/share/debootstrap/scripts/${name}`).find(fs.existsSync);
  const flags = ['--variant=minbase', `--components=${components}`, '--force-check-gpg', `--keyring=${keyring}`];
  must(`making ${suite}`, spawnSync('debootstrap', [...flags, suite, system, mirror, script], { encoding: 'utf8' }));
  fs.mkdirSync(path.join(system, 'etc/postgresql-common'));
  fs.writeFileSync(path.join(system, 'etc/postgresql-common/createcluster.conf'), 'create_main_cluster = false\n');
  fs.mkdirSync(path.join(system, CHECKOUT));
  // What is mounted over must exist.
  fs.writeFileSync(path.join(system, 'usr/local/bin/node'), '');
  const packages = [`postgresql-${version}`, `postgresql-server-dev-${version}`, 'gcc', 'libc6-dev', 'make', 'procps'];
  const install =
    'apt-get -q -o Acquire::Check-Valid-Until=false update && apt-get install -q -y --no-install-recommends';
  must(
    `installing PostgreSQL ${version}`,
    enterSystem(system, `${install} ${packages.join(' ')} && apt-get clean`, { encoding: 'utf8' }),
  );
  fs.writeFileSync(path.join(system, STAMP), '');
  return system;
}

function must(what, { status, stdout, stderr, error }) {
  if (status === 0) return;
  const last = `${stdout}${stderr}`.trim().split('\n').slice(-10).join('\n');
  throw new Error(`${what} failed (${error?.message ?? status}):\n${last}`);
}

/** With mounts and process ids of its own: a system's directory, our checkout, our node, and the command for its shell. */
const enter = `set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --bind "$2" "$1${CHECKOUT}"
mount -o remount,bind,ro "$1${CHECKOUT}"
mount --bind "$3" "$1/usr/local/bin/node"
exec chroot "$1" sh -c "cd ${CHECKOUT} && $4"`;

/** Runs a command line in the checkout as that system sees it; waits for its end. */
export function enterSystem(system, command, options) {
  const apart = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'];
  return spawnSync('unshare', [...apart, 'sh', '-c', enter, 'sh', system, root, process.execPath, command], {
    ...options,
    env: {
      HOME: '/root',
      LC_ALL: 'C.UTF-8',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      DEBIAN_FRONTEND: 'noninteractive',
    },
  });
}

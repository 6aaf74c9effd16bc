/** The unit that `pgml runtime --print-systemd-unit` prints, for the machine and the checkout in which it is run. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runtimeFlags } from './runtime-flags.js';

const program = fileURLToPath(new URL('../bin/pgml.mjs', import.meta.url));

/** systemd makes these two, for the user of the unit. */
const directories = new Map([
  ['state-directory', '/var/lib/pgml'],
  ['socket-directory', '/run/pgml'],
]);

/** systemd starts programs in the root directory. */
const isPath = (flag: string): boolean =>
  ['FILE', 'DIRECTORY'].includes(runtimeFlags.find(({ name }) => name === flag)?.value ?? '');

/** `flags` are those for `pgml runtime`, without dashes. */
export function systemdUnit(flags: ReadonlyMap<string, string>): string {
  const given = [...new Map([...directories, ...flags])].map(([name, value]): [string, string] => [
    name,
    isPath(name) ? path.resolve(value) : value,
  ]);
  const words = [process.execPath, program, 'runtime', ...given.flatMap(([name, value]) => [`--${name}`, value])];
  return `# Printed by pgml runtime --print-systemd-unit. To use it:
#   useradd --system pgml
#   usermod --append --groups pgml postgres    (for the native bridge: PostgreSQL may use the socket; then restart it)
#   systemctl enable --now pgml-runtime        (with this in /etc/systemd/system/pgml-runtime.service)
[Unit]
Description=pgml runtime
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
ExecStart=${words.map(quote).join(' ')}
# For PGML_RUNTIME_PASSWORD and the like; the file is not needed.
EnvironmentFile=-/etc/pgml/runtime.env
ExecReload=/bin/kill -HUP $MAINPID
User=pgml
Group=pgml
StateDirectory=pgml
StateDirectoryMode=0750
RuntimeDirectory=pgml
RuntimeDirectoryMode=0750
Restart=on-failure
RestartSec=1
# The runtime tells its own processes to stop, and gives running statements time.
KillMode=mixed
TimeoutStopSec=infinity
LimitNOFILE=65536
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes

[Install]
WantedBy=multi-user.target
`;
}

/** One word of a command line of systemd, in which % and $ mean something. */
function quote(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/**
 * A unit for systemd, with an unprivileged user who may write to one folder.
 *
 * @param node absolute path of Node
 * @param program absolute path of bin/colloquium.js
 * @param address where the daemon answers on its own machine
 */
export function systemdUnit(node: string, program: string, address: URL): string {
  // A certificate is issued for the machine's name, but this request uses its address.
  const lax = address.protocol === 'https:' ? '--insecure ' : '';
  return `# Save it as /etc/systemd/system/colloquium.service, then:
#   useradd --system --home-dir /var/lib/colloquium --shell /usr/sbin/nologin colloquium
#   systemctl daemon-reload && systemctl enable --now colloquium
# storage.disk_path, outputs and dead_letter of the config name folders under /var/lib/colloquium: nothing else can be written.
# Keys such as OPENAI_API_KEY stand in /etc/colloquium/env (mode 0600), a NAME=value on each line.
# Tokens: sudo -u colloquium XDG_STATE_HOME=/var/lib colloquium token create --role admin -c /etc/colloquium/colloquium.yaml

[Unit]
Description=Colloquium, a stream processor for newline-delimited JSON
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=exec
User=colloquium
ExecStart=${quoted(node)} ${quoted(program)} serve -c /etc/colloquium/colloquium.yaml
# Started is what answers, at the address of the config.
ExecStartPost=/usr/bin/curl --silent --show-error --fail --output /dev/null --retry 30 --retry-delay 1 --retry-connrefused ${lax}${new URL('livez', address).href}
ExecReload=/bin/kill -HUP $MAINPID
# A drain takes up to twenty seconds.
TimeoutStopSec=45
Restart=on-failure
RestartSec=2
# A mistake in the config does not mend itself.
RestartPreventExitStatus=2 78

Environment=XDG_STATE_HOME=/var/lib
EnvironmentFile=-/etc/colloquium/env
StateDirectory=colloquium
StateDirectoryMode=0700
WorkingDirectory=/var/lib/colloquium
UMask=0077
LimitNOFILE=65536
# A core dump would hold events and keys.
LimitCORE=0

NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
`;
}

/** Quotes a word for systemd: in double quotes if it contains white space, with special characters escaped. */
function quoted(word: string): string {
  const escaped = word.replaceAll('%', '%%').replaceAll('$', '$$$$').replaceAll(/["\\]/g, '\\$&');
  return /\s/.test(escaped) ? `"${escaped}"` : escaped;
}

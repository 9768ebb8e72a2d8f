import { expect, test } from 'vitest';
import { isPlistOf, launchdPlist } from './launchd-plist.ts';
import { lineChanges } from './line-changes.ts';
import { isServiceName, serviceName } from './service-name.ts';
import { isPlainPath, type ServicePlan, searchPath } from './service-plan.ts';
import { isUnitOf, systemdUnit } from './systemd-unit.ts';

const plan: ServicePlan = {
  name: 'deckhand-0123abcd',
  home: '/srv/my groups/100% "hand"',
  projectRoot: '/opt/deck & hand/<x>',
  node: '/opt/$node/bin/node',
  startArguments: ['--console'],
  searchPath: '/opt/$node/bin:/usr/bin',
};

test('a systemd unit restarts with a delay, never for what a restart cannot mend, and quotes every path', () => {
  expect(systemdUnit(plan, 252)).toMatchInlineSnapshot(`
    "# Written by \`deckhand service install\`, which replaces it.
    [Unit]
    Description=Deckhand in /srv/my groups/100%% "hand"
    # Never give up: the delay between restarts is limit enough.
    StartLimitIntervalSec=0

    [Service]
    Type=exec
    WorkingDirectory=/opt/deck & hand/<x>
    Environment="DECKHAND_HOME=/srv/my groups/100%% \\"hand\\""
    Environment="PATH=/opt/$node/bin:/usr/bin"
    # A user's manager cannot order this after the system's Docker.
    ExecStartPre="/opt/$node/bin/node" "/opt/deck & hand/<x>/bin/deckhand.js" "service" "wait"
    TimeoutStartSec=360
    ExecStart="/opt/$node/bin/node" "/opt/deck & hand/<x>/bin/deckhand.js" "start" "--console"
    Restart=on-failure
    RestartSec=10
    RestartPreventExitStatus=2 3 4
    SuccessExitStatus=130
    KillSignal=SIGTERM
    KillMode=mixed
    TimeoutStopSec=30
    NoNewPrivileges=yes
    LockPersonality=yes
    RestrictRealtime=yes
    RestrictSUIDSGID=yes
    SystemCallArchitectures=native
    RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK

    [Install]
    WantedBy=default.target
    "
  `);
});

test('from systemd 254 on the delay grows', () => {
  expect(systemdUnit(plan, 254)).toContain(
    'RestartSec=2\nRestartSteps=8\nRestartMaxDelaySec=300\n',
  );
});

test('a launch agent says the same to launchd', () => {
  expect(launchdPlist(plan, '/srv/a&b/service.log')).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
    <!-- Written by deckhand service install, which replaces it. -->
    <plist version="1.0">
    <dict>
      <key>Label</key>
      <string>deckhand-0123abcd</string>
      <key>ProgramArguments</key>
      <array>
        <string>/opt/$node/bin/node</string>
        <string>/opt/deck &amp; hand/&lt;x&gt;/bin/deckhand.js</string>
        <string>service</string>
        <string>run</string>
        <string>--console</string>
      </array>
      <key>WorkingDirectory</key>
      <string>/opt/deck &amp; hand/&lt;x&gt;</string>
      <key>EnvironmentVariables</key>
      <dict>
        <key>DECKHAND_HOME</key>
        <string>/srv/my groups/100% "hand"</string>
        <key>PATH</key>
        <string>/opt/$node/bin:/usr/bin</string>
      </dict>
      <key>RunAtLoad</key>
      <true/>
      <key>KeepAlive</key>
      <dict>
        <key>SuccessfulExit</key>
        <false/>
      </dict>
      <key>ThrottleInterval</key>
      <integer>10</integer>
      <key>ExitTimeOut</key>
      <integer>30</integer>
      <key>ProcessType</key>
      <string>Interactive</string>
      <key>StandardOutPath</key>
      <string>/srv/a&amp;b/service.log</string>
      <key>StandardErrorPath</key>
      <string>/srv/a&amp;b/service.log</string>
    </dict>
    </plist>
    "
  `);
});

test('a definition belongs to the installation whose folder it names, and to no other', () => {
  for (const home of ['/srv/my groups/100% "hand"', '/srv/my groups', '/srv/other']) {
    const isOwn = home === plan.home;
    expect(isUnitOf(systemdUnit(plan, 252), home)).toBe(isOwn);
    expect(isPlistOf(launchdPlist(plan, '/log'), home)).toBe(isOwn);
  }
});

test('two installations have two names, and one has always the same', () => {
  expect(serviceName('/home/ann/deckhand')).toMatch(/^deckhand-[0-9a-f]{8}$/);
  expect(serviceName('/home/ann/deckhand')).toBe(serviceName('/home/ann/deckhand'));
  expect(serviceName('/home/ann/deckhand')).not.toBe(serviceName('/home/ann/deckhand2'));
});

test.for([
  ['deckhand-0123abcd', true],
  ['a', true],
  ['', false],
  ['-x', false],
  ['../x', false],
  ['a b', false],
  ['x@y', false],
  ['x.service', false],
  ['x'.repeat(81), false],
] as const)('%j as a name: %j', ([name, isGood]) => {
  expect(isServiceName(name)).toBe(isGood);
});

test('programs are searched beside Node and where the system has them, each folder once', () => {
  expect(searchPath('/usr/bin/node', false)).toBe('/usr/bin:/usr/local/bin:/bin');
  expect(searchPath('/x/bin/node', true)).toBe(
    '/x/bin:/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin',
  );
});

test('a path with a line break is none that a definition could hold', () => {
  expect(isPlainPath('/srv/ä "b" %n $c')).toBe(true);
  expect(isPlainPath('/srv/a\nExecStart=/bin/sh')).toBe(false);
});

test('changes name the lines that went and the lines that came', () => {
  expect(lineChanges('a\nb\nc', 'a\nB\nc\nd')).toEqual(['- b', '+ B', '+ d']);
  expect(lineChanges('a', 'a')).toEqual([]);
});

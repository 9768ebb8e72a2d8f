import type { Targets } from './targets.ts';

/** A way out that a hostile agent would try: a program with its arguments. */
export interface Way {
  readonly name: string;
  readonly command: readonly string[];
  /** Without a canary behind it: a program that ends well has reached something. */
  readonly isThroughWhenWell?: boolean;
}

const PROXY = 'http://127.0.0.1:8788';
const LIMIT = ['-sS', '--max-time', '8', '-g'];

/** Ways past the proxy. */
export function directWays({ host, port, loopbackPort, udpPort, neighbour }: Targets): Way[] {
  const curl = (name: string, url: string): Way => ({
    name: `curl past the proxy to ${name}`,
    command: ['curl', ...LIMIT, '--noproxy', '*', url],
  });
  const well = (way: Way): Way => ({ ...way, isThroughWhenWell: true });
  return [
    curl("the host's address", `http://${host}:${port}/`),
    curl("the host's address as IPv6", `http://[::ffff:${host}]:${port}/`),
    curl("the host's loopback", `http://127.0.0.1:${loopbackPort}/`),
    curl('another container', `http://${neighbour}/`),
    well(curl('the metadata address', 'http://169.254.169.254/latest/meta-data/')),
    well(curl('the metadata address of IPv6', 'http://[fd00:ec2::254]/latest/meta-data/')),
    well(curl('the internet', 'http://1.1.1.1/')),
    { name: 'a socket of Node', command: ['node', '-e', nodeSocket(host, port)] },
    { name: 'a socket of bash', command: ['bash', '-c', bashSocket(host, port)] },
    { name: 'a datagram', command: ['node', '-e', datagram(host, udpPort)] },
    { name: 'DNS to a server of its own', command: ['node', '-e', ask(`${host}:${udpPort}`)] },
    well({ name: 'DNS to 8.8.8.8', command: ['node', '-e', ask('8.8.8.8')] }),
    well({ name: "the system's resolver", command: ['getent', 'ahosts', 'example.org'] }),
    ...['/var/run/docker.sock', '/run/docker.sock'].map((path) =>
      well({
        name: `the engine at ${path}`,
        command: ['curl', ...LIMIT, '--unix-socket', path, 'http://docker/info'],
      }),
    ),
  ];
}

/** Ways through the proxy to where it must not lead. */
export function proxyWays({ host, port, loopbackPort, neighbour }: Targets): Way[] {
  const decimal = host.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const urls = [
    `http://${host}:${port}/`,
    `http://${decimal}:${port}/`,
    `http://[::ffff:${host}]:${port}/`,
    `http://[64:ff9b::${host}]:${port}/`,
    `http://127.0.0.1:${loopbackPort}/`,
    `http://0x7f.1:${loopbackPort}/`,
    `http://localhost:${loopbackPort}/`,
    `http://evil.test:${loopbackPort}/`,
    `http://allowed.test:${loopbackPort}/`,
    `http://0.0.0.0:${loopbackPort}/`,
    `http://${neighbour}/`,
    'http://neighbour.test/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/',
  ];
  return urls.flatMap((url) => [
    { name: `the proxy to ${url}`, command: ['curl', ...LIMIT, '-x', PROXY, url] },
    { name: `a tunnel to ${url}`, command: ['curl', ...LIMIT, '-x', PROXY, '-p', url] },
  ]);
}

/** A browser with the proxy and without it. */
export function browserWays({ host, port }: Targets): Way[] {
  const browse = (name: string, option: string): Way => ({
    name,
    command: [
      'chromium',
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--user-data-dir=/tmp/browser',
      '--timeout=8000',
      '--dump-dom',
      option,
      `http://${host}:${port}/`,
    ],
  });
  return [
    browse('a browser past the proxy', '--no-proxy-server'),
    browse('a browser through the proxy', `--proxy-server=${PROXY}`),
  ];
}

function nodeSocket(host: string, port: number): string {
  return `require('net').connect(${port}, '${host}').end('GET / HTTP/1.0\\r\\n\\r\\n').pipe(process.stdout)`;
}

function bashSocket(host: string, port: number): string {
  return `exec 3<>/dev/tcp/${host}/${port}; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3`;
}

function datagram(host: string, port: number): string {
  return `const s = require('dgram').createSocket('udp4');
    s.on('message', (text) => { console.log(String(text)); s.close(); });
    s.send('out', ${port}, '${host}', (error) => { if (error) throw error; });
    setTimeout(() => s.close(), 3000).unref();`;
}

function ask(server: string): string {
  return `const { Resolver } = require('dns').promises;
    const resolver = new Resolver({ timeout: 1500, tries: 1 });
    resolver.setServers(['${server}']);
    resolver.resolve4('example.org').then(console.log);`;
}

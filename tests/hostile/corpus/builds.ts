/**
 * What the code of a patch tries while a kernel of the miniature tree is built, as shell commands. `HOME` stands for a
 * directory with a secret of the user's. Each is a run of the real program; see tests/hostile/built.test.ts.
 */
export interface HostileBuild {
  readonly tries: string;
  /** Run at the end of a build that has succeeded; make hands the pool of jobs on to it. */
  readonly atEnd?: string;
  /** Run while the kernel is configured. */
  readonly configuring?: string;
  /** Files that the patch adds to the tree. */
  readonly files?: Readonly<Record<string, string>>;
  /** The sandbox itself contains it, and not what reads afterwards what it has left. */
  readonly walls?: true;
  /** What the program says; a pass where it is absent. */
  readonly contained?: RegExp;
}

/** A shell function that puts code into every place that can be written. */
const plantEverywhere = `
for d in $(find / -xdev -type d -writable 2>/dev/null; echo /ccache /ccache/* /build /tmp /dev/shm /quiltboot); do
  printf 'prefix_command = /bin/false\\nrecache = true\\n' >$d/ccache.conf
  cp /bin/true $d/gcc; cp /bin/true $d/cc; cp /bin/true $d/ld
done 2>/dev/null; true`;

export const hostileBuilds: readonly HostileBuild[] = [
  { tries: 'settings of the compiler cache and compilers in every place that can be written', atEnd: plantEverywhere },
  {
    tries: 'links through which the cache, the tree and our own files would be written',
    walls: true,
    atEnd: [
      'ln /linux/Makefile /build/hard; ln /quiltboot/roots.json /build/roots',
      'ln -s /linux /build/tree; ln -s HOME /build/home; echo x >/build/tree/Makefile; echo x >/build/home/written',
      'for f in /quiltboot/*; do ln -f $f /build/own; echo x >>$f; done 2>/dev/null; true',
    ].join('\n'),
  },
  {
    tries: 'an image that is a link into /proc',
    atEnd: 'ln -sf /proc/self/root/etc/passwd arch/x86/boot/bzImage',
    contained: /bzImage is a link/,
  },
  {
    tries: 'a vmlinux that is a link to the environment',
    atEnd: 'ln -sf /proc/1/environ vmlinux',
    contained: /vmlinux is a link/,
  },
  {
    tries: 'a vmlinux of 100 GB that are nowhere',
    atEnd: 'truncate -s 100G vmlinux || truncate -s 4G vmlinux',
    contained: /vmlinux has \d+ bytes/,
  },
  { tries: 'a configuration that is a pipe', configuring: 'rm -f .config; mkfifo .config' },
  { tries: 'a configuration that never ends', configuring: 'rm -f .config; ln -s /dev/zero .config' },
  {
    tries: 'a symbol table of escapes and one endless line',
    atEnd: "{ printf '0000 T \\033]0;taken\\007\\n'; head -c 30000000 /dev/zero | tr '\\0' x; } >System.map",
  },
  {
    tries: 'records of compilers that name files of the user',
    atEnd: [
      'for f in $(find . -name ".*.cmd" -o -name ".*.d"); do',
      '  printf "cmd_x := gcc -include HOME/secret -o x HOME/secret\\ndeps := HOME/secret \\\\\\n" >$f',
      'done',
      'echo "HOME/secret:1:1: error: implicit declaration of function \'nothing\' [-Werror=implicit-function-declaration]" >&2',
      'echo "../../../..HOME/secret:1:1: warning: x [-Wx]" >&2; exit 1',
    ].join('\n'),
    contained: /error: implicit declaration|exit status|Error 1/,
  },
  {
    tries: 'messages with line ends, escapes, marks of direction and commands of CI runners',
    atEnd: [
      "printf 'kernel/a\\033]0;taken\\007\\n::error::taken\\n##[stop-commands]taken\\n' >&2",
      "printf 'kernel/\\342\\200\\256c.a:1:1: error: \\r::add-mask::taken \\302\\233 31m\\n' >&2; exit 1",
    ].join('\n'),
    contained: /error/,
  },
  { tries: 'a line of 60 MB', atEnd: 'head -c 60000000 /dev/zero | tr "\\0" a' },
  {
    tries: 'directories that can be neither read nor removed',
    atEnd: [
      'mkdir -p closed/in; touch closed/in/f; chmod 0 closed/in closed; chmod 0 kernel',
      'i=0; d=.; while [ $i -lt 300 ]; do d=$d/aaaaaaaaaa; i=$((i+1)); done; mkdir -p $d; true',
    ].join('\n'),
  },
  {
    tries: 'processes that outlive the build and write later',
    walls: true,
    atEnd:
      'for i in 1 2 3; do setsid nohup sh -c "sleep 3; echo late >/build/late; cp /bin/true /build/vmlinux" >/dev/null 2>&1 & done; true',
  },
  {
    tries: 'to end everything around it',
    walls: true,
    atEnd: 'kill -9 $PPID 1 -1; kill -9 -1',
    contained: /killed by a signal|Killed|Error/,
  },
  {
    tries: 'to put jobs into the pool that there are not, and to use other descriptors that it was given',
    atEnd: 'printf ++++++++++++++++++++++++++++++++ >&4; for fd in 5 6 7 8 9; do echo x >&$fd; done 2>/dev/null; true',
  },
  {
    tries: 'to take all jobs of the pool and keep them',
    atEnd: 'timeout 1 cat <&3 >/dev/null; true',
  },
  {
    tries: 'the ways of /proc',
    walls: true,
    atEnd: [
      'echo "|/bin/sh HOME/x" >/proc/sys/kernel/core_pattern',
      'echo 1 >/proc/sys/kernel/sysrq; echo c >/proc/sysrq-trigger',
      'cat /proc/*/environ /proc/*/root/HOME/secret /proc/1/cwd/HOME/secret /proc/1/maps',
      'ls -l /proc/*/fd /proc/*/cwd; cat /proc/*/fd/[5-9]',
      'exit 1',
    ]
      .join('\n')
      .replace('exit 1', 'true'),
  },
  {
    tries: 'the network, sockets and shared memory of others',
    walls: true,
    atEnd: [
      'bash -c "exec 9<>/dev/tcp/127.0.0.1/22" ; bash -c "exec 9<>/dev/tcp/1.1.1.1/80"',
      'find / -xdev -type s 2>/dev/null; ipcs -m; ls /run /var /home /root /sys',
      'true',
    ].join('\n'),
  },
  {
    tries: 'variables of the user’s environment, in what it prints',
    walls: true,
    atEnd: 'env | base64 -w0; env; cat /proc/self/environ /proc/1/environ; exit 1',
    contained: /Error 1/,
  },
  {
    tries: 'a compiler of its own for whatever is built next',
    atEnd:
      'mkdir -p /build/scripts; cp /bin/true /build/scripts/mkimage; find /build -name "*.o" -exec touch -d 2040-01-01 {} +; printf "#define PLANTED\\n" >include/generated/autoconf.h; touch -d 2040-01-01 include/generated/autoconf.h',
  },
];

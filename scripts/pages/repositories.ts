import { escapeHtml, type Layout, linesOf, type ShownCommit, shortIds, untabify } from './commit.ts';

const nbsp = '\u00a0';

function classOf(line: string): string {
  const classes: Readonly<Record<string, string>> = { '+': 'add', '-': 'rem', '@': 'chunk_header', '\\': 'incomplete' };
  return classes[line[0] ?? ''] ?? 'ctx';
}

/** gitweb makes tabs eight columns and every space one that does not break. */
function gitwebLine(line: string): string {
  return escapeHtml(untabify(line)).replaceAll(' ', '&nbsp;');
}

function gitwebHtml({ id, parent, name, email, date, title, body, diff, files }: ShownCommit): string {
  const who = (what: string): string =>
    `<tr><td>${what}</td><td><a class="list" href="?a=search">${escapeHtml(name)}</a> <a href="?a=search">&lt;${escapeHtml(email)}&gt;</a></td><td></td></tr>\n<tr><td></td><td> <span class="datetime">${date}</span> (06:39 -0700)</td></tr>\n`;
  const message = [...linesOf(body), ''].map((line) => `${escapeHtml(line)}<br/>\n`).join('');
  const list = files
    .map(
      (file) =>
        `<tr class="dark">\n<td><a class="list" href="?f">${escapeHtml(file)}</a></td>\n<td></td>\n<td class="link"><a href="#patch1">patch</a> | <a href="?">blob</a> | <a href="?">history</a></td>\n</tr>\n`,
    )
    .join('');
  let inHunk = false;
  const lines = linesOf(shortIds(diff)).map((line) => {
    if (line.startsWith('diff --git ')) {
      inHunk = false;
      return `<div class="patch">\n<div class="diff header">${escapeHtml(line)}</div>\n`;
    }
    inHunk ||= line.startsWith('@@');
    if (inHunk) return `<div class="diff ${classOf(line)}">${gitwebLine(line)}</div>\n`;
    if (/^(?:---|\+\+\+) /.test(line)) return `<div class="diff from_file">${escapeHtml(line)}</div>\n`;
    if (/ file mode /.test(line)) return `${escapeHtml(line)}<span class="info"> (<a href="?">file</a>)</span><br/>\n`;
    return `${escapeHtml(line)}<br/>\n`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">
<html><head><title>example.org Git - linux.git/commitdiff</title></head>
<body>
<div class="page_header"><a href="/">projects</a> / <a href="?">linux.git</a> / commitdiff</div>
<div class="page_nav"><a href="?">summary</a> | <a href="?">shortlog</a> | <a href="?">log</a> | <a href="?">commit</a> | commitdiff | <a href="?">tree</a><br/>
<a href="?">raw</a> | <a href="?">patch</a> | inline | <a href="?">side by side</a> (parent: <a href="?">${parent.slice(0, 7)}</a>)<br/>
</div>
<div><a class="title" href="?">${escapeHtml(title)}</a></div>
<div class="title_text">
<table class="object_header">
${who('author')}${who('committer')}<tr><td>commit</td><td class="sha1">${id}</td></tr>
</table></div>
<div class="page_body">
${message}</div>
<div class="list_head"></div>
<table class="diff_tree">
${list}</table>
<div class="patchset">
${lines.join('')}</div></div>
</body></html>
`;
}

/** The same in letters only, as it comes out of a browser's "save as text": names in a bare list, no header lines. */
function gitwebText({ name, email, date, title, body, diff, files }: ShownCommit): string {
  let inHunk = false;
  const lines = linesOf(diff).flatMap((line) => {
    if (line.startsWith('diff --git ')) inHunk = false;
    inHunk ||= line.startsWith('@@');
    if (inHunk) return [untabify(line).replaceAll(' ', nbsp)];
    return line.startsWith('index ') ? [`${line} (file)`.replaceAll(' ', nbsp)] : [];
  });
  return `example.org Git - linux.git/commitdiff
${title}
author${name} <${email}>
${date} (06:39 -0700)
committerCarl Committer <carl@example.org>
${date} (06:39 -0700)
${body.trim()}
${files.join('\n')}

${lines.join('\n')}
`;
}

function gitwebPlain({ id, name, email, date, title, body, diff }: ShownCommit): string {
  return `From: ${name} <${email}>
Date: ${date} (-0700)
Subject: ${title}
X-Git-Tag: v2.6.24~12
X-Git-Url: https://git.example.org/?p=linux.git;a=commitdiff_plain;h=${id}

${title}

${body.trim()}
---

${shortIds(diff)}`;
}

function cgitHtml({ id, parent, name, email, date, title, body, diff, files }: ShownCommit): string {
  let inHunk = false;
  const lines = linesOf(shortIds(diff)).map((line) => {
    if (line.startsWith('diff --git ')) {
      inHunk = false;
      return `<div class='head'>${escapeHtml(line)}<br/>`;
    }
    if (line.startsWith('@@')) {
      const open = inHunk ? '' : '</div>';
      inHunk = true;
      return `${open}<div class='hunk'>${escapeHtml(line)}</div>`;
    }
    return inHunk ? `<div class='${classOf(line)}'>${escapeHtml(line)}</div>` : `${escapeHtml(line)}<br/>`;
  });
  const list = files
    .map(
      (file) =>
        `<tr><td class='mode'>-rw-r--r--</td><td class='upd'><a href='/x'>${escapeHtml(file)}</a></td><td class='right'>4</td><td class='graph'><table><tr><td class='add' style='width: 4.0%;'/></tr></table></td></tr>\n`,
    )
    .join('');
  return `<!DOCTYPE html>
<html lang='en'>
<head><title>${escapeHtml(title)} - linux.git</title></head>
<body>
<div id='cgit'><table id='header'><tr><td class='main'><a href='/'>index</a> : <a href='/linux.git/'>linux.git</a></td></tr></table>
<table class='tabs'><tr><td><a href='/'>summary</a><a href='/'>log</a><a class='active' href='/'>commit</a><a href='/'>diff</a></td></tr></table>
<div class='content'><table summary='commit info' class='commit-info'>
<tr><th>author</th><td>${escapeHtml(`${name} <${email}>`)}</td><td class='right'>${date}</td></tr>
<tr><th>committer</th><td>Carl Committer &lt;carl@example.org&gt;</td><td class='right'>${date}</td></tr>
<tr><th>commit</th><td colspan='2' class='oid'><a href='/'>${id}</a> (<a href='/'>patch</a>)</td></tr>
<tr><th>tree</th><td colspan='2' class='oid'><a href='/'>${parent}</a></td></tr>
<tr><th>parent</th><td colspan='2' class='oid'><a href='/'>${parent}</a> (<a href='/'>diff</a>)</td></tr>
<tr><th>download</th><td colspan='2' class='oid'><a href='/'>linux-${id}.tar.gz</a><br/></td></tr></table>
<div class='commit-subject'>${escapeHtml(title)}</div><div class='commit-msg'>${escapeHtml(body.trim())}</div><div class='diffstat-header'><a href='/'>Diffstat</a></div><table summary='diffstat' class='diffstat'>${list}</table><div class='diffstat-summary'>${files.length} files changed, 9 insertions, 1 deletions</div><table summary='diff' class='diff'><tr><td>${lines.join('')}</td></tr></table></div>
<div class='footer'>generated by <a href='https://git.zx2c4.com/cgit/about/'>cgit</a></div>
</div></body></html>
`;
}

function cgitText({ id, parent, name, email, date, title, body, diff, files }: ShownCommit): string {
  return `index : linux.git
summary log commit diff
author\t${name} <${email}>\t${date}
committer\tCarl Committer <carl@example.org>\t${date}
commit\t${id} (patch)
tree\t${parent}
parent\t${parent} (diff)
download\tlinux-${id}.tar.gz
${title}
${body.trim()}
Diffstat
${files.map((file) => `-rw-r--r--\t${file}\t4\t\n`).join('')}${files.length} files changed, 9 insertions, 1 deletions
${shortIds(diff)}generated by cgit
`;
}

/** A pager's window, copied: four spaces before the message, tabs as the terminal shows them. */
function terminal({ id, name, email, date, title, body, diff }: ShownCommit): string {
  const message = [title, '', ...linesOf(body.trim())].map((line) => (line === '' ? '    ' : `    ${line}`)).join('\n');
  return `commit ${id}
Author: ${name} <${email}>
Date:   ${date}

${message}

${linesOf(shortIds(diff)).map(untabify).join('\n')}
`;
}

export const repositoryLayouts: readonly Layout[] = [
  { name: 'gitweb-html', render: gitwebHtml },
  { name: 'gitweb-text', render: gitwebText },
  { name: 'gitweb-plain', render: gitwebPlain },
  { name: 'cgit-html', render: cgitHtml },
  { name: 'cgit-text', render: cgitText },
  { name: 'terminal', render: terminal },
];

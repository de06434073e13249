import { escapeHtml, hideAddresses, type Layout, linesOf, type ShownCommit, shortIds, statOf } from './commit.ts';

/** What the mail held. */
function mailBody(commit: ShownCommit): string {
  return `${commit.body.trim()}\n---\n${statOf(commit)}\n${shortIds(commit.diff)}-- \n2.39.5\n`;
}

function patchwork(commit: ShownCommit): string {
  const { name, email, date, title, body, diff, id } = commit;
  const code = linesOf(shortIds(diff))
    .map((line) =>
      /^[+-]/.test(line)
        ? `<span class="${line[0] === '+' ? 'p_add' : 'p_del'}">${escapeHtml(line)}</span>`
        : escapeHtml(line),
    )
    .join('\n');
  return `<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="en">
 <head><title>${escapeHtml(title)} - Patchwork</title></head>
 <body>
  <nav class="navbar"><a href="/">Patchwork</a> <a href="/project/x/list/">Patches</a></nav>
  <h1>${escapeHtml(title)}</h1>
<table class="patch-meta">
 <tr><th>Message ID</th><td>${id.slice(0, 12)}@example.org</td></tr>
 <tr><th>State</th><td>New</td></tr>
 <tr><th>Delegated to:</th><td>Nobody</td></tr>
</table>
<h2>Commit Message</h2>
<div class="comment">
<div class="meta"><span>${escapeHtml(name)}</span><span class="message-date">${date}</span></div>
<pre class="content">
From: ${escapeHtml(`${name} <${email}>`)}

${escapeHtml(body.trim())}
---
${escapeHtml(statOf(commit))}</pre>
</div>
<h2>Patch</h2>
<div class="patch">
<pre class="content">
${code}
</pre>
</div>
 </body>
</html>
`;
}

function lore(commit: ShownCommit): string {
  const { name, email, date, title, id } = commit;
  const text = linesOf(mailBody(commit))
    .map((line) => {
      const kind = line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : undefined;
      return kind === undefined ? escapeHtml(line) : `<span\nclass="${kind}">${escapeHtml(line)}\n</span>`;
    })
    .map((line) => (line.startsWith('<span') ? line : `${line}\n`))
    .join('');
  return `<html><head><title>[PATCH] ${escapeHtml(title)} - Example</title></head><body><form action="../"><pre
><a href="../?t=1">Example archive on lore</a>
<input name=q type=text /><input type=submit value=search /></pre></form><pre
id=t>From: ${escapeHtml(`${name} <${email}>`)}
To: linux-kernel@example.org
Subject: <a
href="#r"
id=t>[PATCH] ${escapeHtml(title)}</a>
Date: ${date}	[<a
href="#r">thread overview</a>]
Message-ID: &lt;${id.slice(0, 12)}@example.org&gt; (<a
href="raw">raw</a>)

${text}
</pre><hr /><pre
id=R>reply	other threads:[<a
href="../">~2007-10-19</a> UTC|<a
href="../">newest</a>]
</pre></body></html>
`;
}

function marc(commit: ShownCommit): string {
  const { name, email, date, title, id } = commit;
  const hide = (text: string): string => escapeHtml(hideAddresses(text, ' () ', ' ! '));
  return `<html><head><title>'[PATCH] ${escapeHtml(title)}' - MARC</title></head><body>
<pre>
<font size="+1"><b>[<a href="?l=x">prev in list</a>] [<a href="?m=1">next in list</a>] [<a href="?m=2">prev in thread</a>] [next in thread] </b></font>
<b>List:       </b><a href="?l=linux-kernel">linux-kernel</a>
<b>Subject:    </b><a href="?t=1">[PATCH] ${escapeHtml(title)}</a>
<b>From:       </b><a href="?a=1">${escapeHtml(name)} &lt;${hide(email)}&gt;</a>
<b>Date:       </b><a href="?l=1">${date}</a>
<b>Message-ID: </b><a href="?i=1">${hide(`${id.slice(0, 12)}@example.org`)}</a>
[Download RAW <a href="?q=raw">message</a> or <a href="?q=mbox">body</a>]

${linesOf(mailBody(commit)).map(hide).join('\n')}
<b>[<a href="?l=x">prev in list</a>] [<a href="?m=1">next in list</a>] [<a href="?m=2">prev in thread</a>] [next in thread] </b>
</pre>
<br><center><a href="/?q=configure">Configure</a> | <a href="/?q=about">About</a></center></body></html>
`;
}

function pipermail(commit: ShownCommit): string {
  const { name, email, date, title } = commit;
  const hide = (text: string): string => escapeHtml(hideAddresses(text, ' at '));
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">
<HTML>
 <HEAD>
   <TITLE> [Devel] [PATCH] ${escapeHtml(title)}
   </TITLE>
   <LINK REL="Index" HREF="index.html" >
 </HEAD>
 <BODY BGCOLOR="#ffffff">
   <H1>[Devel] [PATCH] ${escapeHtml(title)}</H1>
    <B>${escapeHtml(name)}</B> 
    <A HREF="mailto:x"
       TITLE="[Devel] [PATCH] ${escapeHtml(title)}">${hide(email)}
       </A><BR>
    <I>${date}</I>
    <P><UL>
        <LI>Previous message: <A HREF="1.html">[Devel] another
</A></li>
        <LI>Next message: <A HREF="2.html">[Devel] one more
</A></li>
         <LI> <B>Messages sorted by:</B> 
              <a href="date.html#3">[ date ]</a>
              <a href="thread.html#3">[ thread ]</a>
         </LI>
       </UL>
    <HR>  
<!--beginarticle-->
<PRE>${hide(mailBody(commit))}

</PRE>
<!--endarticle-->
    <HR>
    <P><UL>
	<LI>Previous message: <A HREF="1.html">[Devel] another
</A></li>
       </UL>
<hr>
<a href="https://lists.example.org/mailman/listinfo/devel">More information about the Devel
mailing list</a><br>
</body></html>
`;
}

function pipermailText(commit: ShownCommit): string {
  const { name, email, date, title, id } = commit;
  const hide = (text: string): string => hideAddresses(text, ' at ');
  const stamp = date.replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*/, '$1 $3 $2 $5 $4');
  return `From ${hide(email)}  ${stamp}
From: ${hide(email)} (${name})
Date: ${date}
Subject: [Devel] [PATCH] ${title}
Message-ID: <${id.slice(0, 12)}@example.org>

${hide(mailBody(commit))}

`;
}

function lkml(commit: ShownCommit): string {
  const { name, date, title } = commit;
  // No address is shown in the head, and the body has one break for each line.
  const body = linesOf(mailBody(commit)).map((line) => escapeHtml(line).replaceAll('@', '&#64;'));
  return `<!DOCTYPE html SYSTEM "about:legacy-compat">
<html><head><title>LKML: ${escapeHtml(name)}: [PATCH] ${escapeHtml(title)}</title></head>
<body itemscope="itemscope" itemtype="http://schema.org/BlogPosting"><table border="0"><tr><td>
<div class="es-jobs"><ul class="threadlist"><li class="root"><a href="/lkml/1">First message in thread</a></li></ul></div></td><td>
<table class="mh"><tr><td class="lp">Date</td><td class="rp" itemprop="datePublished">${date}</td></tr><tr><td class="lp">From</td><td class="rp" itemprop="author">${escapeHtml(name)} &lt;&gt;</td></tr><tr><td class="lp">Subject</td><td class="rp" itemprop="name">[PATCH] ${escapeHtml(title)}</td></tr></table>
<pre itemprop="articleBody">${body.join('<br />')}<br /></pre></td></tr></table>
<div class="foot">Last update: 2007-10-19 11:00 [from the cache]</div></body></html>
`;
}

function debian(commit: ShownCommit): string {
  const { name, email, date, title, id } = commit;
  const link = (text: string): string =>
    escapeHtml(text).replace(/[\w.+-]+@[\w.-]+/g, (one) => `<a href="mailto:${one}">${one}</a>`);
  return `<!-- MHonArc v2.6.24 -->
<!--X-Subject: [PATCH] ${escapeHtml(title)} -->
<!--X-Head-End-->
<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html>
<head>
<title>[PATCH] ${escapeHtml(title)}</title>
</head>
<body>
[<a href="msg1.html">Date Prev</a>][<a href="msg2.html">Date Next</a>] [<a href="thr1.html">Thread Prev</a>][<a href="thr2.html">Thread Next</a>] [<a href="mail.html">Date Index</a>] [<a href="thrd.html">Thread Index</a>]
<h1>[PATCH] ${escapeHtml(title)}</h1>
<hr>
<ul>
<li><em>To</em>: <a href="mailto:x@lists.example.org">x@lists.example.org</a></li>
<li><em>Subject</em>: [PATCH] ${escapeHtml(title)}</li>
<li><em>From</em>: ${escapeHtml(name)} &lt;<a href="mailto:${email}">${email}</a>&gt;</li>
<li><em>Date</em>: ${date}</li>
<li><em>Message-id</em>: &lt;<a href="msg3.html">[🔎]</a> <a href="mailto:x">${id.slice(0, 12)}@example.org</a>&gt;</li>
</ul>
<hr>
<pre>${linesOf(mailBody(commit)).map(link).join('\n')}
</pre>
<hr>
<strong>Reply to:</strong>
<ul><li>Ann (on-list)</li></ul>
</body>
</html>
`;
}

function freebsd(commit: ShownCommit): string {
  const { name, email, date, title } = commit;
  const hide = (text: string): string => escapeHtml(hideAddresses(text, '_at_'));
  return `<!DOCTYPE html>
<html lang="en"><head><title>[PATCH] ${escapeHtml(title)}</title></head>
<body>
<div class="nav"><a href="index.html">Go to: </a>[ <a href="#end">bottom of page</a> ] [ <a href="../">top of archives</a> ] [ <a href="./">this month</a> ]</div>
<header>
<dl>
<dt>From:</dt><dd> ${escapeHtml(name)} &lt;${hide(email)}&gt;</dd>
<dt>Date:</dt><dd> ${date}</dd>
</dl>
<h1>Subject: [PATCH] ${escapeHtml(title)}</h1>
</header>
<pre class="main">
${hide(mailBody(commit))}
</pre>
<div class="foot">Received on ${date.replace(/ [+-]\d+$/, '')} - 10:00:00 UTC</div>
</body></html>
`;
}

export const archiveLayouts: readonly Layout[] = [
  { name: 'patchwork', render: patchwork },
  { name: 'lore', render: lore },
  { name: 'marc', render: marc },
  { name: 'pipermail', render: pipermail },
  { name: 'pipermail-text', render: pipermailText },
  { name: 'lkml', render: lkml },
  { name: 'debian', render: debian },
  { name: 'freebsd', render: freebsd },
];

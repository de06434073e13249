/** The page's style: one column, readable on a phone, light and dark, and never by colour alone. */
export const style = `
:root{color-scheme:light dark;--ink:#1b1f24;--quiet:#57606a;--line:#d0d7de;--page:#fff;--soft:#f6f8fa;--good:#116329;--bad:#a40e26;--odd:#7a4b00;--link:#0550ae}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9198a1;--line:#3d444d;--page:#0d1117;--soft:#161b22;--good:#4ac26b;--bad:#ff8182;--odd:#d4a72c;--link:#79c0ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{display:inline;font-size:1rem;margin:0}h4{font-size:.95rem;margin:.75rem 0 .25rem}
p{margin:.25rem 0}a{color:var(--link)}ul,ol{margin:.25rem 0;padding-left:1.4rem}
.quiet{color:var(--quiet)}.pass{color:var(--good)}.fail,.crash,.timeout,.mistake{color:var(--bad);font-weight:600}.infra,.known,.not-run,.not-covered,.skip,.untested,.flaky{color:var(--odd)}
.skip-link{position:absolute;left:-99rem}.skip-link:focus{left:1rem;top:.5rem;background:var(--page);padding:.25rem .5rem}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;text-align:left;border-top:1px solid var(--line);vertical-align:top;white-space:nowrap}
thead th{border-top:0;background:var(--soft)}td.name{white-space:normal;min-width:11rem}td.number{text-align:right;font-variant-numeric:tabular-nums}
td>a{display:block;min-height:1.6rem;color:inherit}
:focus-visible{outline:3px solid var(--link);outline-offset:1px}
details{margin:.35rem 0}summary{cursor:pointer;padding:.15rem 0}
.cell{border:1px solid var(--line);border-radius:6px;padding:.35rem .75rem;margin:.6rem 0}.cell>summary{padding:.3rem 0}
.at{color:inherit;text-decoration:none}.at:hover{text-decoration:underline}mark{background:transparent;color:inherit;border-left:3px solid var(--bad);padding-left:.3rem;margin-left:-.5rem;font-weight:600}mark.here,.at:target{outline:2px solid var(--link)}
.diff pre{margin:0;border-radius:0;max-height:none;border-left:4px solid transparent;padding:0 .6rem}.diff pre.hit{border-color:var(--good);color:var(--good)}.diff pre.miss{border-color:var(--bad);color:var(--bad)}.diff pre.part,.diff pre.unknown{border-color:var(--odd);color:var(--odd)}.diff pre.gone,.diff pre.accepted{color:var(--quiet)}.diff pre+details{margin:0 0 .2rem;font-size:.85rem}
.case{border-left:3px solid var(--line);padding-left:.75rem}
pre{background:var(--soft);border-radius:6px;padding:.6rem;margin:.35rem 0;overflow:auto;max-height:32rem;font:.85rem/1.4 ui-monospace,monospace;overflow-wrap:normal}
pre.command{white-space:pre-wrap;overflow-wrap:anywhere}
button{font:inherit;font-size:.85rem;padding:.2rem .6rem;min-height:2rem;cursor:pointer}
@media (max-width:40rem){body{padding:.6rem}th,td{padding:.35rem .4rem}td.name{min-width:8rem}td.name br,td.name .quiet{display:none}}
@media print{pre{max-height:none}}
`;

/**
 * The page's script. The page is whole without it, but for the logs: it opens what a link leads to, unpacks logs,
 * copies commands, and moves through the matrix with the arrow keys.
 */
export const script = `
const packed=JSON.parse(document.getElementById('logs').textContent);
async function unpack(index){
const bytes=Uint8Array.from(atob(packed[index]),(c)=>c.charCodeAt(0));
return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).text();
}
const texts=new Map();
function textOf(log){
if(!texts.has(log))texts.set(log,unpack(Number(log.dataset.log)).catch((error)=>'this browser cannot unpack the log: '+error));
return texts.get(log);
}
async function show(log,here){
const lines=(await textOf(log)).split('\\n'),first=Number(log.dataset.first),kinds=lines.map(()=>'');
for(const [line,count] of JSON.parse(log.dataset.marks))for(let at=line-first;at<line-first+count;at++)if(at>=0&&at<kinds.length)kinds[at]='report';
if(here!==undefined&&kinds[here-first]!==undefined)kinds[here-first]='here';
const parts=[];
for(let from=0;from<lines.length;){
let to=from+1;
while(to<lines.length&&kinds[to]===kinds[from])to++;
const text=lines.slice(from,to).join('\\n');
if(kinds[from]==='')parts.push(text);
else{const mark=document.createElement('mark');mark.className=kinds[from];mark.textContent=text;parts.push(mark);}
if(to<lines.length)parts.push('\\n');
from=to;
}
const pre=log.querySelector('pre');
pre.replaceChildren(...parts);
return pre.querySelector('mark.here');
}
document.addEventListener('toggle',(event)=>{
const log=event.target;
if(!log.open||!log.dataset||log.dataset.log===undefined||texts.has(log))return;
void show(log);
},true);
function openUp(target){
for(let at=target;at;at=at.parentElement)if(at.tagName==='DETAILS')at.open=true;
}
function reveal(){
const id=decodeURIComponent(location.hash.slice(1));
const place=/^(.*):(\\d+)$/.exec(id);
const log=place&&document.getElementById(place[1]);
if(log&&log.dataset.log!==undefined){
const shown=show(log,Number(place[2]));
openUp(log);
void shown.then((line)=>(line||log).scrollIntoView({block:'center'}));
return;
}
const target=id&&document.getElementById(id);
if(!target)return;
openUp(target);
target.scrollIntoView();
const summary=target.querySelector('summary');
if(summary)summary.focus({preventScroll:true});
}
addEventListener('hashchange',reveal);
reveal();
for(const pre of document.querySelectorAll('pre.command')){
const button=document.createElement('button');
button.textContent='Copy the command';
button.addEventListener('click',async()=>{
try{await navigator.clipboard.writeText(pre.textContent);button.textContent='Copied';}
catch{const range=document.createRange();range.selectNodeContents(pre);getSelection().removeAllRanges();getSelection().addRange(range);button.textContent='Selected: press Ctrl-C';}
});
pre.after(button);
}
const matrix=document.querySelector('#matrix table');
matrix.addEventListener('keydown',(event)=>{
const step={ArrowUp:[-1,0],ArrowDown:[1,0],ArrowLeft:[0,-1],ArrowRight:[0,1]}[event.key];
const cell=event.target.closest('td');
if(!step||!cell)return;
let row=cell.parentElement.rowIndex,column=cell.cellIndex;
for(;;){
row+=step[0];column+=step[1];
const next=matrix.rows[row]&&matrix.rows[row].cells[column];
if(!next)return;
const link=next.querySelector('a');
if(link){event.preventDefault();link.focus();return;}
}
});
`;

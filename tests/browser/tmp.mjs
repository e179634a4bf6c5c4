import { chromium } from 'playwright-core';
const b = await chromium.launch({executablePath:'/usr/bin/chromium',args:['--no-sandbox','--disable-gpu']});
const p = await b.newPage();
p.on('console',m=>console.log('C',m.text())); p.on('pageerror',e=>console.log('E',e)); p.on('request',r=>console.log('R',r.url())); p.on('requestfailed',r=>console.log('F',r.url(),r.failure()));
await p.goto('file:///tmp/b-csp/p.html'); await p.waitForTimeout(500);
console.log(await p.title(), await p.evaluate(async()=>{await document.fonts.ready;return [getComputedStyle(document.body).color,[...document.fonts].map(f=>f.status), JSON.parse(document.getElementById('d').textContent)]}));
console.log(await p.evaluate(()=>{try{localStorage.setItem('a','1');return localStorage.getItem('a')}catch(e){return String(e)}}));
await b.close();
